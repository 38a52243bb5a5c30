"""Registrations with an address that has an account already: remembered, so that trying them tells nothing.

Whoever registers a new address finds afterwards that the username is taken, and that the password leads to the page
"Check your email". The same has to be so for a known address, though no account was made. Hashes and a sealed address
are kept, in the cache, for as long as an account waits for its activation; a cache that is emptied forgets them.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.services import ACTIVATION_DAYS
from core import sealing

SALT = "accounts.decoys"


def keep(*, username: str, email: str, password: str, has_owner: bool) -> None:
    """Remember a registration; of an address that its owner has confirmed the first one counts, as an account's would.

    has_owner: whether that is so; an account that waits for its activation answers for its address by itself.
    """
    for name in (username, email) if has_owner else (username,):
        value = (_hashed(f"{name.casefold()}\n{password}"), sealing.seal(email))
        cache.add(_key(name), value, ACTIVATION_DAYS * 86_400)


def is_taken(*, username: str) -> bool:
    """Tell whether such a registration has chosen this name."""
    return cache.get(_key(username)) is not None


def email_of(*, name: str, password: str) -> str:
    """Return the address that was registered under a username or address with this password; nothing for others."""
    kept = cache.get(_key(name))
    if kept is None or not constant_time_compare(kept[0], _hashed(f"{name.casefold()}\n{password}")):
        return ""
    return sealing.unseal(kept[1])


def _key(name: str) -> str:
    return f"decoy:{_hashed(name.casefold())}"


def _hashed(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()
