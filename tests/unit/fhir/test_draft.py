"""Draft orders: what a row says of the dose, and nothing made up where none does."""

from dataclasses import replace
from decimal import Decimal

import orjson

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.draft import NO_DOSE, draft_order, with_orders
from garrod.adapters.fhir.medicine import line_of
from garrod.core.advice import Action, Advice, Option, OptionDose, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.person import Person
from tests.making.doors import codec

PERSON = Person("Patient/1")
CODES = ("http://www.whocc.no/atc|J01EA01",)
OWN = Evidence("own", "1", "", "")


def dose(amount: str = "200", *, days: int = 3, route: str = "oral") -> OptionDose:
    words = "200 mg twice a day for 3 days"
    return OptionDose(words, "tablet", route, Decimal(amount), "mg", 2, days, OWN)


def test_dose_route_and_duration_are_those_of_the_row_and_the_draft_is_valid() -> None:
    order = draft_order(Option("trimethoprim", "r", CODES, dose=dose()), PERSON)
    codec().drafted(orjson.dumps(order), kind="MedicationRequest", id="d1")
    (told,) = order["dosageInstruction"]
    assert told["text"] == "200 mg twice a day for 3 days"
    assert told["doseAndRate"][0]["doseQuantity"]["value"] == 200
    assert told["timing"]["repeat"]["boundsDuration"]["value"] == 3
    assert told["route"]["coding"][0]["code"] == "26643006"
    assert order["dispenseRequest"]["expectedSupplyDuration"]["value"] == 3
    line = line_of(order, Own(frozenset(("Patient/1",)), ()))
    assert (line.daily_mg, line.route) == (Decimal(400), "oral")


def test_lasting_dose_has_no_end_and_an_unknown_route_none() -> None:
    order = draft_order(
        Option("x", "r", CODES, dose=dose("2.5", days=0, route="sublingual")), PERSON
    )
    (told,) = order["dosageInstruction"]
    assert "dispenseRequest" not in order
    assert "boundsDuration" not in told["timing"]["repeat"]
    assert "route" not in told
    assert told["doseAndRate"][0]["doseQuantity"]["value"] == 2.5


def test_without_a_row_the_dose_is_to_be_chosen_and_a_group_has_no_draft() -> None:
    options = (Option("trimethoprim", "r", CODES), Option("another class", "r"))
    advice = Advice(
        "x", Action.AVOID, Target("y"), Tier.T2, "n/a", "t", "s", (), (), (), options=options
    )
    coded, group = with_orders(advice, PERSON).options
    assert coded.order is not None
    codec().drafted(orjson.dumps(coded.order), kind="MedicationRequest", id="d2")
    assert coded.order["dosageInstruction"] == [{"text": NO_DOSE}]
    assert group.order is None


def test_what_is_taken_once_to_begin_with_stands_first() -> None:
    words = "400 mg once, then 200 mg twice a day for 3 days"
    first = replace(dose(), words=words, first=Decimal(400), most=Decimal(600))
    order = draft_order(Option("pivmecillinam", "r", CODES, dose=first), PERSON)
    codec().drafted(orjson.dumps(order), kind="MedicationRequest", id="d3")
    once, lasting = order["dosageInstruction"]
    assert (once["sequence"], lasting["sequence"]) == (1, 2)
    assert once["doseAndRate"][0]["doseQuantity"]["value"] == 400
    assert once["timing"] == {"repeat": {"count": 1}}
    assert (once["text"], lasting["text"]) == (
        "400 mg once, to begin with",
        "200 mg twice a day for 3 days",
    )
    assert lasting["maxDosePerPeriod"]["numerator"]["value"] == 600


def test_weekly_and_as_needed_doses_say_so_and_a_long_course_is_not_supplied_at_once() -> None:
    weekly = replace(dose(days=0), times_a_day=1, every_days=7)
    (told,) = draft_order(Option("x", "r", CODES, dose=weekly), PERSON)["dosageInstruction"]
    assert told["timing"]["repeat"]["period"] == 7
    needed = replace(dose(days=0), is_as_needed=True)
    (told,) = draft_order(Option("x", "r", CODES, dose=needed), PERSON)["dosageInstruction"]
    assert told["asNeededBoolean"] is True
    long = draft_order(Option("x", "r", CODES, dose=dose(days=365)), PERSON)
    assert "dispenseRequest" not in long
    assert long["dosageInstruction"][0]["timing"]["repeat"]["boundsDuration"]["value"] == 365


def test_draft_without_a_dose_says_why() -> None:
    order = draft_order(Option("x", "r", CODES, no_dose="body weight: no result"), PERSON)
    assert order["dosageInstruction"] == [{"text": f"{NO_DOSE}: body weight: no result"}]
