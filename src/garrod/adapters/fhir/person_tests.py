"""What was measured of a person, and what was asked for and is awaited.

Observation -> Result (a number with a unit, or why there is none) · what was asked for, or is under
way, and has no result yet -> Requested, with the genes that a test names
Source: HL7 FHIR R4 (4.0.1), Observation, ServiceRequest and DiagnosticReport.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.dates import day_in, when
from garrod.adapters.fhir.genomics_codes import GENOTYPE, METABOLISM, SYMBOL_OF
from garrod.adapters.fhir.genomics_reports import ENZYMES
from garrod.adapters.fhir.genomics_value import gene_of
from garrod.adapters.fhir.json import (
    Resource,
    codings,
    decimal_of,
    has_code,
    many,
    meanings,
    one,
    text,
    words_of,
)
from garrod.adapters.fhir.units import ucum_of
from garrod.core.errors import UnitError
from garrod.core.medicine import Coding
from garrod.core.person import ANY_GENE, Requested, Result
from garrod.core.quantity import Quantity

SETTLED = ("final", "amended", "corrected", "")
AWAITED = ("registered", "partial", "preliminary")  # of reports and observations
OPEN = ("active", "on-hold", "")  # of requests
CATEGORY, GENETICS = "http://terminology.hl7.org/CodeSystem/v2-0074", "GE"  # of tests
PROPOSED = ("proposal", "plan", "option")  # intents of what nobody has asked for yet
_SAID = re.compile(r"\s*(<=|>=|<|>)?\s*(\d+(?:\.\d+)?)\s*([^\s\d].*)?")
# Words of a test that reads many genes and names none.
_PANEL = re.compile(r"\bpharmacogen(?:etic|omic)s?\b|\bPGx\b", re.IGNORECASE)
_GENES = re.compile(
    r"\b(?:CYP(?:1A2|2A6|2B6|2C8|2C9|2C19|2D6|3A4|3A5|4F2)|"
    + "|".join(re.escape(gene) for gene in sorted(SYMBOL_OF.values()) if len(gene) > 2)
    + r"|F5(?=\b))(?![\w])",
    re.IGNORECASE,
)
_GENETIC = re.compile(r"\b(?:genes?\b|genetic|genom|genotyp|exome|haplotyp|HLA\b)", re.IGNORECASE)
# Enzymes and factors as tests name them, and the gene of each. Source: HGNC gene names.
_NAMED = {
    **ENZYMES,
    "glucose-6-phosphate dehydrogenase": "G6PD",
    "glucose 6 phosphate dehydrogenase": "G6PD",
    "factor v leiden": "F5",
}


def results_of(own: Own) -> Iterator[Result]:
    """Yield every measured value of a person that stands, those of components too."""
    for resource in own.of("Observation"):
        if text(resource, "status") in SETTLED:
            for part in (resource, *many(resource, "component")):
                result = _result(part, resource)
                if result is not None:
                    yield result


def _result(part: Resource, holder: Resource) -> Result | None:
    """Return the value of an observation or of a component; None where it has none to measure."""
    amount, comparator, why = _amount(part)
    if amount is None and (not why or (part is not holder and "valueString" in part)):
        return None
    concept = one(part, "code")
    return Result(
        words_of(concept),
        codings(concept),
        amount,
        comparator,
        day_in(when(holder)),
        f"Observation/{text(holder, 'id')}",
        why,
    )


def _amount(part: Resource) -> tuple[Quantity | None, str, str]:
    """Return the amount, its comparator, and why there is none though one was expected."""
    if "valueQuantity" in part:
        value = one(part, "valueQuantity")
        comparator = text(value, "comparator")
        if comparator not in ("", "<", "<=", ">", ">="):
            return None, "", f"its comparator {comparator!r} is not known"
        amount, why = _quantity(decimal_of(value.get("value")), ucum_of(value))
        return amount, comparator if amount else "", why
    if "valueInteger" in part:
        amount, why = _quantity(decimal_of(part["valueInteger"]), "1")
        return amount, "", why
    if text(part, "valueString"):
        return _said(text(part, "valueString"))
    if "dataAbsentReason" in part:
        reason = words_of(one(part, "dataAbsentReason"))
        reason = reason or next((c.code for c in codings(one(part, "dataAbsentReason"))), "")
        return None, "", f"no value was obtained ({reason or 'no reason given'})"
    return None, "", ""


def _said(words: str) -> tuple[Quantity | None, str, str]:
    """Return an amount that is given in words (">90 mL/min"), or that they are no number."""
    found = _SAID.fullmatch(words)
    if found is None:
        return None, "", "it is given in words, not as a number"
    sign, number, unit = found.groups()
    amount, why = _quantity(decimal_of(number), ucum_of({"unit": (unit or "").strip()}))
    return amount, (sign or "") if amount else "", why


def _quantity(value: Decimal | None, ucum: str) -> tuple[Quantity | None, str]:
    if value is None:
        return None, "it has no number"
    try:
        return Quantity(value, ucum), ""
    except UnitError:
        return None, f"its unit {ucum!r} is not known"


def requested_of(own: Own) -> tuple[Requested, ...]:
    """Return the tests that were asked for, or are under way, and have no result yet."""
    answers = [*own.of("DiagnosticReport", "Observation")]
    settled = [r for r in answers if text(r, "status") in (*SETTLED, "appended")]
    answered = {name for r in settled for name in _asked_by(r)}
    found: dict[str, Requested] = {}
    for resource in own.of("ServiceRequest"):
        name = f"ServiceRequest/{text(resource, 'id')}"
        if _is_asked(resource) and name not in answered:
            asked = _requested(resource, day_in(text(resource, "authoredOn")))
            if not _has_answer(asked, settled):
                found[name] = asked
    for resource in answers:
        is_listed = any(name in found for name in _asked_by(resource))
        if text(resource, "status") in AWAITED and not is_listed and _is_test(resource):
            asked = _requested(resource, day_in(when(resource)))
            found[asked.reference] = asked
    return tuple(found.values())


def _is_asked(resource: Resource) -> bool:
    is_open = text(resource, "status") in OPEN and text(resource, "intent") not in PROPOSED
    return is_open and resource.get("doNotPerform") is not True


def _is_test(resource: Resource) -> bool:
    """Return whether something awaited is worth naming: a report, or a result about a gene."""
    is_report = text(resource, "resourceType") == "DiagnosticReport"
    return is_report or bool(words_of(one(resource, "code")) or gene_of(resource))


def _asked_by(resource: Resource) -> Iterator[str]:
    for pointer in many(resource, "basedOn"):
        plain = text(pointer, "reference").partition("/_history/")[0]
        yield "/".join(plain.split("/")[-2:])


def _has_answer(asked: Requested, settled: Iterable[Resource]) -> bool:
    """Return whether a result of the same code came on the day of a request, or later."""
    codes = {(c.system, c.code) for c in asked.codings if c.code}
    for resource in settled:
        day = day_in(when(resource))
        is_later = asked.asked is not None and day is not None and day >= asked.asked
        if is_later and codes & {(c.system, c.code) for c in codings(one(resource, "code"))}:
            return True
    return False


def _requested(resource: Resource, asked: date | None) -> Requested:
    concepts = [one(resource, "code"), *many(resource, "orderDetail")]
    found = tuple(dict.fromkeys(c for concept in concepts for c in meanings(concept)))
    gene = gene_of(resource)
    said = (words_of(concepts[0]), *(c.display for c in found))
    is_genetic = bool(gene) or has_code(concepts[0], GENOTYPE, METABOLISM)
    return Requested(
        words_of(concepts[0]) or gene,
        found,
        asked,
        f"{text(resource, 'resourceType')}/{text(resource, 'id')}",
        (gene,) if gene else genes_in(said, found) or ((ANY_GENE,) if is_genetic else ()),
    )


def is_genetic(request: Resource) -> bool:
    """Return whether a request asks for a gene: by name, in words, or by its category.

    Source: HL7 v2 table 0074 (GE, genetics), http://terminology.hl7.org/CodeSystem/v2-0074
    """
    is_so_called = any(has_code(c, GENETICS) for c in many(request, "category"))
    said = [words_of(c) for c in (one(request, "code"), *many(request, "orderDetail"))]
    is_said = any(genes_in((words,)) or _GENETIC.search(words) for words in said)
    return is_so_called or is_said or bool(_requested(request, None).genes)


def genes_in(said: Iterable[str], coded: Iterable[Coding] = ()) -> tuple[str, ...]:
    """Return the genes that a test's words and codes name; ANY_GENE for a panel that names none."""
    words = " ".join(dict.fromkeys(said))
    found = {gene.upper() for gene in _GENES.findall(words)}
    found |= {gene for name, gene in _NAMED.items() if name in words.casefold()}
    found |= {SYMBOL_OF[c.code] for c in coded if c.code in SYMBOL_OF}
    if not found and _PANEL.search(words):
        return (ANY_GENE,)
    return tuple(sorted(found))
