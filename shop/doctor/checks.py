"""What a check is, and the list of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.conf import settings

CHECKS: dict[str, type[Check]] = {}  # by name
Clock = Callable[[], datetime]
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Remark:
    """What a check has seen, and what to do about it when it is not as it should be."""

    level: Level
    text: str
    remedy: str = ""


class Check:
    """One thing that must be in order; its name is that of the class in kebab-case.

    server: the one that is asked, `database`, `cache` or `queue`; once it does not answer, its other checks are
        left out.
    """

    name: ClassVar[str]
    server: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Give the class its name and a place in the list."""
        super().__init_subclass__()
        cls.name = _INNER_CAPITAL.sub("-", cls.__name__).lower()
        if cls.name in CHECKS:
            raise TypeError(f"there are two checks called {cls.__name__}")
        CHECKS[cls.name] = cls

    def remarks(self, now: Clock) -> Iterable[Remark]:
        """Yield what is to be said; nothing means that all is well."""
        raise NotImplementedError


def fine(text: str) -> Remark:
    """Return something worth knowing."""
    return Remark(Level.OK, text)


def doubtful(text: str, remedy: str) -> Remark:
    """Return something that works and should be looked at."""
    return Remark(Level.WARN, text, remedy)


def wrong(text: str, remedy: str) -> Remark:
    """Return something that must be put right."""
    return Remark(Level.FAIL, text, remedy)


def unfit(text: str, remedy: str) -> Remark:
    """Return something that must be put right in public, and is the nature of a demo."""
    return Remark(Level.WARN if settings.DEMO else Level.FAIL, text, remedy)
