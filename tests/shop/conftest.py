"""What the tests of the whole shop share: a database that is really gone, and a cache that is."""

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture
def no_database(transactional_db, django_db_serialized_rollback, tmp_path) -> Iterator[None]:
    """Let every connection fail, as it does when PostgreSQL is gone."""
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = str(tmp_path)
    yield
    connection.settings_dict["HOST"] = host
    connection.close()


@pytest.fixture
def no_cache(settings, tmp_path) -> None:
    """Let Redis be gone; Django makes its connections anew whenever this setting changes."""
    location = {"LOCATION": f"unix://{tmp_path}/nowhere.sock"}
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | location}
