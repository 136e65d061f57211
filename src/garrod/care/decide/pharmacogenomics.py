"""The pharmacogenomic adviser: one medicine of one person against guidance.

medicine -> populations that may apply -> outcomes of each -> the answer, with its certainty
Where several answers stay possible, the most cautious leads and the others are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.chain import cautions_of, chain_of
from garrod.care.decide.context import Context, Setting, context_of, unspoken_of
from garrod.care.decide.model import Clear, Decision
from garrod.care.decide.options import advice_id, codes_of, options_for
from garrod.care.decide.policy import Policy
from garrod.care.decide.untested import NO_STRENGTH, gap_code, is_tested_before, offer_of, untested
from garrod.care.decide.wording import Said, phrase, result_of, sentence, summary_of, title_of
from garrod.care.decide.words import percent, why_untold
from garrod.core.advice import Action, Advice, NotAssessed, Target, Tier
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.pgx.guidance import UNTOLD, Guidance, Recommendation
from garrod.science.pgx.recommend import KeyShare, Outcome, content_of, outcomes_of, shares_for

SILENT = (Action.STANDARD, Action.NO_RECOMMENDATION)
# How likely a change of course must be to be shown beside a usual-dose answer. Source: the design
DOUBT = 0.05
LEAST_DOUBT = 0.005  # the same, where the test belongs before the first dose. Source: the design
CERTAIN = 0.9995  # Not clinical: what is shown as 100 %
# How cautious each act is, the most first. Source: the project's design
CAUTION = (
    *(Action.AVOID, Action.STOP, Action.PREFER_ALTERNATIVE, Action.START_LOWER, Action.ADJUST),
    *(Action.START_HIGHER, Action.TAPER, Action.MONITOR, Action.NO_RECOMMENDATION, Action.STANDARD),
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts that the adviser reasons over."""

    guidance: Guidance
    medicines: Medicines
    policy: Policy


@dataclass(frozen=True, slots=True)
class _Answer:
    """The outcomes of one medicine in the population that leads."""

    outcomes: tuple[Outcome, ...]
    population: str
    context: Context
    is_settled: bool  # every population that may apply says the same
    doubt: float  # how likely another outcome must be to be looked at

    @property
    def top(self) -> Outcome:
        return self.outcomes[0]

    @property
    def likely(self) -> tuple[Outcome, ...]:
        """Return the outcomes that are likely enough to be looked at; always the first."""
        return (self.top, *(o for o in self.outcomes[1:] if o.probability >= self.doubt))


def assess(knowledge: Knowledge, medicine: Medicine, setting: Setting) -> Decision:
    """Return what guidance says about one medicine for this person."""
    guidance, person = knowledge.guidance, setting.person
    genes = guidance.genes_of(medicine.drug)
    target = Target(medicine.name, codes_of(medicine))
    if not genes:
        reason = "no gene–drug guidance is on the shelf for this medicine"
        return Decision(not_assessed=(NotAssessed(target, "genes", reason, "no-guidance"),))
    findings = {f.gene: f for f in person.findings if f.gene in genes}
    shares = (s for g in genes for s in shares_for(guidance, medicine.drug, g, findings))
    if not any(share.is_tested for share in shares):
        return untested(guidance, knowledge.policy, medicine, target, genes, setting=setting)
    context = context_of(guidance, guidance.populations_of(medicine.drug), setting)
    if not context.populations:
        gap = NotAssessed(
            target, "age", unspoken_of(guidance, medicine.drug, person), "no-guidance"
        )
        return Decision(not_assessed=(gap,))
    answer = _answer(guidance, medicine.drug, genes, findings, context)
    gaps = _gaps(guidance, medicine.drug, target, person, answer)
    return _decide(knowledge, medicine, target, setting, answer).joined(Decision(not_assessed=gaps))


def _answer(
    guidance: Guidance,
    drug: str,
    genes: Sequence[str],
    findings: dict[str, GeneFinding],
    context: Context,
) -> _Answer:
    """Return the outcomes of the population that asks for most caution."""
    by_population = {
        p: tuple(sorted(found, key=lambda o: (-round(o.probability, 6), _caution(o))))
        for p in context.populations
        if (found := outcomes_of(guidance, drug, genes, findings, p))
    }
    leading = min(by_population, key=lambda p: _caution(by_population[p][0]))
    contents = {content_of(found[0].recommendation) for found in by_population.values()}
    doubt = LEAST_DOUBT if is_tested_before(guidance, drug) else DOUBT
    return _Answer(by_population[leading], leading, context, len(contents) == 1, doubt)


def _caution(outcome: Outcome) -> int:
    row = outcome.recommendation
    return CAUTION.index(row.action) if row and row.action in CAUTION else len(CAUTION)


def _gaps(
    guidance: Guidance,
    drug: str,
    target: Target,
    person: Person,
    answer: _Answer,
) -> tuple[NotAssessed, ...]:
    """Return the genes of the guidance that have no result; never read as normal."""
    return tuple(
        NotAssessed(
            target, share.gene, why_untold(person.finding(share.gene)), gap_code(person, share.gene)
        )
        for share in answer.top.shares
        if not share.is_tested and guidance.role_of(drug, share.gene) != "modifies"
    )


def _decide(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, answer: _Answer
) -> Decision:
    if any(_changes(outcome) for outcome in answer.likely):
        return Decision(advice=(_advice(knowledge, medicine, target, setting, answer),))
    row = answer.top.recommendation
    if row is None or row.action is Action.NO_RECOMMENDATION:
        return _unanswered(knowledge, medicine, target, setting, answer.top)
    return _usual(knowledge, target, setting.person, answer.top, row)


def _unanswered(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, top: Outcome
) -> Decision:
    """Return that the guideline gives no recommendation, and the offer of a test that would."""
    tested = [s for s in top.shares if s.is_tested]
    reason = f"the guideline gives no recommendation for {_results(tested) or 'this result'}"
    findings = (setting.person.finding(share.gene) for share in tested)
    reasons = dict.fromkeys((reason, *(r for f in findings if f for r in f.reasons)))
    genes = ", ".join(share.gene for share in tested)
    gap = NotAssessed(target, genes, "; ".join(reasons), "no-recommendation")
    unread = [share.gene for share in tested if share.phenotype in UNTOLD]
    guidance, policy = knowledge.guidance, knowledge.policy
    offer = offer_of(guidance, policy, medicine, target, unread) if setting.is_new else None
    return Decision(advice=(offer,) if offer else (), not_assessed=(gap,))


def _usual(
    knowledge: Knowledge, target: Target, person: Person, top: Outcome, row: Recommendation
) -> Decision:
    """Return that the usual dose holds, and what leaves that open."""
    tested = [s for s in top.shares if s.is_tested]
    genes = tuple(share.gene for share in tested)
    words = [phrase(knowledge.guidance, code) for code in (row.implication, *row.notes)]
    said = (f"{_results(tested)}: usual dosing", *words)
    reason = " ".join(sentence(w) for w in said if w)
    clear = Clear(target, genes, reason, packs_of(knowledge, person, genes))
    return Decision(clear=(clear,), not_assessed=_doubts(target, person, genes, top.probability))


def _results(shares: Sequence[KeyShare]) -> str:
    return ", ".join(f"{share.gene} {result_of(share)}" for share in shares)


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


def _changes(outcome: Outcome) -> bool:
    row = outcome.recommendation
    return row is not None and row.action not in SILENT


def _leading(answer: _Answer) -> tuple[Outcome, Recommendation]:
    """Return the most likely outcome that changes the course, and its row."""
    for outcome in answer.likely:
        row = outcome.recommendation
        if row is not None and _changes(outcome):
            return outcome, row
    raise AssertionError("only an answer that changes the course is advised on")


def _advice(
    knowledge: Knowledge, medicine: Medicine, target: Target, setting: Setting, answer: _Answer
) -> Advice:
    guidance, person = knowledge.guidance, setting.person
    lead, row = _leading(answer)
    is_doubtful = lead is not answer.top
    keys = {s.gene: s.keys for s in lead.shares}
    tested = [f for s in lead.shares if s.is_tested and (f := person.finding(s.gene))]
    is_stable = _is_stable(answer, tested)
    open_ones = tested if len(answer.outcomes) > 1 else []
    choice = options_for(guidance, knowledge.medicines, knowledge.policy, setting, row.alternatives)
    question = answer.context.question if not answer.is_settled else ""
    others = [o for o in answer.likely if o is not lead]
    said = Said(guidance, knowledge.medicines, choice.held, choice.remarks)
    advice = Advice(
        id=advice_id(medicine.drug, row.id),
        action=row.action,
        target=target,
        tier=knowledge.policy.tier_of(
            medicine.drug, row.action, row.strength, keys, implication=row.implication
        ),
        strength=row.strength,
        title=title_of(row.action, medicine, lead.shares),
        summary=summary_of(said, lead, question=question, others=others, is_doubtful=is_doubtful),
        because=(
            *chain_of(guidance, person, medicine, lead, question),
            *cautions_of([f for f in tested if f.status is not Status.CALLED or f in open_ones]),
        ),
        evidence=guidance.evidence_of(row),
        packs=packs_of(knowledge, person, tuple(keys)),
        options=choice.options,
        dose_factor=row.dose_factor or None,
        monitoring=tuple(phrase(guidance, m) or m for m in row.monitoring),
        population=row.population,
        p_recommendation=round(min(1.0, lead.probability), 4),
        stable=is_stable,
        next_position=next((n for f in open_ones if (n := _next_of(f))), ""),
    )
    return _as_test(knowledge, medicine, lead, advice) if is_doubtful else advice


def _next_of(finding: GeneFinding) -> str:
    """Return the position to read next; the only one that was not read, where there is one."""
    return finding.next_position or (finding.missing[0] if len(finding.missing) == 1 else "")


def _as_test(knowledge: Knowledge, medicine: Medicine, lead: Outcome, advice: Advice) -> Advice:
    """Return advice on a less likely result as what it is: a reason to test, not yet to act."""
    is_grave = advice.tier is Tier.T1 or is_tested_before(knowledge.guidance, medicine.drug)
    action = Action.TEST_FIRST if is_grave else Action.CONSIDER_TEST
    return replace(
        advice,
        action=action,
        tier=knowledge.policy.tier_of(medicine.drug, action, NO_STRENGTH, {}),
        strength=NO_STRENGTH,
        title=title_of(action, medicine, lead.shares, is_doubtful=True),
        dose_factor=None,
    )


def _is_stable(answer: _Answer, tested: Sequence[GeneFinding]) -> bool:
    """Return whether every candidate, and every population that may apply, gives this advice.

    A gene that is ambiguous for a reason outside its candidates (copies not counted, an
    undocumented base) leaves possibilities that are not listed: not stable.
    """
    has_unlisted = any(f.is_open_elsewhere for f in tested)
    return len(answer.outcomes) == 1 and answer.is_settled and not has_unlisted


def packs_of(knowledge: Knowledge, person: Person, genes: Sequence[str]) -> tuple[str, ...]:
    """Return every pack that a piece of advice rests on, as "name@version"."""
    found = [
        knowledge.guidance.reference,
        knowledge.policy.reference,
        knowledge.medicines.reference,
    ]
    for gene in genes:
        finding = person.finding(gene)
        found += finding.packs if finding else ()
    return tuple(sorted(set(found)))
