"""The reference of errors, read from the tree of classes and from every place that raises one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from garrod.core import errors

SRC = Path(__file__).resolve().parents[2] / "src" / "garrod"
TITLE = """# Errors

A command that fails prints one line on stderr, `GARROD-CODE: what was expected and what to do`, and
exits with the code of who must act. Usage faults found while options are read exit with 2.

## Who must act

| Exit | Class | Default code | Meaning |
|---|---|---|---|
"""


def page() -> str:
    """Return the page: the classes, then every code with its sentence and where it is raised."""
    rows = [
        f"| {kind.exit_code} | `{kind.__name__}` | `{kind.default_code}` | {first_line(kind)} |"
        for kind in sorted(classes(), key=lambda k: (k.exit_code, k.default_code))
    ]
    head = "\n\n## Codes\n\nA `…` stands for the name, line or value of the case at hand.\n\n"
    table = "| Code | Sentence | Raised in |\n|---|---|---|\n"
    codes = [f"| `{code}` | {said} | `{where}` |" for code, said, where in sorted(set(raised()))]
    return TITLE + "\n".join(rows) + head + table + "\n".join(codes) + "\n"


def classes() -> list[type[errors.GarrodError]]:
    """Return the error classes that are raised: all but the root."""
    kinds = [k for k in vars(errors).values() if isinstance(k, type)]
    return [k for k in kinds if issubclass(k, errors.GarrodError) and k is not errors.GarrodError]


def first_line(kind: type) -> str:
    """Return the first line of a class's docstring."""
    return (kind.__doc__ or "").splitlines()[0]


def raised() -> Iterator[tuple[str, str, str]]:
    """Yield code, sentence and module of every error made with a sentence of its own."""
    defaults = {kind.__name__: kind.default_code for kind in classes()}
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            given = [k.value for k in node.keywords if k.arg == "code"]
            code = given[0].value if given and isinstance(given[0], ast.Constant) else None
            code = code or (defaults.get(name) if not given else None)
            text = sentence(node.args[0])
            if code and text and re.fullmatch(r"[A-Z]{3}\d{3}", str(code)):
                yield str(code), text, path.relative_to(SRC).as_posix()


def sentence(node: ast.expr) -> str:
    """Return a message with … for what is filled in; empty when it is not written in place."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
        text = "".join(map(str, parts))
    else:
        return ""
    return re.sub("…+", "…", " ".join(text.split())).replace("|", "\\|")
