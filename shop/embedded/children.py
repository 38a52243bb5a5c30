"""Start and stop child processes that never outlive us by accident."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int,
    end_signal: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
    user: pwd.struct_passwd | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session; Linux sends it `end_signal` should we die first.

    Call from the main thread: the death signal is tied to the thread that forks.
    """
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder or "/",
        env=environment,
        start_new_session=True,
        preexec_fn=_die_with_parent(end_signal),  # noqa: PLW1509  started before any thread of ours
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def stop(process: subprocess.Popen[bytes], *, seconds: float, end_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to end, and kill its whole session when it has not after `seconds`."""
    if process.poll() is not None:
        return
    process.send_signal(end_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def living(name: str, folder: Path) -> list[psutil.Process]:
    """Return processes called `name` that work in `folder`, zombies left out."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != name or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == folder:
                found.append(process)
        except psutil.Error:  # it ended just now, or belongs to somebody else
            continue
    return found


def _die_with_parent(end_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        library.prctl(PR_SET_PDEATHSIG, end_signal)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return prepare
