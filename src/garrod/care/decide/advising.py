"""Advice from the opinion that leads: what to do, how sure, why, and what other sources say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from garrod.care.decide.chain import cautions_of, chain_of
from garrod.care.decide.context import Setting
from garrod.care.decide.dosing import dosing_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Kind, Opinion, Opinions, is_same
from garrod.care.decide.options import advice_id, codes_of, options_for
from garrod.care.decide.untested import NO_STRENGTH
from garrod.care.decide.wording import Said, opinion_in_short, phrase, summary_of, title_of
from garrod.core.advice import Action, Advice, Because, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.recommend import Outcome


def advice_on(
    knowledge: Knowledge,
    medicine: Medicine,
    setting: Setting,
    lead: Opinion,
    found: Opinions,
) -> Advice:
    """Return the advice of the guideline that leads; the others are named beside it."""
    beside = tuple(o for o in found.heard if o is not lead)
    others = (*beside, *found.second)
    guidance, person = lead.guidance, setting.person
    outcome, row = lead.leading
    is_doubtful = outcome is not lead.top
    keys = {s.gene: s.keys for s in outcome.shares}
    tested = [f for s in outcome.shares if s.is_tested and (f := person.finding(s.gene))]
    open_ones = tested if len(lead.outcomes) > 1 else []
    choice = options_for(knowledge, setting, guidance, row.alternatives)
    question = lead.context.question if not lead.is_settled else ""
    unlike = [o for o in lead.likely if o is not outcome]
    differing = [o for o in others if o.kind is Kind.CHANGE and not is_same(o.leading[1], row)]
    differing += [o for o in others if o.kind is Kind.USUAL]
    dosing = dosing_of(knowledge.doses, medicine, setting, row.dose_factor)
    said = Said(guidance, knowledge.medicines, choice.held, choice.remarks)
    summary = summary_of(said, outcome, question=question, others=unlike, is_doubtful=is_doubtful)
    cautious = [f for f in tested if f.status is not Status.CALLED or f in open_ones]
    advice = Advice(
        id=advice_id(medicine.drug, row.id),
        action=row.action,
        target=Target(medicine.name, codes_of(medicine)),
        tier=knowledge.policy.tier_of(
            medicine.drug, row.action, row.strength, keys, implication=row.implication
        ),
        strength=row.strength,
        title=title_of(row.action, medicine, outcome.shares),
        summary=" ".join(
            (summary, *dosing.sentences, *(opinion_in_short(knowledge, o) for o in differing))
        ),
        because=(
            *chain_of(guidance, person, medicine, outcome, question),
            *dosing.because,
            *(_because_of(knowledge, o, is_other=o in differing) for o in others),
            *cautions_of(cautious),
        ),
        evidence=tuple(dict.fromkeys((*_evidence((lead, *others)), *dosing.evidence))),
        packs=packs_of(knowledge, person, tuple(keys), (lead, *others)),
        options=choice.options,
        dose_factor=row.dose_factor or None,
        monitoring=tuple(phrase(guidance, m) or m for m in row.monitoring),
        population=row.population,
        p_recommendation=round(min(1.0, outcome.probability), 4),
        stable=_is_stable((lead, *beside), person),
        next_position=next((n for f in open_ones if (n := _next_of(f))), ""),
    )
    return _as_test(knowledge, medicine, outcome, advice) if is_doubtful else advice


def _because_of(knowledge: Knowledge, opinion: Opinion, *, is_other: bool) -> Because:
    """Return the hop that names another source's answer."""
    agrees = "" if is_other else " (the same)"
    text = opinion_in_short(knowledge, opinion).rstrip(".")
    return Because("other-guidance", f"{text}{agrees}", opinion.leading[1].id)


def _evidence(opinions: Iterable[Opinion]) -> tuple[Evidence, ...]:
    """Return the citations of every source that is shown, the leading one's first."""
    cited = (e for o in opinions for e in o.guidance.evidence_of(o.leading[1]))
    return tuple(dict.fromkeys(cited))


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


def _is_stable(heard: Sequence[Opinion], person: Person) -> bool:
    """Return whether every candidate, and every population that may apply, gives this advice.

    A gene that is ambiguous for a reason outside its candidates (copies not counted, an
    undocumented base) leaves possibilities that are not listed: not stable. An opinion heard on
    other genes may take the lead under another candidate, so it has to be settled too.
    """
    for opinion in heard:
        findings = (person.finding(gene) for gene in opinion.tested)
        has_unlisted = any(f is not None and f.is_open_elsewhere for f in findings)
        if len(opinion.outcomes) > 1 or not opinion.is_settled or has_unlisted:
            return False
    return True


def packs_of(
    knowledge: Knowledge, person: Person, genes: Sequence[str], opinions: Iterable[Opinion]
) -> tuple[str, ...]:
    """Return every pack that an answer rests on, as "name@version"."""
    found = {*knowledge.references, *(o.guidance.reference for o in opinions)}
    for gene in genes:
        finding = person.finding(gene)
        found.update(finding.packs if finding else ())
    return tuple(sorted(found))
