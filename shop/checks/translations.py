"""Are the translations complete, and do they have every text of templates and code?"""

from __future__ import annotations

import subprocess
import sys
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
        after = {_key(message) for message in _made_anew(path, language)}
        problems += [f"{language}: not in the catalogue: {key!r}" for key in sorted(after - before, key=str)]
        problems += [f"{language}: not in the code any more: {key!r}" for key in sorted(before - after, key=str)]
    return problems


def _made_anew(path: Path, language: str) -> Iterable[Message]:
    """Return what `makemessages` makes of the catalogue now, and leave ours as it is."""
    ours = path.read_bytes()
    try:
        words = [word for name in LEFT_OUT for word in ("-i", name)]
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "-l", language, *OPTIONS, *words], cwd=ROOT, check=True
        )
        return _messages(path)
    finally:
        path.write_bytes(ours)


def _messages(path: Path) -> Iterable[Message]:
    with path.open("rb") as file:
        catalogue: Catalog = read_po(file)
    return [message for message in catalogue if message.id]


def _translations(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string),)


def _key(message: Message) -> tuple[object, object]:
    return message.context, message.id
