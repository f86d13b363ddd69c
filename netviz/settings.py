"""All settings, read from the environment. `docs/operations.md` lists them; a test compares that list with this file.

NETVIZ_STATE_DIR       folder of the database and the secret key (default: .state in the checkout)
NETVIZ_DATABASE_URL    postgres://user:password@host:port/name; without it, SQLite in the state directory
NETVIZ_REDIS_URL       redis://host:port/n, needed for several server processes; without it there is only one
NETVIZ_SECRET_KEY      the secret that signs sessions; NETVIZ_SECRET_KEY_FILE names a file that contains it;
                       without either, one is generated in the state directory, readable by its user only
NETVIZ_ORIGINS         the exact origins that browsers may use, separated by commas (http://127.0.0.1:8000,...)
NETVIZ_ALLOWED_HOSTS   accepted names in Host headers (default: those of the origins)
NETVIZ_TRUSTED_PROXIES addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are
                       believed, separated by commas (default: none)
NETVIZ_SIGN_IN_TRIES   failed sign-ins per minute for one account from one address (default: 10)
NETVIZ_API_CALLS       calls of the API per minute for one user (default: 600)
NETVIZ_METRICS_TOKEN   the bearer token that `/metrics` asks for (at least 16 characters); without it, only programs on
                       this machine may read the metrics, and only if all origins are on loopback
NETVIZ_HISTORY_MIB     MiB of stored history that are kept of each host; the oldest is dropped first (default: 1024)
NETVIZ_TEAM_MIB        MiB of memory for the present topologies of all hosts of one team (default: 2048)
NETVIZ_USER_SOCKETS    map pages that one user may have open at a time (default: 500)
NETVIZ_DEBUG           1 shows tracebacks in the browser; refused outside of loopback
"""

import ipaddress
import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[1]
STATE_DIR = Path(os.environ.get("NETVIZ_STATE_DIR", BASE_DIR / ".state"))


def _make_private(folder: Path) -> None:
    """Makes sure that nobody but this user can read the state folder and the database of SQLite in it.

    A folder that others can read is corrected if it is ours. If it has other files, such as /tmp has, it is refused.
    """
    if not folder.exists():
        return
    mode = folder.stat().st_mode & 0o7777
    if mode & 0o077:
        ours = {"db.sqlite3", "secret_key", "lock"}
        is_ours = not (names := {file.name for file in folder.iterdir()}) or bool(names & ours)
        if not is_ours or mode & 0o1000 or folder.stat().st_uid != os.geteuid():
            raise ImproperlyConfigured(
                f"NETVIZ_STATE_DIR: other users can read {folder}. Use a folder of its own: `install -d -m 0700`."
            )
        folder.chmod(0o700)
    for name in ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"):
        with suppress(FileNotFoundError, PermissionError):
            if (folder / name).stat().st_mode & 0o077:
                (folder / name).chmod(0o600)


def _secret_key() -> str:
    if given := os.environ.get("NETVIZ_SECRET_KEY"):
        return given
    if named := os.environ.get("NETVIZ_SECRET_KEY_FILE"):
        return Path(named).read_text(encoding="utf-8").strip()
    file = STATE_DIR / "secret_key"
    if not file.exists():
        STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = STATE_DIR / f"secret_key.{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        made.rename(file)
    return file.read_text(encoding="utf-8").strip()


# In milliseconds. A migration has no such limits, because it may rewrite a whole table.
_POSTGRES_LIMITS = "-c statement_timeout=7000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=20000"


def _database(url: str | None) -> dict[str, Any]:
    if not url:
        STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(STATE_DIR, os.W_OK):
            (STATE_DIR / "db.sqlite3").touch(mode=0o600)  # SQLite gives its other files the mode of this one
        return {
            "ENGINE": "netviz.server.sqlite",
            "NAME": STATE_DIR / "db.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                # Seconds to wait for another writer: less than `DATABASE_S` of netviz/server/limits.py.
                "timeout": 5,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
            # A file and not a database in memory, because the tests' threads and processes share it.
            "TEST": {"NAME": STATE_DIR / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"NETVIZ_DATABASE_URL: {parts.scheme}:// is not supported. Use postgres://.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        # A database that hangs is noticed: by PostgreSQL's own limits for a statement and for a lock, and by the
        # kernel's limits if the machine of the database does not answer any more.
        "OPTIONS": {
            "connect_timeout": 3,
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": "" if "migrate" in sys.argv else _POSTGRES_LIMITS,
        },
    }


def _whole_number(name: str, default: int) -> int:
    given = os.environ.get(name, str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 1_000_000):
        raise ImproperlyConfigured(f"{name}: {given[:40]!r} is not an integer from 1 to 1000000.")
    return int(given)


def _networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(one.strip()) for one in os.environ.get(name, "").split(",") if one.strip()]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}. Use addresses and networks, such as 10.0.0.0/8.") from None


def _host(origin: str) -> str:
    """Returns the host of an origin as a Host header has it: an IPv6 address in brackets."""
    host = urlsplit(origin).hostname or ""
    return f"[{host}]" if ":" in host else host


def _loopback(origin: str) -> bool:
    return urlsplit(origin).hostname in ("127.0.0.1", "localhost", "::1")


DEFAULT_ORIGINS = "http://127.0.0.1:8000,http://localhost:8000"
ORIGINS = [one.strip().rstrip("/") for one in os.environ.get("NETVIZ_ORIGINS", DEFAULT_ORIGINS).split(",") if one]
_EXPOSED = [origin for origin in ORIGINS if not _loopback(origin)]
if plain := [origin for origin in _EXPOSED if not origin.startswith("https://")]:
    raise ImproperlyConfigured(
        f"NETVIZ_ORIGINS: {plain[0]} is neither https nor loopback, so sessions would not be encrypted. Use https."
    )

DEBUG = os.environ.get("NETVIZ_DEBUG") == "1"
if DEBUG and _EXPOSED:
    raise ImproperlyConfigured("NETVIZ_DEBUG exposes tracebacks, so it is only allowed on loopback. Unset it.")

_make_private(STATE_DIR)
SECRET_KEY = _secret_key()
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("NETVIZ_SECRET_KEY is too short. It needs at least 32 characters.")

_NAMES = os.environ.get("NETVIZ_ALLOWED_HOSTS")
ALLOWED_HOSTS = [one.strip() for one in _NAMES.split(",")] if _NAMES else sorted({_host(one) for one in ORIGINS})
TRUSTED_PROXIES = _networks("NETVIZ_TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = ORIGINS
_HTTPS = all(origin.startswith("https://") for origin in ORIGINS)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_vite",
    "rest_framework",
    "drf_spectacular",
    "netviz.server.teams",
    "netviz.server.hosts",
    "netviz.server.history",
    "netviz.server.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "netviz.server.web.middleware.more_security_headers",
    "csp.middleware.CSPMiddleware",
    "netviz.server.web.middleware.answer_probes",
    "netviz.server.web.middleware.refuse_nul",
    "netviz.server.web.middleware.refuse_encoded_bodies",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "netviz.server.web.middleware.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

ROOT_URLCONF = "netviz.urls"
ASGI_APPLICATION = "netviz.asgi.application"

DATABASES = {"default": _database(os.environ.get("NETVIZ_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("NETVIZ_REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

SIGN_IN_TRIES = _whole_number("NETVIZ_SIGN_IN_TRIES", 10)
API_CALLS = _whole_number("NETVIZ_API_CALLS", 600)
METRICS_TOKEN = os.environ.get("NETVIZ_METRICS_TOKEN", "")
if 0 < len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("NETVIZ_METRICS_TOKEN is too short. It needs at least 16 characters.")
METRICS_FOR_LOOPBACK = not _EXPOSED

# The reasons for these limits are in netviz/server/limits.py.
HISTORY_MIB = _whole_number("NETVIZ_HISTORY_MIB", 1_024)
TEAM_MIB = _whole_number("NETVIZ_TEAM_MIB", 2_048)
USER_SOCKETS = _whole_number("NETVIZ_USER_SOCKETS", 500)

AUTH_USER_MODEL = "teams.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "hosts"
LOGOUT_REDIRECT_URL = "sign-in"

SESSION_COOKIE_NAME = "__Host-netviz" if _HTTPS else "netviz-session"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-netviz-csrf" if _HTTPS else "netviz-csrf"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "netviz.server.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
X_FRAME_OPTIONS = "DENY"

# Maximum bytes in the body of a request. No form or document of netviz is larger.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

_SOCKETS = [origin.replace("http", "ws", 1) for origin in ORIGINS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", *_SOCKETS],
        "worker-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "require-trusted-types-for": ["'script'"],
    }
}

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"] if (BASE_DIR / "static" / "dist").is_dir() else []
# `make run` and `make test` build the front end; commands that show no page work without it.
SILENCED_SYSTEM_CHECKS = ["django_vite.W001"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "static" / "dist" / ".vite" / "manifest.json",
        "static_url_prefix": "",
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "netviz.server.web.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["netviz.server.web.api.throttle.PerUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "netviz.server.web.api.problems.handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "netviz",
    "DESCRIPTION": "The network configuration of a team's Linux hosts, as their kernels report it. Read only.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": True,
    "POSTPROCESSING_HOOKS": ["netviz.server.web.api.schema.add_entities"],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# The kernel's own words are the same in every language; the others are in netviz/locale and static/words.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [BASE_DIR / "netviz" / "locale"]
LANGUAGE_COOKIE_NAME = "netviz-language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = _HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"

USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"seldom": {"()": "netviz.server.edge.log.Seldom"}},
    "formatters": {"line": {"()": "netviz.server.edge.log.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "netviz": {"level": "INFO"},
        # uvicorn has handlers of its own, which would write what clients send as it is.
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"handlers": ["stderr"], "propagate": False},
    },
}
