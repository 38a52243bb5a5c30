"""Web server settings: threads, so that a slow payment gateway does not hold a whole process."""

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

from shop import env

workers = env.number("WEB_WORKERS", 2, minimum=1)
threads = env.number("WEB_THREADS", 4, minimum=1)
worker_class = "gthread"
preload_app = True
graceful_timeout = 20
timeout = 60
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
loglevel = "warning"
no_control_socket = True
forwarded_allow_ips = forwarder_headers = ""  # no header names path or scheme; Django reads what it may trust
_MEMORY = Path("/dev/shm")  # noqa: S108  the workers' signs of life, several a request, without a disk
_PR_SET_PDEATHSIG = 1
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None


def post_fork(server: Any, worker: Any) -> None:
    """Set up a worker's process."""
    _end_with_master(server.pid)
    _collect_less()


def _end_with_master(master: int) -> None:
    """Have Linux end this worker at once when its master is killed.

    By itself it would hold the port for up to `graceful_timeout`, and whoever starts a new master would fail to.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != master:  # it was killed between fork and prctl
        os._exit(1)


def _collect_less() -> None:
    """Leave what was loaded before to no garbage collection, and collect less often: 3 to 8 % of CPU a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
