"""What a piece of advice says to anybody with the same coded results, drafted once.

opinions of a medicine -> Draft -> advising adds the person's own: findings, alternatives, dose
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from garrod.care.decide.chain import head_of
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.opinions import Kind, Opinion, Opinions, is_same
from garrod.care.decide.options import advice_id, codes_of
from garrod.care.decide.wording import Said, opinion_in_short, phrase, summary_of, title_of
from garrod.core.advice import Advice, Because, Target
from garrod.core.evidence import Evidence
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.recommend import Outcome

NONE_HELD: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beside:
    """What another guideline says: in words, as a hop, and whether it asks for the same."""

    opinion: Opinion
    text: str
    because: Because
    is_alike: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """Advice without what is the person's own, and the other guidelines named beside it.

    `resting` are the genes whose unlisted possibilities would make it less than stable.
    """

    advice: Advice
    lead: Opinion
    beside: tuple[Beside, ...]
    resting: frozenset[str]


def draft_of(knowledge: Knowledge, medicine: Medicine, lead: Opinion, found: Opinions) -> Draft:
    """Return what is said of a medicine by these opinions, whoever it is said to."""
    key = ("draft", medicine.drug, id(lead), id(found))
    kept: tuple[Draft, Opinions] | None = knowledge.memory.get(key)
    if kept is None:  # the opinions are kept too, so that their identity stays theirs
        kept = (_draft(knowledge, medicine, lead, found), found)
        knowledge.memory.keep(key, kept)
    return kept[0]


def _draft(knowledge: Knowledge, medicine: Medicine, lead: Opinion, found: Opinions) -> Draft:
    others = (*(o for o in found.heard if o is not lead), *found.second)
    guidance, (outcome, row) = lead.guidance, lead.leading
    keys = {s.gene: s.keys for s in outcome.shares}
    policy = knowledge.policy
    advice = Advice(
        id=advice_id(medicine.drug, row.id),
        action=row.action,
        target=Target(medicine.name, codes_of(medicine)),
        tier=policy.tier_of(
            medicine.drug, row.action, row.strength, keys, implication=row.implication
        ),
        strength=row.strength,
        title=title_of(row.action, medicine, outcome.shares),
        summary=summary_by(knowledge, lead, NONE_HELD, ()),
        because=head_of(guidance, medicine, outcome, question_of(lead)),
        evidence=_evidence((lead, *others)),
        packs=_packs(knowledge, (lead, *others)),
        dose_factor=row.dose_factor or None,
        monitoring=tuple(phrase(guidance, m) or m for m in row.monitoring),
        population=row.population,
        p_recommendation=round(min(1.0, outcome.probability), 4),
        stable=_is_stable(medicine.drug, lead, found),
    )
    resting = frozenset(gene for o in (lead, *found.heard) for gene in o.tested)
    return Draft(advice, lead, _beside(knowledge, lead, others), resting)


def question_of(lead: Opinion) -> str:
    """Return what is to be asked before an opinion holds, or nothing."""
    return lead.context.question if not lead.is_settled else ""


def summary_by(
    knowledge: Knowledge, lead: Opinion, held: frozenset[str], remarks: tuple[str, ...]
) -> str:
    """Return what to do and why, without the alternatives that are held back from a person."""
    outcome, _ = lead.leading
    return summary_of(
        Said(lead.guidance, knowledge.medicines, held, remarks),
        outcome,
        question=question_of(lead),
        others=[o for o in lead.likely if o is not outcome],
        is_doubtful=outcome is not lead.top,
    )


def beside_of(
    knowledge: Knowledge, opinion: Opinion, *, is_alike: bool, held: frozenset[str] = NONE_HELD
) -> Beside:
    """Return another guideline's answer, without the alternatives that are held back."""
    text = opinion_in_short(knowledge, opinion, held)
    said = text.rstrip(".") + (" (the same)" if is_alike else "")
    because = Because("other-guidance", said, opinion.leading[1].id)
    return Beside(opinion, text, because, is_alike)


def _beside(knowledge: Knowledge, lead: Opinion, others: Sequence[Opinion]) -> tuple[Beside, ...]:
    """Return what other guidelines say, once for each source and act."""
    _, row = lead.leading
    found: dict[object, Beside] = {}
    for opinion in others:
        own = opinion.leading[1]
        mark = (opinion.guidance.source, opinion.tested, own.action, own.dose_factor)
        if mark not in found:
            is_alike = opinion.kind is Kind.CHANGE and is_same(own, row)
            found[mark] = beside_of(knowledge, opinion, is_alike=is_alike)
    return tuple(found.values())


def _evidence(opinions: Iterable[Opinion]) -> tuple[Evidence, ...]:
    """Return the citations of every source that is shown, the leading one's first."""
    cited = (e for o in opinions for e in o.guidance.evidence_of(o.leading[1]))
    return tuple(dict.fromkeys(cited))


def _packs(knowledge: Knowledge, opinions: Iterable[Opinion]) -> tuple[str, ...]:
    """Return the packs that an answer rests on beside those of the person's findings."""
    found = {*knowledge.references}
    for opinion in opinions:
        found.update(opinion.guidance.reference.split("+"))
    return tuple(sorted(found))


def _is_stable(drug: str, lead: Opinion, found: Opinions) -> bool:
    """Return whether every candidate, and every population that may apply, gives this advice.

    A deciding gene without a result leaves all possibilities open. A guideline heard on other
    genes, or one that has no answer to the likeliest result, may take the lead under another
    candidate. None of these is stable; nor is what rests on a gene that is ambiguous for a reason
    outside its candidates, which is the person's own and is looked at there.
    """
    is_open = any(len(o.outcomes) > 1 for o in found.mute)
    return not is_open and all(_is_settled(drug, o) for o in (lead, *found.heard))


def _is_settled(drug: str, opinion: Opinion) -> bool:
    """Return whether one guideline gives one answer, of one strength, to all that is possible."""
    is_one = len(opinion.outcomes) == 1 and opinion.top.is_even and opinion.is_settled
    return is_one and not _has_gap(drug, opinion, opinion.top)


def _has_gap(drug: str, opinion: Opinion, top: Outcome) -> bool:
    return any(
        not share.is_tested and opinion.guidance.role_of(drug, share.gene) != "modifies"
        for share in top.shares
    )
