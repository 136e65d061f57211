"""What no adviser has a rule for is said once an order, and once a review."""

from dataclasses import replace

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.coverage import (
    GENES,
    coverage_lines,
    covered_by,
    covered_in,
    uncovered,
)
from garrod.care.decide.service import decide
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.knowledge.medicines import Medicine
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY, ask_all

COVERED = {
    "interactions": frozenset(("warfarin", "ibuprofen")),
    GENES: frozenset(("warfarin",)),
    "renal": frozenset(("ibuprofen",)),
}


def medicine(drug: str) -> Medicine:
    return Medicine(drug, drug, (), (), "", "", "own")


WARFARIN, IBUPROFEN, SENNA = (medicine(d) for d in ("warfarin", "ibuprofen", "senna"))


def test_order_names_the_advisers_without_a_rule_but_not_genes() -> None:
    (entry,) = uncovered(COVERED, (WARFARIN,), is_order=True)
    assert (entry.target.name, entry.subject, entry.code) == ("warfarin", "coverage", "no-guidance")
    assert entry.reason == "no rule here speaks of it for: renal"
    assert uncovered(COVERED, (IBUPROFEN,), is_order=True) == ()
    assert uncovered(COVERED, (), is_order=True) == ()


def test_review_has_one_entry_for_all() -> None:
    (entry,) = uncovered(COVERED, (WARFARIN, IBUPROFEN, SENNA), is_order=False)
    assert entry.target.name == "medicines"
    assert entry.reason == (
        "no rule here speaks of senna; of 3 medicines, these have no rule: interactions 1, renal 2"
    )
    (named,) = uncovered(COVERED, (WARFARIN,), is_order=False)
    assert named.reason == "of 1 medicines, these have no rule: renal 1"


def test_functions_are_counted_and_what_covers_nothing_is_left_out() -> None:
    covers = {"allergy": lambda k: frozenset(("senna",)), "empty": lambda k: frozenset()}
    found = covered_by(KNOWLEDGE, covers)
    assert found["allergy"] == {"senna"}
    assert "empty" not in found
    assert "clopidogrel" in found[GENES]
    assert covered_by(KNOWLEDGE, covers) is found


def test_lines_for_people_count_what_there_is_and_is_not() -> None:
    assert coverage_lines(COVERED, ("warfarin", "ibuprofen", "senna"))[0] == (
        "adviser interactions: rules for 2 of 3 ingredients; none for 1"
    )


def test_decisions_carry_at_most_one_entry() -> None:
    for found in (
        ask_all(KNOWLEDGE, ADULT, "co-codamol"),
        ask_all(KNOWLEDGE, ADULT, "xyzzymab"),
        decide(
            KNOWLEDGE,
            replace(ADULT, medicines=(MedicineLine("senna"), MedicineLine("ramipril"))),
            REVIEW,
            today=TODAY,
        ),
    ):
        assert sum(n.subject == "coverage" for n in found.not_assessed) <= 1


def test_pack_of_rules_says_which_ingredients_its_advisers_know() -> None:
    shelf = load_shelf()
    covered = covered_in(shelf, "interactions")
    assert covered
    assert "warfarin" in frozenset().union(*covered.values())
    assert covered_in(shelf, "drugs") == {}
