"""The alternatives that suit this person: none they react to, none their genes speak against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from garrod.care.decide.context import Setting
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.limits import judged
from garrod.care.decide.naming import named_in
from garrod.care.decide.wording import in_short
from garrod.core.advice import Action, Option
from garrod.core.identifiers import Atc, RxNorm
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.pgx.guidance import Guidance, Recommendation
from garrod.science.pgx.recommend import outcomes_of

NO_ALLERGY = re.compile(r"\s*(?:no (?:known )?|not )(?:\w+ )?allerg", re.IGNORECASE)
UNSUITABLE = (Action.AVOID, Action.PREFER_ALTERNATIVE, Action.STOP)
WITH_CARE = (Action.START_LOWER, Action.START_HIGHER, Action.ADJUST)
UNOPPOSED = "no result at hand speaks against it"
DOUBT = 0.05  # a chance of unsuitability from which an option is not offered. Source: the design


def codes_of(medicine: Medicine) -> tuple[str, ...]:
    """Return a medicine's codes as "system|code"."""
    atc = tuple(f"{Atc.system}|{code}" for code in medicine.atc)
    return (*atc, *((f"{RxNorm.system}|{medicine.rxnorm}",) if medicine.rxnorm else ()))


def advice_id(drug: str, rule: str) -> str:
    """Return the id of advice: the same for the same rule and medicine, nothing of the person."""
    return f"pgx:{drug.replace(' ', '-')}:{rule}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be offered instead: the options, those held back, and what to know of both."""

    options: tuple[Option, ...] = ()
    held: frozenset[str] = frozenset()  # ids of alternatives
    remarks: tuple[str, ...] = ()


def options_for(
    knowledge: Knowledge, setting: Setting, guidance: Guidance, alternatives: Sequence[str]
) -> Choice:
    """Return the alternatives to offer, and a remark for each that is held back or has a limit.

    `guidance` is the one that names them: its words are used for a class.
    """
    medicines, policy = knowledge.medicines, knowledge.policy
    offered: list[Option] = []
    held: list[str] = []
    remarks: list[str] = []
    for code in alternatives:
        if code in guidance.phrases:
            offered.append(Option(guidance.phrases[code].text, "named by the guideline as a group"))
            continue
        medicine = medicines.by_id(code)
        if medicine is None:
            continue
        holding, limits = judged(policy.contraindicated(code), setting)
        forbidden = next((f"it {limit.why}" for limit in holding), "")
        why_not = forbidden or _why_not(knowledge, setting.person, medicine)
        if why_not:
            held.append(code)
            remarks.append(f"{medicine.name} is not offered: {why_not}")
            continue
        care = _care(knowledge, setting.person, medicine)
        remarks += [f"{medicine.name} {limit.why}" for limit in limits]
        remarks += [f"{medicine.name}: {care}"] if care else []
        reason = "; ".join(("named by the guideline", *(c.why for c in limits), care or UNOPPOSED))
        offered.append(Option(medicine.name, reason, codes_of(medicine)))
    return Choice(tuple(offered), frozenset(held), tuple(remarks))


def allergy_to(medicines: Medicines, person: Person, medicine: Medicine) -> str:
    """Return the words of a recorded allergy or intolerance to a medicine, or nothing."""
    for allergy in person.allergies:
        if NO_ALLERGY.match(allergy.text):
            continue
        words = [allergy.text, *(c.display for c in allergy.codings)]
        named = [medicines.by_code(c.system, c.code) for c in allergy.codings]
        named += [m for word in words if word for m in medicines.find_all(word)]
        if medicine in named:
            return allergy.text or medicine.name
    return ""


def _why_not(knowledge: Knowledge, person: Person, medicine: Medicine) -> str:
    """Return why a medicine does not suit a person, or nothing."""
    medicines = knowledge.medicines
    allergy = allergy_to(medicines, person, medicine)
    if allergy:
        return f"an allergy or intolerance to it is recorded ({allergy})"
    if any(medicine in named_in(medicines, line) for line in person.medicines):
        return "it is on the list of medicines already"
    unsuitable = _told(knowledge, person, medicine, UNSUITABLE)
    return "this person's own results speak against it" if unsuitable else ""


def _care(knowledge: Knowledge, person: Person, medicine: Medicine) -> str:
    """Return what a person's own results ask for when a medicine is used, or nothing."""
    told = _told(knowledge, person, medicine, WITH_CARE)
    acts = dict.fromkeys(
        in_short(row) + (f", not above {row.dose_limit}" if row.dose_limit else "") for row in told
    )
    return f"this person's own results ask for {' or '.join(acts)}" if acts else ""


def _told(
    knowledge: Knowledge, person: Person, medicine: Medicine, acts: Sequence[Action]
) -> list[Recommendation]:
    """Return the rows of any source with one of some acts that are likely enough."""
    findings = {f.gene: f for f in person.findings}
    found: list[Recommendation] = []
    for view in knowledge.guidelines.get(medicine.drug, ()):
        genes = view.genes_of(medicine.drug)
        for population in view.populations_of(medicine.drug):
            outcomes = outcomes_of(view, medicine.drug, genes, findings, population)
            told = [o for o in outcomes if o.recommendation and o.recommendation.action in acts]
            if sum(o.probability for o in told) >= DOUBT:
                found += [o.recommendation for o in told if o.recommendation]
    return found
