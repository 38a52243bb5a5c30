"""A Redis-compatible server of our own: unix socket only, append-only file."""

import contextlib
import subprocess
import time
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shop.embedded import binaries, children, folders

OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "daemonize": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # cached pages make room for each other; the queue, kept for ever, stays
    "databases": "64",
}


class Redis:
    """One server below `base`; `durable=False` keeps nothing on disk and is for tests alone."""

    name = "Redis"

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self._durable = durable
        self._data = base / "redis"
        self._data.mkdir(parents=True, exist_ok=True)
        self._socket = folders.socket_folder(base, "redis") / "redis.sock"
        self._log = base / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the connection URL without a database number."""
        return f"unix://{self._socket}"

    def start(self, *, seconds: float = 20) -> None:
        """Start the server and wait until it answers."""
        self._end_orphan(seconds=seconds)
        options = OPTIONS | {
            "unixsocket": str(self._socket),
            "dir": str(self._data),
            "appendonly": "yes" if self._durable else "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with self._log.open("ab") as log:
            self._process = children.spawn([binaries.redis(), *words], output=log, folder=self._data)
        self._wait_until_ready(self._process, until=time.monotonic() + seconds)

    def has_ended(self) -> bool:
        """Tell whether the server we started runs no longer."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """Shut the server down; it writes its file first."""
        if self._process:
            children.stop(self._process, seconds=15)

    def _end_orphan(self, *, seconds: float) -> None:
        """End a server that outlived its parent: two may not write one file."""
        end = time.monotonic() + seconds
        while orphans := children.living("valkey-server", self._data):
            if time.monotonic() > end:
                raise SystemExit(f"another Redis still runs on {self._data}")
            for process in orphans:
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended just now
                    process.terminate()
            time.sleep(0.1)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], *, until: float) -> None:
        client = redis.Redis(unix_socket_path=str(self._socket), retry=Retry(NoBackoff(), 0))  # we ask again ourselves
        while True:
            try:
                client.ping()
                client.close()
                return
            except redis.RedisError as error:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"Redis did not start; see {self._log}") from error
                time.sleep(0.02)
