"""Sessions in the database, kept in the cache as well."""

from __future__ import annotations

import re

from django.contrib.sessions.backends import cached_db

_KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(cached_db.SessionStore):
    """Django's store, which asks neither cache nor database for what can be no key of it."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Tell whether a cookie's value can be a key; NUL bytes, for one, would be an error of the database."""
        return key is not None and _KEY.fullmatch(key) is not None
