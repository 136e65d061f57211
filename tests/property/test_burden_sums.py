"""Burdens against a plain sum, and votes against a plain count, for any list and any scores."""

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.packs.load import load_shelf
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.science.safety.burden import load_burdens, loads, majority
from garrod.science.safety.subject import NamedLine, subject_of
from tests.making.desk_time import drawn
from tests.making.safety import TODAY

SHELF = load_shelf()
CLINICAL, MEDICINES = load_clinical(SHELF), load_medicines(SHELF)
KNOWN = load_burdens(SHELF, CLINICAL)
DRUGS = sorted(MEDICINES.by_drug)


@given(st.lists(st.integers(0, 3), max_size=8))
def test_vote_is_a_commonest_score_and_the_first_of_those(scores: list[int]) -> None:
    most = max((scores.count(s) for s in scores), default=0)
    first = next((s for s in scores if scores.count(s) == most), None)
    assert majority(scores) == first


@settings(max_examples=drawn(100), deadline=None)
@given(st.lists(st.sampled_from(DRUGS), max_size=12), st.sampled_from(DRUGS))
def test_load_is_the_plain_sum_over_different_ingredients(taken: list[str], new: str) -> None:
    def lines(drugs: list[str]) -> list[NamedLine]:
        return [(MedicineLine(d), (MEDICINES.by_drug[d],)) for d in drugs]

    who = subject_of(
        Person("Patient/p"),
        lines(taken),
        CLINICAL,
        today=TODAY,
        proposed=lines([new]),
    )
    for load in loads(KNOWN, who):
        points = load.burden.points
        before = sum(points.get(d, 0) for d in set(taken))
        total = sum(points.get(d, 0) for d in {*taken, new})
        assert (load.before, load.total) == (before, total)
        assert load.is_crossed == (before < load.burden.threshold <= total)
