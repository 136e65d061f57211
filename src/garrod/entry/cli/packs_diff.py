"""garrod packs diff: which facts differ between two packs or orders, and whose advice changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.core.errors import InputError
from garrod.entry.cli import options
from garrod.entry.cli.options import Out, Policy
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.pack_options import Site

if TYPE_CHECKING:
    from garrod.adapters.packs.choose import Side
    from garrod.care.monitor.affected import Change

EXAMPLE = "Example: garrod packs diff policy-england policy-netherlands --people people/"


def diff(
    before: Annotated[
        str, typer.Argument(help="A pack in force, NAME@VERSION, a folder, or a nation.")
    ],
    after: Annotated[str, typer.Argument(help="The same, to compare with.")],
    people: Annotated[
        list[Path] | None,
        typer.Option("--people", help="FHIR bundles of people, or a folder of them."),
    ] = None,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="Compare medicines that are not taken as well.")
    ] = False,
    policy: Policy = "england",
    site: Site = None,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Out = None,
) -> None:
    """Say which facts differ, and with --people whose advice changes (no names)."""
    import orjson

    from garrod.adapters.packs.choose import side_of
    from garrod.adapters.packs.diff import difference_text, people_text
    from garrod.knowledge.difference import difference_of

    shape = options.format_of(format, ("text", "json"))
    order = options.policy_of(policy)
    sides = (side_of(before, site, order), side_of(after, site, order))
    found = difference_of(sides[0].pack, sides[1].pack)
    files = _files(people or [])
    changes = tuple(_changes(sides, files, ahead)) if people else ()
    if shape == "text":
        told = difference_text(found) + (people_text(changes, len(files)) if people else "")
        write_out([told.encode()], output)
        return
    data = found.as_json()
    if people:
        data["people"] = {
            "compared": len(files),
            "affected": len({change.person for change in changes}),
            "changes": [change.as_json() for change in changes],
        }
    write_out([orjson.dumps(data, option=orjson.OPT_INDENT_2), b"\n"], output)


def _files(people: Sequence[Path]) -> list[Path]:
    """Return the bundles, those of a folder sorted.  Raises: InputError INP070."""
    found: list[Path] = []
    for path in people:
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    if people and not found:
        raise InputError(f"{people[0]}: holds no *.json; export one bundle a person", code="INP070")
    return found


def _changes(sides: tuple[Side, Side], files: Sequence[Path], with_ahead: bool) -> Iterator[Change]:
    from garrod.adapters.fhir.person import read_person
    from garrod.care.monitor.affected import View, changes_for
    from garrod.entry.cli.persons import without_genome
    from garrod.entry.wire import Services, Settings, today

    services = [Services(Settings(policy=side.policy), side.shelf) for side in sides]
    for file in files:
        read = read_person(file)
        old, new = (View(s.knowledge, without_genome(s, read, ())) for s in services)
        yield from changes_for(old, new, today=today(), with_ahead=with_ahead)
    say(f"{len(files)} people compared")
