"""The pharmacogenomic adviser: one medicine of one person against guidance.

medicine -> opinions of its guidelines -> one answer: advice, clear, or why it cannot be told
Where several answers stay possible, the most cautious leads and the others are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from garrod.care.decide.advising import advice_on, packs_of
from garrod.care.decide.context import unspoken_of
from garrod.care.decide.converted import fades_in_short
from garrod.care.decide.dosing import dosing_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.opinions import (
    Kind,
    Opinion,
    Opinions,
    is_same,
    opinions_on,
)
from garrod.care.decide.options import codes_of
from garrod.care.decide.setting import Setting
from garrod.care.decide.untested import gap_of, offer_of, untested
from garrod.care.decide.wording import behaviour_of, opinion_in_short, phrase, sentence
from garrod.care.decide.words import percent
from garrod.core.advice import Advice, NotAssessed, Target
from garrod.core.finding import Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import UNTOLD
from garrod.science.pgx.recommend import KeyShare, Outcome

CERTAIN = 0.9995  # Not clinical: what is shown as 100 %


def advice_ahead(
    knowledge: Knowledge,
    medicine: Medicine,
    setting: Setting,
) -> Advice | None:
    """Return the advice on a medicine that is not taken yet; None where the usual dose holds."""
    found = opinions_on(knowledge, medicine.drug, setting)
    return _changed(knowledge, medicine, setting, found)


def assess(
    knowledge: Knowledge,
    medicine: Medicine,
    setting: Setting,
) -> Decision:
    """Return what guidance says about one medicine for this person."""
    target = Target(medicine.name, codes_of(medicine))
    if medicine.drug not in knowledge.guidelines:
        reason = "no gene–drug guidance is on the shelf for this medicine"
        return Decision(not_assessed=(NotAssessed(target, "genes", reason, "no-guidance"),))
    found = opinions_on(knowledge, medicine.drug, setting)
    if not found.heard:
        return _mute(knowledge, medicine, target, setting, found.mute)
    gaps = _gaps(medicine.drug, target, setting.person, found)
    return _heard(knowledge, medicine, target, setting, found).joined(Decision(not_assessed=gaps))


def _mute(
    knowledge: Knowledge,
    medicine: Medicine,
    target: Target,
    setting: Setting,
    mute: Sequence[Opinion],
) -> Decision:
    """Return why no guideline answers: the results are missing, silent or for others."""
    told = next((o for o in mute if o.kind is not Kind.UNTESTED), None)
    if told is None:
        return _with_dose(
            knowledge, medicine, setting, untested(knowledge, medicine, target, setting=setting)
        )
    if told.kind is Kind.SILENT:
        return _unanswered(knowledge, medicine, target, setting, told.top)
    reason = unspoken_of(told.guidance, medicine.drug, setting.person)
    return Decision(not_assessed=(NotAssessed(target, "age", reason, "no-guidance"),))


def _with_dose(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, found: Decision
) -> Decision:
    """Return the answer to a person without results, with the dose that needs none."""
    sentences = dosing_of(knowledge.doses, medicine, setting, "").sentences
    if not sentences or not found.not_assessed:
        return found
    first, *rest = found.not_assessed
    reason = f"{first.reason}. {' '.join(sentences)}".rstrip(".")
    return replace(found, not_assessed=(replace(first, reason=reason), *rest))


def _gaps(drug: str, target: Target, person: Person, found: Opinions) -> tuple[NotAssessed, ...]:
    """Return the genes of the guidance that have no result; never read as normal."""
    return tuple(gap_of(target, person, gene) for gene in _missing(drug, found))


def _missing(drug: str, found: Opinions) -> tuple[str, ...]:
    """Return the deciding genes of a medicine that no answer rests on."""
    missing = [
        (opinion.guidance, share.gene)
        for opinion in found.heard
        for share in opinion.leading[0].shares
        if not share.is_tested
    ]
    missing += [
        (opinion.guidance, gene)
        for opinion in found.mute
        if opinion.kind is Kind.UNTESTED
        for gene in opinion.genes
    ]
    covered = {gene for opinion in found.heard for gene in opinion.tested}
    genes = dict.fromkeys(
        gene
        for guidance, gene in missing
        if gene not in covered and guidance.role_of(drug, gene) != "modifies"
    )
    return tuple(genes)


def _heard(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, found: Opinions
) -> Decision:
    """Return one answer: the most cautious change of course, or that the usual dose holds."""
    advice = _changed(knowledge, medicine, setting, found)
    if advice is not None:
        return Decision(advice=(advice,))
    missing = [
        gene for gene in _missing(medicine.drug, found) if gene in _offered(knowledge, medicine)
    ]
    if not missing:
        return _usual(knowledge, medicine, target, setting, found)
    offer = offer_of(knowledge, medicine, target, missing, setting=setting)
    return Decision(advice=(offer,) if offer else ())


def _offered(knowledge: Knowledge, medicine: Medicine) -> tuple[str, ...]:
    """Return the genes whose test the nation offers: without them nothing is clear."""
    drug = medicine.drug
    return tuple(g for g in knowledge.genes_of(drug) if knowledge.policy.test_of(drug, g))


def _changed(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, found: Opinions
) -> Advice | None:
    """Return advice by the guideline that asks for most caution; None where none asks for any."""
    if found.lead is None:
        return None
    return advice_on(knowledge, medicine, setting, found.lead, found)


def _unanswered(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, top: Outcome
) -> Decision:
    """Return that the guideline gives no recommendation, and the offer of a test that would."""
    tested = [s for s in top.shares if s.is_tested]
    reason = f"the guideline gives no recommendation for {_results(tested) or 'this result'}"
    findings = (setting.person.finding(share.gene) for share in tested)
    reasons = dict.fromkeys((reason, *(r for f in findings if f for r in f.reasons)))
    genes = ", ".join(share.gene for share in tested)
    if any(share.gene in _offered(knowledge, medicine) for share in tested):
        reasons["read the product information before giving it"] = None
    gap = NotAssessed(target, genes, "; ".join(reasons), "no-recommendation")
    unread = [share.gene for share in tested if share.phenotype in UNTOLD]
    offer = offer_of(knowledge, medicine, target, unread, setting=setting)
    return Decision(advice=(offer,) if offer else (), not_assessed=(gap,))


def _usual(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, found: Opinions
) -> Decision:
    """Return that the usual dose holds, what leaves that open, and which source differs."""
    person = setting.person
    genes: dict[str, None] = {}
    reasons: list[str] = []
    doubts: list[NotAssessed] = []
    for opinion in found.heard:
        top, row = opinion.leading
        tested = [s for s in top.shares if s.is_tested]
        genes.update(dict.fromkeys(share.gene for share in tested))
        words = [phrase(opinion.guidance, code) for code in (row.implication, *row.notes)]
        said = (f"{_results(tested)}: usual dosing", *words)
        reasons.append(" ".join(sentence(w) for w in said if w))
        doubts += _doubts(target, person, tuple(s.gene for s in tested), top.probability)
        if not opinion.is_settled and opinion.context.question:
            doubts.append(NotAssessed(target, "context", opinion.context.question))
    reasons += fades_in_short(person.finding(gene) for gene in genes)
    reasons += dosing_of(knowledge.doses, medicine, setting, "").sentences
    reasons += [
        opinion_in_short(knowledge, other)
        for other in found.second
        if not is_same(other.leading[1], found.heard[0].leading[1])
    ]
    packs = packs_of(knowledge, person, tuple(genes), (*found.heard, *found.second))
    clear = Clear(target, tuple(genes), " ".join(dict.fromkeys(reasons)), packs)
    return Decision(clear=(clear,), not_assessed=tuple(dict.fromkeys(doubts)))


def _results(shares: Sequence[KeyShare]) -> str:
    return ", ".join(f"{share.gene} {behaviour_of(share)}" for share in shares)


def _doubts(
    target: Target, person: Person, genes: Sequence[str], probability: float
) -> tuple[NotAssessed, ...]:
    """Return what a usual-dose answer leaves open: copies, undocumented bases, positions unread."""
    gaps = []
    for finding in filter(None, (person.finding(gene) for gene in genes)):
        reasons, code = finding.reasons, finding.status.value
        if finding.missing and probability < CERTAIN:
            reasons = (*reasons, f"another answer stays possible ({percent(1 - probability)})")
            code = Status.NOT_ASSESSED.value
        elif not finding.is_open_elsewhere:
            continue
        gaps.append(NotAssessed(target, finding.gene, "; ".join(reasons), code))
    return tuple(gaps)
