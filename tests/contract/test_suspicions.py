"""The review queue, and what is known of those whom looks name, on every store."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from garrod.adapters.fhir.acquaintance_record import gathered
from garrod.care.govern.snoop_model import Case, Evidence, Nearness, Sign, Staff, Subject
from garrod.care.govern.snoop_near import Distances
from garrod.care.govern.snoop_review import DecidedBefore, Outcome, Verdict
from garrod.care.record.ports import Store
from garrod.care.record.service import NotFound
from garrod.care.record.suspicions import decide, item_of, items, queued
from garrod.core.errors import GarrodError
from tests.contract.conftest import Run
from tests.making.governed import NOW, Governed, person, team
from tests.making.snooping import ANN, BEN, HOUSE, look

EVIDENCE = (Evidence(Sign.FAR, 2.0, Nearness.NONE), Evidence(Sign.FAMILY, 1.5))
VERDICT = Verdict("explained", "she was called by the ward", BEN)
NHS = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER = [{"system": NHS, "value": "9991234527"}]
HOME = [{"line": ["1 Oak Lane"], "postalCode": "ZZ1 1ZZ"}]


def case(*entries: int, points: float = 3.5, patient: str = "p") -> Case:
    return Case(ANN, "nurse", HOUSE, (patient,), entries, NOW, NOW, points, EVIDENCE)


def test_what_waits_comes_first_and_the_strongest_before_others(run: Run) -> None:
    async def check(store: Store) -> None:
        cases = [case(1, points=3.3), case(2, points=5.0, patient="q"), case(3, patient="r")]
        assert len(await queued(store, cases, NOW)) == 3
        assert await queued(store, cases, NOW) == []
        first = (await items(store))[0]
        assert first.case.patients == ("q",)
        done = await decide(store, first.id, VERDICT, NOW + timedelta(hours=1))
        assert done == await item_of(store, first.id)
        assert [item.case.patients for item in await items(store)] == [("r",), ("p",), ("q",)]
        assert done.outcome is Outcome.EXPLAINED

    run(check)


def test_two_who_decide_at_once_do_not_both(run: Run) -> None:
    async def check(store: Store) -> None:
        (item,) = await queued(store, [case(1)], NOW)
        other = VERDICT._replace(outcome="look-into", by="Practitioner/cat")
        both = [decide(store, item.id, verdict, NOW) for verdict in (VERDICT, other)]
        found = await asyncio.gather(*both, return_exceptions=True)
        assert sum(isinstance(one, DecidedBefore) for one in found) == 1
        kept = await item_of(store, item.id)
        assert kept in found

    run(check)


def test_what_is_refused_leaves_the_case_as_it_was(run: Run) -> None:
    async def check(store: Store) -> None:
        (item,) = await queued(store, [case(1)], NOW)
        for verdict in (VERDICT._replace(by=ANN), VERDICT._replace(note="x")):
            with pytest.raises(GarrodError):
                await decide(store, item.id, verdict, NOW)
        assert await item_of(store, item.id) == item
        with pytest.raises(NotFound):
            await decide(store, "0123456789abcdef", VERDICT, NOW)

    run(check)


def test_the_record_says_who_is_near_and_who_is_kin(run: Run) -> None:
    async def check(store: Store) -> None:
        it = Governed(store)
        ben = BEN.partition("/")[2]
        await it.write(
            {"resourceType": "Practitioner", "id": "ann", "name": [{"family": "Quill"}],
             "identifier": NUMBER},
            {"resourceType": "Practitioner", "id": ben, "name": [{"family": "Sorrel"}]},
            {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": ANN},
             "organization": {"reference": HOUSE}},
            {"resourceType": "Organization", "id": "hospital", "name": "House"},
            person("own", name=[{"family": "Quill"}], identifier=NUMBER, address=HOME),
            person("p", name=[{"family": "Quill"}], address=HOME,
                   managingOrganization={"reference": HOUSE}),
            person("q"),
            team("q", BEN),
        )  # fmt: skip
        looks = [look(1, "p"), look(2, "own"), look(3, "q", who=BEN), look(4, "nobody")]
        sources = await gathered(store, looks)
        known, home = sources.known(), "1oaklane|zz11zz"
        assert known.staff[ANN] == Staff("quill", home, "own", frozenset((HOUSE,)))
        assert known.people["p"] == Subject("quill", home)
        assert known.people["own"].works_at == {HOUSE}
        assert "nobody" not in known.people
        distances = Distances(known)
        near = [distances.of(one) for one in sources.looks()]
        assert near == [Nearness.KNOWN, Nearness.NONE, Nearness.NAMED, Nearness.NONE]

    run(check)
