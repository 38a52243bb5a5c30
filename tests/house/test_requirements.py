"""What production installs is enough: nothing works here only because the tests brought it along."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import ROOT

BASE = ROOT / "requirements" / "base.txt"
START = """
import sys
class Clean:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Clean())
import shop.wsgi, shop.celery, shop.urls
shop.celery.app.loader.import_default_modules()
print(shop.celery.app.connection_for_read().transport.driver_type)
"""


def named(file: Path) -> list[Requirement]:
    """Return the packages a file of requirements names."""
    lines = (line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def installed(requirements: list[Requirement]) -> set[str]:
    """Return the names of all packages that installing these brings along."""
    found: dict[str, set[str]] = {}
    waiting = list(requirements)
    while waiting:
        wanted = waiting.pop()
        name = str(canonicalize_name(wanted.name))
        extras = {"", *wanted.extras}
        if extras <= found.get(name, set()):
            continue
        found.setdefault(name, set()).update(extras)
        waiting.extend(_required(name, extras))
    return set(found)


def _required(name: str, extras: set[str]) -> Iterator[Requirement]:
    for line in importlib.metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def hidden(requirements: list[Requirement]) -> list[str]:
    """Return the modules that are here and would not be if only these were installed."""
    there = installed(requirements)
    owners = importlib.metadata.packages_distributions()
    return [name for name, owned in owners.items() if not {str(canonicalize_name(each)) for each in owned} & there]


def start(without: list[str]) -> subprocess.CompletedProcess[str]:
    """Import what a web server and a worker import, on a machine without these modules."""
    return subprocess.run(
        [sys.executable, "-c", START, *without], cwd=ROOT, check=False, capture_output=True, text=True
    )


def test_web_and_worker_start_with_what_production_installs():
    done = start(hidden(named(BASE)))

    assert (done.returncode, done.stderr, done.stdout) == (0, "", "redis\n")


def test_without_the_line_for_redis_nothing_starts():
    done = start(hidden([each for each in named(BASE) if each.name != "redis"]))

    assert done.returncode == 1
    assert "No module named 'redis'" in done.stderr


def test_a_package_that_only_another_one_brings_along_is_missed():
    without_celery = [each for each in named(BASE) if each.name != "celery"]

    assert "kombu" in installed(named(BASE))
    assert "kombu" not in installed(without_celery)
