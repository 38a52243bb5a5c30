"""What an invariant is, and the list of all of them."""

from __future__ import annotations

import re
from typing import ClassVar

from django.utils.functional import Promise

INVARIANTS: dict[str, type[Invariant]] = {}  # by code, in the order in which their modules are read
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Invariant:
    """A statement that always holds, how its exceptions are found, and what to do about one.

    code: the name of the class in kebab-case; stable, since kept runs and `--only` refer to it.
    query: its first column is `row`, the kind and the number of the row, such as `order 123456789016`; the others
        are among shop.audit.columns.LABELS. It selects figures, states, moments and numbers, and never anything of
        a person: findings are kept and shown.
    repair: to an operator, where to look and what to do.
    """

    code: ClassVar[str]
    statement: ClassVar[str | Promise]
    query: ClassVar[str]
    repair: ClassVar[str | Promise]

    def __init_subclass__(cls) -> None:
        """Give the class its code and a place in the list."""
        super().__init_subclass__()
        cls.code = _INNER_CAPITAL.sub("-", cls.__name__).lower()
        if cls.code in INVARIANTS:
            raise TypeError(f"there are two invariants called {cls.__name__}")
        INVARIANTS[cls.code] = cls
