"""The agent's settings, from a TOML file.

The file must be owned by root or by the user that runs the agent, so that nobody else can change the limits.
"""

import dataclasses
import os
import stat

from netviz.agent.budgets import Budgets

DEFAULT = "/etc/netviz/agent.toml"
_FILE_BYTES = 65_536


class BadSettingsError(ValueError):
    """Raised if the settings file cannot be used; the message says why."""


def budgets(path: str | None) -> Budgets:
    """Returns the limits in this settings file. If `path` is None, reads the file `DEFAULT`, or returns the default
    limits if there is no such file.

    Raises BadSettingsError.
    """
    try:
        raw = _read(path or DEFAULT)
    except FileNotFoundError as error:
        if path is None:
            return Budgets()
        raise BadSettingsError(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise BadSettingsError(f"{path or DEFAULT}: {error.strerror}") from error
    import tomllib  # only here, because most hosts have no such file and the import takes 10 ms

    try:
        found = tomllib.loads(raw.decode())
    except ValueError as error:
        raise BadSettingsError(f"{path or DEFAULT}: {error}") from error
    try:
        return _budgets(found)
    except BadSettingsError as error:
        raise BadSettingsError(f"{path or DEFAULT}: {error}") from error


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_size > _FILE_BYTES:
            raise BadSettingsError(f"{path}: the file must be a regular file of at most {_FILE_BYTES:,} bytes.")
        if about.st_uid not in (0, os.geteuid()) or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise BadSettingsError(
                f"{path}: the file must be owned by root or the agent's user, and writable by its owner only."
            )
        return file.read()


def _budgets(found: dict[str, object]) -> Budgets:
    if unknown := sorted(found.keys() - {"budgets"}):
        raise BadSettingsError(f"unknown setting {unknown[0]!a}.")
    table = found.get("budgets", {})
    if not isinstance(table, dict):
        raise BadSettingsError("budgets must be a table: write [budgets].")
    most = {field.name: field.default for field in dataclasses.fields(Budgets)}
    for name, value in table.items():
        if name not in most:
            raise BadSettingsError(f"unknown budget {name!a}. Use one of {', '.join(most)}.")
        limit = most[name]
        if type(value) is not int or not isinstance(limit, int) or not 1 <= value <= limit:
            raise BadSettingsError(f"the budget {name} must be an integer from 1 to {limit:,}.")
    return Budgets(**table)
