#!/usr/bin/env python3
"""Django's command line; without DATABASE_URL it uses the embedded servers, or starts them meanwhile."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "0")  # commands may take their time
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        execute_from_command_line(sys.argv)
        return
    from shop.embedded import servers  # noqa: PLC0415  a production image has no embedded servers

    with servers.use():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
