"""Are the translations complete, and do they have every text of templates and code?"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locale"
OPTIONS = ["--no-wrap", "--no-location", "-v0"]
LEFT_OUT = [".venv", "var", "tests", "benchmarks", "tools"]


def incomplete() -> list[str]:
    """Return a line for each text that is not translated, or only by guess."""
    problems = []
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        for message in _messages(path):
            if not all(_translations(message)):
                problems.append(f"{path.parent.parent.name}: not translated: {message.id!r}")
            elif message.fuzzy:
                problems.append(f"{path.parent.parent.name}: fuzzy: {message.id!r}")
    return problems


def outdated() -> list[str]:
    """Return a line for each text that `makemessages` would add or take out; needs GNU gettext."""
    problems = []
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/django.po")):
        language = path.parent.parent.name
        before = {_key(message) for message in _messages(path)}
        after = {_key(message) for message in _messages(_made_anew(path, language))}
        problems += [f"{language}: not in the catalogue: {key!r}" for key in sorted(after - before, key=str)]
        problems += [f"{language}: not in the code any more: {key!r}" for key in sorted(before - after, key=str)]
    return problems


def _made_anew(path: Path, language: str) -> Path:
    """Return what `makemessages` makes of the catalogue now, and leave ours as it is."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "django.po"
        shutil.copy2(path, kept)
        try:
            words = [word for name in LEFT_OUT for word in ("-i", name)]
            command = [sys.executable, "manage.py", "makemessages", "-l", language, *OPTIONS, *words]
            subprocess.run(command, cwd=ROOT, check=True)
            made = Path(tempfile.mkdtemp()) / "django.po"
            shutil.copy2(path, made)
        finally:
            shutil.copy2(kept, path)
    return made


def _messages(path: Path) -> Iterable[Message]:
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file)
    return [message for message in catalogue if message.id]


def _translations(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string),)


def _key(message: Message) -> tuple[object, object]:
    return message.context, message.id
