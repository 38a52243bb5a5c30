"""`python3 run.py check`: what it looks for is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shop import translations as compiled
from shop.checks import __main__ as program
from shop.checks import translations

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch) -> Path:
    """A catalogue of texts that a test may write."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(translations, "LOCALES", tmp_path)
    monkeypatch.setattr(compiled, "LOCALES", tmp_path)
    return folder / "django.po"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "Tea"\nmsgstr ""\n', "zh_Hans: not translated: 'Tea'"),
        ('#, fuzzy\nmsgid "Tea"\nmsgstr "茶"\n', "zh_Hans: fuzzy: 'Tea'"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\n', "zh_Hans: not translated: ('a', 'b')"),
    ],
)
def test_a_text_that_is_not_translated_is_named(catalogue, entry, problem):
    catalogue.write_text(HEAD + entry + '\nmsgid "Cup"\nmsgstr "杯"\n')

    assert translations.incomplete() == [problem]


def test_a_complete_catalogue_has_no_problem(catalogue):
    catalogue.write_text(HEAD + 'msgid "Tea"\nmsgstr "茶"\n')

    assert translations.incomplete() == []


def test_translations_are_compiled_when_they_have_changed_and_only_then(catalogue):
    catalogue.write_text(HEAD + 'msgid "Tea"\nmsgstr "茶"\n')
    compiled.compile_all()
    target = catalogue.with_suffix(".mo")
    assert "茶".encode() in target.read_bytes()
    os.utime(target, ns=(1, 2**62))

    compiled.compile_all()
    assert target.stat().st_mtime_ns == 2**62

    os.utime(target, ns=(1, 1))
    catalogue.write_text(HEAD + 'msgid "Tea"\nmsgstr "绿茶"\n')
    compiled.compile_all()
    assert "绿茶".encode() in target.read_bytes()
    assert [path.name for path in sorted(catalogue.parent.iterdir())] == ["django.mo", "django.po"]


def _deploy(**settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    secret = {"SECRET_KEY": "kept-for-this-check-only-and-long-enough-to-please-it-42!"}
    environment = os.environ | secret | program.PRODUCTION | settings
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_settings_of_production_satisfy_django():
    done = _deploy()

    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("values", "warning"), [({"DEBUG": "true"}, "security.W018"), ({"SITE_URL": "http://a.example"}, "security.W004")]
)
def test_unsafe_settings_would_not(values, warning):
    done = _deploy(**values)

    assert done.returncode == 1
    assert warning in done.stderr


def test_every_check_has_its_own_name_and_covers_the_promises_of_the_guide():
    names = [check.name for check in program._checks()]

    assert len(set(names)) == len(names)
    assert {"lint", "types", "layers", "translations", "migrations match the models"} <= set(names)


def test_a_tool_that_complains_fails_the_check(capfd):
    assert program._tool("ruff", "--version") is True
    assert program._tool("ruff", "check", "no-such-file.py") is False
    assert "no-such-file" in capfd.readouterr().out
