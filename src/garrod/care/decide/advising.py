"""Advice from the opinion that leads: what to do, how sure, why, and what other sources say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from garrod.care.decide.chain import cautions_of, steps_of
from garrod.care.decide.converted import fades_in_short
from garrod.care.decide.dosing import Dosing, dosing_of
from garrod.care.decide.drafting import Beside, Draft, beside_of, draft_of, summary_by
from garrod.care.decide.exposing import exposure_steps
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Opinion, Opinions
from garrod.care.decide.options import Choice, options_for
from garrod.care.decide.setting import Setting
from garrod.care.decide.untested import NO_STRENGTH
from garrod.care.decide.wording import title_of
from garrod.core.advice import Action, Advice, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import Recommendation
from garrod.science.pgx.recommend import Outcome

# Evidence of a conversion that no source but our own policy stands behind. Source: policy packs
OWN = frozenset(("own",))
# Acts whose factor is a dose to give; beside another medicine it is for a use that may not be this.
DOSED = (Action.START_LOWER, Action.START_HIGHER, Action.ADJUST)


def advice_on(
    knowledge: Knowledge,
    medicine: Medicine,
    setting: Setting,
    lead: Opinion,
    found: Opinions,
) -> Advice:
    """Return the advice of the guideline that leads; the others are named beside it."""
    draft, known = draft_of(knowledge, medicine, lead, found), setting.known
    outcome, row = lead.leading
    findings = [(s, f) for s in outcome.shares if (f := known.findings.get(s.gene))]
    tested = [f for s, f in findings if s.is_tested]
    open_ones = tested if len(lead.outcomes) > 1 else []
    choice = options_for(knowledge, setting, lead.guidance, row.alternatives)
    beside = _beside(knowledge, setting, draft)
    dosing = _dosing(knowledge, medicine, setting, row)
    advice = replace(
        draft.advice,
        tier=_tier(knowledge, medicine, draft, setting),
        summary=" ".join(
            (_summary(knowledge, draft, choice, dosing, beside), *fades_in_short(tested))
        ),
        because=(
            *draft.advice.because,
            *steps_of(known, outcome.shares),
            *exposure_steps(medicine.name, setting.estimate, _clearance(knowledge)),
            *dosing.because,
            *(other.because for other in beside),
            *cautions_of([f for f in tested if f.status is not Status.CALLED or f in open_ones]),
        ),
        evidence=_with(draft.advice.evidence, dosing.evidence),
        packs=_packs(
            knowledge, draft, [f for _, f in findings], _more_packs(knowledge, setting, dosing)
        ),
        options=choice.options,
        stable=draft.advice.stable and _is_listed(draft, setting),
        next_position=next((n for f in open_ones if (n := _next_of(f))), ""),
    )
    return advice if outcome is lead.top else _as_test(knowledge, medicine, outcome, advice)


def _dosing(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, row: Recommendation
) -> Dosing:
    factor = row.dose_factor if row.action in DOSED else ""
    return dosing_of(knowledge.doses, medicine, setting, factor)


def _summary(
    knowledge: Knowledge, draft: Draft, choice: Choice, dosing: Dosing, beside: Sequence[Beside]
) -> str:
    """Return a few sentences: what to do and why, how much, and where other sources differ."""
    first = draft.advice.summary
    if choice.held or choice.remarks:
        first = summary_by(knowledge, draft.lead, choice.held, choice.remarks)
    differing = (other.text for other in beside if not other.is_alike)
    return " ".join((first, *dosing.sentences, *differing))


def _tier(knowledge: Knowledge, medicine: Medicine, draft: Draft, setting: Setting) -> Tier:
    """Return how loudly to speak; never loudly of what a gene behaves as by our policy alone."""
    outcome, _ = draft.lead.leading
    tier = draft.advice.tier
    uses = knowledge.policy.quiet_for(medicine.drug, setting.indications)
    if uses is not None:
        tier = max(tier, uses, key=lambda t: t.value)
    converted = [setting.known.findings.get(s.gene) for s in outcome.shares if s.is_converted]
    if not any(f and f.conversion and set(f.conversion.evidence) <= OWN for f in converted):
        return tier
    return max(tier, knowledge.policy.behaving_tier, key=lambda t: t.value)


def _beside(knowledge: Knowledge, setting: Setting, draft: Draft) -> list[Beside]:
    """Return what other guidelines say, without the alternatives that are held back."""
    found = []
    for other in draft.beside:
        guidance, (_, row) = other.opinion.guidance, other.opinion.leading
        held = options_for(knowledge, setting, guidance, row.alternatives).held
        if held:
            other = beside_of(knowledge, other.opinion, is_alike=other.is_alike, held=held)
        found.append(other)
    return found


def _with(first: tuple[Evidence, ...], more: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys((*first, *more))) if more else first


def _next_of(finding: GeneFinding) -> str:
    """Return the position to read next; the only one that was not read, where there is one."""
    return finding.next_position or (finding.missing[0] if len(finding.missing) == 1 else "")


def _as_test(knowledge: Knowledge, medicine: Medicine, lead: Outcome, advice: Advice) -> Advice:
    """Return advice on a less likely result as what it is: a reason to test, not yet to act."""
    is_grave = advice.tier is Tier.T1 or knowledge.is_tested_before(medicine.drug)
    action = Action.TEST_FIRST if is_grave else Action.CONSIDER_TEST
    return replace(
        advice,
        action=action,
        tier=knowledge.policy.tier_of(medicine.drug, action, NO_STRENGTH, {}),
        strength=NO_STRENGTH,
        title=title_of(action, medicine, lead.shares, is_doubtful=True),
        dose_factor=None,
    )


def _is_listed(draft: Draft, setting: Setting) -> bool:
    """Return whether all that is possible is among the candidates.

    A gene that is ambiguous for a reason outside them (copies not counted, an undocumented base)
    leaves possibilities that are not listed: what rests on it is not stable.
    """
    findings = setting.known.findings
    return not any(gene in findings and findings[gene].is_open_elsewhere for gene in draft.resting)


def _packs(
    knowledge: Knowledge, draft: Draft, findings: Sequence[GeneFinding], more: tuple[str, ...]
) -> tuple[str, ...]:
    own = dict.fromkeys(f.packs for f in findings)
    key = ("packs", draft.advice.packs, *own, more)
    packs = (draft.advice.packs, *own, more)
    return knowledge.memory.once(key, lambda: tuple(sorted({p for some in packs for p in some})))


def _clearance(knowledge: Knowledge) -> str:
    return knowledge.conversions.clearance.reference


def _more_packs(knowledge: Knowledge, setting: Setting, dosing: Dosing) -> tuple[str, ...]:
    """Return the packs of what stands beside the advice: a dose, an estimate of exposure."""
    dose = (knowledge.doses.reference,) if dosing.because else ()
    return (*dose, _clearance(knowledge)) if setting.estimate is not None else dose


def packs_of(
    knowledge: Knowledge, person: Person, genes: Sequence[str], opinions: Iterable[Opinion]
) -> tuple[str, ...]:
    """Return every pack that an answer rests on, as "name@version"."""
    found = {*knowledge.references}
    for opinion in opinions:
        found.update(opinion.guidance.reference.split("+"))
    for gene in genes:
        finding = person.finding(gene)
        found.update(finding.packs if finding else ())
    return tuple(sorted(found))
