"""The process manager: starts the shop's processes, prints their output with a prefix, stops what it started."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from shop.embedded import children, folders

LOOK_SECONDS = 0.2
RESTART_PAUSE_SECONDS = 1.0  # before one that ended soon after its start is started again
SOON_SECONDS = 10.0
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Program:
    """One process of the shop: its name in the log, its command, and settings of its own."""

    name: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)
    end_signal: signal.Signals = signal.SIGTERM


class Server(Protocol):
    """A server of our own that can be started again."""

    name: str

    def has_ended(self) -> bool:
        """Tell whether it ended without being told to."""

    def start(self) -> None:
        """Start it and wait until it answers."""


class Processes:
    """Keep programs running until told to stop."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._running: list[tuple[Program, subprocess.Popen[bytes]]] = []
        self._started_at: dict[str, float] = {}

    def catch_signals(self) -> None:
        """Turn Ctrl-C, a closed terminal and a polite kill into a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, program: Program) -> None:
        """Start one program and copy its output to ours."""
        process = children.spawn(
            program.command,
            output=subprocess.PIPE,
            end_signal=program.end_signal,
            folder=folders.ROOT,
            environment=os.environ | program.settings,
        )
        threading.Thread(target=_copy_output, args=(program.name, process), daemon=True).start()
        self._started_at[program.name] = time.monotonic()
        self._running.append((program, process))

    def has_ended(self, name: str) -> bool:
        """Tell whether the program of this name is not running any more."""
        return all(process.poll() is not None for program, process in self._running if program.name == name)

    def watch(self, servers: Sequence[Server] = ()) -> None:
        """Restart servers and programs that end by themselves, until a signal asks us to stop."""
        while not self.stopping.wait(LOOK_SECONDS):
            for server in servers:
                if server.has_ended():
                    say(f"{server.name} ended; starting it again")
                    server.start()
            for program, process in list(self._running):
                if process.poll() is not None:
                    say(f"{program.name} ended with {process.returncode}; starting it again")
                    self._running.remove((program, process))
                    self._pause(program)
                    self.start(program)

    def _pause(self, program: Program) -> None:
        """Wait before a program is started again that cannot live: it must not take all of the processor."""
        if time.monotonic() - self._started_at[program.name] < SOON_SECONDS:
            self.stopping.wait(RESTART_PAUSE_SECONDS)

    def stop(self) -> None:
        """Stop what we started, last started first, and nothing else."""
        for program, process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(program.end_signal)
        end = time.monotonic() + STOP_SECONDS
        for program, process in reversed(self._running):
            children.stop(process, seconds=max(0.1, end - time.monotonic()), end_signal=program.end_signal)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self.stopping.set()


def say(*words: object) -> None:
    """Print a line of our own."""
    print("->", *words, flush=True)


def _copy_output(name: str, process: subprocess.Popen[bytes]) -> None:
    with process.stdout or io.BytesIO() as lines:
        for line in lines:
            sys.stdout.write(f"{name:<7}| {line.decode(errors='replace').rstrip()}\n")
            sys.stdout.flush()
