"""Interactions against three published sources, through the whole of `decide`.

Reference: the ONC high-priority pairs (each must interrupt), the ONC pairs that need not (none may,
on the pair alone), and HL7 PDDI-CDS for warfarin with NSAIDs (every indicator as its CQL has it).
An interruption counts when it is not there without the other medicine. No tolerance, but the one
pair of both lists, which is decided in docs/decisions/0014.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.card import INTERRUPTS
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.service import decide, load_knowledge
from garrod.core.advice import Advice
from garrod.core.medicine import Act, MedicineLine, Proposal
from garrod.core.person import Person
from validation.data import PGX
from validation.decide_pddi import contextual_cases, published_request
from validation.figures import HEADER, Figure, at_least

DDI = PGX.parent / "decide" / "ddi"
HIGH, LOW = "onc_high_priority_pairs", "onc_non_interruptive_pairs"
ON_BOTH = frozenset(("escitalopram", "sotalol"))
TODAY = date(2026, 6, 1)
Pair = tuple[str, str]


@cache
def knowledge() -> Knowledge:
    """Return what the advisers reason over, as shipped, by England's policy."""
    return load_knowledge(load_shelf(), "policy-england")


def pairs(name: str) -> list[Pair]:
    """Return the pairs of a list of the shared data, as it spells them."""
    with (DDI / f"{name}.csv").open(newline="") as file:
        return [(row["drug_a"], row["drug_b"]) for row in csv.DictReader(file)]


def answer(taken: str, ordered: str) -> tuple[Advice, ...]:
    """Return what is said to an adult of 50 who takes one medicine when another is ordered."""
    lines = (MedicineLine(taken, reference="MedicationRequest/taken"),) if taken else ()
    person = Person("Patient/pair", birth_date=date(1976, 1, 1), medicines=lines)
    order = Proposal(Act.ORDER, MedicineLine(ordered))
    return decide(knowledge(), person, order, today=TODAY).advice


@cache
def _alone(ordered: str) -> frozenset[str]:
    return frozenset(a.id for a in answer("", ordered) if a.tier in INTERRUPTS)


def interruptions(taken: str, ordered: str) -> list[Advice]:
    """Return what interrupts an order because of what is taken."""
    found = answer(taken, ordered)
    return [a for a in found if a.tier in INTERRUPTS and a.id not in _alone(ordered)]


def is_named(name: str) -> bool:
    """Return whether the pack drugs has the ingredient."""
    return len(knowledge().medicines.find_all(name)) == 1


def _silent(listed: list[Pair]) -> list[Pair]:
    return [pair for pair in listed if not all(interruptions(a, b) for a, b in (pair, pair[::-1]))]


def _loud(listed: list[Pair]) -> list[Pair]:
    return [pair for pair in listed if any(interruptions(a, b) for a, b in (pair, pair[::-1]))]


def _act_or_option(listed: list[Pair]) -> list[Pair]:
    """Return the pairs whose interruption names neither an option nor an act.

    Where a rule has no act, its summary is the effect that ends the title.
    """
    return [p for p in listed if not all(a.options or _is_act(a) for a in interruptions(*p))]


def _is_act(advice: Advice) -> bool:
    summary = advice.summary.rstrip(".").casefold()
    return bool(summary) and not advice.title.casefold().endswith(summary)


def figures() -> list[Figure]:
    """Return the figures, as docs/validation/decide.md has them."""
    high, low = pairs(HIGH), pairs(LOW)
    nameable = [p for p in high if all(map(is_named, p))]
    silent, loud = _silent(nameable), _loud(low)
    wrongly = [p for p in loud if frozenset(p) != ON_BOTH]
    for pair in (*silent, *wrongly):
        print(f"differs: {pair[0]} + {pair[1]}")
    cases, differing = contextual_cases(knowledge())
    for said in differing:
        print(f"differs: {said}")
    shared, off = published_request(knowledge(), DDI.parent / "pddi_cds" / "warfarin-nsaids")
    for said in off:
        print(f"differs: {said}")
    wordless = _act_or_option(nameable)
    return [
        at_least("high-priority pairs whose drugs can be named", len(nameable), len(high), 99),
        at_least(
            "of these, pairs that interrupt whichever is ordered",
            len(nameable) - len(silent), len(nameable), 99,
        ),
        Figure("of these, without an option or an act", str(len(wordless)), "0", not wordless),
        Figure(
            f"of {len(low):,} non-interruptive pairs, interrupt on the pair alone",
            str(len(wrongly)), "0", not wrongly,
        ),
        Figure("pairs of both lists (decided to interrupt)", str(len(loud) - len(wrongly)), "1"),
        at_least("PDDI-CDS indicators, every context", cases - len(differing), cases, 100),
        at_least("PDDI-CDS, the published request", shared - len(off), shared, 100),
    ]  # fmt: skip


def main() -> int:
    """Print the figures; return 1 where a target is missed, 2 without the data."""
    if not Path(DDI).is_dir():
        print("The shared data folder has no decide/ddi: set GARROD_SHARED to it.")
        return 2
    found = figures()
    print("## decide_interactions", "", HEADER, *(f.line for f in found), sep="\n")
    return int(any(f.met is False for f in found))
