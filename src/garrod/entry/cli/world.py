"""garrod world: synthetic people and a year of their care, as FHIR NDJSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrod.entry.cli.output import say, write_out

if TYPE_CHECKING:
    from numpy.random import Generator

Batch = Iterable[dict[str, Any]]
EXAMPLE = "Example: garrod world --people 200 --seed 7 -o world"
TOLD_EVERY = 10_000  # people between two words of progress
OLDEST_YEAR, NEWEST_YEAR = 1950, 2100


def world(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.")],
    people: Annotated[int, typer.Option("--people", help="How many people, up to 909,091.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same world.")] = 1,
    first: Annotated[
        int,
        typer.Option("--first", help="The number of the first person, to make a world in parts."),
    ] = 0,
    year: Annotated[int, typer.Option("--year", help="The year of care.")] = 2025,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="A profile (TOML) in place of ours.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the world that the folder holds.")
    ] = False,
) -> None:
    """Write synthetic people and a year of their care: FHIR R4, one NDJSON file a type."""
    import orjson

    from garrod.adapters.world import load_profile, shared
    from garrod.adapters.world import people as drawn
    from garrod.adapters.world.write import write_world
    from garrod.entry.wire import Services

    _check(people, seed, first, year)
    found = load_profile(Services().shelf, profile)
    who = drawn(found, generator_of(seed), first, people, year=year)
    counts = write_world(_with_shared(shared(found), _told(who, people)), output, force=force)
    summary = {"people": people, "seed": seed, "first": first, "year": year, "resources": counts}
    write_out([orjson.dumps(summary, option=orjson.OPT_INDENT_2), b"\n"], None)


def generator_of(seed: int) -> Generator:
    """Return the generator that a world is drawn from: chance is made in entry alone."""
    from numpy.random import Generator, Philox

    return Generator(Philox(key=seed))


def _check(people: int, seed: int, first: int, year: int) -> None:
    from garrod.adapters.world.identity import MOST_PEOPLE
    from garrod.core.errors import UsageError

    if people < 1 or first < 0 or first + people > MOST_PEOPLE:
        raise UsageError(
            f"people {first:,} to {first + people:,} were asked for; there are {MOST_PEOPLE:,} NHS "
            "numbers for tests: give --people and --first within them"
        )
    if not 0 <= seed < 2**64:
        raise UsageError("--seed is a whole number from 0 to 18,446,744,073,709,551,615")
    if not OLDEST_YEAR <= year <= NEWEST_YEAR:
        raise UsageError(f"--year is a year from {OLDEST_YEAR} to {NEWEST_YEAR}")


def _with_shared(first: Batch, rest: Iterable[Batch]) -> Iterator[Batch]:
    yield first
    yield from rest


def _told(batches: Iterable[Batch], people: int) -> Iterator[Batch]:
    """Pass people on, and say now and then how many there were, where somebody watches."""
    is_watched = people > TOLD_EVERY and sys.stderr is not None and sys.stderr.isatty()
    for number, batch in enumerate(batches, 1):
        yield batch
        if is_watched and number % TOLD_EVERY == 0:
            say(f"{number:,} of {people:,} people")
