"""The packs of organs, doses, tests, contraindications, habits: what may interrupt; limits."""

from datetime import date
from decimal import Decimal

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.advice import Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import Medicine
from garrod.science.safety.apply import judged
from garrod.science.safety.rules import Rule, load_rules
from garrod.science.safety.subject import subject_of

SHELF = load_shelf()
CLINICAL = load_clinical(SHELF)
RULES = load_rules(SHELF, CLINICAL)
PACKS = (
    *("renal-dosing", "hepatic-dosing", "dose-ranges", "monitoring", "contraindications"),
    "lifestyle",
)
OURS: set[Rule] = {
    rule
    for rules in [*RULES.by_drug.values(), *RULES.pairs.values()]
    for rule in rules
    if rule.pack.partition("@")[0] in PACKS
}
LIMITS = [row for row in SHELF.rows("dose-ranges", "safety_rules") if row["rule"].endswith("-over")]
OVER = [row for row in LIMITS if not row["rule"].endswith("-far-over")]
# What stops or interrupts a prescriber. Each rests on a source that was read; to be signed off.
HARD_STOPS = {"methotrexate-daily", "retinoid-pregnant", "valproate-pregnant"}
INTERRUPTS = {
    *("dabigatran-crcl-30", "apixaban-crcl-15", "rivaroxaban-crcl-15", "edoxaban-crcl-15"),
    *("metformin-egfr-30", "nitrofurantoin-egfr-30", "spironolactone-potassium-6"),
    *("methotrexate-crcl-30", "methotrexate-bilirubin", "levothyroxine-milligrams"),
    *("paracetamol-4g", "lithium-toxic", "clozapine-neutrophils"),
    *("valproate-may-conceive", "topiramate-pregnant", "retinoid-may-conceive", "raas-pregnant"),
    *("methotrexate-pregnant", "methotrexate-feeding", "aspirin-16", "metoclopramide-1"),
    *("sumatriptan-vascular", "diclofenac-vascular", "beta-blocker-asthma", "domperidone-heart"),
    *("coc-migraine", "coc-vte", "coc-arterial", "coc-breast", "doac-valve"),
    *("qt-long-citalopram", "mh-trigger", "g6pd-high", "g6pd-nitrofurantoin"),
    *("alendronic-weekly", "digoxin-milligrams", "fentanyl-naive", "laba-alone-asthma"),
    *("haloperidol-parkinsons", "metoclopramide-parkinsons", "mirabegron-pressure"),
    *("nsaid-pregnant", "nsaid-pregnant-20", "nsaid-pregnant-28", "paracetamol-child-90"),
    *("potassium-high", "raas-new-potassium-high"),
    *("spironolactone-new-potassium-high", "porphyria-nitrofurantoin"),
}


def test_what_may_stop_or_interrupt_is_a_short_list() -> None:
    assert {r.id for r in OURS if r.tier is Tier.T1} == HARD_STOPS
    assert {r.id for r in OURS if r.tier is Tier.T2} == INTERRUPTS


def name_of(rule: Rule) -> str:
    """Return the name of a rule."""
    return rule.id


BY_NAME = sorted(OURS, key=name_of)


@pytest.mark.parametrize("rule", BY_NAME, ids=name_of)
def test_rule_that_interrupts_rests_on_a_source_that_was_read(rule: Rule) -> None:
    assert rule.evidence
    assert rule.manage
    is_read = any("(unchecked)" not in one.locus for one in rule.evidence)
    assert is_read or rule.tier not in (Tier.T1, Tier.T2)


def said(drug: str, daily: Decimal) -> set[str]:
    """Return the rules of dose-ranges that speak of an adult's order of so much a day."""
    line = MedicineLine(drug, daily_mg=daily)
    who = Person("Patient/x", sex="female", birth_date=date(1976, 1, 1))
    named = (Medicine(drug, drug, (), (), "", "", "own"),)
    subject = subject_of(who, [], CLINICAL, today=date(2026, 6, 1), proposed=[(line, named)])
    found = judged(RULES, subject, is_order=True).signals
    return {s.rule.id for s in found if s.rule.pack.startswith("dose-ranges@")}


@pytest.mark.parametrize("row", OVER, ids=lambda row: row["rule"])
def test_limit_is_silent_at_it_and_louder_far_above_it(row: dict[str, str]) -> None:
    drug, limit = row["subject"], Decimal(row["when"].rpartition("> ")[2])
    over, far = row["rule"], row["rule"].replace("-over", "-far-over")
    assert not {over, far} & said(drug, limit)
    assert over in said(drug, limit * Decimal("1.01"))
    assert far in said(drug, limit * 5)
    assert over not in said(drug, limit * 5)
