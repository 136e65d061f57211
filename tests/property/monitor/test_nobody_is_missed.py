"""Whatever row changes: who is left out of a reanalysis has the very same advice as before."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrod.care.decide.service import load_knowledge
from garrod.care.monitor.affected import View, changes_for
from garrod.care.monitor.reach import State, reach_between
from garrod.care.monitor.touching import Sieve, Touching
from garrod.core.errors import GarrodError
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from tests.making.shelves import SHELF
from tests.making.world import world_people

TODAY = date(2025, 12, 31)
BEFORE = State(SHELF, load_knowledge(SHELF))
PEOPLE = world_people(160, 5, most=70)
FOREIGN = ("fhir-", "policy-netherlands", "policy-us", "pgx-definitions", "pgx-phenotypes")
TABLES = [
    (name, table)
    for name in SHELF.names()
    if not name.startswith((*FOREIGN, "pgx-regions"))
    for table in sorted(SHELF.pack(name).tables)
    if SHELF.pack(name).tables[table]
]


def perturbed(rows: tuple[Row, ...], chance: random.Random) -> tuple[Row, ...]:
    """Return rows without some, with some changed in a way that another row has it."""
    found: list[Row] = []
    share = chance.choice((1 / len(rows), 0.1, 0.4))
    for row in rows:
        if chance.random() >= share:
            found.append(row)
        elif chance.random() < 0.5:
            column = chance.choice([c for c in row if c != "evidence"])
            found.append({**row, column: chance.choice(rows)[column]})
    return tuple(found)


def with_table(pack: str, table: str, rows: tuple[Row, ...]) -> Shelf:
    old = SHELF.pack(pack)
    new = replace(old, tables={**old.tables, table: rows})
    return Shelf([*(SHELF.pack(n) for n in SHELF.names() if n != pack), new])


def missed(after: State) -> Iterator[str]:
    """Yield who is left out although something else is said of them now."""
    touching = Touching(
        BEFORE.knowledge, after.knowledge, reach_between(BEFORE, after), today=TODAY
    )
    for person in PEOPLE:
        if not touching.is_touched(person):
            views = (View(BEFORE.knowledge, person), View(after.knowledge, person))
            if changes_for(*views, today=TODAY):
                yield person.reference


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(place=st.sampled_from(TABLES), seed=st.integers(0, 2**32))
def test_nobody_whose_advice_changes_is_left_out(place: tuple[str, str], seed: int) -> None:
    pack, table = place
    rows = perturbed(SHELF.pack(pack).tables[table], random.Random(seed))
    try:
        shelf = with_table(pack, table, rows)
        after = State(shelf, load_knowledge(shelf))
    except (GarrodError, KeyError, IndexError, ValueError):
        return  # such a pack is refused when it is read
    assert list(missed(after)) == []


@pytest.mark.parametrize("policy", ["policy-netherlands", "policy-us"])
def test_nobody_is_left_out_of_another_nations_policy(policy: str) -> None:
    assert list(missed(State(SHELF, load_knowledge(SHELF, policy)))) == []


def test_age_alone_never_leaves_out_whom_a_rule_about_the_person_reaches() -> None:
    for table, column in (("safety_rules", "tier"), ("safety_rules", "alternatives")):
        rows = SHELF.pack("review-stopp-start").tables[table]
        other = {"tier": "T5", "alternatives": "paracetamol"}[column]
        shelf = with_table("review-stopp-start", table, tuple({**r, column: other} for r in rows))
        after = State(shelf, load_knowledge(shelf))
        touching = Touching(
            BEFORE.knowledge, after.knowledge, reach_between(BEFORE, after), today=TODAY
        )
        sieve = Sieve(touching)
        for person in PEOPLE:
            lines = (*person.medicines, *person.past)
            is_met = touching.calls_for(person.birth_date) or any(
                sieve.lets(person.reference, line) for line in lines
            )
            views = (View(BEFORE.knowledge, person), View(after.knowledge, person))
            assert is_met or not changes_for(*views, today=TODAY)
