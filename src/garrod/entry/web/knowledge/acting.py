"""Does what a form about a pack asks: an approval, an activation, a way back, a look who is meant.

form -> may they? -> what is missing -> a sign-in of just now -> the site's state, written at once
A form that comes twice does its work once: the first is in the state, after what the form had seen.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs import change
from garrod.care.govern.access import LOCAL, Actor, Deed, demand
from garrod.care.govern.audit import current
from garrod.care.govern.ledger import Ledger, person_of
from garrod.care.govern.model import Activated, Approved, Deactivated, Event
from garrod.care.govern.point import relations_permitted
from garrod.care.govern.stepping import Act
from garrod.core.errors import ConflictError, GarrodError, InputError, KnowledgeError
from garrod.entry.web.asked import Visit
from garrod.entry.web.knowledge.reading import Chosen, Standing

KIND = "KnowledgePack"  # as the access policy names it
APPROVE, ACTIVATE, ROLL_BACK, ASK = "approve", "activate", "roll-back", "who"
DEEDS = {
    APPROVE: "approve knowledge", ACTIVATE: "activate knowledge",
    ROLL_BACK: "roll back knowledge", ASK: "reanalyse",
}  # fmt: skip
DONE_BY: dict[str, type[Event]] = {
    APPROVE: Approved, ACTIVATE: Activated, ROLL_BACK: Deactivated,
}  # fmt: skip
SHORTEST, LONGEST = 10, 500  # Not clinical: characters of a reason
# The role as which somebody approves. Source: the project's design (care/govern Rules)
LOCAL_ROLE = "administrator"
AGREE, REASON = "#agree", "#reason"
NOT_AGREED = "Say that you agree that these hard stops are lowered, or do not approve"
NOT_AGREED_BACK = "Say that you agree that these hard stops go, or keep the pack"
NO_REASON = f"Say why, in {SHORTEST} characters or more"
CHANGED = "The pack’s content is not what you saw: read it again. Approvals of it before are void."
MOVED = "Another version of it has taken force, or left it, since you saw this page."
TWICE = "You have approved this content. The second approval is another person’s to give."
SIGNED = "Your key signed this pack: whoever signs a pack cannot approve it."
Faults = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent. `seen`: how many events the state had, and `sha256` what the pack held."""

    do: str = ""
    sha256: str = ""
    seen: int = 0
    agrees: bool = False
    reason: str = ""


class Refused(Exception):
    """The form's work was not done; why, in words, and with what status the page comes again."""

    def __init__(self, faults: Faults, status: int) -> None:
        super().__init__(faults)
        self.faults, self.status = faults, status


def form_of(visit: Visit) -> Form:
    """Return the form that was sent, or what of it stands there again after a sign-in."""
    fields = visit.fields
    seen = fields.get("seen", "")
    return Form(
        fields.get("do", ""),
        fields.get("sha256", ""),
        int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0,
        fields.get("agree") == "yes",
        " ".join(fields.get("reason", "").split())[:LONGEST],
    )


def role_of(actor: Actor) -> str:
    """Return the role as which somebody approves."""
    return LOCAL_ROLE if actor == LOCAL else actor.role


def may_change(visit: Visit) -> bool:
    """Return whether somebody may approve packs and put them in force; nothing is denied by it."""
    gate = visit.consult.record.gate
    if gate is None or gate.is_open(visit.actor):
        return True
    return bool(relations_permitted(gate.policing, visit.actor, Deed.OPERATE, KIND))


def demand_sight(visit: Visit) -> None:
    """Raise AccessDenied where somebody may not see what the knowledge is."""
    demand(visit.consult.record.access, visit.actor, Deed.READ, KIND)


async def act(visit: Visit, form: Form, chosen: Chosen, standing: Standing) -> None:
    """Do what a form asks, once.

    Raises: AccessDenied, SignInAgain ACC006, InputError REC001, Refused.
    """
    own, site = chosen.own, visit.consult.services.settings.packs
    if form.do not in DEEDS or own is None or site is None:
        raise InputError("there is no such form.", code="REC001")
    current().did(DEEDS[form.do])
    demand(visit.consult.record.access, visit.actor, Deed.OPERATE, KIND)
    if form.do == ASK:
        if not chosen.is_in_force and visit.consult.knowing is not None:
            visit.consult.knowing.affected.ask(own)
        return
    if _is_done(visit.actor, form, chosen, standing.ledger):
        return
    _check(visit.actor, form, chosen, standing)
    visit.demand(Act.APPROVE_KNOWLEDGE.value)
    try:
        await asyncio.to_thread(_change, visit, site, form, chosen)
    except ConflictError as error:
        words = "Somebody else is changing the packs at this moment: send it again."
        raise Refused((("#act", words),), 409) from error
    except KnowledgeError as error:
        raise Refused((("#act", sentence(error)),), 409) from error
    if visit.consult.knowing is not None:
        await visit.consult.knowing.renew()


def sentence(error: GarrodError) -> str:
    """Return what went wrong as a sentence, without the command that a terminal would be told."""
    words = error.message.partition(". Nothing was")[0].partition("; nothing was")[0]
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _is_done(actor: Actor, form: Form, chosen: Chosen, ledger: Ledger) -> bool:
    """Return whether this very form was heard already: by the same person, after what it saw."""
    assert chosen.own is not None
    return any(
        isinstance(event, DONE_BY[form.do])
        and getattr(event, "pack", "") == chosen.own.content.pack
        and getattr(event, "sha256", form.sha256) == form.sha256
        and person_of(event.by) == person_of(actor.id)
        for event in ledger.events[form.seen :]
    )


def _check(actor: Actor, form: Form, chosen: Chosen, standing: Standing) -> None:
    """Raise Refused where the form does not fit what stands there, or lacks something."""
    assert chosen.own is not None
    if form.sha256 != chosen.own.content.sha256:
        raise Refused((("#act", CHANGED),), 412)
    is_back = form.do == ROLL_BACK
    if chosen.is_in_force != is_back or _has_moved(form, chosen, standing):
        raise Refused((("#act", MOVED),), 412)
    if form.do == APPROVE:
        _check_person(actor, chosen, standing)
    needs_word = bool(chosen.lowered) and form.do != ACTIVATE
    faults = []
    if needs_word and not form.agrees:
        faults.append((AGREE, NOT_AGREED_BACK if is_back else NOT_AGREED))
    if (is_back or needs_word) and len(form.reason) < SHORTEST:
        faults.append((REASON, NO_REASON))
    if faults:
        raise Refused(tuple(faults), 422)


def _has_moved(form: Form, chosen: Chosen, standing: Standing) -> bool:
    """Return whether a pack of that name took force or left it after what the form had seen."""
    name = chosen.pack.manifest.name
    return any(
        isinstance(event, Activated | Deactivated) and event.name == name
        for event in standing.ledger.events[form.seen :]
    )


def _check_person(actor: Actor, chosen: Chosen, standing: Standing) -> None:
    assert chosen.own is not None
    if person_of(actor.id) == person_of(chosen.signer):
        raise Refused((("#act", SIGNED),), 409)
    if has_approved(actor, chosen, standing):
        raise Refused((("#act", TWICE),), 409)


def has_approved(actor: Actor, chosen: Chosen, standing: Standing) -> bool:
    """Return whether somebody gave all the approval of a pack that they can give."""
    assert chosen.own is not None
    return any(
        person_of(one.by) == person_of(actor.id) and set(chosen.lowered) <= set(one.lowers)
        for one in standing.ledger.approvals(chosen.own.content)
    )


def _change(visit: Visit, site: Path, form: Form, chosen: Chosen) -> None:
    assert chosen.own is not None
    at, by = visit.consult.clock().isoformat(timespec="seconds"), visit.actor.id
    reference = chosen.own.content.pack
    if form.do == APPROVE:
        given = Approved(at, by, role_of(visit.actor), "", "", form.reason)
        change.approve(site, reference, given, agrees=form.agrees)
    elif form.do == ACTIVATE:
        change.activate(site, reference, by=by, at=at)
    else:
        gone = Deactivated(at, by, "", form.reason)
        change.deactivate(site, reference, gone, agrees=form.agrees)
