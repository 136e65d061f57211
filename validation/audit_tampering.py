"""Whether whatever is done to an audit log without its key is found, and nothing else is.

One log is written as a server writes it (entries, heads, a change of keys, a witness); each attack
is made on a copy of it, by chance, and the copy is verified as `garrod audit verify` does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.verify import verified
from garrod.adapters.audit.witness import Witness
from garrod.care.govern.audit import AuditEntry, canonical
from validation.audit_attacks import ATTACKS, Attacker
from validation.figures import Figure, at_least, none_of, show

ROUNDS, CONTROLS, SEED = 1000, 200, 6962
ENTRIES, BETWEEN = 300, 40  # entries of the log, and between two heads


@dataclass(slots=True)
class Tally:
    """What came of the attacks."""

    made: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    told: dict[str, Counter[str]] = field(default_factory=dict)
    false_alarms: int = 0
    controls: int = 0


def main() -> int:
    """Print how many of the attacks were found; return 1 where one was not."""
    with tempfile.TemporaryDirectory() as folder:
        tally = attacked(Path(folder), ROUNDS, CONTROLS)
    figures = [
        at_least("tamperings found", tally.found.total(), tally.made.total(), 100),
        none_of("untouched logs called wrong", tally.false_alarms, tally.controls),
    ]
    for name, made in tally.made.items():
        told = ", ".join(f"{harm} {n}" for harm, n in tally.told[name].most_common())
        figures.append(Figure(f"– {name.replace('_', ' ')}: {told}", f"{tally.found[name]}/{made}"))
    return show(f"Audit: tampering (seed {SEED}, {ENTRIES} entries)", figures)


def attacked(folder: Path, rounds: int, controls: int) -> Tally:
    """Return what came of so many attacks on copies of one log, each sort as often as any other."""
    chance, tally = np.random.default_rng(SEED), Tally(controls=controls)
    log, witness, key = _log(folder, chance)
    copy = folder / "copy.db"
    for number in range(rounds + controls):
        shutil.copyfile(log, copy)
        attack = ATTACKS[number % len(ATTACKS)] if number < rounds else None
        if attack is not None:
            attacker = Attacker(copy, chance)
            attack(attacker)
            attacker.done()
        flaw = verified(copy, witness=witness, key=key).flaw
        if attack is None:
            tally.false_alarms += flaw is not None
            continue
        tally.made[attack.__name__] += 1
        tally.found[attack.__name__] += flaw is not None
        told = tally.told.setdefault(attack.__name__, Counter())
        told[flaw.harm.value if flaw else "nothing"] += 1
    return tally


def _log(folder: Path, chance: np.random.Generator) -> tuple[Path, Path, str]:
    """Return a log as a server leaves it when it ends, its witness, and the id of its key."""
    path, key, witness = folder / "audit.db", folder / "audit.key", folder / "witness"
    told, moments = Witness(witness), _moments()
    log = Log(path, key, _around(moments))
    for number in range(ENTRIES):
        log.append([(canonical(entry := _entry(next(moments), chance)), entry.patients, False)])
        if number % BETWEEN == 0:
            log.append((), is_head=True)
            told.told(log.seal)
        if number == ENTRIES // 2:
            log.rotate()
    log.append((), is_head=True)
    told.told(log.seal)
    log.close()
    return path, witness, read_key(key).id


def _entry(at: str, chance: np.random.Generator) -> AuditEntry:
    patient = f"p{chance.integers(40)}"
    return AuditEntry(
        at=at,
        who=f"Practitioner/{chance.integers(12)}",
        role="prescriber",
        purpose="TREAT",
        deed="read",
        route="GET /fhir/Observation/{id}",
        kinds=("Observation",),
        patients=(patient,),
        outcome="permitted",
        status=200,
        count=1,
    )


def _around(moments: Iterator[str]) -> Around:
    return Around(lambda: next(moments), os.urandom, time.monotonic, lambda _, __: None)


def _moments() -> Iterator[str]:
    second = 0
    while True:
        second += 1
        yield f"2026-11-28T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000000+00:00"
