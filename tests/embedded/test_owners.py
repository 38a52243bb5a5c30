"""One owner for each var/ folder, any number of guests, and no lock that outlives its holder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from shop.embedded import __main__ as program
from shop.embedded import environment, processes, servers
from shop.embedded.processes import Processes
from tests.embedded.conftest import working_below

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20
OWNER = "from shop.embedded import servers\nwith servers.own():\n    print('up', flush=True)\n    input()"
GUEST = "import os\nfrom shop.embedded import servers\nwith servers.use():\n    print(os.environ['DATABASE_URL'])"


@contextmanager
def process(code: str) -> Iterator[subprocess.Popen[str]]:
    """Run Python beside us, on the same var/ folder; killed in the end."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        try:
            yield made
        finally:
            made.kill()


def said(made: subprocess.Popen[str]) -> str:
    assert made.stdout is not None
    return made.stdout.readline().strip()


def works() -> bool:
    """Tell whether both servers answer at the addresses in the environment."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT 1").fetchone()
    return row == (1,) and bool(redis.Redis.from_url(os.environ["REDIS_URL"]).ping())


def test_an_owner_has_both_servers_for_as_long_as_it_lasts(var):
    with servers.own():
        assert works()
        assert json.loads((var / "servers.json").read_text())["redis_url"] == os.environ["REDIS_URL"]

    assert working_below(var) == []
    assert not (var / "servers.json").exists()


def test_a_second_owner_is_told_who_the_first_one_is(var):
    with process(OWNER) as first:
        assert said(first) == "up"

        with pytest.raises(servers.AlreadyRunningError, match=f"already in use by process {first.pid}: {var}"):
            with servers.own():
                pass

        assert first.poll() is None
        assert len(working_below(var)) > 2


def test_the_lock_of_one_that_was_killed_is_no_lock(var):
    with process(OWNER) as first:
        assert said(first) == "up"
        first.send_signal(signal.SIGKILL)
        first.wait(PATIENCE_SECONDS)

        with servers.own():
            assert works()

    assert working_below(var) == []


def test_servers_do_not_outlive_an_owner_that_was_killed(var):
    with process(OWNER) as first:
        assert said(first) == "up"
        running = working_below(var)
        assert len(running) > 2
        first.send_signal(signal.SIGKILL)

        assert psutil.wait_procs(running, PATIENCE_SECONDS)[1] == []


def test_files_left_by_an_owner_that_was_killed_mislead_nobody(var):
    (var / "servers.json").write_text(json.dumps({"database_url": "postgresql://nowhere", "redis_url": "redis://no"}))
    (var / "servers.lock").write_text(json.dumps({"pid": 1, "role": "shop"}))

    with servers.use():
        assert "nowhere" not in os.environ["DATABASE_URL"]
        assert works()

    assert working_below(var) == []


def test_a_guest_uses_what_runs_and_leaves_it_running(var):
    with process(OWNER) as owner:
        assert said(owner) == "up"
        before = {each.pid for each in working_below(var)}

        with process(GUEST) as guest:
            url = said(guest)
            assert guest.wait(PATIENCE_SECONDS) == 0

        assert url == json.loads((var / "servers.json").read_text())["database_url"]
        assert before <= {each.pid for each in working_below(var)}


def test_a_command_starts_the_servers_and_stops_them_again(var):
    with process(GUEST) as guest:
        assert said(guest).startswith("postgresql://")
        assert guest.wait(PATIENCE_SECONDS) == 0

    assert working_below(var) == []


def test_servers_that_are_named_are_used_and_none_is_started(var, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/shop")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")

    with servers.use():
        assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/shop"
        assert working_below(var) == []

    assert list(var.iterdir()) == []


def test_a_port_that_is_taken_is_named_with_a_way_out(monkeypatch):
    monkeypatch.setattr(program, "PORT_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit, match=f"port {port} is taken; choose another: PORT=8100 python3 run.py"):
            program._demand_free_port(port)

    program._demand_free_port(port)


@pytest.mark.parametrize("value", ["many", "0", "65536", "-1", "80a"])
@pytest.mark.parametrize("name", ["PORT", "PAYLAB_PORT"])
def test_a_port_that_is_none_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=f"{name} must be a port number, not '{value}'"):
        environment.paylab_port() if name == "PAYLAB_PORT" else environment.port()


def test_the_laboratory_has_a_port_a_thousand_above(monkeypatch):
    monkeypatch.delenv("PAYLAB_PORT", raising=False)
    monkeypatch.setenv("PORT", "8100")

    assert (environment.port(), environment.paylab_port()) == (8100, 9100)


def test_keys_are_made_once_and_read_by_their_owner_only(var):
    first, second = environment._secrets(), environment._secrets()

    assert first == second
    assert len(set(first.values())) == 6
    assert (var / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in var.iterdir()] == ["secrets.json"]


def test_two_machines_have_different_keys(var, monkeypatch):
    first = environment._secrets()
    (var / "other").mkdir()
    monkeypatch.setenv("VAR_DIR", str(var / "other"))

    assert set(first.values()).isdisjoint(environment._secrets().values())


def test_what_is_set_stays_as_it_is(var, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://mine.example")
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")

    environment.provide(database_url="postgresql://theirs", redis_url="redis://theirs")

    assert (os.environ["SITE_URL"], os.environ["DATABASE_URL"]) == ("https://mine.example", "postgresql://mine")
    assert os.environ["REDIS_URL"] == "redis://theirs"


def test_a_command_on_a_database_without_tables_says_what_to_do(var):
    answer = subprocess.run(
        [sys.executable, "manage.py", "audit"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "The database is not up to date; run this first: manage.py prepare\n"


@pytest.mark.parametrize("name", ["PostgreSQL", "Redis"])
def test_a_server_that_was_killed_is_started_again(var, monkeypatch, capsys, name):
    monkeypatch.setattr(processes, "LOOK_SECONDS", 0.02)
    with servers.own() as started:
        (server,) = [each for each in started if each.name == name]
        manager, process = Processes(), server._process
        assert process is not None
        watching = threading.Thread(target=_stop_when_it_works, args=(manager, process.pid))
        process.kill()
        watching.start()
        manager.watch(started)
        watching.join(PATIENCE_SECONDS)

        assert works()
        assert capsys.readouterr().out == f"-> {name} ended; starting it again\n"


def _stop_when_it_works(manager: Processes, killed: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with suppress(psycopg.OperationalError, redis.RedisError):
            if not psutil.pid_exists(killed) and works():
                break
        time.sleep(0.02)
    manager.stopping.set()
