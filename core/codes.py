"""Codes of six digits that are mailed and typed; only a hash of them is kept, in a row that counts the tries."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac

DIGITS = 6
MINUTES = 15
TRIES = 5


def new() -> str:
    """Return a code that nobody can guess in a few tries."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def digest(*, purpose: str, owner_id: int, code: str) -> str:
    """Return the hash to keep, 64 characters; the same code has another for each purpose and owner."""
    return salted_hmac(purpose, f"{owner_id}:{code}", algorithm="sha256").hexdigest()


def redeem(rows: QuerySet[Any], *, digest: str, at: datetime, **changes: object) -> bool:
    """Use up the code of a row that has this digest; false for a wrong, used or old one, and after five tries.

    rows: one row, with asked_at, tries and code_hash. changes: what else is written to it when the code is right.
    Each step is one statement, so that no number of guesses at once gets more tries.
    """
    fresh = rows.filter(asked_at__gt=at - timedelta(minutes=MINUTES))
    if not fresh.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        return False
    return bool(fresh.filter(code_hash=digest).update(code_hash="", **changes))
