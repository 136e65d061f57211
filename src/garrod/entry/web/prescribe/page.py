"""The Prescribe page: search, card, signature, confirmation. Full pages by GET and POST.

GET  /patients/{id}/prescribe?q= or ?drug=…      the page
POST /patients/{id}/prescribe                    check again, sign, or ask for a test
GET  /patients/{id}/prescribe/signed/{kind}/{id} what was signed; POST …/undo takes it back
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from garrod.care.decide.moment import Purpose
from garrod.care.decide.outcomes import Telling
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.stepping import Act
from garrod.core.errors import InputError
from garrod.core.person import Person
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe import signing
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.confirming import confirmed
from garrod.entry.web.prescribe.form import Form, faults_of, form_of, lacking
from garrod.entry.web.prescribe.looking import Looked, lines_of, looked, subject_now
from garrod.entry.web.prescribe.presenter import order_view
from garrod.entry.web.prescribe.searching import matches_of, suggested
from garrod.entry.web.prescribe.view import Banner, Page, Search

Faults = tuple[tuple[str, str], ...]
TEMPLATE = "prescribe/page.jinja"
LONGEST = 200  # Not clinical: characters of a name that is looked for
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
CHANGED = (("#checked", "What you see has changed since it was checked: read it again, then sign"),)
WHY = ("#reasons", "Choose why you overrule the card")
WHO = ("#second", "Name the second person who agrees: this is a hard stop")


async def prescribe_page(visit: Visit, patient: str) -> Response:
    """Answer a request for the page of a person.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError.
    """
    if not _ID.fullmatch(patient):
        raise InputError("there is no such person here.", code="REC001")
    rest = visit.path[3:]
    if rest[:1] == ("signed",):
        return await confirmed(visit, patient, rest[1:])
    if rest:
        raise InputError("there is no such page.", code="REC001")
    if visit.method == "POST":
        return await _sent(visit, patient)
    if visit.fields.get("drug"):
        return await _ordered(visit, patient)
    return await _searched(visit, patient)


async def _searched(visit: Visit, patient: str) -> Response:
    person = await visit.consult.people.person(visit.actor, patient)
    medicines = visit.consult.services.knowledge.medicines
    text = visit.fields.get("q", "")[:LONGEST]
    matches = matches_of(medicines, text)
    meant = suggested(medicines, text) if text and not matches else ()
    return _laid_out(visit, Page(_banner(visit, person), Search(text, matches, meant)))


async def _ordered(visit: Visit, patient: str) -> Response:
    form, at = form_of(visit.fields), visit.fields.get("at", "")
    if visit.seals.age_of(at) is None:  # a page gone back to is the same page, and the same order
        more = urlencode({"at": visit.seals.form_key()})
        return see(f"/patients/{patient}/prescribe?{form.question}&{more}")
    form = replace(form, key=at)
    if await _is_done(visit, patient, form):
        return see(_signed(patient, signing.id_of(patient, form)))
    here = await looked(
        visit.consult,
        visit.actor,
        patient,
        form,
        purpose=Purpose.SELECT,
        sitting=visit.session.id,
    )
    if here.answer.card is not None or here.answer.worklist is not None:
        telling = Telling(patient, visit.actor.id, visit.consult.clock())
        await visit.consult.moment.shown(visit.actor, [here.answer], telling)
    return _order_page(visit, here)


async def _sent(visit: Visit, patient: str) -> Response:
    form, do = form_of(visit.fields), visit.fields.get("do", "")
    seconds = visit.seals.age_of(form.key)
    if do == "check" or seconds is None or not form.drug:
        return see(f"/patients/{patient}/prescribe?{form.question}")
    here = await looked(visit.consult, visit.actor, patient, form)
    at = signing.At(visit.consult, visit.actor, patient)
    kind, _, number = do.partition(":")
    if kind == "test" and number.isascii() and number.isdecimal() and len(number) < 4:
        try:
            done = await signing.ask_for_test(
                at, here, int(number), seconds=seconds, sitting=visit.session.id
            )
        except IndexError:
            return await _again(visit, here, CHANGED)
        then = urlencode({"then": form.drug})
        return see(f"{_signed(patient, done.id, done.kind)}?{then}")
    if await _is_done(visit, patient, form):
        return see(_signed(patient, signing.id_of(patient, form)))
    await visit.consult.record.demand(visit.actor, Deed.CREATE, signing.REQUEST, patient)
    faults = _refused(visit, here, form)
    if faults:
        return await _again(visit, here, faults)
    if here.card is not None and here.card.needs:
        visit.demand(Act.OVERRULE_STOP)
    done = await signing.sign(at, here, seconds=seconds, sitting=visit.session.id)
    return see(_signed(patient, done.id))


async def _is_done(visit: Visit, patient: str, form: Form) -> bool:
    id = signing.id_of(patient, form)
    return await visit.consult.record.seen_by(visit.actor).read(signing.REQUEST, id) is not None


def _signed(patient: str, id: str, kind: str = signing.REQUEST) -> str:
    return f"/patients/{patient}/prescribe/signed/{kind}/{id}"


def _refused(visit: Visit, here: Looked, form: Form) -> Faults:
    """Return why an order cannot be signed as it was sent."""
    if faults := faults_of(form):
        return tuple((f"#{field}", words) for field, words in faults)
    missing = tuple((f"#{field}", words) for field, words in lacking(form))
    if form.checked != here.mark:
        return (*missing, *CHANGED) if not missing or _moved(visit, here) else missing
    return (*missing, *_unanswered(here, form, visit.actor))


def _unanswered(here: Looked, form: Form, actor: Actor) -> Faults:
    """Return what a card that stands in the way still asks for."""
    card = here.card
    if card is None or not card.is_interruptive or here.before is not None:
        return ()
    known = {r.code for r in card.reasons}
    faults = () if form.reason in known else (WHY,)
    is_alone = form.second.casefold() in ("", actor.id.casefold())
    return (*faults, WHO) if card.needs and is_alone else faults


async def _again(visit: Visit, here: Looked, faults: Faults) -> Response:
    news = _news(visit, here) if CHANGED[0] in faults else ()
    return _order_page(visit, here, faults, news)


def _news(visit: Visit, here: Looked) -> tuple[str, ...]:
    """Return what is other than when the card was shown: lines come and gone."""
    return _moved(visit, here) or ("The order, or what is said of it, is not the same as before",)


def _moved(visit: Visit, here: Looked) -> tuple[str, ...]:
    """Return the lines of the list that came and went since the card was shown."""
    before = set(visit.fields.get("list", "").splitlines()) - {""}
    now = set(lines_of(here.person))
    come = [f"New on the list: {line}" for line in sorted(now - before)]
    gone = [f"No longer on the list: {line}" for line in sorted(before - now)]
    return (*come, *gone)


def _order_page(
    visit: Visit,
    here: Looked,
    faults: Faults = (),
    news: tuple[str, ...] = (),
) -> Response:
    key = here.form.key
    order = order_view(replace(here, form=replace(here.form, key=key)), visit.base, faults)
    shown = Page(_banner(visit, here.person), order=order, news=news)
    return _laid_out(
        visit, shown, status=422 if faults else 200, list="\n".join(lines_of(here.person))
    )


def _banner(visit: Visit, person: Person) -> Banner:
    return banner_of(person, subject_now(visit.consult, person))


def _laid_out(visit: Visit, shown: Page, *, status: int = 200, list: str = "") -> Response:
    return page(TEMPLATE, status=status, page=shown, csrf=visit.csrf, list=list)
