"""What a person shares with whom, and what they may choose.

GET  /patients/{id}/consent     the choices, who would see what, and what was chosen before
POST /patients/{id}/consent     do=look: what a choice would change, unsaved; do=save, then 303
"""

from __future__ import annotations

import re
from dataclasses import replace

import orjson
from starlette.responses import Response

from garrod.adapters.fhir.consents import consent_of
from garrod.care.govern.access import Deed
from garrod.care.govern.audit import current
from garrod.care.govern.consent.model import Features
from garrod.care.govern.stepping import Act
from garrod.care.record.choosing import would_see
from garrod.core.errors import AccessDenied, InputError, VersionConflict
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.consent.choices import (
    KIND,
    Choice,
    consent_of_choice,
    id_of,
    option_of,
)
from garrod.entry.web.consent.presenter import (
    CHANGED,
    SAVED,
    SORTS,
    STEADY,
    UNCHOSEN,
    Card,
    Preview,
    card_of,
    chooser_of,
    history_of,
    idle_of,
    others_of,
    previews_of,
)
from garrod.entry.web.consent.reading import Held, askers_of, held_of, past_of
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now
from garrod.entry.web.prescribe.view import Banner
from garrod.entry.web.proxy.reading import acting_for

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
OWNERS = frozenset(("patient", "proxy"))
CHOOSERS = ("Patient/", "Practitioner/", "RelatedPerson/")


async def consent_page(visit: Visit, patient: str) -> Response:
    """Answer the choices of a person.

    Raises: AccessDenied, NotFound REC001, InputError, SignInAgain ACC006.
    """
    if not _ID.fullmatch(patient) or visit.path[3:]:
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /patients/{{id}}/consent"
    await visit.consult.record.demand(visit.actor, Deed.READ, KIND, patient)
    held = await held_of(visit, patient)
    if visit.method != "POST":
        return await _laid_out(visit, patient, held)
    choice = held.choice(visit.fields.get("choice", ""))
    if choice is None:
        raise InputError("that is no choice that there is here.")
    option = visit.fields.get("option", "")
    if option not in choice.options:
        return await _laid_out(visit, patient, held, at=(choice, "", UNCHOSEN), status=422)
    if visit.fields.get("do") == "save":
        return await _saved(visit, patient, held, (choice, option))
    previews = await _previews(visit, patient, held, (choice, option))
    return await _laid_out(visit, patient, held, at=(choice, option, ""), previews=previews)


async def _saved(visit: Visit, patient: str, held: Held, said: tuple[Choice, str]) -> Response:
    choice, option = said
    id = id_of(choice, patient)
    done = see(f"/patients/{patient}/consent?done={choice.code}#{choice.code}")
    if (
        option_of(held.body(choice, patient), choice) == option
    ):  # sent twice, or nothing new: it stands
        return done
    seen = visit.fields.get("seen", "")
    if seen != str(held.number(choice, patient)):
        return await _laid_out(visit, patient, held, at=(choice, option, CHANGED), status=412)
    if visit.actor.role != "patient":
        visit.demand(Act.CHANGE_CONSENT)
    now = visit.consult.clock().isoformat(timespec="seconds")
    body = consent_of_choice(choice, option, patient, now, _me(visit))
    record = visit.consult.record
    try:
        await record.update(
            visit.actor, KIND, id, orjson.dumps(body), expected=int(seen), is_given=True
        )
    except VersionConflict:
        held = await held_of(visit, patient)
        return await _laid_out(visit, patient, held, at=(choice, option, CHANGED), status=412)
    return done


async def _previews(
    visit: Visit, patient: str, held: Held, said: tuple[Choice, str]
) -> tuple[Preview, ...]:
    """Return what those who may ask see now, and would after; by the decision point."""
    choice, option = said
    now = visit.consult.clock().isoformat(timespec="seconds")
    body = consent_of_choice(choice, option, patient, now, _me(visit))
    askers = await askers_of(visit, patient, held, choice)
    sorts = [
        Features(f"Observation/{n}", "Observation", (patient,), frozenset(labels))
        for n, (_, labels) in enumerate(SORTS)
    ]
    asking = ([actor for _, actor in askers], sorts)
    record = visit.consult.record
    before = await would_see(record, visit.actor, patient, asking)
    after = await would_see(record, visit.actor, patient, asking, consent_of(body))
    return previews_of([who for who, _ in askers], before, after) if before else ()


async def _banner(visit: Visit, patient: str) -> Banner | None:
    """Return whom the page is about, for others than themselves; None: not for who asks."""
    if visit.actor.role in OWNERS:
        return None
    try:
        person = await visit.consult.people.person(visit.actor, patient)
    except (AccessDenied, InputError):
        return None
    return banner_of(person, subject_now(visit.consult, person))


def _me(visit: Visit) -> str:
    return visit.actor.id if visit.actor.id.startswith(CHOOSERS) else ""


async def _may_choose(visit: Visit, patient: str) -> bool:
    try:
        await visit.consult.record.demand(visit.actor, Deed.UPDATE, KIND, patient)
    except (AccessDenied, InputError):
        return False
    return True


def _is_new(held: Held, patient: str, choice: Choice | None, option: str) -> bool:
    """Return whether an option is another than what stands."""
    return choice is not None and option_of(held.body(choice, patient), choice) != option


def _card(held: Held, patient: str, choice: Choice, at: tuple[Choice | None, str, str]) -> Card:
    """Return one choice as it stands, with what was sent about it."""
    chosen, picked, fault = at
    is_sent = chosen is not None and choice.code == chosen.code
    sent = {"picked": picked, "fault": fault} if is_sent else {}
    return card_of(choice, held.body(choice, patient), held.number(choice, patient), **sent)


async def _laid_out(
    visit: Visit,
    patient: str,
    held: Held,
    *,
    at: tuple[Choice | None, str, str] = (None, "", ""),
    previews: tuple[Preview, ...] = (),
    status: int = 200,
) -> Response:
    """Return the page; `at`: the choice that was sent, its option, and what is wrong with it."""
    chosen, picked, fault = at
    code = chosen.code if chosen else ""
    past = await past_of(visit, patient, held)
    names = await names_of(visit, frozenset(chooser_of(body) for body, _ in past))
    cards = [
        replace(_card(held, patient, c, at), is_looked=c.code == code and bool(previews))
        for c in held.choices
    ]
    ours = {id_of(choice, patient): choice for choice in held.choices}
    others = [b for id, b in held.bodies.items() if id not in ours and b.get("status") == "active"]
    return page(
        "consent/page.jinja",
        status=status,
        csrf=visit.csrf,
        patient=patient,
        banner=await _banner(visit, patient),
        is_own=visit.actor.role in OWNERS,
        proxy=await acting_for(visit, patient),
        may_choose=await _may_choose(visit, patient),
        cards=cards,
        for_all=[card for card in cards if not card.is_of_place],
        of_places=[card for card in cards if card.is_of_place],
        steady=STEADY,
        others=others_of(others),
        previews=previews,
        idle=idle_of(previews, is_new=_is_new(held, patient, chosen, picked)),
        past=history_of(past, names, ours, visit.actor.id),
        read=visit.consult.clock().strftime("%-d %B %Y, %H:%M UTC"),
        notice=SAVED if held.choice(visit.fields.get("done", "")) and not fault else "",
    )
