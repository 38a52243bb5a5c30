"""A pytest plugin: throw-away PostgreSQL and Redis, started once before Django reads its settings."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from shop.embedded import environment
from shop.embedded.postgres import Postgres
from shop.embedded.redis import Redis
from shop.translations import compile_all

SHARED_MEMORY = Path("/dev/shm")
ROOM = 2 << 30
_started: list[Postgres | Redis] = []
_folder: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the servers in the first process; its workers inherit the addresses and get a Redis database each."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_DATABASE"] = str(2 + 2 * int(worker.removeprefix("gw")))
        os.environ["MEDIA_ROOT"] = str(Path(os.environ["VAR_DIR"]) / f"media-{worker}")
        return
    _start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, and leave nothing behind."""
    for server in reversed(_started):
        server.stop()
    _started.clear()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def _start() -> None:
    global _folder  # noqa: PLW0603  a plugin is a module
    room = SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK) and shutil.disk_usage(SHARED_MEMORY).free > ROOM
    _folder = Path(tempfile.mkdtemp(prefix="kaishi-tests-", dir=SHARED_MEMORY if room else None))
    _folder.chmod(0o755)
    (_folder / "static").mkdir(exist_ok=True)  # nothing is collected here, and WhiteNoise warns of a folder it misses
    os.environ["VAR_DIR"] = str(_folder)
    os.environ |= {"STATIC_HASHED": "false", "DATABASE_POOL_SIZE": "0", "LOG_LEVEL": "CRITICAL", "TIME_ZONE": "UTC"}
    compile_all()
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if not database_url:
        postgres = Postgres(_folder, durable=False)
        _started.append(postgres)
        postgres.start()
        database_url = postgres.url()
    if not redis_url:
        redis = Redis(_folder, durable=False)
        _started.append(redis)
        redis.start()
        redis_url = redis.url
    environment.provide(database_url=database_url, redis_url=redis_url)
