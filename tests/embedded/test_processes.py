"""The process manager: restarts what ends by itself, stops what it started, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from shop.embedded import children, processes
from shop.embedded.processes import Processes, Program

PATIENCE_SECONDS = 20
WAIT = "print('ready', flush=True); input() if False else __import__('time').sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
FAMILY = (
    "import subprocess, sys; from pathlib import Path; from shop.embedded import children; "
    "child = children.spawn([sys.executable, '-c', 'import time; time.sleep(60)'], output=subprocess.DEVNULL); "
    "print(child.pid, flush=True); input()"
)


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code])


@pytest.fixture
def manager(monkeypatch):
    """A manager without pauses; what it started is stopped afterwards."""
    monkeypatch.setattr(processes, "RESTART_PAUSE_SECONDS", 0)
    made = Processes()
    yield made
    monkeypatch.setattr(processes, "STOP_SECONDS", 0)
    made.stop()


def running(manager: Processes) -> list[psutil.Process]:
    return [psutil.Process(process.pid) for _, process in manager._running]


def test_a_stop_ends_what_was_started_and_nothing_else(manager):
    with subprocess.Popen([sys.executable, "-c", WAIT], stdout=subprocess.DEVNULL) as stranger:
        manager.start(python("web", WAIT))
        manager.start(python("beat", WAIT))
        ours = running(manager)

        manager.stop()

        assert psutil.wait_procs(ours, PATIENCE_SECONDS)[1] == []
        assert (manager.has_ended("web"), manager.has_ended("beat")) == (True, True)
        assert stranger.poll() is None
        stranger.kill()


def test_a_program_that_does_not_listen_is_killed(manager, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE, start_new_session=True) as deaf:
        assert deaf.stdout is not None
        assert deaf.stdout.readline() == b"ready\n"
        manager._running.append((python("web", DEAF), deaf))

        manager.stop()

        assert deaf.returncode == -signal.SIGKILL


def test_a_program_that_ends_is_started_again_and_the_others_stay(manager, tmp_path, capsys):
    log = tmp_path / "starts"
    manager.start(python("beat", WAIT))
    (calm,) = running(manager)
    manager.start(python("web", f"open({str(log)!r}, 'a').write('x')"))

    stopper = threading.Thread(target=_stop_after, args=(manager, log, 3))
    stopper.start()
    manager.watch()
    stopper.join(PATIENCE_SECONDS)

    assert len(log.read_text()) >= 3
    assert calm.is_running()
    assert "-> web ended with 0; starting it again" in capsys.readouterr().out


def _stop_after(manager: Processes, log: Path, starts: int) -> None:
    while not (log.exists() and len(log.read_text()) >= starts):
        if manager.stopping.wait(0.02):
            return
    manager.stopping.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_for_a_clean_stop(manager, number):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        manager.catch_signals()
        os.kill(os.getpid(), number)

        assert manager.stopping.wait(PATIENCE_SECONDS)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_output_is_shown_under_the_programs_name(manager, capsys):
    manager.start(python("web", "print('it’s open'); print('second')"))
    (process,) = [process for _, process in manager._running]
    process.wait(PATIENCE_SECONDS)
    for thread in threading.enumerate():
        if thread.name.endswith("(_copy_output)"):
            thread.join(PATIENCE_SECONDS)

    assert capsys.readouterr().out == "web    | it’s open\nweb    | second\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_children_do_not_outlive_a_parent_that_was_killed():
    command = [sys.executable, "-c", FAMILY]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert child.is_running()

        parent.kill()

        assert psutil.wait_procs([child], PATIENCE_SECONDS)[1] == []


def test_only_processes_of_the_name_in_the_folder_are_found(tmp_path):
    beside = tmp_path / "beside"
    beside.mkdir()
    name = psutil.Process().name()
    with subprocess.Popen([sys.executable, "-c", WAIT], cwd=beside, stdout=subprocess.DEVNULL) as process:
        own_name = psutil.Process(process.pid).name()

        assert [found.pid for found in children.living(own_name, beside)] == [process.pid]
        assert children.living(own_name, tmp_path) == []
        assert children.living("postgres", beside) == []
        assert name
        process.kill()
