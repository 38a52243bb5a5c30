"""`python3 run.py`: servers, preparation, payment laboratory, web, worker and beat in one terminal."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from shop.embedded import environment, folders, servers
from shop.embedded.processes import Processes, Program, say

READY_SECONDS = 60.0
PORT_SECONDS = 3.0


def main() -> None:
    """Run the shop until Ctrl-C."""
    began = time.monotonic()
    processes = Processes()
    processes.catch_signals()
    for port in (environment.port(), environment.paylab_port()):
        _demand_free_port(port)
    with servers.own() as started:
        say(f"PostgreSQL and Redis ready after {time.monotonic() - began:.1f} s")
        if processes.stopping.is_set():
            return
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=folders.ROOT, check=True)
        try:
            for program in _programs():
                processes.start(program)
            if _answers(processes):
                say(f"the shop is open after {time.monotonic() - began:.1f} s")
                _welcome()
            processes.watch(started)
        finally:
            processes.stop()
    say("stopped")


def _programs() -> list[Program]:
    python, port = sys.executable, environment.port()
    celery = [python, "-m", "celery", "-A", "shop"]
    quiet = ["--loglevel", "warning"]
    gunicorn = [python, "-m", "gunicorn", "shop.wsgi", "--config", "shop/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    beat = ["beat", "--schedule", str(folders.var() / "beat"), "--pidfile", ""]
    return [
        Program("paylab", [python, "-m", "paylab", str(environment.paylab_port())]),
        Program("web", gunicorn, {"DATABASE_STATEMENT_TIMEOUT_SECONDS": "8"}),
        Program("worker", [*celery, *worker, *quiet]),
        Program("beat", [*celery, *beat, *quiet]),
    ]


def _demand_free_port(port: int) -> None:
    """End with a clear message when the port is taken; wait a moment for one that is just being left."""
    end = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return
            except OSError as error:
                if time.monotonic() > end:
                    message = f"port {port} is taken; choose another: PORT=8100 python3 run.py"
                    raise SystemExit(message) from error
        time.sleep(0.2)


def _answers(processes: Processes) -> bool:
    """Wait for the first page; false when we are told to stop meanwhile."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and not processes.stopping.is_set() and not processes.has_ended("web"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{environment.port()}/", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    say("the web process does not answer; its lines above say why")
    return False


def _welcome() -> None:
    url = f"http://127.0.0.1:{environment.port()}"
    say(f"shop        {url}/")
    say(f"back office {url}/admin/  and  {url}/merchant/  (accounts: see README.md)")
    say(f"mails       {url}/demo/mails/")
    say("Ctrl-C stops everything")


if __name__ == "__main__":
    main()
