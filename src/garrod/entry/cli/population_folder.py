"""A reanalysis of the people of a folder: who can be touched, dealt out, judged by processes.

chunks of files -> who must be looked at -> their lines, dealt into parts -> judged -> a line each
Every step is done by all processes at once.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrod.entry.cli.output import say
from garrod.entry.cli.population_running import Running, running

if TYPE_CHECKING:
    from garrod.adapters.fhir.people_folder import Chunk
    from garrod.adapters.fhir.people_parts import Piece
    from garrod.entry.judging import Judging, Wish


def of_folder(folder: Path, wish: Wish, workers: int) -> Iterator[bytes]:
    """Yield a line for each person who is affected.  Raises: InputError INP071, FhirError."""
    import orjson

    from garrod.adapters.fhir.people_folder import KINDS, check_folder, chunks_of, shared_of
    from garrod.entry.cli.population_sifting import SHARED, WANTED
    from garrod.entry.judging import judging_of

    check_folder(folder)
    judging = judging_of(wish)
    if judging.reach.is_empty:
        say("nobody can be affected: what differs is read by no adviser")
        return
    chunks = chunks_of(folder, KINDS)
    with (
        tempfile.TemporaryDirectory(prefix="garrod-") as made,
        running(wish, judging, min(workers, processes_for(chunks))) as run,
    ):
        wanted = _wanted(folder, judging, run)
        say(f"{len(wanted):,} people may be affected")
        (Path(made) / WANTED).write_bytes(orjson.dumps(sorted(wanted)))
        (Path(made) / SHARED).write_bytes(orjson.dumps(shared_of(folder)))
        yield from _told(run, Path(made), _dealt(run, chunks, len(wanted), Path(made)))


def processes_for(chunks: list[Chunk]) -> int:
    """Return how many processes are worth their beginning: one, while all is read in no time."""
    from garrod.adapters.fhir.people_folder import CHUNK

    return 1 + sum(chunk.end - chunk.start for chunk in chunks) // CHUNK


def _wanted(folder: Path, judging: Judging, run: Running) -> frozenset[str]:
    """Return who must be looked at."""
    from garrod.adapters.fhir.people_folder import chunks_of
    from garrod.entry.cli.population_sifting import kinds_for, sifted

    touching = judging.touching
    found: set[str] = set()
    sides: dict[str, frozenset[str]] = {}
    for some, paired in run.map(sifted, chunks_of(folder, kinds_for(touching))):
        found |= some
        for who, drugs in paired.items():
            sides[who] = sides.get(who, frozenset()) | drugs
    found |= {who for who, drugs in sides.items() if touching.has_pair(drugs)}
    return frozenset(found)


def _dealt(run: Running, chunks: list[Chunk], wanted: int, made: Path) -> dict[int, list[Piece]]:
    """Return where the lines of each part are, in the order of the files."""
    from garrod.adapters.fhir.people_parts import parts_for
    from garrod.entry.cli.population_sifting import Deal, dealt_chunk

    deals = [
        Deal(chunk, parts_for(wanted), made / f"{number:05}.ndjson")
        for number, chunk in enumerate(chunks)
    ]
    found: dict[int, list[Piece]] = defaultdict(list)
    for pieces in run.map(dealt_chunk, deals if wanted else ()):
        for part, piece in pieces:
            found[part].append(piece)
    return found


def _told(run: Running, made: Path, parts: dict[int, list[Piece]]) -> Iterator[bytes]:
    from garrod.entry.cli.population_sifting import judged_part

    dealt: list[Any] = [(made, parts[number]) for number in sorted(parts)]
    for number, lines in enumerate(run.map(judged_part, dealt), 1):
        yield from lines
        if number % 50 == 0 or number == len(dealt):
            say(f"{number:,} of {len(dealt):,} parts")
