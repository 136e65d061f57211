"""A reanalysis of the people of a folder: who can be touched, dealt out, judged by processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrod.entry.cli.output import say
from garrod.entry.cli.population_running import Running, running

if TYPE_CHECKING:
    from garrod.entry.cli.population_judging import Judging, Wish


def of_folder(folder: Path, wish: Wish, workers: int) -> Iterator[bytes]:
    """Yield a line for each person who is affected.  Raises: InputError INP071, FhirError."""
    import orjson

    from garrod.adapters.fhir.people_folder import check_folder, dealt, shared_of
    from garrod.entry.cli.population_judging import Judging, judged_file

    check_folder(folder)
    judging = Judging(wish)
    if judging.reach.is_empty:
        say("nobody can be affected: what differs is read by no adviser")
        return
    wanted = _wanted(folder, judging)
    say(f"{len(wanted):,} people may be affected")
    with tempfile.TemporaryDirectory(prefix="garrod-") as made:
        (Path(made) / "shared.json").write_bytes(orjson.dumps(shared_of(folder)))
        paths = dealt(folder, wanted, Path(made))
        with running(wish, judging, min(workers, len(paths))) as run:
            yield from _told(run, judged_file, paths)


def _told(run: Running, judge: Any, paths: list[Path]) -> Iterator[bytes]:
    for number, lines in enumerate(run.map(judge, paths), 1):
        yield from lines
        if number % 10 == 0 or number == len(paths):
            say(f"{number:,} of {len(paths):,} parts")


def _wanted(folder: Path, judging: Judging) -> frozenset[str]:
    """Return who must be looked at."""
    from garrod.adapters.fhir.people_folder import births_of, mentions, patients_of

    touching = judging.touching
    if touching.is_for_all:
        return frozenset(patients_of(folder))
    found: set[str] = set()
    if touching.calls_for_some:
        found.update(who for who, born in births_of(folder) if touching.calls_for(born))
    if touching.reach.allergic:
        found.update(patients_of(folder, "AllergyIntolerance"))
    sieve = judging.sieve()
    for mention in mentions(folder):
        if mention.patient not in found and sieve.lets(mention.patient, mention.line):
            found.add(mention.patient)
    return frozenset(found)
