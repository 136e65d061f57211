"""Alternatives of an indication for one person: the line, the dose, what is for and against."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.asking import question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.ranking import Ranker, Ranking, indication_of
from garrod.care.decide.service import decide
from garrod.care.decide.treatments import PACK, Treatments, load_treatments
from garrod.core.advice import Action, Tier
from garrod.core.errors import KnowledgeError
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Allergy, Condition, Person
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf
from tests.making.decisions import ADULT, CYP2C19_PM, KNOWLEDGE, TODAY

SNOMED = "http://snomed.info/sct"
TIA = Condition("TIA", (Coding(SNOMED, "266257000", "Transient ischaemic attack"),))
UTI = Coding(SNOMED, "68566005", "Urinary tract infection")


def ranker(person: Person, order: MedicineLine) -> Ranker:
    question = question_of(KNOWLEDGE, case_of(KNOWLEDGE, person, today=TODAY, order=order), order)

    def judge(who: Person, line: MedicineLine):  # type: ignore[no-untyped-def]
        return decide(KNOWLEDGE, who, Proposal(Act.ORDER, line), today=TODAY)

    return Ranker(KNOWLEDGE, person, question.subject, judge)


def ranked(person: Person, indication: str, drug: str) -> Ranking:
    return ranker(person, MedicineLine(drug)).rank(indication, {drug})


def names(found: Ranking) -> list[str]:
    return [r.medicine.name for r in found.ranked]


def test_poor_metaboliser_after_a_tia_is_offered_what_does_not_need_the_gene() -> None:
    person = replace(ADULT, findings=(CYP2C19_PM,), conditions=(TIA,))
    line = MedicineLine("clopidogrel", reasons=TIA.codings)
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, line), today=TODAY)
    first = found.advice[0]
    assert first.tier is Tier.T2
    offered = {o.name: o for o in first.options}
    assert {"aspirin", "dipyridamole"} <= set(offered)
    assert "prasugrel" not in offered
    assert offered["aspirin"].dose is not None
    assert offered["aspirin"].dose.words == "75 mg once a day"
    assert "second line for transient ischaemic attack" in offered["aspirin"].reason


def test_child_of_the_order_is_never_ranked_and_allergy_bars() -> None:
    person = replace(ADULT, allergies=(Allergy("Sertraline"),))
    found = ranked(person, "depression", "citalopram")
    assert names(found)[0] == "fluoxetine"
    assert "citalopram" not in names(found)
    assert [f.medicine.name for f in found.barred] == ["sertraline"]
    assert "allergy" in found.barred[0].barred


def test_what_is_taken_already_is_no_alternative_and_lines_come_in_their_order() -> None:
    person = replace(ADULT, medicines=(MedicineLine("sertraline", started=date(2020, 1, 1)),))
    found = ranked(person, "depression", "citalopram")
    assert "sertraline" not in names(found)
    assert {f.medicine.name: f.barred for f in found.barred}["sertraline"] == (
        "it is on the list of medicines already"
    )
    lines = [r.pro[0] for r in found.ranked]
    assert lines == sorted(lines, key=lambda s: ("first" not in s, "second" not in s))


def test_age_and_sex_choose_the_row() -> None:
    young = replace(ADULT, birth_date=date(1990, 1, 1))
    assert names(ranked(young, "hypertension", "losartan"))[:2] == ["lisinopril", "ramipril"]
    assert names(ranked(ADULT, "hypertension", "losartan"))[0] == "amlodipine"
    woman = ranker(
        replace(ADULT, is_pregnant=False, pregnancy_seen=TODAY), MedicineLine("cefalexin")
    )
    man = ranker(replace(ADULT, sex="male"), MedicineLine("cefalexin"))
    rows = KNOWLEDGE.treatments
    doses = [rows.dose_of("trimethoprim", "uti", r.subject) for r in (woman, man)]
    assert [d.days for d in doses if d] == [3, 7]
    assert (doses[0].amount, doses[0].times_a_day) == (Decimal(200), 2)  # type: ignore[union-attr]


def test_reason_written_outranks_the_record_and_two_on_record_presume_none() -> None:
    subject = ranker(replace(ADULT, conditions=(TIA,)), MedicineLine("clopidogrel")).subject
    plain = MedicineLine("clopidogrel")
    assert indication_of(KNOWLEDGE, subject, plain, {"clopidogrel"}) == "tia"
    other = MedicineLine("clopidogrel", reasons=(Coding("", "", "gout"),))
    assert indication_of(KNOWLEDGE, subject, other, {"clopidogrel"}) == ""
    written = MedicineLine("nitrofurantoin", reasons=(UTI,))
    assert indication_of(KNOWLEDGE, subject, written, {"nitrofurantoin"}) == "uti"
    stroke = Condition("stroke", (Coding("", "", "ischaemic stroke"),))
    both = ranker(replace(ADULT, conditions=(TIA, stroke)), plain).subject
    assert indication_of(KNOWLEDGE, both, plain, {"clopidogrel"}) == ""


def test_option_that_a_gene_bars_is_held_back_with_its_reason_in_the_chain() -> None:
    person = replace(
        ADULT, findings=(CYP2C19_PM,), conditions=(TIA,), allergies=(Allergy("Aspirin"),)
    )
    found = decide(KNOWLEDGE, person, Proposal(Act.ORDER, MedicineLine("clopidogrel")), today=TODAY)
    (first,) = [a for a in found.advice if a.action in (Action.AVOID, Action.PREFER_ALTERNATIVE)]
    assert "aspirin" not in {o.name for o in first.options}
    held = [b.text for b in first.because if b.step == "not-offered"]
    assert any(text.startswith("aspirin: ") for text in held)


def broken(column: str, value: str) -> Shelf:
    shelf = load_shelf()
    had = shelf.pack(PACK)
    rows = ({**had.tables["treatments"][0], column: value},)
    tables = {**had.tables, "treatments": rows}
    others = [shelf.pack(n) for n in shelf.names() if n != PACK]
    return Shelf([*others, Pack(had.manifest, tables, had.evidence)])


@pytest.mark.parametrize(
    ("column", "value"), [("cost", "dear"), ("formulary", "?"), ("indication", "nothing")]
)
def test_row_that_cannot_be_read_is_refused(column: str, value: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        load_treatments(broken(column, value), KNOWLEDGE.clinical)
    assert error.value.code == "KNO010"


def test_shelf_without_the_pack_ranks_nothing() -> None:
    shelf = load_shelf()
    bare = Shelf([shelf.pack(n) for n in shelf.names() if n != PACK])
    assert load_treatments(bare, KNOWLEDGE.clinical) == Treatments()
    assert Treatments().weight("line") == 0


def test_medicine_that_is_taken_already_gets_no_alternatives() -> None:
    taken = MedicineLine("ramipril 5 mg capsules", reference="MedicationRequest/1")
    high = Condition("hypertension", (Coding("", "", "hypertension"),))
    person = replace(ADULT, medicines=(taken,), conditions=(high,))
    order = Proposal(Act.ORDER, MedicineLine("Tritace 5 mg tablets"))
    found = decide(KNOWLEDGE, person, order, today=TODAY).advice
    (twice,) = (a for a in found if a.id.startswith("duplicates:"))
    assert (twice.tier, twice.options) == (Tier.T3, ())
