"""The alternatives that suit this person: none they react to, none their genes speak against."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.core.advice import Action, Option
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.pgx.guidance import Guidance
from garrod.science.pgx.recommend import outcomes_of

ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UNSUITABLE = (Action.AVOID, Action.PREFER_ALTERNATIVE, Action.STOP)
DOUBT = 0.05  # a chance of unsuitability from which an option is not offered. Source: the design


def codes_of(medicine: Medicine) -> tuple[str, ...]:
    """Return a medicine's codes as "system|code"."""
    atc = tuple(f"{ATC}|{code}" for code in medicine.atc)
    return (*atc, *((f"{RXNORM}|{medicine.rxnorm}",) if medicine.rxnorm else ()))


def options_for(
    guidance: Guidance, medicines: Medicines, person: Person, alternatives: Sequence[str]
) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Return the options to offer, and a sentence for each that was held back."""
    offered, held = [], []
    for code in alternatives:
        if code in guidance.phrases:
            offered.append(Option(guidance.phrases[code].text, "named by the guideline as a group"))
            continue
        medicine = medicines.by_id(code)
        if medicine is None:
            continue
        why_not = _why_not(guidance, medicines, person, medicine)
        if why_not:
            held.append(f"{medicine.name} is not offered: {why_not}")
            continue
        reason = "named by the guideline; no result at hand speaks against it"
        offered.append(Option(medicine.name, reason, codes_of(medicine)))
    return tuple(offered), tuple(held)


def _why_not(guidance: Guidance, medicines: Medicines, person: Person, medicine: Medicine) -> str:
    """Return why a medicine does not suit a person, or nothing."""
    for allergy in person.allergies:
        words = [allergy.text, *(c.display for c in allergy.codings)]
        if any(medicine in medicines.find_all(word) for word in words if word):
            return f"an allergy or intolerance to it is recorded ({allergy.text})"
    findings = {f.gene: f for f in person.findings}
    genes = guidance.genes_of(medicine.drug)
    for population in guidance.populations_of(medicine.drug):
        outcomes = outcomes_of(guidance, medicine.drug, genes, findings, population)
        chance = sum(
            o.probability
            for o in outcomes
            if o.recommendation is not None and o.recommendation.action in UNSUITABLE
        )
        if chance >= DOUBT:
            return "this person's own results speak against it"
    return ""
