"""Invented people of a line of a table, as FHIR resources, and what is answered to their order.

who: "F 82 55kg" (sex F, M or ?; years or ?). takes: medicines by "|", "@30" began 30 days ago.
allergies: "penicillin:anaphylaxis", "codeine:nausea:intolerance". has: problems in words, with
pregnant, breastfeeding, smoker. results: "creatinine 150 umol/L @10" of names in clinical-terms,
"@10" days ago. genes: "CYP2C19 *2/*2". order: a medicine, and after a comma its directions.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from garrod.adapters.fhir.medicine import line_of
from garrod.care.decide.model import Decision
from garrod.core.medicine import REVIEW, Act, Proposal
from garrod.entry.snapshots import understood
from garrod.entry.wire import Services
from tests.making.persons import (
    LOINC,
    SNOMED,
    Resource,
    amount,
    concept,
    genotype,
    observation,
    read_of,
    request,
)

TODAY = date(2026, 6, 1)
SEXES = {"F": "female", "M": "male", "?": "unknown"}
STATES = {
    "pregnant": ("82810-3", "77386006"),
    "breastfeeding": ("63895-7", "413712001"),
    "smoker": ("72166-2", "449868002"),
}
RESULT = re.compile(r"(?P<name>\w+) (?P<value>[\d.]+) (?P<unit>\S+)(?: @(?P<ago>\d+))?")
AGO = re.compile(r"\s*@(\d+)")


@cache
def services() -> Services:
    """Return the services with the shipped packs, built once."""
    return Services()


@cache
def _loincs() -> dict[str, str]:
    rows = services().shelf.rows("clinical-terms", "term_measures")
    return {row["measure"]: row["loinc"].partition("|")[0] for row in rows}


def answer_to(row: dict[str, str]) -> Decision:
    """Return what is answered to the order of a row, or to a review where it orders nothing."""
    read = read_of(*_resources(row), patient=_patient(row["who"]))
    proposal = REVIEW
    if row["order"]:
        proposal = Proposal(Act.ORDER, line_of(_medicine("order", row["order"]), read.own))
    return services().answer(understood(services(), read), proposal, today=TODAY)


def _patient(who: str) -> Resource:
    sex, years, *_ = who.split()
    patient: Resource = {"resourceType": "Patient", "id": "p1", "gender": SEXES[sex]}
    if years.endswith("m"):
        return {**patient, "birthDate": str(TODAY - timedelta(int(years[:-1]) * 30))}
    return patient if years == "?" else {**patient, "birthDate": f"{TODAY.year - int(years)}-01-15"}


def _resources(row: dict[str, str]) -> list[Resource]:
    parts = {name: [p.strip() for p in cell.split("|") if p.strip()] for name, cell in row.items()}
    weighed = [w[:-2] for w in row["who"].split() if w.endswith("kg")]
    found = [_medicine(f"m{n}", words) for n, words in enumerate(parts["takes"])]
    found += [_allergy(f"a{n}", words) for n, words in enumerate(parts["allergies"])]
    found += [_problem(f"c{n}", words) for n, words in enumerate(parts["has"])]
    found += [_result(f"o{n}", words) for n, words in enumerate(parts["results"])]
    found += [_result("w", f"weight {kg} kg @30") for kg in weighed]
    genes = [words.partition(" ") for words in parts["genes"]]
    return found + [_gene(f"g{n}", gene, value) for n, (gene, _, value) in enumerate(genes)]


def _medicine(id: str, words: str) -> Resource:
    ago = AGO.search(words)
    words = AGO.sub("", words)
    began = TODAY - timedelta(int(ago[1]) if ago else 400)
    name, _, directions = words.partition(",")
    told = {"dosageInstruction": [{"text": directions.strip()}]} if directions else {}
    when = {"authoredOn": str(TODAY if id == "order" else began)}
    return request(id, name.strip(), **told, **when)


def _allergy(id: str, words: str) -> Resource:
    substance, _, rest = words.partition(":")
    reaction, _, kind = rest.partition(":")
    told = {"type": kind or "allergy", "code": {"text": substance}}
    seen = {"reaction": [{"manifestation": [{"text": reaction}]}]} if reaction else {}
    who = {"patient": {"reference": "Patient/p1"}}
    return {"resourceType": "AllergyIntolerance", "id": id, **who, **told, **seen}


def _problem(id: str, words: str) -> Resource:
    if words in STATES:
        code, value = STATES[words]
        return observation(
            id,
            code,
            valueCodeableConcept=concept(SNOMED, value),
            effectiveDateTime=str(TODAY - timedelta(14)),
        )
    who = {"subject": {"reference": "Patient/p1"}, "code": {"text": words}}
    active = {"coding": [{"code": "active"}]}
    return {"resourceType": "Condition", "id": id, "clinicalStatus": active, **who}


def _result(id: str, words: str) -> Resource:
    told = RESULT.fullmatch(words)
    assert told, words
    name, code = told["name"], _loincs()[told["name"]]
    when = str(TODAY - timedelta(int(told["ago"] or 20)))
    value = amount(float(told["value"]), told["unit"])
    seen = observation(id, code, valueQuantity=value, effectiveDateTime=when)
    return {**seen, "code": concept(LOINC, code, name)}


def _gene(id: str, gene: str, value: str) -> Resource:
    return genotype(id, gene, value)
