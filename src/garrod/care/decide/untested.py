"""A person without a result: the usual care, what a test would change, never a delay.

absent -> the offer of a test, ready to sign, with its worth; awaited -> since when, and what suits
meanwhile; not callable -> what each result would lead to; unseen -> that nobody answered
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.options import advice_id
from garrod.care.decide.policy import OfferedTest
from garrod.care.decide.setting import Setting
from garrod.care.decide.words import dated, listed, why_untold
from garrod.care.decide.worth import Worth, worth_in_short, worth_of, worth_steps
from garrod.core.advice import Advice, Because, NotAssessed, Option, Target
from garrod.core.finding import Status
from garrod.core.identifiers import Hgnc
from garrod.core.person import GeneState, Person
from garrod.knowledge.medicines import Medicine

# What is said of a test of which nothing is known about how it is commissioned.
STATUS = {"in-force": "offered", "believed": "believed to be offered; verify locally"}
NO_STRENGTH = "n/a"  # the guideline says nothing of whether to test
BEFORE = "before"  # the offer of a test that belongs before the first dose
AWAITED = "awaited"  # the code of a gap whose result has been asked for
UNSEEN = (
    "whoever keeps results did not answer, so that it is not known whether there is one: look "
    "for it before a test is repeated"
)


def untested(
    knowledge: Knowledge, medicine: Medicine, target: Target, *, setting: Setting
) -> Decision:
    """Return "not assessed" for each deciding gene, and the offer of a test if policy has one."""
    genes = knowledge.genes_of(medicine.drug)
    views = knowledge.guidelines[medicine.drug]
    roles = {g: {view.role_of(medicine.drug, g) for view in views} for g in genes}
    deciding = [g for g in genes if "decides" in roles[g]] or genes
    gaps = tuple(gap_of(target, setting.person, gene) for gene in deciding)
    offer = offer_of(knowledge, medicine, target, genes, setting=setting)
    return Decision(advice=(offer,) if offer else (), not_assessed=gaps)


def gap_of(target: Target, person: Person, gene: str) -> NotAssessed:
    """Return that a gene has no usable result, why, and whether one is on its way."""
    reason, code = why_untold(person.finding(gene)), gap_code(person, gene)
    tested = person.gene_state(gene)
    if tested is GeneState.PENDING:
        reason = asked_in_words(person, gene)
        if person.finding(gene) is not None:
            reason += f"; before that, {why_untold(person.finding(gene))}"
    elif tested is GeneState.UNSEEN:
        reason = UNSEEN
    return NotAssessed(target, gene, reason, code)


def gap_code(person: Person, gene: str) -> str:
    """Return why a gene has no result for a medicine, as a code."""
    finding, tested = person.finding(gene), person.gene_state(gene)
    if tested is GeneState.PENDING:
        return AWAITED
    if tested is GeneState.UNSEEN:
        return Status.NOT_ASSESSED.value
    is_elsewhere = finding is not None and finding.status is Status.CALLED  # another HLA allele
    return "not-tested" if finding is None or is_elsewhere else finding.status.value


def asked_in_words(person: Person, gene: str) -> str:
    """Return since when a result has been awaited."""
    asked = person.awaited(gene)
    day = f" on {dated(asked.asked)}" if asked is not None and asked.asked is not None else ""
    return f"a test was asked for{day}, and its result is awaited"


def offer_of(
    knowledge: Knowledge,
    medicine: Medicine,
    target: Target,
    genes: Sequence[str],
    *,
    setting: Setting,
) -> Advice | None:
    """Return the offer of a test of genes without a usable result, for a new order.

    Of a result that is awaited it says so instead. None where policy has no such test, or where
    the medicine is taken already.
    """
    policy = knowledge.policy
    offers = [(g, test) for g in genes if (test := policy.test_of(medicine.drug, g))]
    if not offers or not setting.is_new:
        return None
    chosen = BEFORE if any(t.offer == BEFORE for _, t in offers) else offers[0][1].offer
    wanted = [(g, t) for g, t in offers if t.offer == chosen]
    open_ones = [(g, t) for g, t in wanted if setting.person.gene_state(g) is not GeneState.PENDING]
    worth = worth_of(knowledge, medicine, setting, [g for g, _ in wanted])
    asking = _Asking(knowledge, medicine, target, setting.person, chosen, worth)
    return _offer(asking, open_ones) if open_ones else _awaiting(asking, wanted)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked about: a medicine of a person, the kind of offer, what a result is worth."""

    knowledge: Knowledge
    medicine: Medicine
    target: Target
    person: Person
    offer: str
    worth: Worth | None


Wanted = Sequence[tuple[str, OfferedTest]]


def _offer(asking: _Asking, wanted: Wanted) -> Advice:
    """Return the offer of a test, with an order that is ready to sign."""
    names = " and ".join(gene for gene, _ in wanted)
    rule = asking.knowledge.policy.untested[asking.offer]
    name, is_before = asking.medicine.name, asking.offer == BEFORE
    lead = f"Test {names} before giving {name}"
    is_unseen = any(asking.person.gene_state(gene) is GeneState.UNSEEN for gene, _ in wanted)
    had = f"{names}: {UNSEEN}." if is_unseen else f"{names}: no usable result is on record."
    options = tuple(_test_order(gene, test, name, is_before=is_before) for gene, test in wanted)
    return _advice(
        asking,
        wanted,
        title=lead if is_before else f"Consider testing {names} for {name}",
        summary=f"{had} {rule.words.format(genes=names)}",
        options=options,
    )


def _test_order(gene: str, test: OfferedTest, medicine: str, *, is_before: bool) -> Option:
    """Return the test of a gene as an option; a door makes an order of it."""
    code = f" ({test.directory_code})" if test.directory_code else ""
    when = f" before the first dose of {medicine}" if is_before else f"; {medicine} need not wait"
    reason = f"test of {gene}{code}{when}"
    return Option(f"{gene} test", reason, (f"{Hgnc.system}|{gene}",))


def _awaiting(asking: _Asking, wanted: Wanted) -> Advice:
    """Return that a result is awaited, since when, and what suits whatever it will be."""
    names = " and ".join(gene for gene, _ in wanted)
    rule = asking.knowledge.policy.untested[f"{AWAITED}-{asking.offer}"]
    said = {gene: asked_in_words(asking.person, gene) for gene, _ in wanted}
    instead = asking.worth.instead.options if asking.worth else ()
    safe = listed([o.name for o in instead], "or")
    meanwhile = f" Whatever the result, {safe} would suit." if safe else ""
    advice = _advice(
        asking,
        wanted,
        title=f"Result of {names} is awaited for {asking.medicine.name}",
        summary=f"{names}: {listed(list(dict.fromkeys(said.values())))}. {rule.words}{meanwhile}",
        options=instead,
    )
    hops = tuple(
        Because("awaited", f"{gene}: {words}", asked.reference)
        for gene, words in said.items()
        if (asked := asking.person.awaited(gene)) is not None
    )
    return replace(advice, action=rule.action, because=(*advice.because, *hops))


def _advice(
    asking: _Asking, wanted: Wanted, *, title: str, summary: str, options: tuple[Option, ...]
) -> Advice:
    knowledge, medicine, policy = asking.knowledge, asking.medicine, asking.knowledge.policy
    rule = policy.untested[asking.offer]
    view = knowledge.guidelines[medicine.drug][0]
    names = " and ".join(gene for gene, _ in wanted)
    frequencies = knowledge.conversions.expected.reference
    cited = (*view.evidence_of(view.rows_of(medicine.drug)[0]), *(t.evidence for _, t in wanted))
    return Advice(
        id=advice_id(medicine.drug, "test"),
        action=rule.action,
        target=asking.target,
        tier=policy.tier_of(medicine.drug, rule.action, NO_STRENGTH, {}),
        strength=NO_STRENGTH,
        title=title,
        summary=" ".join(filter(None, (summary, worth_in_short(asking.worth)))),
        because=(
            Because("medicine", f"{medicine.name} has guidance by {names}", medicine.drug),
            Because("not-tested", f"{names}: no usable result", names),
            *_commissioned(wanted),
            *worth_steps(asking.worth, names, frequencies),
        ),
        evidence=tuple(dict.fromkeys(cited)),
        packs=tuple(sorted({view.reference, *knowledge.references, *_packs(asking)})),
        options=options,
    )


def _packs(asking: _Asking) -> tuple[str, ...]:
    """Return the pack of frequencies where the worth of a test rests on it."""
    return (asking.knowledge.conversions.expected.reference,) if asking.worth else ()


def _commissioned(wanted: Wanted) -> tuple[Because, ...]:
    """Return how each test is commissioned, and its code in the nation's directory."""
    return tuple(
        Because("test", f"{gene}: {test.commissioning or STATUS[test.status]}", test.directory_code)
        for gene, test in wanted
    )
