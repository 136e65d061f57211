"""Knowledge packs: what is in force, what is proposed, what it changes, and who must agree.

GET  /knowledge                        all packs, and what was done
GET  /knowledge/{pack}?table=&page=&people=   one pack: difference, approvals, who is affected
POST /knowledge/{pack}                 approve, put in force, roll back, work out who is affected
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.care.govern.model import Activated
from garrod.core.errors import InputError
from garrod.entry.affected import CHANGE, Found, Progress
from garrod.entry.web.access.judging import names_of as staff_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.knowledge.acting import (
    LONGEST,
    SHORTEST,
    Faults,
    Form,
    Refused,
    act,
    demand_sight,
    form_of,
    may_change,
)
from garrod.entry.web.knowledge.one import pack_view
from garrod.entry.web.knowledge.people import PAGE, Named, affected_view
from garrod.entry.web.knowledge.presenter import Asking, link_of, list_view
from garrod.entry.web.knowledge.reading import Chosen, Standing, chosen_of, standing_of
from garrod.entry.web.knowledge.view import AffectedView
from garrod.entry.web.knowledge.words import Known
from garrod.entry.web.pages import page, see
from garrod.entry.web.today.reading import names_of

SEEN = "see knowledge"


async def knowledge_page(visit: Visit) -> Response:
    """Answer the list, one pack, or what was asked for it.

    Raises: AccessDenied, SignInAgain ACC006, InputError REC001, KnowledgeError.
    """
    rest = visit.path[1:]
    current().route = f"{visit.method} /knowledge{'/{pack}' if rest else ''}"
    current().did(SEEN)
    demand_sight(visit)
    if len(rest) > 1 or (not rest and visit.method == "POST"):
        raise InputError("there is no such page.", code="REC001")
    standing = await asyncio.to_thread(standing_of, visit.consult.services.settings.packs)
    if not rest:
        return await _all(visit, standing)
    shelf = visit.consult.services.shelf
    chosen = await asyncio.to_thread(chosen_of, rest[0], standing, shelf)
    if visit.method != "POST":
        return await _one(visit, chosen, standing)
    form = form_of(visit)
    try:
        await act(visit, form, chosen, standing)
    except Refused as refused:
        standing = await asyncio.to_thread(standing_of, visit.consult.services.settings.packs)
        shelf = visit.consult.services.shelf
        chosen = await asyncio.to_thread(chosen_of, rest[0], standing, shelf)
        return await _one(visit, chosen, standing, form, (refused.faults, refused.status))
    return see(f"{link_of(rest[0])}{'#who' if form.do == 'who' else ''}")


async def _asking(visit: Visit, standing: Standing, more: Iterable[str] = ()) -> Asking:
    people = frozenset((*(event.by for event in standing.ledger.events), *more))
    names = await staff_of(visit, frozenset(p for p in people if p.startswith("Practitioner/")))
    return Asking(visit.actor, visit.consult.clock(), names, may_change(visit))


async def _all(visit: Visit, standing: Standing) -> Response:
    knowing = visit.consult.knowing
    found: dict[str, Found] = {}
    for number, event in enumerate(standing.ledger.events):
        if knowing is not None and hasattr(event, "pack"):
            mine = await knowing.affected.found(f"{CHANGE}:{number}")
            found |= {f"{CHANGE}:{number}": mine} if mine else {}
    asking = await _asking(visit, standing)
    fault = knowing.problem if knowing is not None else ""
    return page(
        "knowledge/page.jinja", csrf=visit.csrf, list=list_view(standing, found, asking, fault)
    )


async def _one(
    visit: Visit,
    chosen: Chosen,
    standing: Standing,
    form: Form | None = None,
    refused: tuple[Faults, int] = ((), 200),
) -> Response:
    asking = await _asking(visit, standing, (chosen.signer,))
    table = visit.fields.get("table", "")
    shown = (table, _number(visit.fields.get("page", "")))
    known = await asyncio.to_thread(known_of, visit, chosen)
    return page(
        "knowledge/pack.jinja",
        status=refused[1],
        csrf=visit.csrf,
        pack=pack_view(chosen, standing, known, asking, shown),
        who=await _affected(visit, chosen, standing),
        form=form or form_of(visit),
        faults=refused[0],
        wrong={target for target, _ in refused[0]},
        link=link_of(chosen.pack.manifest.reference),
        may_ask=asking.may_change and visit.consult.knowing is not None,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def known_of(visit: Visit, chosen: Chosen) -> Known:
    """Return what the codes in a pack's rows mean."""
    medicines = visit.consult.services.knowledge.medicines.by_drug
    phrases: dict[str, str] = {}
    sources: dict[str, str] = {}
    for pack in (chosen.instead_of, chosen.pack):
        if pack is not None:
            phrases |= {r["code"]: r["text"] for r in pack.tables.get("phrases", ()) if "text" in r}
            sources |= {id: e.source for id, e in pack.evidence.items()}
    return Known({id: m.name for id, m in medicines.items()}, phrases, sources)


async def _affected(visit: Visit, chosen: Chosen, standing: Standing) -> AffectedView | None:
    """Return who is affected; None for a pack of which that is never asked."""
    knowing = visit.consult.knowing
    if chosen.own is None or knowing is None:
        return None
    name = (
        _change_of(chosen, standing) if chosen.is_in_force else knowing.affected.name_of(chosen.own)
    )
    key = CHANGE if chosen.is_in_force else name
    progress: Progress | None = knowing.affected.progress.get(key)
    found: Found | None = await knowing.affected.found(name)
    number = _number(visit.fields.get("people", ""))
    ids = tuple(found.people[(number - 1) * PAGE : number * PAGE]) if found else ()
    names = await names_of(visit, ids) if ids else {}
    link = link_of(chosen.pack.manifest.reference)
    return affected_view(found, progress, Named(names, ids, number, link, chosen.is_in_force))


def _change_of(chosen: Chosen, standing: Standing) -> str:
    """Return under which name it is kept whom a pack that took force affected."""
    events = enumerate(standing.ledger.events)
    last = [
        n for n, e in events
        if isinstance(e, Activated) and e.pack == chosen.pack.manifest.reference
    ]  # fmt: skip
    return f"{CHANGE}:{last[-1] if last else ''}"


def _number(said: str) -> int:
    is_number = said.isascii() and said.isdecimal() and len(said) < 6
    return max(1, int(said)) if is_number else 1
