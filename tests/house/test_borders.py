"""Who may import whom."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from tests.house import sources
from tests.house.sources import ROOT

PUBLIC = {"models", "services", "selectors", "events", "http"}


def trespasses(root: Path) -> list[str]:
    """Return imports of another app's private modules; `core` is open, and `shop` may open everything."""
    return [
        f"{source.at(node)} imports {name}"
        for source in sources.python(root, packages=sources.APPS)
        for node, name in sources.imports(source.tree)
        if _is_trespass(source.app, name)
    ]


def _is_trespass(app: str, name: str) -> bool:
    other, _, rest = name.partition(".")
    return other in sources.APPS and other not in (app, "core") and rest.partition(".")[0] not in PUBLIC


def layers(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a tree."""
    tool = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(root)}
    command: list[Path | str] = [tool, "--no-cache", "--config", str(root / "pyproject.toml")]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources that a test may spoil."""
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    for package in sources.PACKAGES:
        ignored = shutil.ignore_patterns("*.webp", "*.avif", "*.json", "__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    return tmp_path


def test_apps_use_only_each_others_public_modules():
    assert trespasses(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "from catalog.views.products import product",
        "from catalog import tasks",
        "import catalog.admin",
        "from catalog.templatetags.catalog import picture",
    ],
)
def test_a_trespass_is_found_even_inside_a_function(tmp_path, line):
    sources.plant(tmp_path, "cart/services.py", f"def add():\n    {line}\n")

    assert [found.partition(" ")[0] for found in trespasses(tmp_path)] == ["cart/services.py:2"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("cart/services.py", "from catalog.services import stock"),
        ("cart/views.py", "from cart.forms import CartForm"),
        ("cart/views.py", "from core.breaker import CircuitBreaker"),
        ("shop/demo/orders.py", "from payments.providers import registry"),
    ],
)
def test_what_is_allowed_is_no_trespass(tmp_path, path, line):
    sources.plant(tmp_path, path, line)

    assert trespasses(tmp_path) == []


def test_layers_are_kept(copy):
    done = layers(copy)

    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("catalog/services/stock.py", "from orders.models import Order", "Apps import downwards only"),
        ("payments/services/refunds.py", "from reviews import apps", "Apps import downwards only"),
        ("cart/models.py", "from cart import services", "Inside an app, files import downwards only"),
        ("paylab/store.py", "from core import money\nfrom shop import env", "knows nothing of the shop"),
    ],
)
def test_an_import_upwards_or_sideways_breaks_the_build(copy, path, line, contract):
    target = copy / path
    target.write_text(f"{target.read_text()}\n{line}\n")

    done = layers(copy)

    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


def test_rows_refer_downwards_only():
    """Foreign keys may name their model as text, which escapes import-linter."""
    level = {app: place for place, apps_ in enumerate(_layers()) for app in apps_}

    keys = [
        (model._meta.app_label, target._meta.app_label)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and isinstance(target := field.related_model, type)
        if model._meta.app_label in level and target._meta.app_label in level
    ]

    assert len(keys) > 40
    assert [key for key in keys if key[0] != key[1] and level[key[0]] >= level[key[1]]] == []


def _layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in layers]
