"""garrod packs diff: which facts differ between two packs or orders, and whose advice changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrod.core.errors import InputError
from garrod.entry.cli import options
from garrod.entry.cli.options import Out, Policy
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.pack_options import Site

if TYPE_CHECKING:
    from garrod.adapters.packs.choose import Side
    from garrod.care.monitor.affected import Change, View

    Sides = tuple[Side, Side]
    Views = tuple[View, View, bool]

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
    facts: Annotated[
        list[Path] | None,
        typer.Option("--facts", help="Stored calls, whose medicines are not known: looks ahead."),
    ] = None,
    ahead: Annotated[
        bool, typer.Option("--ahead", help="Compare medicines that are not taken as well.")
    ] = False,
    policy: Policy = "england",
    site: Site = None,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Out = None,
) -> None:
    """Say which facts differ, and with --people or --facts whose advice changes (no names)."""
    import orjson

    from garrod.adapters.packs.choose import side_of
    from garrod.adapters.packs.diff import difference_text, people_text
    from garrod.knowledge.difference import difference_of

    shape = options.format_of(format, ("text", "json"))
    order = options.policy_of(policy)
    sides = (side_of(before, site, order), side_of(after, site, order))
    found = difference_of(sides[0].pack, sides[1].pack)
    compared, changes = _compared(sides, _files(people or []), facts or [], ahead=ahead)
    is_asked = bool(people or facts)
    if shape == "text":
        told = difference_text(found) + (people_text(changes, compared) if is_asked else "")
        write_out([told.encode()], output)
        return
    data = found.as_json()
    if is_asked:
        data["people"] = _people_of(compared, changes)
    write_out([orjson.dumps(data, option=orjson.OPT_INDENT_2), b"\n"], output)


def _people_of(compared: int, changes: Sequence[Change]) -> dict[str, Any]:
    """Return whose advice changes, as the command's JSON tells it."""
    return {
        "compared": compared,
        "affected": len({change.person for change in changes}),
        "changes": [change.as_json() for change in changes],
    }


def _files(people: Sequence[Path]) -> list[Path]:
    """Return the bundles, those of a folder sorted.  Raises: InputError INP070."""
    found: list[Path] = []
    for path in people:
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    if people and not found:
        raise InputError(f"{people[0]}: holds no *.json; export one bundle a person", code="INP070")
    return found


def _compared(
    sides: Sides, files: Sequence[Path], facts: Sequence[Path], *, ahead: bool
) -> tuple[int, tuple[Change, ...]]:
    """Return how many people were compared, and what changes; of facts, what lies ahead."""
    from garrod.care.monitor.affected import changes_for
    from garrod.entry.wire import today

    found: list[Change] = []
    count, day = 0, today()
    views = chain(_people(sides, files, ahead), *(_stored(sides, file) for file in facts))
    for old, new, with_ahead in views:
        count += 1
        found += changes_for(old, new, today=day, with_ahead=with_ahead)
    if files or facts:
        say(f"{count} people compared")
    return count, tuple(found)


def _people(sides: Sides, files: Sequence[Path], ahead: bool) -> Iterator[Views]:
    from garrod.adapters.fhir.person import read_person
    from garrod.care.monitor.affected import View
    from garrod.entry.cli.persons import without_genome
    from garrod.entry.wire import Services, Settings

    services = [Services(Settings(policy=side.policy), side.shelf) for side in sides]
    for file in files:
        read = read_person(file)
        old, new = (View(s.knowledge, without_genome(s, read, ())) for s in services)
        yield old, new, ahead


def _stored(sides: Sides, path: Path) -> Iterator[Views]:
    """Yield each sample of stored calls, called by either side's packs."""
    from dataclasses import replace

    from garrod.adapters.facts.read import read_facts
    from garrod.care.monitor.affected import View
    from garrod.core.person import Person
    from garrod.entry.facts import recalled, settings_of
    from garrod.entry.wire import Services

    facts = read_facts(path)
    settings = settings_of(facts, path)
    services = [Services(replace(settings, policy=s.policy), s.shelf) for s in sides]
    for both in zip(*(recalled(s, facts, str(path)) for s in services), strict=True):
        old, new = (
            View(s.knowledge, Person(f"Sample/{who.sample}", sex=who.sex, findings=found))
            for s, (who, found) in zip(services, both, strict=True)
        )
        yield old, new, True
