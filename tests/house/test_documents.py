"""What the documents list is what the code has: settings, events, commands, decisions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import sources
from tests.house.sources import ROOT

READERS = {"text", "boolean", "number", "words", "url", "choice"}
FRAMEWORK = {"DJANGO_SETTINGS_MODULE"}
_NAME = re.compile(r"`([A-Z][A-Z_0-9]{2,})`")
_ROW = re.compile(r"^\| `(?P<name>\w+)` \| `(?P<module>[\w.]+)` \| [^|]+ \| `(?P<ids>[^|]+)` \|$", re.MULTILINE)


def variables(root: Path) -> set[str]:
    """Return the environment variables that the shop reads."""
    return set(_read(root)) - FRAMEWORK


def _read(root: Path) -> Iterator[str]:
    for source in sources.python(root):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and node.args:
                name = sources.name_of(node)
                is_env = name.startswith("env.") and name.removeprefix("env.") in READERS
                if is_env or name in ("os.environ.get", "os.getenv", "os.environ.setdefault", "_port"):
                    yield from _texts(node.args[0])
            elif isinstance(node, ast.Subscript) and sources.name_of(node.value) == "os.environ":
                yield from _texts(node.slice)


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def events(root: Path) -> dict[str, tuple[str, set[str]]]:
    """Return the domain events by name: their module, and the ids they are published with."""
    found = {}
    for source in sources.python(root, packages=sources.APPS):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_event(node.value):
                name = sources.name_of(node.targets[0])
                assert [name] == list(_texts(node.value.args[0])), source.at(node)
                found[name] = (source.path.removesuffix(".py").replace("/", "."), _published(root, name))
    return found


def _is_event(call: ast.Call) -> bool:
    return sources.name_of(call) == "DomainEvent"


def _published(root: Path, name: str) -> set[str]:
    return {
        str(word.arg)
        for source in sources.python(root)
        for call in sources.calls(source.tree)
        if sources.name_of(call).endswith(f"{name}.publish")
        for word in call.keywords
    }


def listed_events(root: Path) -> dict[str, tuple[str, set[str]]]:
    """Return the rows of docs/EVENTS.md."""
    text = (root / "docs" / "EVENTS.md").read_text(encoding="utf-8")
    return {row["name"]: (row["module"], set(re.findall(r"\w+", row["ids"]))) for row in _ROW.finditer(text)}


def listed_variables(root: Path) -> set[str]:
    """Return the variables named in docs/OPERATIONS.md."""
    return set(_NAME.findall((root / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")))


def test_every_variable_is_documented_and_every_documented_one_is_read():
    assert variables(ROOT) == listed_variables(ROOT)
    assert {"SECRET_KEY", "VAR_DIR", "PORT", "WEB_THREADS"} <= variables(ROOT)


@pytest.mark.parametrize(
    "line",
    [
        'X = env.text("NEW_NAME")',
        'X = int(env.number("NEW_NAME", 3))',
        'import os\nX = os.environ.get("NEW_NAME")',
        'import os\nX = os.environ["NEW_NAME"]',
        'import os\nX = os.getenv("NEW_NAME")',
    ],
)
def test_a_variable_is_seen_however_it_is_read(tmp_path, line):
    sources.plant(tmp_path, "shop/settings.py", line)

    assert variables(tmp_path) == {"NEW_NAME"}


def test_settings_read_the_environment_through_env_alone():
    """`shop.env` names what is missing; `os.environ` would not."""
    text = (ROOT / "shop" / "settings.py").read_text()

    assert "os." not in text
    assert "import os" not in text


def test_documented_defaults_are_the_real_ones():
    numbers = {
        ast.literal_eval(node.args[0]): ast.literal_eval(node.args[1])
        for source in sources.python(ROOT, packages=("shop",))
        for node in sources.calls(source.tree)
        if sources.name_of(node) == "env.number" and isinstance(node.args[1], ast.Constant)
    }
    text = (ROOT / "docs" / "OPERATIONS.md").read_text()
    documented: dict[str, int] = {}
    for row in re.findall(r"^\| (`[A-Z`_, ]+`) \| ([\d, ]+) \|", text, re.MULTILINE):
        documented |= dict(zip(_NAME.findall(row[0]), map(int, row[1].split(",")), strict=True))

    assert len(documented) > 20
    assert {name: documented.get(name) for name in numbers} == numbers


def test_every_event_is_documented_with_its_module_and_ids():
    assert events(ROOT) == listed_events(ROOT)
    assert len(events(ROOT)) == 8


def test_an_event_and_its_ids_are_seen(tmp_path):
    sources.plant(tmp_path, "cart/events.py", 'cart_left = DomainEvent("cart_left")\n')
    sources.plant(tmp_path, "cart/services.py", "def leave():\n    events.cart_left.publish(cart_id=1, user_id=2)\n")

    assert events(tmp_path) == {"cart_left": ("cart.events", {"cart_id", "user_id"})}


def test_every_event_is_told_and_carries_ids_only():
    assert [name for name, (_, ids) in events(ROOT).items() if not ids] == []
    assert [name for name, (_, ids) in events(ROOT).items() if not all(word.endswith("_id") for word in ids)] == []


def test_documents_name_files_that_exist():
    missing = [
        name
        for path in [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
        for name in re.findall(r"\b((?:docs|tests|shop|templates|requirements)/[\w./-]+\.\w+)", path.read_text())
        if not (ROOT / name).exists()
    ]

    assert missing == []


def test_every_command_is_documented():
    text = (ROOT / "docs" / "OPERATIONS.md").read_text()
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"}

    assert [name for name in sorted(commands - {"load_demo"}) if f"manage.py {name}" not in text] == []
    assert "the demo shop too" in text  # load_demo, by way of `prepare`


def unknown_tests(text: str, root: Path) -> list[str]:
    """Return the tests that a table names and that are not in the files it names them with."""
    missing = []
    for row in text.splitlines():
        file = ""
        for name in re.findall(r"`([\w/]+\.py)`|\b(test_\w+)\b(?!\.py)", row if row.startswith("|") else ""):
            file = name[0] or file
            if name[1] and f"def {name[1]}(" not in (root / file).read_text():
                missing.append(f"{file} {name[1]}")
    return missing


def test_every_test_that_reliability_names_is_there():
    text = (ROOT / "docs" / "RELIABILITY.md").read_text()

    assert len(re.findall(r"\btest_\w+\b(?!\.py)", text)) > 60
    assert unknown_tests(text, ROOT) == []


def test_a_test_that_is_not_there_is_named(tmp_path):
    (tmp_path / "tests" / "orders").mkdir(parents=True)
    (tmp_path / "tests" / "orders" / "test_a.py").write_text("def test_one():\n    pass\n")

    missing = unknown_tests("| A1 | `tests/orders/test_a.py` test_one, test_two |", tmp_path)

    assert missing == ["tests/orders/test_a.py test_two"]
