"""A person without a result: the usual care, what a test would change, never a delay."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.options import advice_id
from garrod.care.decide.policy import OfferedTest
from garrod.care.decide.setting import Setting
from garrod.care.decide.words import why_untold
from garrod.core.advice import Advice, Because, NotAssessed, Target
from garrod.core.finding import Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine

# What is said of a test of which nothing is known about how it is commissioned.
STATUS = {"in-force": "offered", "believed": "believed to be offered; verify locally"}
NO_STRENGTH = "n/a"  # the guideline says nothing of whether to test
BEFORE = "before"  # the offer of a test that belongs before the first dose


def untested(
    knowledge: Knowledge, medicine: Medicine, target: Target, *, setting: Setting
) -> Decision:
    """Return "not assessed" for each deciding gene, and the offer of a test if policy has one."""
    person = setting.person
    genes = knowledge.genes_of(medicine.drug)
    views = knowledge.guidelines[medicine.drug]
    roles = {g: {view.role_of(medicine.drug, g) for view in views} for g in genes}
    deciding = [g for g in genes if "decides" in roles[g]] or genes
    gaps = tuple(
        NotAssessed(target, gene, why_untold(person.finding(gene)), gap_code(person, gene))
        for gene in deciding
    )
    offer = offer_of(knowledge, medicine, target, genes) if setting.is_new else None
    return Decision(advice=(offer,) if offer else (), not_assessed=gaps)


def offer_of(
    knowledge: Knowledge, medicine: Medicine, target: Target, genes: Sequence[str]
) -> Advice | None:
    """Return the offer of a test of genes without a usable result; None where policy has none."""
    policy = knowledge.policy
    offers = [(g, test) for g in genes if (test := policy.test_of(medicine.drug, g))]
    if not offers:
        return None
    chosen = BEFORE if any(t.offer == BEFORE for _, t in offers) else offers[0][1].offer
    wanted = [(g, t) for g, t in offers if t.offer == chosen]
    return _offer(knowledge, medicine, target, wanted, chosen)


def gap_code(person: Person, gene: str) -> str:
    """Return why a gene has no result for a medicine, as a code."""
    finding = person.finding(gene)
    is_elsewhere = finding is not None and finding.status is Status.CALLED  # another HLA allele
    return "not-tested" if finding is None or is_elsewhere else finding.status.value


def _offer(
    knowledge: Knowledge,
    medicine: Medicine,
    target: Target,
    wanted: Sequence[tuple[str, OfferedTest]],
    offer: str,
) -> Advice:
    policy, rule = knowledge.policy, knowledge.policy.untested[offer]
    names = " and ".join(gene for gene, _ in wanted)
    view = knowledge.guidelines[medicine.drug][0]
    text = f"{names}: no usable result is on record. {rule.words.format(genes=names)}"
    is_before = offer == BEFORE
    return Advice(
        id=advice_id(medicine.drug, "test"),
        action=rule.action,
        target=target,
        tier=policy.tier_of(medicine.drug, rule.action, NO_STRENGTH, {}),
        strength=NO_STRENGTH,
        title=f"Test {names} before giving {medicine.name}"
        if is_before
        else f"Consider testing {names} for {medicine.name}",
        summary=text,
        because=(
            Because("medicine", f"{medicine.name} has guidance by {names}", medicine.drug),
            Because("not-tested", f"{names}: no usable result", names),
            *_commissioned(wanted),
        ),
        evidence=tuple(
            dict.fromkeys(
                (
                    *view.evidence_of(view.rows_of(medicine.drug)[0]),
                    *(t.evidence for _, t in wanted),
                )
            )
        ),
        packs=tuple(sorted({view.reference, *knowledge.references})),
    )


def _commissioned(wanted: Sequence[tuple[str, OfferedTest]]) -> tuple[Because, ...]:
    """Return how each test is commissioned, and its code in the nation's directory."""
    return tuple(
        Because("test", f"{gene}: {test.commissioning or STATUS[test.status]}", test.directory_code)
        for gene, test in wanted
    )
