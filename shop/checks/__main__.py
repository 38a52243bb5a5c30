"""Run every check, one after the other, and say at the end which were not clean.

With `--without-tests` the tests are left out; other words go to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shop.checks import translations
from shop.embedded import servers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WITHOUT_TESTS = "--without-tests"
PRODUCTION = {
    "DEBUG": "false",
    "DEMO": "false",
    "SITE_URL": "https://shop.example",
    "ALLOWED_HOSTS": "shop.example",
    "STATIC_HASHED": "true",
}


@dataclass(frozen=True)
class Check:
    """A name and what to run; true when it is clean."""

    name: str
    run: Callable[[], bool]


def main() -> None:
    """Run all checks on servers of their own."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="kaishi-check-") as folder:
        Path(folder).chmod(0o755)
        os.environ["VAR_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        with servers.use():
            for check in _checks():
                began = time.monotonic()
                is_clean = check.run()
                print(
                    f"{'ok    ' if is_clean else 'FAILED'} {check.name} ({time.monotonic() - began:.1f} s)", flush=True
                )
                failed += [] if is_clean else [check.name]
    if WITHOUT_TESTS not in sys.argv and not _tool("pytest", *sys.argv[1:]):
        failed.append("tests")
    sys.exit(f"not clean: {', '.join(failed)}" if failed else 0)


def _checks() -> list[Check]:
    templates = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "templates").rglob("*.html"))]
    return [
        Check("format", lambda: _tool("ruff", "format", "--check", "--quiet", ".")),
        Check("lint", lambda: _tool("ruff", "check", "--quiet", ".")),
        Check("types", lambda: _tool("mypy", ".")),
        Check("layers", lambda: _tool("lint-imports", quiet=True)),
        Check("template tags", lambda: _tool("djade", "--target-version", "5.2", "--check", *templates)),
        Check("template indentation", lambda: _tool("djhtml", "--check", "--tabwidth", "2", *templates, quiet=True)),
        Check("template lint", lambda: _tool("djlint", "--lint", "--quiet", "templates")),
        Check("translations", _translations),
        Check("migrations match the models", lambda: _manage("makemigrations", "--check", "--dry-run")),
        Check("settings fit for production", _deploy),
    ]


def _tool(name: str, *words: str, quiet: bool = False) -> bool:
    """Run a tool of the virtual environment; a quiet one is heard only when it complains."""
    done = subprocess.run([BIN / name, *words], cwd=ROOT, check=False, capture_output=quiet, text=True)
    if quiet and done.returncode:
        print(done.stdout, done.stderr)
    return done.returncode == 0


def _manage(*words: str, **settings: str) -> bool:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, env=os.environ | settings)
    if done.returncode:
        print(done.stdout, done.stderr)
    return done.returncode == 0


def _deploy() -> bool:
    return _manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)


def _translations() -> bool:
    """Every text is in the catalogue, translated, and nothing else is in it."""
    problems = translations.incomplete()
    if shutil.which("xgettext"):
        problems += translations.outdated()
    else:
        print("       GNU gettext is not installed, so texts missing in the catalogue are not looked for")
    for problem in problems[:20]:
        print(f"       {problem}")
    return not problems


if __name__ == "__main__":
    main()
