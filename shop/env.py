"""Typed reading of environment variables: the only place where settings come from.

A variable without a default must be set; a missing or malformed one stops the start with its name.
"""

import os
from urllib.parse import urlsplit


class SettingError(SystemExit):
    """A setting is missing or cannot be read; ends the process with a message that names it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"Setting {name} {problem}. See docs/OPERATIONS.md.")


def text(name: str, default: str | None = None) -> str:
    """Return the variable as it stands."""
    value = os.environ.get(name, default)
    if value is None or (default is None and not value):
        raise SettingError(name, "is not set")
    return value


def boolean(name: str, *, default: bool) -> bool:
    """Return true for `1`, `true`, `yes`, `on`; false for `0`, `false`, `no`, `off`."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise SettingError(name, f"must be true or false, not {value!r}")


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number that is not below `minimum`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < minimum:
        raise SettingError(name, f"must be a whole number, at least {minimum}, not {value!r}")
    return int(value)


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the parts of a comma-separated list, without blanks."""
    value = os.environ.get(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]


def url(name: str, *, schemes: tuple[str, ...], default: str | None = None) -> str:
    """Return a URL that has one of `schemes`, without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    is_fit = parts.scheme in schemes and (bool(parts.hostname) or parts.scheme not in ("http", "https"))
    if value and not is_fit:
        raise SettingError(name, f"must be a URL that starts with {' or '.join(schemes)}")
    return value


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """Return one of `options`."""
    value = text(name, default)
    if value not in options:
        raise SettingError(name, f"must be one of {', '.join(options)}, not {value!r}")
    return value
