"""How often a prescriber is interrupted: a synthetic year's orders, each answered at its moment.

    python -m bench.alerts [--people 1500] [--seed 31]

world -> each order on its day, of the person as known that day -> Moment -> rates by adviser

The prescriber answers every card (accepts or overrules), so that what was answered is not shown
again. Hazards that must stop an order are planted among the orders, also when the budget is spent.
The rates to keep are fixed beforehand: at most 5 interruptive cards in 100 orders, one card an
order, every planted hazard a hard stop.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.medicine import line_of
from garrod.adapters.fhir.person import read_entries
from garrod.adapters.world import load_profile, people
from garrod.care.decide.budget import Ledger
from garrod.care.decide.causes import adviser_of
from garrod.care.decide.moment import Answered, Moment
from garrod.care.decide.outcomes import Telling, overridden
from garrod.care.decide.ports import Also, CardDeed, CardEvent
from garrod.core.advice import Tier
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.wire import Services

MOST_PER_100, HUNDRED = 5.0, 100
# What must stop an order. Source: the project's notes on tiers (proposed, awaiting sign-off)
HAZARDS = (
    ("abacavir", "HLA-B", "*57:01 positive", ("*57:01 positive",)),
    ("capecitabine", "DPYD", "Poor Metabolizer", ("0.0", "Poor Metabolizer")),
    ("azathioprine", "TPMT", "Poor Metabolizer", ("Poor Metabolizer",)),
    ("mercaptopurine", "NUDT15", "Poor Metabolizer", ("Poor Metabolizer",)),
    ("carbamazepine", "HLA-B", "*15:02 positive", ("*15:02 positive",)),
    ("codeine", "CYP2D6", "Ultrarapid Metabolizer", ("≥3.0", "Ultrarapid Metabolizer")),
    ("rasburicase", "G6PD", "Deficient", ("Deficient",)),
    ("gentamicin", "MT-RNR1", "increased risk of aminoglycoside-induced hearing loss",
     ("increased risk of aminoglycoside-induced hearing loss",)),
)  # fmt: skip


@dataclass(slots=True)
class Memory:
    """What was answered of each person, as the record would keep it."""

    known: dict[str, dict[str, CardDeed]] = field(default_factory=dict)
    tasks: int = 0

    async def acknowledged(self, actor: object, patient: str) -> Mapping[str, CardDeed]:
        """Return the cards of a person that were answered."""
        return self.known.get(patient, {})

    async def keep(
        self, actor: object, events: tuple[CardEvent, ...], *, also: Sequence[Also] = ()
    ) -> None:
        """Keep answers."""
        for event in events:
            self.tasks += len(event.follow_ups)
            if event.deed in (CardDeed.ACCEPTED, CardDeed.OVERRIDDEN):
                self.known.setdefault(event.patient, {})[event.card] = event.deed


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the year: whose, when, and what is known of the person that day."""

    patient: str
    day: date
    line: MedicineLine
    person: Person
    hazard: str = ""


@dataclass(slots=True)
class Tally:
    """What the year came to."""

    orders: int = 0
    quiet: int = 0
    tiers: Counter[Tier] = field(default_factory=Counter)
    by_adviser: Counter[tuple[str, Tier]] = field(default_factory=Counter)
    loud: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Today:
    """The day of the order in hand."""

    def __init__(self) -> None:
        self.at = datetime(2025, 1, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return it."""
        return self.at


def orders_of(services: Services, count: int, seed: int) -> Iterator[Order]:
    """Yield the orders of people, each person's in the order of their days."""
    profile = load_profile(services.shelf)
    draw = np.random.Generator(np.random.Philox(key=seed))
    for resources in people(profile, draw, 0, count):
        requests = [r for r in resources if r["resourceType"] == "MedicationRequest"]
        for request in sorted(requests, key=lambda r: str(r["authoredOn"])):
            day = date.fromisoformat(str(request["authoredOn"])[:10])
            own = _treatments(request)
            beside = [r for r in resources if not own & _treatments(r)]
            known = [r for r in map(lambda r, d=day: _as_of(r, d), beside) if r]  # type: ignore[misc]
            read = read_entries(tuple(("", r) for r in known), name="world", source="world")
            inside = Own(frozenset((read.person.reference,)), tuple(("", r) for r in known))
            draft = {**request, "status": "draft"}
            stated = services.outside_findings((), read.rows, sex=read.person.sex)
            findings = tuple({f.gene: f for f in (*read.findings, *stated.values())}.values())
            person = replace(read.person, findings=findings)
            yield Order(str(resources[0]["id"]), day, line_of(draft, inside), person)


def _treatments(resource: dict[str, Any]) -> set[str]:
    """Return the treatments that a line or order belongs to: a repeat is no second one of its own.

    What stands under another treatment, a true duplicate, stays.
    """
    if resource["resourceType"] not in ("MedicationStatement", "MedicationRequest"):
        return set()
    return {str(i["value"]) for i in resource.get("identifier", ())}


def _as_of(resource: dict[str, Any], day: date) -> dict[str, Any] | None:
    """Return a resource as it was that day, None where it was not yet.

    What is taken are the statements: requests and dispenses of the same would count twice.
    """
    kind, today = resource["resourceType"], day.isoformat()
    if kind in ("Patient", "AllergyIntolerance"):
        return resource
    if kind == "MedicationStatement":
        period = resource.get("effectivePeriod", {})
        if str(period.get("start", ""))[:10] >= today:
            return None
        if str(period.get("end", "9999"))[:10] > today:
            period = {k: v for k, v in period.items() if k != "end"}
            return {**resource, "status": "active", "effectivePeriod": period}
        return resource
    if kind in ("Condition", "Observation", "DiagnosticReport", "ServiceRequest"):
        dated = ("recordedDate", "onsetDateTime", "effectiveDateTime", "issued", "authoredOn")
        when = next((str(resource[k])[:10] for k in dated if k in resource), "")
        return resource if when <= today else None
    return None


def planted(number: int, day: date) -> Order:
    """Return an order that must be stopped hard."""
    drug, gene, phenotype, keys = HAZARDS[number % len(HAZARDS)]
    candidate = Candidate(phenotype, 1.0, phenotype, "", keys)
    share = PhenotypeShare(phenotype, "", 1.0)
    found = GeneFinding(
        gene, Status.CALLED, (candidate,), phenotype, phenotypes=(share,), packs=("planted@1",)
    )
    born = date(1970, 1, 1)
    who = Person(f"Patient/h{number}", sex="male", birth_date=born, findings=(found,))
    return Order(f"h{number}", day, MedicineLine(drug), who, f"{drug}, {gene} {phenotype}")


async def year(services: Services, count: int, seed: int) -> tuple[Tally, Ledger, Memory]:
    """Answer a year's orders; return what they came to."""
    tally, memory, today = Tally(), Memory(), Today()
    ledger = Ledger(services.knowledge.prescribing.budget)
    moment = Moment(services.knowledge, None, memory, clock=today, ledger=ledger)  # type: ignore[arg-type]
    hazards = 0
    for every, order in enumerate(orders_of(services, count, seed), 1):
        await _answer(moment, today, order, tally)
        if every % 50 == 0:
            await _answer(moment, today, planted(hazards, order.day), tally)
            hazards += 1
    return tally, ledger, memory


async def _answer(moment: Moment, today: Today, order: Order, tally: Tally) -> None:
    today.at = datetime(order.day.year, order.day.month, order.day.day, 9, tzinfo=UTC)
    begun = time.perf_counter()
    (answer,) = await moment.answered(None, order.patient, [order.line], person=order.person)
    tally.seconds.append(time.perf_counter() - begun)
    _count(answer, order, tally)
    telling = Telling(order.patient, "Practitioner/bench", today.at, 5.0)
    await moment.shown(None, (answer,), telling)
    if answer.card is not None:
        rows = moment.knowledge.prescribing.follow_ups
        event = (
            overridden(
                answer.card, telling, "benefit-outweighs", indication="bench", follow_ups=rows
            )
            if answer.card.reasons
            else None
        )
        await moment.keep(None, (event,) if event else ())


def _count(answer: Answered, order: Order, tally: Tally) -> None:
    tally.orders += 1
    tally.quiet += answer.is_quiet
    if answer.card is not None:
        tally.tiers[answer.card.tier] += 1
        if answer.card.is_interruptive and not order.hazard:
            first = answer.card.advice[0]
            tally.loud[f"{first.tier} {first.id}"] += 1
    for advice in answer.decision.advice:
        tally.by_adviser[adviser_of(advice), advice.tier] += 1
    if order.hazard and (answer.card is None or answer.card.tier is not Tier.T1):
        tally.missed.append(order.hazard)


def shown(tally: Tally, ledger: Ledger, memory: Memory) -> Iterator[str]:
    """Yield what the year came to, line by line."""
    use = ledger.use
    yield f"orders {tally.orders}; every 50th beside them is a planted hazard"
    yield f"interruptive per 100 orders: {use.per_hundred:.2f} (hard stops {use.hard_stops})"
    yield f"moved to the pharmacist over the budget: {use.moved}"
    yield f"answered before, so not shown again: {tally.quiet}"
    yield "cards by tier: " + ", ".join(f"{t.value} {n}" for t, n in sorted(tally.tiers.items()))
    yield f"cards per order: {sum(tally.tiers.values()) / tally.orders:.2f}, at most 1"
    yield f"tasks for others: {memory.tasks}"
    names = sorted({name for name, _ in tally.by_adviser})
    for name in names:
        parts = [f"{t.value} {n * HUNDRED / tally.orders:.1f}" for t in Tier
                 if (n := tally.by_adviser[name, t])]  # fmt: skip
        yield f"  {name}: per 100 orders {', '.join(parts)}"
    for what, times in tally.loud.most_common(12):
        yield f"  loud: {what} × {times}"
    spent = sorted(tally.seconds)
    yield f"time of an order: median {spent[len(spent) // 2] * 1000:.1f} ms, 99th percentile " \
          f"{spent[len(spent) * 99 // 100] * 1000:.1f} ms"  # fmt: skip
    yield f"planted hazards without a hard stop: {', '.join(sorted(set(tally.missed))) or 'none'}"


def main() -> None:
    """Run a year and say whether its rates are within what was fixed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=31)
    asked = parser.parse_args()
    tally, ledger, memory = asyncio.run(year(Services(), asked.people, asked.seed))
    print("\n".join(shown(tally, ledger, memory)))
    if tally.missed or ledger.use.per_hundred > MOST_PER_100:
        raise SystemExit("the rates that were fixed are not kept")


if __name__ == "__main__":
    main()
