"""What somebody would see if a person chose otherwise: the decision point's own answers, unsaved.

standing of the person, one consent in another's place -> rights of who would ask -> yes or no
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.consent.model import Consent, Features
from garrod.care.govern.point import Seen
from garrod.care.govern.policy import CARE
from garrod.care.record.guarded import Guarded

CONSENT = "Consent"
PLACE = "Organization/"


async def may(record: Guarded, actor: Actor, deed: Deed, kind: str, patient: str) -> bool:
    """Return whether an actor may do something to some of a person's resources of a kind.

    It is asked to be told, not to be done: nothing is refused by it, and nothing audited.
    """
    if record.gate is None or record.gate.is_open(actor):
        return True
    return (await record.gate.may(record.store, actor, deed, kind, patient)).is_permitted


async def would_see(
    record: Guarded,
    actor: Actor,
    patient: str,
    asking: tuple[Sequence[Actor], Sequence[Features]],
    instead: Consent | None = None,
) -> tuple[tuple[bool, ...], ...]:
    """Return for each asker, and each sort of what is known, whether they would see it.

    `instead` counts in the place of the consent of its reference; None: as it is now. Where no
    policy stands there is nothing to ask: the answer is empty.
    Raises: AccessDenied ACC001, NotFound REC001 (the actor may not change what is asked about).
    """
    await record.demand(actor, Deed.UPDATE, CONSENT, patient)
    if record.gate is None:
        return ()
    askers, sorts = asking
    standing = await record.gate.standing(record.store, patient)
    if instead is not None:
        kept = [c for c in standing.consents if c.reference != instead.reference]
        standing = replace(standing, consents=(*kept, instead))
    found = []
    for asker in askers:
        rights = await record.gate.rights_by(record.store, asker, standing)
        found.append(tuple(rights.allows(Deed.READ, Seen(f)).is_permitted for f in sorts))
    return tuple(found)


async def places_of_care(record: Guarded, actor: Actor, patient: str) -> tuple[str, ...]:
    """Return the organisations that a person's care ties to them now, by their references.

    Raises: AccessDenied ACC001, NotFound REC001 (the actor may not read what is consented to).
    """
    await record.demand(actor, Deed.READ, CONSENT, patient)
    if record.gate is None:
        return ()
    standing, at = await record.gate.standing(record.store, patient), record.gate.clock()
    return tuple(
        sorted(
            name
            for name, ties in standing.ties.items()
            if name.startswith(PLACE)
            and any(tie.relation == CARE and tie.holds(at) for tie in ties)
        )
    )
