"""Rules about single lines of code; each yields the places where it is broken."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house import sources
from tests.house.sources import Source

Rule = Callable[[Source], Iterator[ast.AST]]
CONSOLE = ("shop/embedded/", "shop/checks/")  # programs of the command line talk to a terminal
FRAMEWORK = {  # signals not of models
    "user_logged_in",
    "user_logged_out",
    "password_changed",
    "password_reset",
    "password_set",
    "authenticator_added",
}
EDGES = {"views", "admin", "tasks", "management", "middleware", "receivers", "http", "templatetags", "adapter"}
OPEN_NAMES = {
    ("shop/embedded/binaries.py", "/usr/lib/postgresql"),
    ("shop/embedded/folders.py", "/var/tmp"),
}
WRITES = {"save", "delete", "publish", "create", "update", "bulk_create", "bulk_update", "get_or_create"}
_ABSOLUTE = re.compile(r"^/(?:home|work|tmp|usr|var|etc|opt|root|Users|mnt|srv)(?:/|$)")
_SIGNALS = re.compile(r"^django\.(?:db\.models|core|test|db\.backends)\.signals\b|\.(?:pre|post)_(?:save|delete|init)$")
_MARKERS = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b")


def broken(rule: Rule, root: Path) -> list[str]:
    """Return where the rule is broken."""
    return [source.at(node) for source in sources.python(root) for node in rule(source)]


def no_print(source: Source) -> Iterator[ast.AST]:
    """The shop logs; only programs of the command line print."""
    if not source.path.startswith(CONSOLE):
        yield from (node for node in sources.calls(source.tree) if sources.name_of(node) in ("print", "pprint"))


def no_absolute_path(source: Source) -> Iterator[ast.AST]:
    """Paths come from settings; two places look for what the system has."""
    for node, text in sources.strings(source.tree):
        if _ABSOLUTE.match(text) and (source.path, text) not in OPEN_NAMES:
            yield node


def no_model_signals(source: Source) -> Iterator[ast.AST]:
    """What a change causes is called, not triggered."""
    for node, name in sources.imports(source.tree):
        if _SIGNALS.search(name):
            yield node


def receivers_hear_domain_events(source: Source) -> Iterator[ast.AST]:
    """A receiver listens to an event of the domain, to a login or logout, a new password, or a new second step."""
    events = {name.rpartition(".")[2] for _, name in sources.imports(source.tree) if ".events." in name}
    for function in sources.functions(source.tree):
        for mark in function.decorator_list:
            if sources.name_of(mark) == "receiver" and isinstance(mark, ast.Call):
                heard = {sources.name_of(each).rpartition(".")[2] for each in mark.args}
                if not heard <= events | FRAMEWORK:
                    yield function


def no_swallowed_errors(source: Source) -> Iterator[ast.AST]:
    """A bug is a 500 and an alert."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None or sources.name_of(node.type) in ("Exception", "BaseException")
        ):
            yield node


def now_is_asked_at_the_edge(source: Source) -> Iterator[ast.AST]:
    """Below views, tasks, commands and adapters, moments are arguments."""
    if source.kind in EDGES or source.app in ("core", "paylab"):
        return
    for node in sources.calls(source.tree):
        if sources.name_of(node) in ("timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"):
            yield node


def services_take_keywords(source: Source) -> Iterator[ast.AST]:
    """A change of state cannot be asked for with arguments in the wrong order."""
    if source.app not in sources.APPS or source.kind != "services":
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            count = len(node.args.args) + len(node.args.posonlyargs) + 2 * bool(node.args.vararg)
            if count > 1 and _changes_something(node):
                yield node


def _changes_something(function: ast.FunctionDef) -> bool:
    is_atomic = any("atomic" in sources.name_of(mark) for mark in function.decorator_list)
    written = (sources.name_of(call).rpartition(".") for call in sources.calls(function))
    return is_atomic or any(
        verb in WRITES and (".objects" in before or verb in ("save", "publish")) for before, _, verb in written
    )


def models_have_no_side_effects(source: Source) -> Iterator[ast.AST]:
    """No overridden save, no hidden order."""
    if source.kind != "models" or source.app not in sources.APPS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "__init__"):
            yield node
        if isinstance(node, ast.ClassDef) and node.name == "Meta":
            yield from (each for each in node.body if "ordering" in map(sources.name_of, getattr(each, "targets", [])))


def nothing_is_left_to_do(source: Source) -> Iterator[ast.AST]:
    """Open ends are issues, not comments."""
    if _MARKERS.search(source.text):
        yield source.tree


def logs_say_constant_text(source: Source) -> Iterator[ast.AST]:
    """Ids are fields; a text that differs each time cannot be counted."""
    for node in sources.calls(source.tree):
        if sources.name_of(node).startswith("logger.") and node.args and not isinstance(node.args[0], ast.Constant):
            yield node


def money_is_never_a_float(source: Source) -> Iterator[ast.AST]:
    """No float touches an amount; durations and sizes may be floats elsewhere."""
    is_about_money = source.app in ("orders", "payments", "cart") or source.path == "core/money.py"
    if is_about_money:
        yield from (node for node in sources.calls(source.tree) if sources.name_of(node) == "float")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield node
