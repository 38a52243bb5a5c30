"""Codes of six digits that are mailed and typed; only a hash of them is kept."""

import secrets

from django.utils.crypto import salted_hmac

DIGITS = 6


def new() -> str:
    """Return a code that nobody can guess in a few tries."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def digest(*, purpose: str, owner_id: int, code: str) -> str:
    """Return the hash to keep, 64 characters; the same code has another for each purpose and owner."""
    return salted_hmac(purpose, f"{owner_id}:{code}", algorithm="sha256").hexdigest()
