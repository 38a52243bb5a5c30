"""The shop's own sources, read as trees; each rule takes a root, so that it can be tried on a planted one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "accounts",
    "analytics",
    "cart",
    "catalog",
    "core",
    "notifications",
    "orders",
    "payments",
    "promotions",
    "recommendations",
    "reviews",
    "search",
    "tracking",
)
PACKAGES = (*APPS, "shop", "paylab")


@dataclass(frozen=True)
class Source:
    """One Python file: its path below the root, and what it says."""

    path: str
    text: str
    tree: ast.Module

    @property
    def app(self) -> str:
        """The first folder."""
        return self.path.partition("/")[0]

    @property
    def kind(self) -> str:
        """What the file is within its app: `services`, `views`, ..."""
        return Path(self.path).parts[1].removesuffix(".py") if "/" in self.path else ""

    def at(self, node: ast.AST) -> str:
        """Say where a node stands."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def python(root: Path, *, packages: tuple[str, ...] = PACKAGES, has_migrations: bool = False) -> Iterator[Source]:
    """Yield the Python files of these packages, in their order."""
    for path in sorted(path for name in packages for path in (root / name).rglob("*.py")):
        if has_migrations or "migrations" not in path.parts:
            yield _read(root, path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1000)
def _read(root: Path, path: Path, _changed: int) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(str(path.relative_to(root)), text, ast.parse(text))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def strings(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield every text, with the node that says it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield every imported name in full, with the statement that imports it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node, f"{node.module}.{name.name}") for name in node.names)


def name_of(node: ast.AST) -> str:
    """Return the dotted name of an expression; what is not a name in it is left out."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    if isinstance(node, ast.Subscript):
        return name_of(node.value)
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def plant(root: Path, path: str, text: str) -> None:
    """Write a file that breaks a rule."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
