"""The alternatives that suit this person: none they react to, none their genes speak against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.limits import judged
from garrod.care.decide.meanings import Meanings
from garrod.care.decide.naming import named_in
from garrod.care.decide.setting import Setting
from garrod.care.decide.wording import in_short
from garrod.core.advice import Action, Option
from garrod.core.identifiers import Atc, RxNorm
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import Guidance, Recommendation
from garrod.science.pgx.recommend import meanings_for, outcomes_over
from garrod.science.safety.allergy import clashes

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


NO_CHOICE = Choice()


def options_for(
    knowledge: Knowledge, setting: Setting, guidance: Guidance, alternatives: Sequence[str]
) -> Choice:
    """Return the alternatives to offer, and a remark for each that is held back or has a limit.

    `guidance` is the one that names them: its words are used for a class.
    """
    if not alternatives:
        return NO_CHOICE
    key = ("options", id(guidance.phrases), alternatives)
    return setting.known.once(key, lambda: _choice(knowledge, setting, guidance, alternatives))


def _choice(
    knowledge: Knowledge, setting: Setting, guidance: Guidance, alternatives: Sequence[str]
) -> Choice:
    offered: list[Option] = []
    held: list[str] = []
    remarks: list[str] = []
    for code in alternatives:
        if code in guidance.phrases:
            offered.append(Option(guidance.phrases[code].text, "named by the guideline as a group"))
            continue
        medicine = knowledge.medicines.by_id(code)
        if medicine is None:
            continue
        option, mine = _alternative(knowledge, setting, medicine)
        remarks += mine
        if option is None:
            held.append(code)
        else:
            offered.append(option)
    return Choice(tuple(offered), frozenset(held), tuple(remarks))


def _alternative(
    knowledge: Knowledge, setting: Setting, medicine: Medicine
) -> tuple[Option | None, tuple[str, ...]]:
    """Return a medicine as an option, or None where it does not suit; and remarks on it."""
    key = ("alternative", medicine.drug)
    return setting.known.once(key, lambda: _judged(knowledge, setting, medicine))


def _judged(
    knowledge: Knowledge, setting: Setting, medicine: Medicine
) -> tuple[Option | None, tuple[str, ...]]:
    holding, limits = judged(knowledge.policy.contraindicated(medicine.drug), setting)
    forbidden = next((f"it {limit.why}" for limit in holding), "")
    why_not = forbidden or _why_not(knowledge, setting, medicine)
    if why_not:
        return None, (f"{medicine.name} is not offered: {why_not}",)
    care = _care(knowledge, setting, medicine)
    remarks = [f"{medicine.name} {limit.why}" for limit in limits]
    remarks += [f"{medicine.name}: {care}"] if care else []
    reason = "; ".join(("named by the guideline", *(c.why for c in limits), care or UNOPPOSED))
    return Option(medicine.name, reason, codes_of(medicine)), tuple(remarks)


def allergy_to(knowledge: Knowledge, person: Person, medicine: Medicine) -> str:
    """Return the words of an allergy or intolerance that speaks against a medicine, or nothing."""
    recognised = knowledge.allergens.recognised(person.allergies)
    for clash in clashes(knowledge.allergens, recognised, medicine.drug):
        if clash.is_against:
            return clash.recognised.words or medicine.name
    return ""


def _why_not(knowledge: Knowledge, setting: Setting, medicine: Medicine) -> str:
    """Return why a medicine does not suit a person, or nothing."""
    medicines, person = knowledge.medicines, setting.person
    allergy = allergy_to(knowledge, person, medicine)
    if allergy:
        return f"an allergy or intolerance to it is recorded ({allergy})"
    if any(medicine in named_in(medicines, line) for line in person.medicines):
        return "it is on the list of medicines already"
    unsuitable = _told(knowledge, setting, medicine, UNSUITABLE)
    return "this person's own results speak against it" if unsuitable else ""


def _care(knowledge: Knowledge, setting: Setting, medicine: Medicine) -> str:
    """Return what a person's own results ask for when a medicine is used, or nothing."""
    told = _told(knowledge, setting, medicine, WITH_CARE)
    acts = dict.fromkeys(
        in_short(row) + (f", not above {row.dose_limit}" if row.dose_limit else "") for row in told
    )
    return f"this person's own results ask for {' or '.join(acts)}" if acts else ""


def _told(
    knowledge: Knowledge, setting: Setting, medicine: Medicine, acts: Sequence[Action]
) -> list[Recommendation]:
    """Return the rows of any source with one of some acts that are likely enough."""
    known, memory = setting.known, knowledge.memory
    found: list[Recommendation] = []
    for view in knowledge.guidelines.get(medicine.drug, ()):
        genes = view.genes_of(medicine.drug)
        apart = view.named_genotypes(medicine.drug)
        numbers = known.numbers(memory, [(gene, gene in apart) for gene in genes])
        key = ("told", id(view), medicine.drug, acts, numbers)
        found += memory.once(key, lambda: _told_by(view, medicine.drug, acts, known))  # noqa: B023
    return found


def _told_by(
    view: Guidance, drug: str, acts: Sequence[Action], known: Meanings
) -> tuple[Recommendation, ...]:
    """Return the rows of one guideline with one of some acts, in any population."""
    choices = meanings_for(view, drug, view.genes_of(drug), known)
    found: list[Recommendation] = []
    for population in view.populations_of(drug):
        outcomes = outcomes_over(view, drug, choices, population)
        told = [o for o in outcomes if o.recommendation and o.recommendation.action in acts]
        if sum(o.probability for o in told) >= DOUBT:
            found += [o.recommendation for o in told if o.recommendation]
    return tuple(found)
