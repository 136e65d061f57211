"""No clinical fact without a source: functions, constants."""

import ast
import re
from pathlib import Path

from tests.house.source_tree import SRC, Function, dotted, modules, place, tree

SCIENCE = modules(SRC / "science")


def public_functions(path: Path) -> list[Function]:
    return [n for n in tree(path).body if isinstance(n, Function) and not n.name.startswith("_")]


def test_every_public_function_of_science_names_its_source() -> None:
    without = [
        f"{place(path)}::{function.name}"
        for path in SCIENCE
        for function in public_functions(path)
        if not re.search(r"\bSource: \S", ast.get_docstring(function) or "")
    ]
    assert without == [], "\n".join(without)


def holds_number(node: ast.expr | None) -> bool:
    """Return whether an expression holds a number other than 0 and 1, or a Decimal's text."""
    for part in ast.walk(node) if node else ():
        if isinstance(part, ast.Constant) and type(part.value) in (int, float):
            value: object = part.value
        elif isinstance(part, ast.Call) and dotted(part.func) in ("Decimal", "Fraction"):
            value = ast.literal_eval(part.args[0]) if len(part.args) == 1 else None
        else:
            continue
        if str(value) not in ("0", "1", "0.0", "1.0"):
            return True
    return False


def numeric_constants(path: Path) -> list[tuple[str, int, int]]:
    """Return name, first and last line of each UPPER_CASE constant that holds a number."""
    found = []
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        names = [t.id for t in targets if isinstance(t, ast.Name)]
        if any(re.fullmatch(r"_?[A-Z][A-Z0-9_]*", n) for n in names) and holds_number(node.value):
            found.append((names[0], node.lineno, node.end_lineno or node.lineno))
    return found


def test_every_numeric_constant_of_science_stands_beside_its_source() -> None:
    without = []
    for path in SCIENCE:
        lines = path.read_text(encoding="utf-8").splitlines()
        for name, first, last in numeric_constants(path):
            beside = "\n".join(lines[max(0, first - 4) : last])
            if not re.search(r"Source: \S|Not clinical: \S", beside):
                without.append(f"{place(path)}:{first} {name}")
    assert without == [], "\n".join(without)
