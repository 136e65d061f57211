"""Pairs of lines that are alike: what is read of form, strength and release, and which pairs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import KnowledgeError
from garrod.core.medicine import ANY_LINE, MedicineLine
from garrod.core.person import Person
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.duplicate_rules import DuplicateRules, load_duplicate_rules
from garrod.science.safety.duplicates import Kind, duplicates, strengths_in
from garrod.science.safety.subject import NamedLine, subject_of
from tests.making.safety import TODAY, clinical, pack

SHELF = load_shelf()
CLINICAL, MEDICINES = load_clinical(SHELF), load_medicines(SHELF)
RULES = load_duplicate_rules(SHELF, CLINICAL)


def named(one: MedicineLine) -> NamedLine:
    return one, MEDICINES.find_all(one.text)


def kinds(*taken: MedicineLine, order: MedicineLine | None = None) -> list[str]:
    proposed = [] if order is None else [named(order)]
    who = subject_of(
        Person("Patient/d"), [named(x) for x in taken], CLINICAL, today=TODAY, proposed=proposed
    )
    return [d.kind.value for d in duplicates(RULES, who, is_order=order is not None)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ramipril 2.5mg capsules", {"2.5 mg"}),
        ("Co-codamol 30mg/500mg", {"30 mg", "500 mg"}),
        ("levothyroxine 25 micrograms", {"25 microgram"}),
        ("levothyroxine 25mcg", {"25 microgram"}),
        ("insulin 1,000 units", {"1000 unit"}),
        ("gel 1%", {"1 %"}),
        ("aspirin", set()),
        ("take 2 good days", set()),
    ],
)
def test_strengths_are_read_from_words(text: str, wanted: set[str]) -> None:
    assert strengths_in(text) == wanted


RAMIPRIL = MedicineLine("ramipril 5mg capsules", reference="MedicationRequest/1")


def test_the_same_line_anew_renews_itself_and_in_another_dose_replaces_itself() -> None:
    again = replace(RAMIPRIL, started=TODAY)
    assert kinds(RAMIPRIL, order=again) == [Kind.RENEWS]
    assert kinds(RAMIPRIL, order=replace(again, text="ramipril 10mg capsules")) == [Kind.REPLACES]


FIVE_MG = replace(RAMIPRIL, daily_mg=Decimal(5))
RENEWING = MedicineLine("Ramipril 5 mg capsules", renews=("MedicationRequest/1",))


@pytest.mark.parametrize(
    ("taken", "order", "wanted"),
    [
        (RAMIPRIL, RENEWING, Kind.RENEWS),
        (RAMIPRIL, replace(RENEWING, renews=()), Kind.EXACT),
        (RAMIPRIL, replace(RENEWING, renews=("MedicationRequest/2",)), Kind.EXACT),
        (RAMIPRIL, replace(RENEWING, text="ramipril 10mg capsules"), Kind.REPLACES),
        (RAMIPRIL, replace(RENEWING, text="ramipril 5mg tablets"), Kind.REPLACES),
        (RAMIPRIL, replace(RENEWING, text="Tritace"), Kind.RENEWS),
        (FIVE_MG, replace(RENEWING, daily_mg=Decimal(10)), Kind.REPLACES),
        (FIVE_MG, RENEWING, Kind.RENEWS),
        (RAMIPRIL, replace(RENEWING, renews=(ANY_LINE,)), Kind.RENEWS),
        (RAMIPRIL, MedicineLine("ramipril 5mg tablets", renews=(ANY_LINE,)), Kind.INGREDIENT),
        (RAMIPRIL, MedicineLine("ramipril 10mg capsules", renews=(ANY_LINE,)), Kind.REPLACES),
        (replace(RAMIPRIL, renews=(ANY_LINE,)), replace(RENEWING, renews=(ANY_LINE,)), Kind.EXACT),
    ],
)  # fmt: skip
def test_order_renews_what_it_names_if_nothing_stated_differs(
    taken: MedicineLine, order: MedicineLine, wanted: str
) -> None:
    assert kinds(taken, order=order) == [wanted]


def test_repeat_renews_one_line_and_the_other_stays_a_duplicate() -> None:
    twice = replace(RAMIPRIL, reference="MedicationRequest/2")
    assert kinds(RAMIPRIL, twice, order=RENEWING) == [Kind.RENEWS, Kind.EXACT]
    bare = replace(RENEWING, renews=(ANY_LINE,))
    assert kinds(RAMIPRIL, twice, order=bare) == [Kind.RENEWS, Kind.EXACT]


def test_link_to_another_medicine_or_another_strength_of_one_dose_renews_nothing() -> None:
    other = replace(RENEWING, text="ramipril 5mg and felodipine 5mg tablets")
    assert kinds(RAMIPRIL, order=other) == [Kind.SHARED]
    three = MedicineLine("warfarin 3mg tablets", reference="MedicationRequest/1")
    one = MedicineLine("warfarin 1mg tablets", renews=("MedicationRequest/1",))
    assert kinds(three, order=one) == [Kind.ALLOWED]


def test_in_a_review_nothing_renews() -> None:
    assert kinds(RAMIPRIL, RENEWING) == [Kind.EXACT]


def test_another_daily_dose_replaces_and_the_same_does_not() -> None:
    low = MedicineLine("ramipril capsules", daily_mg=Decimal(5))
    assert kinds(low, order=replace(low, daily_mg=Decimal(10))) == [Kind.REPLACES]
    assert kinds(low, order=replace(low, text="Tritace capsules")) == [Kind.INGREDIENT]


def test_in_a_review_nothing_replaces() -> None:
    assert kinds(RAMIPRIL, MedicineLine("ramipril 10mg capsules")) == [Kind.INGREDIENT]


def test_another_release_does_not_replace() -> None:
    old = MedicineLine("metformin 500mg tablets")
    assert kinds(old, order=MedicineLine("metformin 1g modified-release tablets")) == ["ingredient"]


def test_two_routes_are_asked_about() -> None:
    oral = MedicineLine("salbutamol 4mg tablets", route="oral")
    inhaled = MedicineLine("salbutamol 100mcg inhaler", route="inhaled")
    assert kinds(oral, order=inhaled) == [Kind.ROUTE]


def test_order_is_not_blamed_for_what_stood_twice_before() -> None:
    two = (MedicineLine("omeprazole 20mg"), MedicineLine("lansoprazole 30mg"))
    assert kinds(*two, order=RAMIPRIL) == []
    assert kinds(*two) == [Kind.CLASS]


def test_opioid_when_required_beside_a_regular_one_is_wanted() -> None:
    regular = MedicineLine("oxycodone 5mg capsules")
    needed = MedicineLine("morphine 5mg tablets", is_as_needed=True)
    assert kinds(regular, order=needed) == [Kind.ALLOWED]
    assert kinds(regular, order=replace(needed, is_as_needed=False)) == [Kind.CLASS]
    assert kinds(regular, order=MedicineLine("morphine 5mg tablets when required")) == ["allowed"]


def test_narrow_class_speaks_for_the_wide_one() -> None:
    assert kinds(MedicineLine("ramipril 5mg"), order=MedicineLine("lisinopril 5mg")) == ["class"]


def test_ingredient_in_both_is_not_said_as_a_class_too() -> None:
    found = kinds(MedicineLine("co-codamol 8/500"), order=MedicineLine("codeine 30mg tablets"))
    assert found == [Kind.SHARED]


def test_local_forms_and_strengths_and_loading_doses() -> None:
    cream, gel = MedicineLine("hydrocortisone 1% cream"), MedicineLine("hydrocortisone 1% ointment")
    who = subject_of(
        Person("Patient/d"), [named(cream), named(gel)], CLINICAL, today=TODAY, local=[cream, gel]
    )
    assert [d.kind for d in duplicates(RULES, who, is_order=False)] == [Kind.BOTH_LOCAL]
    tablets = MedicineLine("hydrocortisone 10mg tablets")
    who = subject_of(
        Person("Patient/d"), [named(cream), named(tablets)], CLINICAL, today=TODAY, local=[cream]
    )
    assert [d.kind for d in duplicates(RULES, who, is_order=False)] == [Kind.LOCAL]
    three, one = MedicineLine("warfarin 3mg tablets"), MedicineLine("warfarin 1mg tablets")
    assert kinds(three, order=one) == [Kind.ALLOWED]
    load = MedicineLine("amiodarone 200mg tablets loading dose")
    assert kinds(MedicineLine("amiodarone 200mg tablets"), order=load) == [Kind.ALLOWED]
    assert kinds(RAMIPRIL, order=MedicineLine("ramipril 5mg tablets")) == [Kind.INGREDIENT]


def test_shelf_without_the_pack_says_nothing() -> None:
    rules = load_duplicate_rules(Shelf([]), CLINICAL)
    who = subject_of(Person("Patient/d"), [named(RAMIPRIL)] * 2, CLINICAL, today=TODAY)
    assert rules == DuplicateRules()
    assert duplicates(rules, who, is_order=False) == ()


def test_row_that_cannot_be_read_is_refused() -> None:
    row = {
        **{"class": "x", "name": "x", "members": "@nothing", "tier_order": "T3"},
        **{"tier_review": "T3", "action": "avoid", "manage": "", "evidence": "own"},
    }
    bad = {
        **{
            "first": "codeine",
            "second": "aspirin",
            "kind": "class",
            "when": "tuesday",
            "reason": "",
        },
        "evidence": "own",
    }
    empty = dict.fromkeys(("classes", "allowed", "kinds", "grave", "forms"), ())
    for table, rows, said in (
        ("classes", [row], "no set of medicines"),
        ("allowed", [bad], "when is one of"),
    ):
        shelf = Shelf([pack("duplicate-rules", {**empty, table: rows})])
        with pytest.raises(KnowledgeError, match=said):
            load_duplicate_rules(shelf, clinical())
