"""Secrets at rest: sealed under a key made from SECRET_KEY, opened also under those of SECRET_KEY_FALLBACKS."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"kaishi: secrets at rest"  # another purpose would make other keys


def seal(text: str) -> str:
    """Return a text encrypted and signed under the newest key, as ASCII."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed; raise cryptography's InvalidToken when no key of ours has sealed it."""
    return _box().decrypt(sealed.encode()).decode()


def seal_anew(sealed: str) -> str:
    """Return the same secret under the newest key; raise InvalidToken when no key of ours has sealed it."""
    return _box().rotate(sealed.encode()).decode()


def _box() -> MultiFernet:
    return _box_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _box_of(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """Return a Fernet key. Source: RFC 5869, HKDF; SECRET_KEY is long and random, so it needs no stretching."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode()))
