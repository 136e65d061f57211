"""A person without a result: the usual care, what a test would change, never a delay."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.decide.context import Setting
from garrod.care.decide.model import Decision
from garrod.care.decide.options import advice_id
from garrod.care.decide.policy import Policy
from garrod.care.decide.words import why_untold
from garrod.core.advice import Action, Advice, Because, NotAssessed, Target, Tier
from garrod.core.finding import Status
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import Guidance

TESTS = {"before": Action.TEST_FIRST, "consider": Action.CONSIDER_TEST}
NO_STRENGTH = "n/a"  # the guideline says nothing of whether to test


def untested(
    guidance: Guidance,
    policy: Policy,
    medicine: Medicine,
    target: Target,
    genes: Sequence[str],
    *,
    setting: Setting,
) -> Decision:
    """Return "not assessed" for each deciding gene, and the offer of a test if policy has one."""
    person = setting.person
    deciding = [g for g in genes if guidance.role_of(medicine.drug, g) != "modifies"] or genes
    gaps = tuple(
        NotAssessed(target, gene, why_untold(person.finding(gene)), gap_code(person, gene))
        for gene in deciding
    )
    offer = offer_of(guidance, policy, medicine, target, genes) if setting.is_new else None
    return Decision(advice=(offer,) if offer else (), not_assessed=gaps)


def offer_of(
    guidance: Guidance, policy: Policy, medicine: Medicine, target: Target, genes: Sequence[str]
) -> Advice | None:
    """Return the offer of a test of genes without a usable result; None where policy has none."""
    offers = [(g, t) for g in genes if (t := guidance.test_of(medicine.drug, g)) in TESTS]
    if not offers:
        return None
    rule = "before" if any(t == "before" for _, t in offers) else "consider"
    tier = policy.tier_of(medicine.drug, TESTS[rule], NO_STRENGTH, {})
    wanted = [g for g, t in offers if t == rule]
    return _offer(guidance, medicine, target, wanted, rule=rule, tier=tier)


def is_tested_before(guidance: Guidance, drug: str) -> bool:
    """Return whether policy wants a gene of a drug tested before the first dose."""
    return any(guidance.test_of(drug, g) == "before" for g in guidance.genes_of(drug))


def gap_code(person: Person, gene: str) -> str:
    """Return why a gene has no result for a medicine, as a code."""
    finding = person.finding(gene)
    is_elsewhere = finding is not None and finding.status is Status.CALLED  # another HLA allele
    return "not-tested" if finding is None or is_elsewhere else finding.status.value


def _offer(
    guidance: Guidance,
    medicine: Medicine,
    target: Target,
    genes: Sequence[str],
    *,
    rule: str,
    tier: Tier,
) -> Advice:
    names = " and ".join(genes)
    row = guidance.rows_of(medicine.drug)[0]
    when = (
        f"Test {names} before the first dose. Where treatment cannot wait for the result, weigh "
        "the harm of the delay against that of an unknown risk, and watch closely."
        if rule == "before"
        else f"A test of {names} may change the choice; do not delay treatment for it. "
        "Until then the usual care holds."
    )
    text = f"{names}: no usable result is on record. {when}"
    return Advice(
        id=advice_id(medicine.drug, "test"),
        action=TESTS[rule],
        target=target,
        tier=tier,
        strength=NO_STRENGTH,
        title=f"Test {names} before giving {medicine.name}"
        if rule == "before"
        else f"Consider testing {names} for {medicine.name}",
        summary=text,
        because=(
            Because("medicine", f"{medicine.name} has guidance by {names}", medicine.drug),
            Because("not-tested", f"{names}: no usable result", names),
        ),
        evidence=guidance.evidence_of(row),
        packs=(guidance.reference,),
    )
