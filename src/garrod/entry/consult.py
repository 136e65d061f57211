"""What the doors of the decision share: the moment of prescribing over this server's record.

person of the record or resources of one, draft orders -> the moment of prescribing -> cards
Imports no door.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from garrod.adapters.cds.shown import ShownCards
from garrod.adapters.fhir.cards_memory import RecordedCards
from garrod.adapters.fhir.json import Resource, text
from garrod.adapters.fhir.person import read_entries
from garrod.care.decide.budget import Ledger
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.moment import Moment
from garrod.care.decide.ports import CardMemory
from garrod.care.decide.restricted import Restriction, warned
from garrod.care.decide.review import said_once
from garrod.care.decide.sittings import Sittings
from garrod.care.record.people import People
from garrod.care.record.service import Record
from garrod.core.advice import Target
from garrod.core.medicine import REVIEW, Proposal
from garrod.core.person import Person
from garrod.entry.memories import Strangers
from garrod.entry.snapshots import understood
from garrod.entry.wire import Services


class Consult:
    """The moment of prescribing, for people of the record and for people who are not in it."""

    def __init__(
        self,
        record: Record,
        services: Services,
        clock: Callable[[], datetime],
        *,
        people: People,
    ) -> None:
        self.record = record
        self.services = services
        self.clock = clock
        self.people = people
        self.memory: CardMemory = RecordedCards(record)
        self.strangers: CardMemory = Strangers(record.store)
        self.shown = ShownCards(record.store)
        self.knowing: Any = None  # who puts a site's packs in force (entry.knowing.Knowing), if any
        self.chosen = Sittings()  # cards shown when a medicine was chosen, and not again at signing

    @cached_property
    def moment(self) -> Moment:
        """The moment over the record: what was acknowledged is known, what happens is kept."""
        return self._moment(self.memory)

    @cached_property
    def passing(self) -> Moment:
        """The moment for people whom the record does not know: nothing is told of them to it."""
        return self._moment(self.strangers)

    @cached_property
    def ledger(self) -> Ledger:
        """The site's count of orders and of cards that stood in somebody's way."""
        return Ledger(self.services.knowledge.prescribing.budget)

    def warm(self) -> None:
        """Read the knowledge, so that nobody waits for it at their first order.

        It stays: the collector is spared it, which would hold up an order to go through it all.
        """
        self.moment  # noqa: B018
        self.services.caller  # noqa: B018
        gc.freeze()

    def renewed(self) -> None:
        """Decide from now on by the knowledge that the services have now."""
        for name in ("moment", "passing"):
            self.__dict__.pop(name, None)
        self.people.forget()

    def _moment(self, memory: CardMemory) -> Moment:
        return Moment(
            self.services.knowledge,
            self.people,
            memory,
            clock=self.clock,
            judge=self._judge,
            ledger=self.ledger,
            restriction=self.restriction if memory is self.memory else None,
        )

    @cached_property
    def restriction(self) -> Restriction | None:
        """What is said where only hidden facts would stop an order; None: the policy is silent."""
        gate = self.record.gate
        if gate is None or not gate.policing.terms.warns_of_hidden:
            return None
        terms = gate.policing.terms
        return Restriction(self.people.hidden, terms.contact, terms.reference)

    def _judge(
        self, knowledge: Knowledge, person: Person, proposal: Proposal, today: date
    ) -> Decision:
        return self.services.answer(person, proposal, today=today)

    async def reviewed(self, actor: object, patient: str, person: Person) -> Decision:
        """Return what is to be said of everything that a person takes, by all that is known.

        `person` is as the actor may see them; `patient` "" where the record does not know them.
        Raises: AccessDenied, NotFound REC001.
        """
        found = self.review(person)
        if self.restriction is None or not patient:
            return found
        whole = await self.restriction.hidden(actor, patient)
        if whole is None:
            return found
        return warned(found, self.review(whole), Target("medicines"), self.restriction)

    def review(self, person: Person) -> Decision:
        """Return what is to be said of everything that a person takes, each problem once."""
        found = self.services.answer(person, REVIEW, today=self.clock().date())
        return said_once(self.services.knowledge, found)


def person_of(services: Services, resources: Iterable[Resource], patient: str) -> Person:
    """Return the person whom resources tell of; a Patient is put in where there is none."""
    found = list(resources)
    if not any(text(r, "resourceType") == "Patient" for r in found):
        found.append({"resourceType": "Patient", "id": patient})
    entries = tuple(("", r) for r in found)
    return understood(services, read_entries(entries, name="the record", source="record"))
