#!/usr/bin/env python3
"""Django's command line; without DATABASE_URL it uses the embedded servers, or starts them meanwhile."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import ProgrammingError


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if "doctor" in sys.argv[1:2]:  # has the limits of the web, at which it looks
        os.environ["DATABASE_POOL_SIZE"] = "0"  # a pool would only say that there is no connection, and not why
    else:
        os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "0")  # commands may take their time
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        _run()
        return
    from shop.embedded import servers  # noqa: PLC0415  a production image has no embedded servers

    with servers.use():
        _run()


def _run() -> None:
    try:
        execute_from_command_line(sys.argv)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) not in ("42P01", "42703"):  # a table or column that is not there
            raise
        sys.exit("The database is not up to date; run this first: manage.py prepare")


if __name__ == "__main__":
    main()
