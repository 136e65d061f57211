"""The reference of the command line, asked of the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

TITLE = """# The command line

Data goes to stdout, talk to stderr. Exit codes: [errors](errors.md).
"""


def root() -> Any:
    """Return the whole command tree."""
    from garrod.entry.cli.app import app

    return typer.main.get_command(app)


def verbs() -> set[str]:
    """Return the first words that follow garrod."""
    return set(root().commands)


def page() -> str:
    """Return the page: each command with its usage, options and example."""
    return TITLE + "".join(f"\n{section(name, command)}" for name, command in leaves(root()))


def leaves(command: Any, name: str = "garrod") -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with its full name, sorted."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for word in sorted(command.commands):
        yield from leaves(command.commands[word], f"{name} {word}")


def section(name: str, command: Any) -> str:
    """Return one command as Markdown."""
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    places = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([name, *(argument(p) for p in places), "[OPTIONS]"])
    lines = [f"## {name}", "", one_line(command.help), "", "```text", usage, "```"]
    if options:
        lines += ["", "| Option | Meaning | Default |", "|---|---|---|"]
        lines += [row(p) for p in options]
    if command.epilog:
        example = command.epilog.removeprefix("Example: ")
        lines += ["", "```console", f"$ {one_line(example)}", "```"]
    return "\n".join(lines) + "\n"


def argument(parameter: Any) -> str:
    """Return a positional argument as usage writes it."""
    name = (parameter.metavar or parameter.name).upper().strip("[]")
    shown = f"{name}..." if parameter.nargs != 1 else name
    return shown if parameter.required else f"[{shown}]"


def row(parameter: Any) -> str:
    """Return an option as a row of the table."""
    names = ", ".join(f"`{n}`" for n in sorted(parameter.opts, key=len, reverse=True))
    plain = isinstance(parameter.default, str | int | float) and parameter.default is not False
    default = f"`{parameter.default}`" if plain and parameter.default != "" else ""
    return f"| {names} | {one_line(parameter.help)} | {default} |"


def one_line(text: str | None) -> str:
    """Return text on one line, safe inside a table."""
    return " ".join((text or "").split()).replace("|", "\\|")
