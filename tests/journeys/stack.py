"""The whole shop as `python3 run.py` starts it: own servers, own data, own ports."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shop.embedded import folders

START_SECONDS = 120
STOP_SECONDS = 40
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


class Stack:
    """A running shop, with further settings if need be; everything it writes is in one temporary folder."""

    def __init__(self, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kaishi-journeys-"))
        self.folder.chmod(0o755)
        self._log = (self.folder / "output.log").open("w+b")
        port, paylab_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        own = {"VAR_DIR": str(self.folder / "var"), "PORT": str(port), "PAYLAB_PORT": str(paylab_port)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shop.embedded"],
            cwd=folders.ROOT,
            env={name: os.environ[name] for name in INHERITED if name in os.environ} | own | settings,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait(self) -> None:
        """Wait until the shop says that it is open."""
        end = time.monotonic() + START_SECONDS
        while "the shop is open" not in self.output():
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the shop did not open:\n{self.output()}")
            time.sleep(0.2)

    def output(self) -> str:
        """Return what the shop's processes have printed."""
        return Path(self._log.name).read_text(errors="replace")

    def stop(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(STOP_SECONDS)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
