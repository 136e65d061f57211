"""Modules, functions and signatures stay small enough to read. Exceptions shrink, never grow."""

import ast
from pathlib import Path

from tests.house.source_tree import ROOT, SRC, Function, functions, modules, place

COMMANDS = SRC / "entry" / "cli"
MODULE_LINES, MODULE_HARD, FUNCTION_LINES, PARAMETERS = 300, 400, 40, 5

# place (or place::function) -> (measured, reason). Remove a line here when the thing shrinks.
EXCEPTIONS: dict[str, tuple[int, str]] = {}


def code() -> list[Path]:
    return modules(SRC, ROOT / "tools", ROOT / "validation", ROOT / "bench")


def source_lines(path: Path) -> int:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def length_of(path: Path, function: Function) -> int:
    """Return the lines of a function without docstring and decorators.

    The signature of a command is its table of options, and is not counted.
    """
    first = function.body[0]
    has_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    has_doc = has_doc and isinstance(first.value.value, str)
    doc_lines = (first.end_lineno - first.lineno + 1) if has_doc else 0
    start = first.lineno if path.parent == COMMANDS else function.lineno
    return function.end_lineno - start + 1 - doc_lines


def positional(path: Path, function: Function) -> int:
    """Return how many parameters are given by position; a command's options never are."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if path.parent == COMMANDS:
        names = names[: len(names) - len(function.args.defaults)]
    return len([n for n in names if n not in ("self", "cls")])


def breaches() -> dict[str, int]:
    """Return what is larger than allowed, with its measure."""
    found = {}
    for path in code():
        if (lines := source_lines(path)) > MODULE_LINES:
            found[place(path)] = lines
        for function in functions(path):
            name = f"{place(path)}::{function.name}"
            if (lines := length_of(path, function)) > FUNCTION_LINES:
                found[name] = lines
            if (count := positional(path, function)) > PARAMETERS:
                found[f"{name}()"] = count
    return found


def test_nothing_is_larger_than_allowed_but_listed_exceptions() -> None:
    allowed = {name: measured for name, (measured, _) in EXCEPTIONS.items()}
    grown = {n: m for n, m in breaches().items() if m > allowed.get(n, 0)}
    said = "\n".join(f"{name}: {measure}" for name, measure in grown.items())
    assert not grown, f"split these, or list them with a reason:\n{said}"


def test_no_exception_outlives_its_need_or_lacks_a_reason() -> None:
    found = breaches()
    assert [n for n in EXCEPTIONS if n not in found] == []
    assert all(len(reason) > 10 for _, reason in EXCEPTIONS.values())


def test_no_module_passes_the_hard_limit() -> None:
    every = [*code(), *modules(ROOT / "tests")]
    assert {place(p): n for p in every if (n := source_lines(p)) > MODULE_HARD} == {}


def test_no_module_is_a_catch_all() -> None:
    banned = {"utils.py", "util.py", "common.py", "base.py", "helpers.py", "misc.py"}
    assert [place(p) for p in code() if p.name in banned] == []
