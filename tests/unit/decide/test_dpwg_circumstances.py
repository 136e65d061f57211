"""DPWG's rows are chosen by what the medicine is for, age, dose, route and other medicines."""

from datetime import date
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.knowledge import load_knowledge
from garrod.care.decide.opinions import Opinion, opinions_on
from garrod.care.decide.setting import Setting
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person

KNOWLEDGE = load_knowledge(load_shelf(), "policy-netherlands")
TODAY = date(2026, 11, 25)
PM, IM, NM, UM = (f"{w} Metabolizer" for w in ("Poor", "Intermediate", "Normal", "Ultrarapid"))


def opinion(
    drug: str,
    result: str,
    *,
    age: int | None = 40,
    kg: str = "",
    why: tuple[str, ...] = (),
    taken: tuple[str, ...] = (),
    inhibits: tuple[str, ...] = (),
    route: str = "",
    mg: str = "",
) -> Opinion:
    gene, _, value = result.partition("=")
    candidates = (Candidate(value, 1.0, value, "", (value,)),)
    finding = GeneFinding(gene, Status.CALLED, candidates, value)
    person = Person(
        "Patient/1",
        birth_date=date(TODAY.year - age, 1, 1) if age is not None else None,
        weight_kg=Decimal(kg) if kg else None,
        findings=(finding,),
    )
    setting = Setting(
        person,
        MedicineLine(drug, route=route, daily_mg=Decimal(mg) if mg else None),
        is_new=True,
        today=TODAY,
        indications=frozenset(why),
        history=frozenset(why),
        is_stated=bool(why),
        drug=drug,
        taken=frozenset(taken),
        inhibitors=frozenset(inhibits),
    )
    heard = opinions_on(KNOWLEDGE, drug, setting)
    (dpwg,) = (
        o
        for o in (*heard.heard, *heard.second, *heard.mute)
        if o.guidance.source == "DPWG" and o.outcomes
    )
    return dpwg


def chosen(given: Opinion) -> str:
    row = given.top.recommendation
    assert row is not None
    return row.population


@pytest.mark.parametrize(
    ("drug", "result", "more", "population"),
    [
        ("citalopram", f"CYP2C19={PM}", {"age": 64}, "adults-under-65"),
        ("citalopram", f"CYP2C19={PM}", {"age": 65}, "adults-65-over"),
        ("pimozide", "CYP2D6=0.5", {"age": 11}, "under-12"),
        ("pimozide", "CYP2D6=0.5", {"age": 12}, "aged-12-over"),
        ("clopidogrel", f"CYP2C19={PM}", {"why": ("stroke",)}, "clopidogrel-pci-stroke-tia"),
        ("clopidogrel", f"CYP2C19={PM}", {"why": ("acs",)}, "clopidogrel-other"),
        ("clomipramine", f"CYP2C19={UM}", {"why": ("anxiety",)}, "clomipramine-ocd-anxiety"),
        ("omeprazole", f"CYP2C19={UM}", {"why": ("h-pylori",)}, "ppi-h-pylori"),
        ("quetiapine", f"CYP3A4={PM}", {"why": ("depression",)}, "quetiapine-depression"),
        ("codeine", "CYP2D6=0.0", {"why": ("pain",)}, "codeine-pain"),
        ("codeine", "CYP2D6=3.0", {"mg": "81"}, "codeine-higher"),
        ("codeine", "CYP2D6=3.0", {"mg": "60", "age": 15}, "codeine-higher"),
        ("codeine", "CYP2D6=3.0", {"mg": "10", "age": 8}, "codeine-higher"),
        ("efavirenz", f"CYP2B6={PM}", {"age": 10, "kg": "30"}, "efavirenz-under-40kg"),
        ("efavirenz", f"CYP2B6={PM}", {"age": 14, "kg": "50"}, "efavirenz-from-40kg"),
        ("aripiprazole", "CYP2D6=0.0", {"route": "intramuscular"}, "aripiprazole-depot"),
        ("fluorouracil", "DPYD=0.0", {"route": "intravenous"}, "fluorouracil-systemic"),
        ("siponimod", f"CYP2C9={IM}", {"taken": ("modafinil",)}, "siponimod-3a4-inducer"),
        ("siponimod", f"CYP2C9={IM}", {}, "siponimod-alone"),
        ("eliglustat", "CYP2D6=0.5", {}, "eliglustat-alone"),
        ("eliglustat", "CYP2D6=0.5", {"taken": ("rifampicin",)}, "eliglustat-3a-inducer"),
        ("eliglustat", "CYP2D6=0.5", {"taken": ("amlodipine",)}, "eliglustat-3a-weak"),
        ("eliglustat", "CYP2D6=0.5", {"inhibits": ("CYP2D6:weak",)}, "eliglustat-alone"),
        ("eliglustat", "CYP2D6=0.0", {"inhibits": ("CYP2D6:strong",)}, "eliglustat-2d6-strong"),
        ("eliglustat", "CYP2D6=0.5", {"inhibits": ("CYP2D6:moderate",)}, "eliglustat-2d6-moderate"),
        ("eliglustat", "CYP2D6=0.0", {"inhibits": ("CYP3A4:strong",)}, "eliglustat-3a-strong"),
    ],
)
def test_known_circumstance_chooses_the_row(
    drug: str, result: str, more: dict[str, object], population: str
) -> None:
    given = opinion(drug, result, **more)  # type: ignore[arg-type]
    assert chosen(given) == population
    assert given.is_settled


@pytest.mark.parametrize(
    ("drug", "result", "question"),
    [
        ("citalopram", f"CYP2C19={PM}", "How old is the person?"),
        ("codeine", "CYP2D6=3.0", "What is the total dose a day?"),
        ("metoprolol", "CYP2D6=0.0", "Is a gradual fall of the heart rate wanted"),
        ("aripiprazole", "CYP2D6=0.0", "Is aripiprazole taken by mouth or injected"),
    ],
)
def test_unknown_circumstance_is_asked_and_the_cautious_row_leads(
    drug: str, result: str, question: str
) -> None:
    given = opinion(drug, result, age=None)
    assert not given.is_settled
    assert question in given.context.question
    assert given.is_answer


@pytest.mark.parametrize(("age", "mg"), [(40, "80"), (15, "40")])
def test_low_dose_of_codeine_is_avoided_until_other_risks_are_known(age: int, mg: str) -> None:
    given = opinion("codeine", "CYP2D6=3.0", age=age, mg=mg)
    assert not given.is_settled
    assert "poor kidney function" in given.context.question
    assert given.top.recommendation is not None
    assert given.top.recommendation.action == "avoid"


def test_inhibitors_of_both_enzymes_are_told_from_one_alone() -> None:
    both = opinion("eliglustat", "CYP2D6=0.5", inhibits=("CYP2D6:strong", "CYP3A4:moderate"))
    assert chosen(both) == "eliglustat-both"
    one = opinion("eliglustat", "CYP2D6=0.5", inhibits=("CYP2D6:strong",))
    assert chosen(one) == "eliglustat-2d6-strong"


def test_donor_liver_is_asked_about() -> None:
    given = opinion("tacrolimus", f"CYP3A5={NM}", why=("liver-transplant",))
    assert not given.is_settled
    assert "donor liver" in given.context.question


def test_result_that_is_the_same_for_everyone_asks_nothing() -> None:
    assert opinion("clopidogrel", f"CYP2C19={UM}").is_settled
    assert chosen(opinion("citalopram", f"CYP2C19={NM}")) == "general"


def test_age_of_which_the_guideline_does_not_speak_gets_no_row() -> None:
    given = opinion("citalopram", f"CYP2C19={PM}", age=12)
    assert not given.is_answer
