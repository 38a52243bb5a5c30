"""Log lines: constant text, ids as fields, no personal data."""

import json
import logging
import re

_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime", "taskName"}
_BULKY = {"request", "data"}  # Django's and Celery's own objects
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class PlainFormatter(logging.Formatter):
    """One readable line, fields at its end."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's name
        """Return the line with its fields as name=value."""
        fields = " ".join(f"{name}={_CONTROL.sub('?', str(value))}" for name, value in _fields(record).items())
        return " ".join(filter(None, [super().formatMessage(record), fields]))


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; an exception as one string."""
        content: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        content |= {name: value for name, value in _fields(record).items() if name not in content}
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, default=str, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD | _BULKY}
