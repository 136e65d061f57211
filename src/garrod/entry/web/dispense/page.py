"""The Dispense page: a pharmacist looks at each prescription, and says what was done with it.

GET  /patients/{id}/dispense           the counter; ?easy=1 a sheet in easy words to take home
POST /patients/{id}/dispense           do=dispense|ask|taking|stopped|bought|undo, then 303
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response

from garrod.care.govern.access import Deed
from garrod.care.govern.audit import current
from garrod.care.govern.stepping import Act
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.dispense import acting
from garrod.entry.web.dispense.easy import sheet_of
from garrod.entry.web.dispense.names import STOPS, TAKES
from garrod.entry.web.dispense.presenter import (
    CUT,
    NONE,
    allowed,
    bought_of,
    directions_by_line,
    on_hold,
    script_of,
    shut,
)
from garrod.entry.web.dispense.reading import STATEMENT, SUPPLY, Checked, Counter, counter_of
from garrod.entry.web.dispense.view import Page, Typed
from garrod.entry.web.pages import page, see
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import lines_of

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
Faults = tuple[tuple[str, str], ...]
NOTICES = {
    "dispense": "Dispensed: it stands with the prescription.",
    "ask": "The question is with the prescriber.",
    "taking": "How it is taken is written down.",
    "stopped": "The suggestion is with the prescriber. The list stays as it is until they decide.",
    "bought": "The medicine is written down, and is checked with all others from now on.",
    "undo": "Taken back.",
    "kept": "It could not be taken back: somebody has changed it since.",
}
CHANGED = "What you see has changed since you looked: read it again, then dispense"
CLOSED = "That prescription is not open any more: look at what stands here now"
WHY = "Choose why you dispense it all the same"
WHO = "Name the second person who agrees: this is a hard stop"
KEPT = ("reason", "second", "words", "question", "how", "note", "why", "name", "dose")


async def dispense_page(visit: Visit, patient: str) -> Response:
    """Answer a request for the counter of a person.

    Raises: AccessDenied, NotFound REC001, Gone REC002, InputError, SignInAgain ACC006.
    """
    if not _ID.fullmatch(patient) or visit.path[3:]:
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /patients/{{id}}/dispense"
    if visit.method == "POST" and visit.fields.get("do") == "undo":
        return await _undone(visit, patient)
    counter = await counter_of(visit, patient)
    if visit.method == "POST":
        return await _sent(visit, patient, counter)
    if visit.fields.get("easy"):
        today = visit.consult.clock().date()
        sheet = sheet_of(counter.person, today, directions_by_line(counter))
        return page("dispense/easy.jinja", sheet=sheet, csrf=visit.csrf)
    return _laid_out(visit, counter)


async def _undone(visit: Visit, patient: str) -> Response:
    kind = STATEMENT if visit.fields.get("kind") == "bought" else SUPPLY
    id = visit.fields.get("id", "")
    if not _ID.fullmatch(id):
        raise InputError("there is no such page.", code="REC001")
    done = await acting.take_back(visit, patient, kind, id)
    return _see(patient, "undo" if done else "kept")


async def _sent(visit: Visit, patient: str, counter: Counter) -> Response:
    fields, key = visit.fields, visit.fields.get("key", "")
    at = acting.At(visit, patient, key)
    if visit.seals.age_of(key) is None:
        return _see(patient, "")
    do = fields.get("do", "")
    if do == "bought":
        return await _bought(visit, counter, at)
    order = next((o for o in counter.orders if o.id == fields.get("rx")), None)
    if order is None:
        return _laid_out(visit, counter, (("#main", CLOSED),), status=412)
    if do == "dispense":
        return await _dispensed(visit, counter, at, order)
    faults, write = _act(visit, at, order)
    if faults:
        return _laid_out(visit, counter, faults, status=422)
    await write()
    return _see(patient, do, f"rx-{order.id}")


def _act(
    visit: Visit, at: acting.At, order: Checked
) -> tuple[Faults, Callable[[], Awaitable[None]]]:
    """Return what is wrong with what was sent about an order, or else what writes it."""
    fields, do = visit.fields, visit.fields.get("do", "")
    if do == "ask":
        words = fields.get("question", "")
        wrong = () if words else ((f"#question-{order.id}", "Write what you want to ask"),)
        return wrong, lambda: acting.ask(at, order, words)
    if do == "taking":
        how, note = fields.get("how", ""), fields.get("note", "")
        wrong = () if how in TAKES else ((f"#how-{order.id}", "Choose how it is taken"),)
        return wrong, lambda: acting.taking(at, order, how, note)
    if do == "stopped":
        why, note = fields.get("why", ""), fields.get("note", "")
        wrong = () if why in STOPS else ((f"#why-{order.id}", "Choose why they stopped"),)
        words = ". ".join(w for w in (STOPS.get(why, ""), note) if w)
        return wrong, lambda: acting.stopped(at, order, words)
    raise InputError("that is nothing that can be done here.")


async def _dispensed(visit: Visit, counter: Counter, at: acting.At, order: Checked) -> Response:
    await visit.consult.record.demand(visit.actor, Deed.CREATE, SUPPLY, at.patient)
    id = at.id(SUPPLY)
    if any(s["id"] == id for s in counter.held[SUPPLY]):  # sent twice: it is done
        return _see(at.patient, "dispense", f"rx-{order.id}")
    held = on_hold(counter.person, order.looked.answer.order)
    if why := shut(order.body) or held:
        return _laid_out(visit, counter, ((f"#rx-{order.id}", why),), status=412)
    if visit.fields.get("checked") != order.mark:
        return _laid_out(visit, counter, ((f"#rx-{order.id}", CHANGED),), status=412)
    if faults := _unanswered(visit, order):
        return _laid_out(visit, counter, faults, status=422)
    card = order.looked.card
    if card is not None and card.needs and order.needs_reason:
        visit.demand(Act.OVERRULE_STOP)
    await acting.dispense(at, order, visit.fields)
    return _see(at.patient, "dispense", f"rx-{order.id}")


def _unanswered(visit: Visit, order: Checked) -> Faults:
    """Return what a warning that stands in the way still asks for."""
    card = order.looked.card
    if card is None or not order.needs_reason:
        return ()
    is_known = visit.fields.get("reason") in {r.code for r in card.reasons}
    faults: Faults = () if is_known else ((f"#reasons-{order.id}", WHY),)
    second = visit.fields.get("second", "").casefold()
    is_alone = second in ("", visit.actor.id.casefold())
    return (*faults, (f"#second-{order.id}", WHO)) if card.needs and is_alone else faults


async def _bought(visit: Visit, counter: Counter, at: acting.At) -> Response:
    name, medicines = visit.fields.get("name", ""), visit.consult.services.knowledge.medicines
    if not name:
        fault = (("#name", "Write the name of the medicine"),)
        return _laid_out(visit, counter, fault, status=422)
    await acting.bought(at, name, medicines.find(name), visit.fields.get("dose", ""))
    return _see(at.patient, "bought", "bought")


def _see(patient: str, done: str, there: str = "") -> Response:
    asked = f"?done={done}" if done else ""
    return see(f"/patients/{patient}/dispense{asked}{f'#{there}' if there else ''}")


def _laid_out(
    visit: Visit, counter: Counter, faults: Faults = (), *, status: int = 200
) -> Response:
    """Return the page: as it is now, with what was typed where something was refused."""
    fields, new, base = visit.fields, visit.seals.form_key, visit.base
    shown = Page(
        banner=banner_of(counter.person, counter.subject),
        scripts=tuple(script_of(counter, o, new(), base) for o in counter.orders),
        none=NONE,
        bought=tuple(bought_of(o, base) for o in counter.bought),
        bought_key=new(),
        notice=NOTICES.get(fields.get("done", ""), ""),
        faults=faults,
        news=_news(visit, counter) if status == 412 else (),
        typed=_typed(fields) if faults or visit.method == "GET" else Typed(),
        hidden=(CUT,) if counter.is_cut else (),
        takes=tuple(TAKES.items()),
        stops=tuple(STOPS.items()),
        list="\n".join(lines_of(counter.person)),
        may=allowed(counter.may),
    )
    return page("dispense/page.jinja", status=status, page=shown, csrf=visit.csrf)


def _typed(fields: Mapping[str, str]) -> Typed:
    """Return what was typed: into a form that was refused, or that met a session that was over."""
    kept = tuple((name, fields.get(name, "")) for name in KEPT)
    parts = {"question": "ask", "how": "taking", "why": "stopped", "note": "taking"}
    guessed = next((do for name, do in parts.items() if fields.get(name)), "dispense")
    where = fields.get("rx", "") or "bought"
    return Typed(where, fields.get("do", "") or guessed, kept)


def _news(visit: Visit, counter: Counter) -> tuple[str, ...]:
    """Return what is other than when it was looked at: lines come and gone."""
    before = set(visit.fields.get("list", "").splitlines()) - {""}
    now = set(lines_of(counter.person))
    come = [f"New on the list: {line}" for line in sorted(now - before)]
    gone = [f"No longer on the list: {line}" for line in sorted(before - now)]
    return (*come, *gone) or ("The prescription, or what is said of it, is not as it was",)
