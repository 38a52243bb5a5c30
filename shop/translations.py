"""Compile the translations without GNU gettext, which a fresh machine does not have."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parents[1] / "locale"


def compile_all() -> None:
    """Write the .mo file of every .po file that has changed since."""
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        new = target.with_suffix(f".{os.getpid()}")  # two shops may be started at once from one folder
        with new.open("wb") as file:
            write_mo(file, catalogue)
        new.rename(target)
