"""Advice from the opinion that leads: what to do, how sure, why, and what other sources say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from garrod.care.decide.chain import cautions_of, chain_of
from garrod.care.decide.context import Setting
from garrod.care.decide.dosing import Dosing, dosing_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Kind, Opinion, Opinions, is_same
from garrod.care.decide.options import Choice, advice_id, codes_of, options_for
from garrod.care.decide.untested import NO_STRENGTH
from garrod.care.decide.wording import Said, opinion_in_short, phrase, summary_of, title_of
from garrod.core.advice import Action, Advice, Because, Target, Tier
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
_Other = tuple[str, bool, str]  # what another source says, whether it is the same, its row


def advice_on(
    knowledge: Knowledge,
    medicine: Medicine,
    setting: Setting,
    lead: Opinion,
    found: Opinions,
) -> Advice:
    """Return the advice of the guideline that leads; the others are named beside it."""
    others = (*(o for o in found.heard if o is not lead), *found.second)
    guidance, person = lead.guidance, setting.person
    outcome, row = lead.leading
    tested = [f for s in outcome.shares if s.is_tested and (f := person.finding(s.gene))]
    open_ones = tested if len(lead.outcomes) > 1 else []
    choice = options_for(knowledge, setting, guidance, row.alternatives)
    beside = _beside(knowledge, setting, row, others)
    dosing = _dosing(knowledge, medicine, setting, row)
    advice = Advice(
        id=advice_id(medicine.drug, row.id),
        action=row.action,
        target=Target(medicine.name, codes_of(medicine)),
        tier=_tier(knowledge, medicine, lead, setting),
        strength=row.strength,
        title=title_of(row.action, medicine, outcome.shares),
        summary=_summary(knowledge, lead, choice, dosing, beside),
        because=(
            *chain_of(guidance, person, medicine, outcome, _question(lead)),
            *dosing.because,
            *(_because_of(*other) for other in beside),
            *cautions_of([f for f in tested if f.status is not Status.CALLED or f in open_ones]),
        ),
        evidence=tuple(dict.fromkeys((*_evidence((lead, *others)), *dosing.evidence))),
        packs=_packs(knowledge, person, lead, others, dosing),
        options=choice.options,
        dose_factor=row.dose_factor or None,
        monitoring=tuple(phrase(guidance, m) or m for m in row.monitoring),
        population=row.population,
        p_recommendation=round(min(1.0, outcome.probability), 4),
        stable=_is_stable(medicine.drug, lead, found, person),
        next_position=next((n for f in open_ones if (n := _next_of(f))), ""),
    )
    return advice if outcome is lead.top else _as_test(knowledge, medicine, outcome, advice)


def _dosing(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, row: Recommendation
) -> Dosing:
    factor = row.dose_factor if row.action in DOSED else ""
    return dosing_of(knowledge.doses, medicine, setting, factor)


def _question(lead: Opinion) -> str:
    return lead.context.question if not lead.is_settled else ""


def _summary(
    knowledge: Knowledge, lead: Opinion, choice: Choice, dosing: Dosing, beside: Sequence[_Other]
) -> str:
    """Return a few sentences: what to do and why, how much, and where other sources differ."""
    outcome, _ = lead.leading
    said = Said(lead.guidance, knowledge.medicines, choice.held, choice.remarks)
    unlike = [o for o in lead.likely if o is not outcome]
    first = summary_of(
        said,
        outcome,
        question=_question(lead),
        others=unlike,
        is_doubtful=outcome is not lead.top,
    )
    differing = (text for text, is_alike, _ in beside if not is_alike)
    return " ".join((first, *dosing.sentences, *differing))


def _tier(knowledge: Knowledge, medicine: Medicine, lead: Opinion, setting: Setting) -> Tier:
    """Return how loudly to speak; never loudly of what a gene behaves as by our policy alone."""
    outcome, row = lead.leading
    keys = {s.gene: s.keys for s in outcome.shares}
    tier = knowledge.policy.tier_of(
        medicine.drug, row.action, row.strength, keys, implication=row.implication
    )
    uses = knowledge.policy.quiet_for(medicine.drug, setting.indications)
    if uses is not None:
        tier = max(tier, uses, key=lambda t: t.value)
    converted = (setting.person.finding(s.gene) for s in outcome.shares if s.is_converted)
    is_own = any(f and f.conversion and set(f.conversion.evidence) <= OWN for f in converted)
    quiet = knowledge.policy.behaving_tier
    return max(tier, quiet, key=lambda t: t.value) if is_own else tier


def _beside(
    knowledge: Knowledge, setting: Setting, row: Recommendation, others: Sequence[Opinion]
) -> list[_Other]:
    """Return what other guidelines say, once for each source and act."""
    found: dict[object, _Other] = {}
    for opinion in others:
        own = opinion.leading[1]
        is_alike = opinion.kind is Kind.CHANGE and is_same(own, row)
        mark = (opinion.guidance.source, opinion.tested, own.action, own.dose_factor)
        if mark not in found:
            held = options_for(knowledge, setting, opinion.guidance, own.alternatives).held
            found[mark] = (opinion_in_short(knowledge, opinion, held), is_alike, own.id)
    return list(found.values())


def _because_of(text: str, is_alike: bool, row_id: str) -> Because:
    """Return the hop that names another source's answer."""
    said = text.rstrip(".") + (" (the same)" if is_alike else "")
    return Because("other-guidance", said, row_id)


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


def _is_stable(drug: str, lead: Opinion, found: Opinions, person: Person) -> bool:
    """Return whether every candidate, and every population that may apply, gives this advice.

    A gene that is ambiguous for a reason outside its candidates (copies not counted, an
    undocumented base) leaves possibilities that are not listed, and a deciding gene without a
    result leaves all. A guideline heard on other genes, or one that has no answer to the likeliest
    result, may take the lead under another candidate. Each of these is not stable.
    """
    is_open = any(len(o.outcomes) > 1 for o in found.mute)
    return not is_open and all(_is_settled(drug, o, person) for o in (lead, *found.heard))


def _is_settled(drug: str, opinion: Opinion, person: Person) -> bool:
    """Return whether one guideline gives one answer, of one strength, to all that is possible."""
    findings = (person.finding(gene) for gene in opinion.tested)
    has_unlisted = any(f is not None and f.is_open_elsewhere for f in findings)
    has_gap = any(
        not share.is_tested and opinion.guidance.role_of(drug, share.gene) != "modifies"
        for share in opinion.top.shares
    )
    is_one = len(opinion.outcomes) == 1 and opinion.top.is_even and opinion.is_settled
    return is_one and not has_unlisted and not has_gap


def _packs(
    knowledge: Knowledge, person: Person, lead: Opinion, others: Sequence[Opinion], dosing: Dosing
) -> tuple[str, ...]:
    genes = [share.gene for share in lead.leading[0].shares]
    found = packs_of(knowledge, person, genes, (lead, *others))
    return tuple(sorted({*found, knowledge.doses.reference})) if dosing.because else found


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
