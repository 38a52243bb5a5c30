"""`manage.py prepare`: bring database, translations, static files and, in a demo, the demo shop up to date."""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any

import brotli
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import Product
from shop.translations import compile_all

COMPRESSED = (".css", ".js", ".svg")


class Command(BaseCommand):
    """Everything a start needs; done again only where something has changed."""

    help = "Bring database, translations, static files and the demo shop up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps."""
        compile_all()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        if settings.STATIC_HASHED:
            _collect_static()
        if settings.DEMO and not Product.objects.exists():
            call_command("load_demo")


def _collect_static() -> None:
    """Collect static files when one has changed, and compress our own ones."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_suffix(".stamp")
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    for path in root.iterdir():
        if path.suffix in COMPRESSED:
            path.with_name(f"{path.name}.br").write_bytes(brotli.compress(path.read_bytes()))
    stamp.write_text(wanted)


def _fingerprint() -> str:
    """Return a hash of our static files and of the packages that bring their own."""
    digest = hashlib.sha256(importlib.metadata.version("django").encode())
    for path in sorted((Path(settings.BASE_DIR) / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()
