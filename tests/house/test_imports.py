"""What one test takes from another is there: a test that cannot be read fails before a long run."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module gives."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        inside = ast.walk(node)
        return [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    blocks = (getattr(node, part, []) for part in ("body", "orelse", "handlers", "finalbody"))
    return [name for block in blocks for inner in block for name in bound(inner)]


@cache
def names_of(module: str) -> frozenset[str] | None:
    """Return what a module of the tests gives; None where it is a folder without a file."""
    path = ROOT.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            return frozenset(name for node in tree.body for name in bound(node))
    return None


def is_there(module: str, name: str) -> bool:
    given = names_of(module)
    inner = ROOT.joinpath(*module.split("."), name)
    return (given is not None and name in given) or inner.is_dir() or (
        inner.with_suffix(".py").is_file()
    )  # fmt: skip


def test_what_tests_take_from_each_other_is_there() -> None:
    missing = [
        f"{file.relative_to(ROOT)}:{node.lineno}: {node.module} has no {alias.name}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        if "node_modules" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests")
        for alias in node.names
        if not is_there(str(node.module), alias.name)
    ]
    assert missing == []


def test_a_name_that_went_away_is_found() -> None:
    assert is_there("tests.house.test_imports", "bound")
    assert not is_there("tests.house.test_imports", "nothing_of_this_name")
