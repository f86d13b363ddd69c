"""Django's settings, read from the environment (`NETVIZ_*`)."""

import os
import secrets
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("NETVIZ_STATE_DIR", CHECKOUT / ".state"))

SECRET_KEY = os.environ.get("NETVIZ_SECRET_KEY") or secrets.token_urlsafe(50)
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": STATE_DIR / "db.sqlite3"}}
USE_TZ = True
