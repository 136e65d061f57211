"""A small shelf of safety knowledge for tests, and people to ask about. All people are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from garrod.core.evidence import Evidence
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Condition, Person, Result
from garrod.core.quantity import Quantity
from garrod.knowledge.clinical import Clinical, load_clinical
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.pack import Manifest, Pack, Row
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.atoms_line import ATOMS
from garrod.science.safety.language import Asked, compiled
from garrod.science.safety.rules import Rules, load_rules
from garrod.science.safety.subject import Subject, subject_of
from garrod.science.safety.truth import Answer

TODAY = date(2026, 6, 1)
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RULE_COLUMNS = (
    *("rule", "adviser", "subject", "with", "when", "scope", "group", "rank", "ask", "action"),
    *("severity", "tier", "effect", "manage", "monitoring", "dose_factor", "alternatives"),
    "evidence",
)
OWN = Evidence("made for a test", "1", "", "", "", "", "")
TERMS: dict[str, Sequence[Row]] = {
    "term_conditions": [
        {
            **{"condition": "heart_failure", "name": "heart failure", "lasting": "yes"},
            **{"words": "heart failure|cardiac failure", "snomed": "84114007", "icd10": "I50"},
        },
        {
            **{"condition": "gi_bleed", "name": "gastrointestinal bleeding", "lasting": "no"},
            **{"words": "gi bleed|bleeding ulcer", "snomed": "74474003", "icd10": "K92.2"},
        },
    ],
    "term_measures": [
        {
            **{"measure": "creatinine", "name": "creatinine", "loinc": "14682-9", "snomed": ""},
            **{"words": "serum creatinine", "unit": "umol/L", "low": "10", "high": "2000"},
            "lasts_days": "365",
        },
        {
            **{
                "measure": "egfr",
                "name": "eGFR",
                "loinc": "33914-3",
                "snomed": "",
                "words": "egfr",
            },
            **{"unit": "mL/min/{1.73_m2}", "low": "1", "high": "200", "lasts_days": "365"},
        },
        {
            **{"measure": "weight", "name": "weight", "loinc": "29463-7", "snomed": ""},
            **{"words": "body weight", "unit": "kg", "low": "1", "high": "400"},
            "lasts_days": "365",
        },
        {
            **{"measure": "potassium", "name": "potassium", "loinc": "2823-3", "snomed": ""},
            **{"words": "potassium", "unit": "mmol/L", "low": "1", "high": "12"},
            "lasts_days": "90",
        },
        {
            **{"measure": "hba1c", "name": "HbA1c", "loinc": "59261-8", "snomed": "", "words": ""},
            **{"unit": "mmol/mol", "low": "10", "high": "200", "lasts_days": "365"},
        },
    ],
    "term_units": [{"measure": "creatinine", "unit": "mg/dL", "factor": "88.4"}],
    "drug_sets": [{"set": "nsaid", "name": "NSAIDs"}, {"set": "ppi", "name": "PPIs"}],
    "drug_set_members": [
        {"set": "nsaid", "drug": "ibuprofen"},
        {"set": "nsaid", "drug": "naproxen"},
        {"set": "ppi", "drug": "omeprazole"},
    ],
}


def pack(name: str, tables: Mapping[str, Sequence[Row]]) -> Pack:
    """Return a pack of rows, its evidence one citation called own."""
    manifest = Manifest(name, "1", name, "CC0-1.0", "2026-06-01", "", "", (), {})
    return Pack(manifest, {k: tuple(v) for k, v in tables.items()}, {"own": OWN})


def rule(**cells: str) -> Row:
    """Return a row of safety_rules, what is not given blank or as a mild rule has it."""
    mild = {"rule": "r", "adviser": "test", "scope": "both", "severity": "moderate", "tier": "T3"}
    given = {**mild, "action": "monitor", "effect": "harm", "evidence": "own", **cells}
    return {column: given.get(column, given.get(column + "_", "")) for column in RULE_COLUMNS}


def clinical() -> Clinical:
    """Return the small terms."""
    return load_clinical(Shelf([pack("terms", TERMS)]))


def rules(*rows: Row, pairs: Sequence[Row] = (), phrases: Sequence[str] = ()) -> Rules:
    """Return rules of a pack with these rows."""
    words = [{"code": c, "text": f"words of {c}"} for c in ("harm", *phrases)]
    tables: dict[str, Sequence[Row]] = {"safety_rules": rows, "phrases": words}
    if pairs:
        tables["pairs"] = pairs
    return load_rules(Shelf([pack("terms", TERMS), pack("ruled", tables)]), clinical())


def person(**fields: Any) -> Person:
    """Return a person of 70 with nothing on record but what is given."""
    return Person(
        **{"reference": "Patient/x", "sex": "female", "birth_date": date(1956, 1, 1), **fields}
    )


def medicine(drug: str) -> Medicine:
    """Return an ingredient without codes."""
    return Medicine(drug, drug, (), (), "", "", "own")


def line(drug: str, **fields: Any) -> MedicineLine:
    """Return a line of one ingredient."""
    return MedicineLine(drug, reference=f"MedicationRequest/{drug}", **fields)


def result(
    code: str, value: str, unit: str, *, seen: date | None = date(2026, 5, 1), **more: Any
) -> Result:
    """Return a laboratory result by LOINC code."""
    return Result(
        code, (Coding(LOINC, code),), Quantity(Decimal(value), unit), seen=seen,
        reference=f"Observation/{code}", **more,
    )  # fmt: skip


def condition(code: str, *, words: str = "", system: str = SNOMED, **fields: Any) -> Condition:
    """Return a condition by its code, or by its words alone."""
    coding = Coding("", "", words) if words else Coding(system, code)
    return Condition(words or code, (coding,), **fields)


def subject(
    who: Person | None = None,
    *,
    taken: Sequence[MedicineLine] = (),
    proposed: Sequence[MedicineLine] = (),
    past: Sequence[MedicineLine] = (),
    local: Sequence[MedicineLine] = (),
) -> Subject:
    """Return a person as rules ask; each line names one ingredient, by its text."""
    return subject_of(
        who or person(),
        [(x, (medicine(x.text),)) for x in taken],
        clinical(),
        today=TODAY,
        proposed=[(x, (medicine(x.text),)) for x in proposed],
        past=[(x, (medicine(x.text),)) for x in past],
        local=local,
    )


def answer(
    text: str, who: Subject, *, about: int | None = None, other: int | None = None
) -> Answer:
    """Return what an expression answers, about the nth line that is taken."""
    check = compiled(text, "r", who.clinical, ATOMS)
    lines = [None if n is None else who.taken[n] for n in (about, other)]
    return check(Asked(who, *lines))
