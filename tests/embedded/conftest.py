"""A folder for servers of a test's own, and an environment that names none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.servers import SHARED_MEMORY


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any user may enter, as PostgreSQL's does not run as root; gone with its processes afterwards."""
    room = SHARED_MEMORY if SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK) else None
    made = Path(tempfile.mkdtemp(prefix="kaishi-embedded-", dir=room))
    made.chmod(0o755)
    yield made
    for process in working_below(made):
        with suppress(psutil.NoSuchProcess):  # it may end by itself meanwhile
            process.kill()
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def var(folder: Path, monkeypatch) -> Path:
    """The folder as var/ of a shop that nobody has configured."""
    monkeypatch.setenv("VAR_DIR", str(folder))
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    return folder


def working_below(folder: Path) -> list[psutil.Process]:
    """Return the living processes that work in a folder or below it."""
    found = []
    for process in psutil.process_iter(["status"]):
        try:
            is_dead = process.info["status"] == psutil.STATUS_ZOMBIE
            if not is_dead and Path(process.cwd()).is_relative_to(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found
