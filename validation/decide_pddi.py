"""Warfarin and NSAIDs as HL7 PDDI-CDS has them: a second reading of its CQL, and its request.

The rules here are written from WarfarinNSAIDsCDSLogic.cql (@018be88, CC0) without our pack; each
context that the logic asks about is made as a person, and the four indicators are compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from garrod.adapters.fhir.medicine import line_of
from garrod.adapters.fhir.person import read_entries
from garrod.care.decide.card import INDICATORS
from garrod.care.decide.interactions import STEP
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.service import decide
from garrod.core.advice import Advice
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Condition, Person

TODAY = date(2026, 6, 1)
SNOMED = "http://snomed.info/sct"
ULCER = Coding(SNOMED, "12847006", "Acute duodenal ulcer with hemorrhage")
WORST = ("critical", "warning", "info")
CARDS = {  # which sub-card of the published logic a rule of ours is
    "warfarin-nsaid": "base",
    "warfarin-diclofenac-topical": "base",
    "warfarin-nsaid-unprotected": "stomach",
    "warfarin-nsaid-protected": "stomach",
    "warfarin-nsaid-prone": "history",
    "warfarin-nsaid-not-prone": "history",
    "warfarin-nsaid-added": "others",
    "warfarin-nsaid-not-added": "others",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What the logic asks about. `stomach`, `steroid` …: None never, else days since it ended."""

    order: str
    warfarin: bool
    stomach: int | None
    age: int
    bled: bool
    steroid: int | None
    aldosterone: int | None
    nsaid: int | None


def published(context: Context) -> dict[str, str]:
    """Return the indicator of each card as the CQL and its PlanDefinition have them."""
    if not context.warfarin:
        return {}
    if "gel" in context.order:
        return {"base": "info"}
    looked = (context.steroid, context.aldosterone, context.nsaid)
    return {
        "base": "warning",
        "stomach": "info" if _seen(context.stomach) else "critical",
        "history": "warning" if context.bled or context.age > 65 else "info",
        "others": "warning" if any(map(_seen, looked)) else "info",
    }


def _seen(ended: int | None) -> bool:
    return ended is not None and ended <= 100


def contexts() -> Iterator[Context]:
    """Yield every context: orders, protection, age, history and the three others, in and out."""
    orders = ("ketorolac 10 mg tablets", "ibuprofen 400 mg tablets", "diclofenac 1 % gel")
    when = (None, 0, 100, 101)
    for order, stomach, age, bled in product(orders, when, (40, 65, 66), (False, True)):
        for others in product((None, 0, 100, 101), (None, 0), (None, 0)):
            yield Context(order, True, stomach, age, bled, *others)
    yield Context(orders[0], False, None, 70, True, None, None, None)


def person_in(context: Context) -> Person:
    """Return a person in a context; what ended stands among the past lines."""
    current, past = [], []
    taken = (
        *((("warfarin", 0),) if context.warfarin else ()),
        *(("lansoprazole", context.stomach), ("prednisolone", context.steroid)),
        *(("spironolactone", context.aldosterone), ("naproxen 250 mg tablets", context.nsaid)),
    )
    for name, ended in taken:
        if ended == 0:
            current.append(MedicineLine(name, reference=f"MedicationRequest/{name[:4]}"))
        elif ended is not None:
            past.append(MedicineLine(name, ended=TODAY - timedelta(days=ended)))
    bled = (Condition(ULCER.display, (ULCER,), is_active=False),) if context.bled else ()
    born = date(TODAY.year - context.age, 1, 1)
    return Person(
        "Patient/pddi", birth_date=born, medicines=tuple(current), past=tuple(past), conditions=bled
    )


def indicators(advice: tuple[Advice, ...]) -> tuple[dict[str, str], list[str]]:
    """Return the indicator of each card in what was said, and that of each piece of advice."""
    cards: dict[str, str] = {}
    whole = []
    for one in advice:
        rules = {
            b.ref.partition("#")[2]: b.text.partition(":")[0] for b in one.because if b.step == STEP
        }
        mine = {CARDS[rule]: level for rule, level in rules.items() if rule in CARDS}
        cards |= mine
        if mine:
            whole.append(INDICATORS.get(one.tier, "info"))
    return cards, whole


def _differing(context: str, expected: dict[str, str], advice: tuple[Advice, ...]) -> list[str]:
    """Return what differs: a card's indicator, or the one advice's, which is the worst of them."""
    cards, whole = indicators(advice)
    none = "absent"
    found = [
        f"{context}: {card} is {cards.get(card, none)}, published {expected.get(card, none)}"
        for card in sorted(expected.keys() | cards.keys())
        if cards.get(card) != expected.get(card)
    ]
    worst = [next(level for level in WORST if level in expected.values())] if expected else []
    return found + ([f"{context}: said {whole}, worst is {worst}"] if whole != worst else [])


def contextual_cases(knowledge: Knowledge) -> tuple[int, list[str]]:
    """Return how many indicators were compared, and those that differ."""
    count, found = 0, []
    for context in contexts():
        order = Proposal(Act.ORDER, MedicineLine(context.order))
        said = decide(knowledge, person_in(context), order, today=TODAY).advice
        count += len(published(context)) + 1
        found += _differing(str(context), published(context), said)
    return count, found


def published_request(knowledge: Knowledge, folder: Path) -> tuple[int, list[str]]:
    """Return the same of the request that is published with the logic: a bleed, two aldosterone
    antagonists and another NSAID on the list, no protection."""
    text = (folder / "warfarin-nsaids-cds-request.json").read_text(encoding="utf-8")
    request = json.loads(text[text.index("{") :])  # it begins with a curl command
    entries = [e for b in request["prefetch"].values() for e in b.get("entry", ())]
    read = read_entries(
        tuple((e["fullUrl"], _as_r4(e["resource"])) for e in entries), name="request", source="pddi"
    )
    expected = {"base": "warning", "stomach": "critical", "history": "warning", "others": "warning"}
    count, found = 0, []
    for entry in request["context"]["medications"]["entry"]:
        order = line_of(_as_r4(entry["resource"]), read.own)
        proposal = Proposal(Act.ORDER, order)
        said = decide(knowledge, read.person, proposal, today=date(2018, 8, 19)).advice
        count += len(expected) + 1
        found += _differing(order.text, expected, said)
    return count, found


def _as_r4(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource of STU3 with the statuses of a condition as R4 codes them."""
    statuses = ("clinicalStatus", "verificationStatus")
    is_condition = resource["resourceType"] == "Condition"
    return {
        key: {"coding": [{"code": value}]} if is_condition and key in statuses else value
        for key, value in resource.items()
    }
