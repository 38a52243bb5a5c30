"""A PostgreSQL server of our own: unix socket only, one folder, one owner."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import psycopg

from shop.embedded import binaries, children, folders

DATABASE = USER = "shop"
MAJOR_VERSION = 18
CLEAN_SHUTDOWN = signal.SIGINT  # PostgreSQL's "fast" shutdown: does not wait for clients, loses nothing

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # the folder around the socket is private
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "synchronous_commit": "on",  # an order that was shown must survive a crash
    "recovery_init_sync_method": "syncfs",  # a crash heals in under a second instead of several
    "log_min_duration_statement": "500",
    "log_parameter_max_length": "0",  # parameters of slow statements are names and addresses
    "log_error_verbosity": "terse",  # and so are details of errors, such as the row that a constraint refused
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Postgres:
    """One cluster below `base`; `durable=False` trades safety for speed and is for tests alone."""

    name = "PostgreSQL"

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self._user = folders.server_user()
        self._programs = binaries.postgres()
        self._durable = durable
        self._home = base
        if self._user and not (
            folders.is_reachable(base, self._user) and folders.is_reachable(self._programs, self._user)
        ):
            self._move_out(base)
        self._data = self._home / f"postgres-{MAJOR_VERSION}"
        self._socket = folders.socket_folder(self._home, "postgres")
        self._log = base / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            os.chown(self._socket, self._user.pw_uid, self._user.pw_gid)

    def url(self, database: str = DATABASE) -> str:
        """Return the connection URL, in the form that libpq's tools read too."""
        return f"postgresql://{USER}@/{database}?host={self._socket}"

    def start(self, *, seconds: float = 60) -> None:
        """Create the cluster if there is none, start the server and wait until it answers."""
        self._create_cluster()
        self._clear_stale_pid(seconds=30)
        options = OPTIONS | {"unix_socket_directories": str(self._socket)} | ({} if self._durable else THROW_AWAY)
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = children.spawn(
                [self._programs / "postgres", "-D", self._data, *words],
                output=log,
                end_signal=CLEAN_SHUTDOWN,
                user=self._user,
                environment=self._environment(),
            )
        self._wait_until_ready(self._process, until=time.monotonic() + seconds)

    def has_ended(self) -> bool:
        """Tell whether the server we started runs no longer."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> None:
        """Shut the server down cleanly."""
        if self._process:
            children.stop(self._process, seconds=30, end_signal=CLEAN_SHUTDOWN)

    def _move_out(self, base: Path) -> None:
        """Keep data, and where needed the programs, outside a checkout that the server's user cannot enter."""
        self._home = folders.public_home(base)
        if self._user is None or folders.is_reachable(self._programs, self._user):
            return
        package = self._programs.parents[1]
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists() and not (self._home / folder.name).exists():
                shutil.copytree(folder, self._home / folder.name, symlinks=True)
        self._programs = self._home / package.name / self._programs.relative_to(package)

    def _environment(self) -> dict[str, str]:
        return os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self._home)}

    def _create_cluster(self) -> None:
        """Make the cluster under another name and rename it, so that an interrupted start leaves none behind."""
        if (self._data / "PG_VERSION").exists():
            return
        new = self._data.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if self._user:
            os.chown(new, self._user.pw_uid, self._user.pw_gid)
        locale = ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command: list[str | Path] = [
            self._programs / "initdb",
            "-D",
            new,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            *locale,
        ]
        with self._log.open("ab") as log:
            done = children.spawn(
                [*command, *([] if self._durable else ["--no-sync"])],
                output=log,
                user=self._user,
                environment=self._environment(),
            ).wait()
        if done != 0:
            raise SystemExit(f"PostgreSQL could not create its folder {new}; see {self._log}")
        new.rename(self._data)

    def _clear_stale_pid(self, *, seconds: float) -> None:
        """Remove the pid file and the socket's lock of a server that was killed, after ending one that still runs.

        PostgreSQL refuses to start when the pid in one of them belongs to another program by now, or to the killed
        server while nobody has asked how it ended. We hold the lock of this folder, so nobody else can be starting a
        server here.
        """
        pid_file = self._data / "postmaster.pid"
        end = time.monotonic() + seconds
        while pid_file.exists():
            running = children.living("postgres", self._data)
            if not running:
                pid_file.unlink(missing_ok=True)
            elif time.monotonic() > end:
                raise SystemExit(f"another PostgreSQL still runs on {self._data}")
            else:
                _end_orphans(running)
                time.sleep(0.1)
        for lock in self._socket.glob(".s.PGSQL.*.lock"):
            lock.unlink(missing_ok=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], *, until: float) -> None:
        while True:
            try:
                with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
                    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'shop'").fetchone():
                        connection.execute("CREATE DATABASE shop")
                return
            except psycopg.OperationalError as error:
                if process.poll() is not None:
                    raise SystemExit(f"PostgreSQL did not start; see {self._log}") from error
                if time.monotonic() > until:
                    raise SystemExit(f"PostgreSQL does not answer; see {self._log}") from error
                time.sleep(0.05)


def _end_orphans(processes: list[psutil.Process]) -> None:
    """Ask a postmaster that lost its parent to shut down; its own children end with it."""
    numbers = {process.pid for process in processes}
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended just now
            if process.ppid() not in numbers:
                process.send_signal(CLEAN_SHUTDOWN)
