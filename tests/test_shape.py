"""The program keeps its shape: small files, small functions, one clock, no hidden imports."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_P90, FILE_MAX = 280, 400
FUNCTION_P90, FUNCTION_MAX = 28, 60
METHODS_P90, METHODS_MAX = 10, 15
README_MAX = 120
VAGUE_NAMES = {"utils", "util", "helpers", "common", "base", "core", "manager", "managers", "services", "misc"}

# Where anything may be raised, because strangers wrote what is read or because neighbours must go on.
CATCH_ALL = {
    "apps/line.py",  # the library of the tool, and what a press does: neither may end the connection
    "fetch/entries.py",
    "fetch/xmlfeed.py",
    "lookout.py",
    "pipeline.py",
    "reading.py",
    "service.py",
    "together.py",
    "workers.py",
}
CLOCK_READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"},
}

GENERATED = {"match/simplified.py", "match/sounds.py"}  # tables that tools/ writes
FORBIDDEN_IN_TESTS = {"time.sleep", "sleep", "pytest.skip", "pytest.importorskip"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the package; `path` is relative to monitor/."""

    path: str
    lines: int
    tree: ast.Module

    def functions(self) -> Iterator[tuple[str, int]]:
        """Every function with its place and its length in lines."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function) and node.end_lineno is not None:
                yield f"{self.path}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted((ROOT / "monitor").rglob("*.py")):
        name = path.relative_to(ROOT / "monitor").as_posix()
        if not name.startswith("store/migrations/"):  # written once, never changed
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, len(text.splitlines()), ast.parse(text)))
    return tuple(found)


def p90(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.9)] if values else 0


def test_files_are_small() -> None:
    written = [m for m in modules() if m.path not in GENERATED]
    assert [f"{m.path}: {m.lines} lines" for m in written if m.lines > FILE_MAX] == []
    assert p90([m.lines for m in modules()]) <= FILE_P90


def test_functions_are_small() -> None:
    functions = [found for m in modules() for found in m.functions()]
    assert [f"{place}: {lines} lines" for place, lines in functions if lines > FUNCTION_MAX] == []
    assert p90([lines for _, lines in functions]) <= FUNCTION_P90


def test_classes_have_few_methods() -> None:
    sizes = {
        f"{module.path} {node.name}": sum(isinstance(n, Function) for n in node.body)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    assert [f"{name}: {methods}" for name, methods in sizes.items() if methods > METHODS_MAX] == []
    assert p90(list(sizes.values())) <= METHODS_P90


def test_every_module_says_what_it_is() -> None:
    assert [m.path for m in modules() if m.tree.body and not ast.get_docstring(m.tree)] == []


def test_no_module_has_a_vague_name() -> None:
    names = {m.path: set(Path(m.path).with_suffix("").parts) for m in modules()}
    assert [path for path, parts in names.items() if parts & VAGUE_NAMES] == []


def test_imports_stand_at_the_top() -> None:
    hidden = []
    for module in modules():
        for function in ast.walk(module.tree):
            if isinstance(function, Function):
                hidden += [
                    f"{module.path}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert hidden == []


def test_only_named_places_catch_everything() -> None:
    catching = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    }
    assert catching == CATCH_ALL


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _ROOTS) for kind in caught)


_ROOTS = {"Exception", "BaseException"}


def test_only_the_clock_reads_the_clock() -> None:
    reads = []
    for module in modules():
        if module.path == "clock.py":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in CLOCK_READS.get(_last_name(node.value), ()):
                reads.append(f"{module.path}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                reads.append(f"{module.path}:{node.lineno}")
    assert reads == []


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_patterns_work_in_every_python_that_we_support() -> None:
    """Possessive quantifiers and atomic groups are wrong in `re` before Python 3.11.5: python/cpython#106052."""
    fragile = [
        f"{module.path}:{text.lineno}"
        for module in modules()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re.")
        for text in ast.walk(call)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and _FRAGILE.search(text.value)
    ]
    assert fragile == []


_FRAGILE = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_MAX


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem)
def test_tests_neither_patch_nor_sleep_nor_skip(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.startswith(("unittest.mock", "mock"))} == set()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert {ast.unparse(call.func) for call in calls} & FORBIDDEN_IN_TESTS == set()
    patched = [call.args[0] for call in calls if ast.unparse(call.func) == "monkeypatch.setattr"]
    assert [ast.unparse(what) for what in patched if not _is_foreign(what)] == []


def _is_foreign(patched: ast.expr) -> bool:
    """Whether a patch names something that is not ours, as "tempfile.tempdir"."""
    return isinstance(patched, ast.Constant) and not str(patched.value).startswith("monitor")
