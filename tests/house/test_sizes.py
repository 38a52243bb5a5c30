"""Files and functions are as small as the style guide says, and nothing is called by a name that says nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import sources
from tests.house.sources import ROOT, Source

LINES = {"*.py": 400, "*.html": 150, "*.txt": 150, "*.css": 300, "*.js": 200}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "stuff"}
VIEW_LINES, SHORT_LINES = 25, 10
SHORT_DECORATORS = {"shared_task", "receiver", "action", "admin.action"}


def long_files(root: Path) -> list[str]:
    """Return files that are over their limit; migrations that Django wrote are left out."""
    return [
        f"{path.relative_to(root)}: {count} lines"
        for pattern, limit in LINES.items()
        for path in _files(root, pattern)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > limit
    ]


def empty_names(root: Path) -> list[str]:
    """Return files and folders whose names say nothing."""
    return [str(path.relative_to(root)) for path in _files(root, "*.py") if EMPTY_NAMES & set(_words(path, root))]


def long_functions(root: Path) -> list[str]:
    """Return views over 25 lines; tasks, receivers and admin actions over 10, docstrings not counted."""
    return [
        f"{source.at(function)} {function.name}: {lines} lines"
        for source in sources.python(root)
        for function in sources.functions(source.tree)
        if (lines := _lines(function)) > _limit(source, function)
    ]


def ruff(root: Path) -> str:
    """Return what ruff says of complexity, arguments and statements, by our own figures."""
    tool = Path(sys.executable).with_name("ruff")
    command: list[Path | str] = [
        tool,
        "check",
        "--no-cache",
        "--quiet",
        "--output-format",
        "concise",
        "--config",
        ROOT / "pyproject.toml",
    ]
    command += ["--ignore-noqa", "--select", "C901,PLR0911,PLR0913,PLR0915", "--ignore", "TRY", root]
    command += ["--exclude", "migrations,.venv,var,tests"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _files(root: Path, pattern: str) -> Iterator[Path]:
    folders = (*sources.PACKAGES, "templates", "static", "tests", "benchmarks", "tools")
    for path in sorted(path for name in folders for path in (root / name).rglob(pattern)):
        if path.name != "0001_initial.py":
            yield path


def _words(path: Path, root: Path) -> tuple[str, ...]:
    return path.relative_to(root).with_suffix("").parts


def _limit(source: Source, function: ast.FunctionDef) -> int:
    decorators = {sources.name_of(node) for node in function.decorator_list}
    if decorators & SHORT_DECORATORS:
        return SHORT_LINES
    takes_request = bool(function.args.args) and function.args.args[0].arg == "request"
    return VIEW_LINES if source.kind == "views" and takes_request else sys.maxsize


def _lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_are_short():
    assert long_files(ROOT) == []


@pytest.mark.parametrize(("path", "limit"), [("cart/x.py", 400), ("templates/x.html", 150), ("static/x.js", 200)])
def test_a_long_file_is_found(tmp_path, path, limit):
    sources.plant(tmp_path, path, "#\n" * limit)
    assert long_files(tmp_path) == []

    sources.plant(tmp_path, path, "#\n" * (limit + 1))

    assert long_files(tmp_path) == [f"{path}: {limit + 1} lines"]


def test_names_of_files_say_something():
    assert empty_names(ROOT) == []


@pytest.mark.parametrize("path", ["cart/utils.py", "cart/services/helpers.py", "cart/common/money.py"])
def test_a_name_that_says_nothing_is_found(tmp_path, path):
    sources.plant(tmp_path, path, "")

    assert empty_names(tmp_path) == [path]


def test_views_tasks_receivers_and_actions_are_short():
    assert long_functions(ROOT) == []


@pytest.mark.parametrize(
    ("path", "head", "limit"),
    [
        ("cart/views.py", "def view(request):", 25),
        ("cart/views/page.py", "@require_POST\ndef view(request, slug):", 25),
        ("cart/tasks.py", "@shared_task\ndef task():", 10),
        ("cart/receivers.py", "@receiver(order_paid)\ndef receive(**_):", 10),
        ("cart/admin.py", '@admin.action(description="x")\ndef act(self, request, queryset):', 10),
    ],
)
def test_a_long_function_is_found(tmp_path, path, head, limit):
    sources.plant(tmp_path, path, f'{head}\n    """Do."""\n' + "    x = 1\n" * limit)
    assert long_functions(tmp_path) == []

    sources.plant(tmp_path, path, f'{head}\n    """Do."""\n' + "    x = 1\n" * (limit + 1))

    assert [found.partition(": ")[2] for found in long_functions(tmp_path)] == [f"{limit + 1} lines"]


def test_functions_are_simple_and_nobody_asks_for_an_exception():
    assert ruff(ROOT) == ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("def f(a, b, c, d, e, f, g):\n    pass  # noqa: PLR0913\n", "PLR0913"),
        ("def f():\n" + "    print()\n" * 26, "PLR0915"),
        ("def f(x):\n" + "".join(f"    if x == {n}:\n        print()\n" for n in range(8)), "C901"),
    ],
)
def test_a_function_that_is_too_much_is_found(tmp_path, text, rule):
    sources.plant(tmp_path, "cart/services.py", text)

    assert rule in ruff(tmp_path)


def test_the_figures_are_those_of_the_guide():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]

    assert lint["mccabe"]["max-complexity"] == 8
    assert (lint["pylint"]["max-args"], lint["pylint"]["max-statements"]) == (6, 25)
    assert "Function: 25 statements, complexity 8,\n6 arguments" in (ROOT / "docs" / "STYLE.md").read_text()
