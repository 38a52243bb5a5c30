"""The machine: room on its disks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from shop.doctor.checks import Check, Clock, Remark, doubtful, fine, wrong
from shop.doctor.database import values

MEGABYTE = 1_000_000
LITTLE, TOO_LITTLE = 2000 * MEGABYTE, 300 * MEGABYTE


def room(folder: Path) -> Iterator[Remark]:
    """Yield how much is free where a folder lies."""
    free = shutil.disk_usage(folder).free
    yield fine(f"{free // MEGABYTE} MB free")
    if free < LITTLE:
        tell = wrong if free < TOO_LITTLE else doubtful
        yield tell(f"only {free // MEGABYTE} MB are free", "Make room, or move to a larger volume.")


class MediaFolder(Check):
    """Pictures can be kept."""

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look whether the folder can be written, and at the room there; it is made with the first picture."""
        folder = Path(settings.MEDIA_ROOT)
        nearest = next(each for each in (folder, *folder.resolve().parents) if each.exists())
        if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
            yield wrong("MEDIA_ROOT cannot be written: no picture can be uploaded", "Give the shop's user the folder.")
            return
        yield from room(nearest)


class DatabaseVolume(Check):
    """Orders can be kept."""

    server = "database"

    def remarks(self, now: Clock) -> Iterator[Remark]:
        """Look at the room where the database lies, when it lies on this machine."""
        folder = values("data_directory").get("data_directory", "")
        if self.is_here() and folder and os.access(folder, os.F_OK):
            yield from room(Path(folder))
        else:
            yield fine("cannot be seen from here; watch it there")

    @staticmethod
    def is_here() -> bool:
        """Whether the database runs on this machine."""
        host = str(connection.settings_dict["HOST"])
        return host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
