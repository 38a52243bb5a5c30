#!/usr/bin/env python3
"""Run Kaishi on a machine that has only python3 (3.11 or newer, with venv).

    python3 run.py                the shop: packages, servers, demo data, worker, beat, web; Ctrl-C stops all of it
    python3 run.py test [...]     the tests against real servers; further words go to pytest
    python3 run.py check          format, lint, types, layers, templates, translations, migrations, tests
    python3 run.py install        the virtual environment only

DATABASE_URL and REDIS_URL name your own servers; without them, real ones start below var/.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ("requirements/base.txt", "requirements/embedded.txt")
COMMANDS = {
    "up": ([*RUNTIME], ["-m", "shop.embedded"]),
    "test": (["requirements.txt"], ["-m", "pytest"]),
    "check": (["requirements/dev.txt"], ["-m", "shop.checks"]),
    "install": (["requirements.txt"], []),
}


def main(arguments: list[str]) -> None:
    """Prepare the virtual environment for the command, then become that command."""
    name, *rest = arguments or ["up"]
    if name in ("-h", "--help") or name not in COMMANDS:
        sys.exit(__doc__)
    if sys.version_info < (3, 11):  # noqa: UP036  the message is for those who have an older one
        sys.exit("Kaishi needs Python 3.11 or newer; this is " + sys.version.split()[0])
    requirements, command = COMMANDS[name]
    install(requirements)
    if command:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *command, *rest])  # noqa: S606  our own interpreter


def install(requirements: list[str]) -> None:
    """Bring the virtual environment to these requirement files; done once for each state of the files."""
    VENV.mkdir(exist_ok=True)
    with (VENV / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / f"installed-{requirements[0].replace('/', '-')}"
        wanted = _fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        _create()
        print(f"-> installing {' '.join(requirements)} into {VENV.name} (once)", flush=True)
        files = [word for name in requirements for word in ("-r", str(ROOT / name))]
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *files], check=True)
        stamp.write_text(wanted)


def _create() -> None:
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    ):
        return
    print(f"-> creating {VENV.name}", flush=True)
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("python3 cannot create virtual environments here; on Debian: apt install python3-venv")


def _fingerprint() -> str:
    """Return what the environment depends on: the requirement files, this Python, this folder."""
    digest = hashlib.sha256(f"{sys.version}{VENV}".encode())
    for path in sorted([ROOT / "requirements.txt", *(ROOT / "requirements").glob("*.txt")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(f"this step failed: {' '.join(map(str, error.cmd))}")
