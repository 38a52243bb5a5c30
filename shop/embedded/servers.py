"""Use the embedded servers that run, or start them: one owner for each var/ folder, any number of guests."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from shop.embedded import environment, folders
from shop.embedded.postgres import Postgres
from shop.embedded.redis import Redis

PATIENCE_SECONDS = 60


class AlreadyRunningError(SystemExit):
    """Another `run.py` already runs the shop on this var/ folder."""


@contextlib.contextmanager
def own() -> Iterator[list[Postgres | Redis]]:
    """Own the servers for as long as the block lasts, however many guests use them (`run.py`); yield those started."""
    with _lock(wait=True, role="shop"), _started() as started:
        yield started


@contextlib.contextmanager
def use() -> Iterator[None]:
    """Use the servers for as long as the block lasts, starting them when nobody has (`manage.py`)."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(_lock(wait=False, role="command"))
            except BlockingIOError:
                if not _join(stack):
                    time.sleep(0.1)
                    continue
            else:
                guests = stack.enter_context(_guest_file().open("a"))
                stack.enter_context(_started())
                stack.callback(fcntl.flock, guests, fcntl.LOCK_EX)  # wait for the last guest, keep new ones out
            yield
            return
    raise SystemExit("the embedded servers are being started or stopped elsewhere; try again")


@contextlib.contextmanager
def _lock(*, wait: bool, role: str) -> Iterator[None]:
    """Be the one owner; the kernel takes the lock back when we die, so it is never stale."""
    with (folders.var() / "servers.lock").open("a+") as file:
        _acquire(file, wait=wait)
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "role": role}))
        file.flush()
        yield


def _acquire(file: IO[str], *, wait: bool) -> None:
    """Take the lock; wait for a command that will end, but not for a shop that runs."""
    end = time.monotonic() + (PATIENCE_SECONDS if wait else 0)
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not wait:
                raise
            file.seek(0)
            content = file.read()
            owner = json.loads(content) if content else {"role": "", "pid": "?"}
            if owner["role"] == "shop" or time.monotonic() > end:
                raise AlreadyRunningError(f"already in use by process {owner['pid']}: {folders.var()}") from None
            time.sleep(0.1)


@contextlib.contextmanager
def _started() -> Iterator[list[Postgres | Redis]]:
    """Start what the environment does not name, tell guests where it is, stop it in the end; yield what was started."""
    started: list[Postgres | Redis] = []
    var = folders.var()
    notice = var / "servers.json"
    notice.unlink(missing_ok=True)  # left by an owner that was killed
    with contextlib.ExitStack() as stack:
        urls = {"database_url": os.environ.get("DATABASE_URL", ""), "redis_url": os.environ.get("REDIS_URL", "")}
        if not urls["database_url"]:
            postgres = Postgres(var)
            stack.callback(postgres.stop)
            postgres.start()
            urls["database_url"] = postgres.url()
            started.append(postgres)
        if not urls["redis_url"]:
            redis = Redis(var)
            stack.callback(redis.stop)
            redis.start()
            urls["redis_url"] = redis.url
            started.append(redis)
        environment.provide(**urls)
        notice.write_text(json.dumps(urls))
        stack.callback(notice.unlink, missing_ok=True)
        yield started


def _join(stack: contextlib.ExitStack) -> bool:
    """Become a guest of the running servers; false when they are not ready yet or already going."""
    notice = folders.var() / "servers.json"
    guests = stack.enter_context(_guest_file().open("a"))
    try:
        fcntl.flock(guests, fcntl.LOCK_SH | fcntl.LOCK_NB)
        urls = json.loads(notice.read_text())
    except (BlockingIOError, FileNotFoundError, json.JSONDecodeError):
        return False
    environment.provide(**urls)
    return True


def _guest_file() -> Path:
    return folders.var() / "guests.lock"
