"""Whether whatever is done to an audit log without its key is found, and nothing else is.

One log is written as a server writes it (entries, heads, a change of keys, a witness); each attack
is made on a copy of it, by chance, and the copy is verified as `garrod audit verify` does. Where
GARROD_AUDIT_DATABASE names an empty database of PostgreSQL, the same is done there: each attack in
a transaction, which is verified and then taken back.
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
from garrod.adapters.audit.postgres import Database
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.verify import verified
from garrod.adapters.audit.witness import Witness
from garrod.care.govern.audit import AuditEntry, canonical
from garrod.care.govern.audit_check import Flaw
from garrod.entry.audit_opening import Place
from validation.audit_attacks import ATTACKS, TABLES, Attack, Attacker, DatabaseAttacker, Within
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

    def add(self, attack: Attack | None, flaw: Flaw | None) -> None:
        """Take down what was found after an attack, or after none."""
        if attack is None:
            self.false_alarms += flaw is not None
            return
        self.made[attack.__name__] += 1
        self.found[attack.__name__] += flaw is not None
        told = self.told.setdefault(attack.__name__, Counter())
        told[flaw.harm.value if flaw else "nothing"] += 1


def main() -> int:
    """Print how many of the attacks were found; return 1 where one was not."""
    with tempfile.TemporaryDirectory() as folder:
        missed = _shown("SQLite", attacked(Path(folder), ROUNDS, CONTROLS))
    url = os.environ.get("GARROD_AUDIT_DATABASE", "")
    if url:
        with tempfile.TemporaryDirectory() as folder:
            found = attacked_there(Database(url), Path(folder), ROUNDS, CONTROLS)
            missed |= _shown("PostgreSQL", found)
    return missed


def _shown(sort: str, tally: Tally) -> int:
    figures = [
        at_least("tamperings found", tally.found.total(), tally.made.total(), 100),
        none_of("untouched logs called wrong", tally.false_alarms, tally.controls),
    ]
    for name, made in tally.made.items():
        told = ", ".join(f"{harm} {n}" for harm, n in tally.told[name].most_common())
        figures.append(Figure(f"– {name.replace('_', ' ')}: {told}", f"{tally.found[name]}/{made}"))
    return show(f"Audit: tampering ({sort}, seed {SEED}, {ENTRIES} entries)", figures)


def attacked(folder: Path, rounds: int, controls: int) -> Tally:
    """Return what came of so many attacks on copies of one log, each sort as often as any other."""
    chance, tally = np.random.default_rng(SEED), Tally(controls=controls)
    place = Place(folder / "audit.db", folder / "audit.key", folder / "witness")
    key = _log(place, chance)
    copy = folder / "copy.db"
    for number in range(rounds + controls):
        shutil.copyfile(place.log, copy)
        attack = ATTACKS[number % len(ATTACKS)] if number < rounds else None
        if attack is not None:
            attacker = Attacker(copy, chance)
            attack(attacker)
            attacker.done()
        tally.add(attack, verified(copy, witness=place.witness, key=key).flaw)
    return tally


def attacked_there(database: Database, folder: Path, rounds: int, controls: int) -> Tally:
    """Return the same of a log in an empty database, whose triggers are taken off."""
    chance, tally = np.random.default_rng(SEED), Tally(controls=controls)
    place = Place(folder / "log", folder / "audit.key", folder / "witness", database)
    key = _log(place, chance)
    link = Link(database.url)
    for table in TABLES:
        link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for number in range(rounds + controls):
        attack = ATTACKS[number % len(ATTACKS)] if number < rounds else None
        link.execute("BEGIN IMMEDIATE")
        if attack is not None:
            attack(DatabaseAttacker(link, chance))
        found = verified(place.log, witness=place.witness, key=key, opening=lambda _: Within(link))
        link.execute("ROLLBACK")
        tally.add(attack, found.flaw)
    link.close()
    return tally


def _log(place: Place, chance: np.random.Generator) -> str:
    """Write a log as a server leaves it when it ends, and its witness; return its key's id."""
    assert place.witness is not None
    told, moments = Witness(place.witness), _moments()
    log = place.open_log(_around(moments))
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
    return read_key(place.key).id


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
