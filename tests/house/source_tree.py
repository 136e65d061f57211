"""How the house tests read our own files: paths, syntax trees, and what git would commit."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "garrod"
PACKS = SRC / "packs"
FLOORS = ("core", "knowledge", "science", "care", "adapters", "entry")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: Path) -> list[Path]:
    """Return the Python files below the folders, sorted."""
    return sorted(f for folder in folders for f in folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def place(path: Path) -> str:
    """Return a path as the house writes it: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def below_entry() -> list[Path]:
    """Return the modules of every floor but entry."""
    return modules(*(SRC / floor for floor in FLOORS if floor != "entry"))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each imported module (and module.name) of a file with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def dotted(node: ast.expr) -> str:
    """Return an expression such as datetime.now as it is written, or an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


@cache
def committed() -> tuple[Path, ...]:
    """Return the files that git holds; skips the test outside a checkout."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: what is committed cannot be listed")
    return tuple(p for name in listed.split("\0") if name and (p := ROOT / name).is_file())
