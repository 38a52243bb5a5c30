"""The PostgreSQL of our own: keeps what was committed, ends what it started, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from shop.embedded import binaries, folders
from shop.embedded.postgres import Postgres, _end_orphans
from tests.embedded.conftest import working_below

PATIENCE_SECONDS = 20
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="others run PostgreSQL as themselves")


@pytest.fixture
def server(folder) -> Iterator[Postgres]:
    """A durable server that runs."""
    made = Postgres(folder)
    made.start()
    yield made
    made.stop()


def ask(server: Postgres, query: str) -> object:
    """Return the one value of a query."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def write(server: Postgres, word: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        connection.execute("INSERT INTO words VALUES (%s)", [word])


def words(server: Postgres) -> object:
    return ask(server, "SELECT string_agg(word, ' ' ORDER BY word) FROM words")


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postgres-18" / "postmaster.pid").read_text().split()[0]))


def kill(folder: Path) -> None:
    """Kill the server at once, children too, as a power cut would."""
    victims = working_below(folder)
    for process in victims:
        process.kill()
    assert psutil.wait_procs(victims, PATIENCE_SECONDS)[1] == []


def test_data_is_there_after_a_restart(server, folder):
    write(server, "teapot")
    server.stop()
    again = Postgres(folder)

    again.start()

    assert words(again) == "teapot"
    again.stop()


def test_a_stop_ends_every_process_and_leaves_no_pid_file(server, folder):
    assert len(working_below(folder)) > 1

    server.stop()

    assert working_below(folder) == []
    assert not (folder / "postgres-18" / "postmaster.pid").exists()


def test_what_was_committed_survives_a_kill(server, folder):
    write(server, "before")
    kill(folder)
    assert (folder / "postgres-18" / "postmaster.pid").exists()
    again = Postgres(folder)

    again.start()

    assert words(again) == "before"
    write(again, "after")
    assert words(again) == "after before"
    again.stop()


def test_what_was_not_committed_does_not(server, folder):
    write(server, "kept")
    with psycopg.connect(server.url()) as connection:
        connection.execute("INSERT INTO words VALUES ('lost')")
        kill(folder)
        connection.close()
    again = Postgres(folder)

    again.start()

    assert words(again) == "kept"
    again.stop()


@pytest.mark.parametrize("lock", ["postgres-18/postmaster.pid", "postgres-socket/.s.PGSQL.5432.lock"])
def test_a_lock_with_the_number_of_another_program_is_in_nobodys_way(server, folder, lock):
    server.stop()
    user = server._user.pw_name if server._user else None  # PostgreSQL fears the processes of its own user only
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], user=user) as stranger:
        (folder / lock).write_text(f"{stranger.pid}\n{folder / 'postgres-18'}\n")
        again = Postgres(folder)

        again.start()

        assert ask(again, "SELECT 1") == 1
        assert stranger.poll() is None
        again.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_outlived_its_owner_is_ended_first(server, folder):
    write(server, "teapot")
    orphan = postmaster(folder)
    heir = Postgres(folder)

    heir.start()

    assert orphan.pid not in {process.pid for process in working_below(folder)}
    assert postmaster(folder).pid != orphan.pid
    assert words(heir) == "teapot"
    heir.stop()


def test_a_server_that_ends_while_it_is_looked_at_is_no_trouble(folder):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as gone:
        found = psutil.Process(gone.pid)
        gone.kill()
        gone.wait(PATIENCE_SECONDS)

    _end_orphans([found])

    assert not found.is_running()


def test_an_interrupted_creation_is_begun_anew(folder):
    half = folder / "postgres-18.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = Postgres(folder)

    server.start()

    assert ask(server, "SELECT current_database()") == "shop"
    assert not half.exists()
    server.stop()


def test_two_folders_have_two_servers_that_know_nothing_of_each_other(server, folder):
    beside = folder / "beside"
    beside.mkdir(mode=0o755)
    other = Postgres(beside)
    other.start()
    write(server, "here")
    write(other, "there")

    other.stop()

    assert words(server) == "here"
    assert working_below(beside) == []
    assert server.url() != other.url()


def test_nobody_reaches_it_by_network_and_nothing_is_trusted_to_luck(server):
    names = ("listen_addresses", "fsync", "synchronous_commit", "full_page_writes", "timezone", "server_encoding")

    assert [ask(server, f"SHOW {name}") for name in names] == ["", "on", "on", "on", "UTC", "UTF8"]


def test_a_throw_away_server_is_fast_instead(folder):
    server = Postgres(folder, durable=False)
    server.start()

    assert [ask(server, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["off", "off"]
    server.stop()


def test_a_path_too_long_for_a_socket_has_it_elsewhere(folder):
    deep = folder / ("long" * 10) / ("path" * 10)
    deep.mkdir(parents=True, mode=0o755)
    server = Postgres(deep)
    server.start()

    socket = Path(server.url().partition("host=")[2])

    assert ask(server, "SELECT 1") == 1
    assert not socket.is_relative_to(folder)
    assert socket.stat().st_mode & 0o777 == 0o700
    server.stop()
    shutil.rmtree(socket)


@is_root
def test_a_checkout_that_others_may_not_enter_has_its_data_outside(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = folders.public_home(closed)
    server = Postgres(closed)

    server.start()
    write(server, "teapot")
    server.stop()
    again = Postgres(closed)
    again.start()

    assert words(again) == "teapot"
    assert (home / "postgres-18" / "PG_VERSION").exists()
    assert not (closed / "postgres-18").exists()
    assert home.stat().st_uid == os.geteuid()
    again.stop()
    shutil.rmtree(home)


@is_root
def test_programs_that_others_may_not_enter_are_copied_beside_the_data(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = binaries.postgres().parents[1]
    for each in (package, package.with_name(f"{package.name}.libs")):
        if each.exists():
            shutil.copytree(each, closed / each.name, symlinks=True)
    monkeypatch.setattr(binaries, "postgres", lambda: closed / package.name / "pginstall" / "bin")
    server = Postgres(closed)

    server.start()

    assert ask(server, "SELECT 1") == 1
    program = Path(postmaster(folders.public_home(closed)).exe())
    assert program.is_relative_to(folders.public_home(closed))
    server.stop()
    shutil.rmtree(folders.public_home(closed))


def test_a_strangers_folder_is_not_used(folder, monkeypatch):
    base = folder / "base"
    home = folders.public_home(base)
    home.rmdir()
    home.symlink_to(folder)

    with pytest.raises(SystemExit, match="belongs to somebody else; set VAR_DIR"):
        folders.public_home(base)

    assert list(folder.iterdir()) == []
    home.unlink()


def test_a_server_that_cannot_start_names_its_log(server, folder):
    server.stop()
    (folder / "postgres-18" / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(SystemExit, match=f"PostgreSQL did not start; see {folder}/postgres.log"):
        Postgres(folder).start()

    assert working_below(folder) == []


def test_the_log_tells_nothing_of_what_was_written(server, folder):
    address = "li.na@example.com"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE people (email text UNIQUE CHECK (email <> 'x'))")
        for _ in range(2):
            with suppress(psycopg.IntegrityError):
                connection.execute("INSERT INTO people VALUES (%s)", [address])
        connection.execute("SELECT pg_sleep(0.6), %s::text", [address])
    log = (folder / "postgres.log").read_text()

    assert "duplicate key" in log
    assert "duration: " in log
    assert address not in log
