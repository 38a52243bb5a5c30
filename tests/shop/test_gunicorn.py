"""The web server's processes: a new master can take over as soon as the old one is gone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest

from tests.journeys.stack import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20
SOON_SECONDS = 2  # far below gunicorn's own time to let requests finish
APPLICATION = """
import pathlib, time
def application(environ, start_response):
    time.sleep(60 if environ["PATH_INFO"] == "/slow" else 0)
    start_response("200 OK", [("Content-Length", "4")])
    yield b"op"
    while environ["PATH_INFO"] == "/long" and not pathlib.Path(__file__).with_name("go on").exists():
        time.sleep(0.01)
    yield b"en"
"""


class Web:
    """A web server with the shop's settings and a page that needs nothing."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.seen: list[psutil.Process] = []
        self._folder = folder
        (folder / "page.py").write_text(APPLICATION)
        command = [sys.executable, "-m", "gunicorn", "page", "--config", str(ROOT / "shop" / "gunicorn.py")]
        self.master = psutil.Popen(
            [*command, "--bind", f"127.0.0.1:{port}", "--pythonpath", f"{ROOT},{folder}"],
            cwd=ROOT,
            env=os.environ | {"WEB_WORKERS": "2"},
            stderr=subprocess.DEVNULL,
        )

    def asked(self) -> socket.socket:
        """Return a connection on which a page was shown, and that stays open."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with suppress(ConnectionError):
                made = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
                made.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                with made.makefile("rb") as answer:
                    assert answer.read(4) == b"HTTP"
                return made
            time.sleep(0.05)
        raise AssertionError("the web server does not answer")

    def stops(self) -> None:
        """Wait until the master listens no longer, as it does once it was asked to end."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.master.net_connections() and time.monotonic() < end:
            time.sleep(0.02)

    def go_on(self) -> None:
        """Let the long pages end."""
        (self._folder / "go on").touch()

    def workers(self) -> list[psutil.Process]:
        """Return both workers, once both are there."""
        end = time.monotonic() + PATIENCE_SECONDS
        while len(found := self.master.children()) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        assert len(found) == 2
        self.seen = found
        return found


@pytest.fixture
def web(tmp_path) -> Iterator[Web]:
    """A running web server."""
    made = Web(tmp_path, free_port())
    yield made
    for process in [*made.seen, made.master]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    made.master.wait(PATIENCE_SECONDS)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_workers_leave_the_port_at_once_when_their_master_is_killed(web):
    visitors = [web.asked() for _ in range(4)]
    for visitor in visitors:
        visitor.sendall(b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    workers = web.workers()

    web.master.kill()
    web.master.wait(PATIENCE_SECONDS)

    end = time.monotonic() + SOON_SECONDS
    while not (is_free := _is_free(web.port)) and time.monotonic() < end:
        time.sleep(0.02)
    assert is_free
    assert not any(map(_is_alive, workers))
    for visitor in visitors:
        visitor.close()


def _is_free(port: int) -> bool:
    """Tell whether a new master could listen there."""
    with socket.socket() as heir:
        heir.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            heir.bind(("127.0.0.1", port))
            heir.listen()
        except OSError:
            return False
        return True


def test_a_master_that_is_asked_to_end_lets_requests_in_work_finish(web):
    visitors = [socket.create_connection(("127.0.0.1", web.port)) for _ in range(4) if web.asked().close() is None]
    pages = [visitor.makefile("rb") for visitor in visitors]
    for visitor, page in zip(visitors, pages, strict=True):
        visitor.sendall(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert _until(page, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        assert page.read(2) == b"op"
    web.workers()

    web.master.terminate()
    web.stops()
    web.go_on()

    assert [page.read() for page in pages] == [b"en"] * 4
    assert web.master.wait(PATIENCE_SECONDS) == 0
    for visitor in visitors:
        visitor.close()


def _until(page: BinaryIO, end: bytes) -> bytes:
    found = b""
    while not found.endswith(end):
        found += page.read(1)
    return found


def _is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
