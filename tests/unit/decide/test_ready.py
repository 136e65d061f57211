"""Usual doses: the line that a draft would be, and what keeps a dose out of a draft."""

from dataclasses import replace
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.ready import line_of, unopposed
from garrod.care.decide.service import decide
from garrod.care.decide.treatments import PACK, Dosed, Treatments, load_treatments
from garrod.core.advice import Action, Advice, OptionDose, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Result
from garrod.core.quantity import Quantity
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf
from tests.making.decisions import ADULT, KNOWLEDGE, TODAY
from tests.unit.decide.test_ranking import ranker

MEDICINE = Medicine("x", "x", (), (), "", "", "own")
DOSE = OptionDose("70 mg", "tablet", "oral", Decimal(70), "mg", 1, 0, Evidence("own", "1", "", ""))


def test_line_of_a_draft_has_the_total_of_a_day_or_of_a_week() -> None:
    assert line_of(MEDICINE, None) == MedicineLine("x")
    assert line_of(MEDICINE, DOSE) == MedicineLine("x", route="oral", daily_mg=Decimal(70))
    week = line_of(MEDICINE, replace(DOSE, every_days=7))
    assert (week.daily_mg, week.weekly_mg) == (None, Decimal(70))
    grams = line_of(MEDICINE, replace(DOSE, amount=Decimal(3), unit="g"))
    assert grams.daily_mg == 3000
    assert line_of(MEDICINE, replace(DOSE, unit="[iU]")).daily_mg is None


@pytest.mark.parametrize(
    ("action", "tier", "is_ready"),
    [
        (Action.ADJUST, Tier.T4, False),
        (Action.START_LOWER, Tier.T2, False),
        (Action.ADJUST, Tier.T5, True),
        (Action.MONITOR, Tier.T3, True),
    ],
)
def test_dose_that_an_adviser_would_have_another_is_not_ready(
    action: Action, tier: Tier, is_ready: bool
) -> None:
    advice = Advice("i", action, Target("x"), tier, "n/a", "why", "s", (), (), ())
    found = unopposed(Dosed(DOSE), Decision(advice=(advice,)))
    assert found == (Dosed(DOSE) if is_ready else Dosed(None, "why"))
    assert unopposed(Dosed(None, "none"), NOTHING) == Dosed(None, "none")


def marked(locus: str) -> Treatments:
    """Return the pack with the citation of losartan's dose marked."""
    shelf = load_shelf()
    had = shelf.pack(PACK)
    evidence = {**had.evidence, "hsa-losartan": replace(had.evidence["hsa-losartan"], locus=locus)}
    others = [shelf.pack(n) for n in shelf.names() if n != PACK]
    return load_treatments(
        Shelf([*others, Pack(had.manifest, had.tables, evidence)]), KNOWLEDGE.clinical
    )


def test_dose_whose_source_nobody_read_is_in_no_draft() -> None:
    high = (Coding("", "", "hypertension"),)
    kidneys = Result("egfr", (), Quantity(Decimal(80), "mL/min/{1.73_m2}"), seen=TODAY)
    person = replace(ADULT, results=(kidneys,))
    subject = ranker(person, MedicineLine("ramipril", reasons=high)).subject
    assert marked("dosage").dose_of("losartan", "hypertension", subject) is not None
    found = marked("dosage (unchecked)").dosed("losartan", "hypertension", subject)
    assert found == Dosed(None, "no usual dose for what it is given for is at hand")


def test_option_whose_dose_is_limited_by_the_kidneys_says_so_in_its_place() -> None:
    reasons = (Coding("", "", "urinary tract infection"),)
    results = (
        Result("creatinine", (), Quantity(Decimal(250), "umol/L"), seen=TODAY),
        Result("potassium", (), Quantity(Decimal("4.2"), "mmol/L"), seen=TODAY),
    )
    person = replace(ADULT, sex="female", results=results, weight_kg=Decimal(60), weight_seen=TODAY)
    order = Proposal(Act.ORDER, MedicineLine("nitrofurantoin", reasons=reasons))
    options = [o for a in decide(KNOWLEDGE, person, order, today=TODAY).advice for o in a.options]
    (limited,) = (o for o in options if o.name == "trimethoprim")
    assert limited.dose is None
    assert limited.no_dose.startswith("Adjust the dose of trimethoprim")
