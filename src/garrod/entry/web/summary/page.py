"""The summary of a person: what matters now, and one timeline across settings.

GET /patients/{id}?setting=&kind=&page=   the page
GET /patients/{id}/live?after=            what changes, as it changes (Server-Sent Events)
"""

from __future__ import annotations

import re

from starlette.responses import Response

from garrod.care.decide.knowledge import Knowledge
from garrod.care.govern.audit import current
from garrod.care.record.service import NotFound
from garrod.core.errors import InputError
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.live import Live
from garrod.entry.web.news import news_of
from garrod.entry.web.pages import page
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now
from garrod.entry.web.summary.facts import Bearing
from garrod.entry.web.summary.presenter import Known, summary_of
from garrod.entry.web.summary.reading import read
from garrod.entry.web.summary.timeline import asked_of, shown_of
from garrod.entry.web.summary.words import clock_words
from garrod.entry.web.told.page import told_by

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PLACE = re.compile(r"[0-9]{1,18}")


async def summary_page(visit: Visit, patient: str) -> Response:
    """Answer the page of a person.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    current().route = f"{visit.method} /patients/{{id}}"
    if not _ID.fullmatch(patient) or visit.path[2:] not in ((), ("",)) or visit.method == "POST":
        raise InputError("there is no such page.", code="REC001")
    after = await news_of(visit.consult.record).newest()
    found, asked = await read(visit, patient), asked_of(visit.fields)
    shown = shown_of(found.gist.rows, asked)
    named = frozenset(entry.by for entry in shown if "/" in entry.by)
    knowledge, now = visit.consult.services.knowledge, visit.consult.clock()
    known = Known(knowledge.medicines, bearing_of(knowledge), await names_of(visit, named), now)
    person, told = found.snapshot.person, await told_by(visit, patient)
    return page(
        "summary/page.jinja",
        csrf=visit.csrf,
        patient=patient,
        banner=banner_of(person, subject_now(visit.consult, person)),
        summary=summary_of(found, asked, known, patient),
        told=told,
        after=after,
        at=clock_words(now),
    )


async def live_page(visit: Visit, patient: str) -> Response:
    """Answer the stream of what changes in a person's record.

    Raises: AccessDenied, NotFound REC001, InputError API004.
    """
    current().route = "GET /patients/{id}/live"
    current().did("listen")
    if not _ID.fullmatch(patient) or visit.path[3:] or visit.method != "GET":
        raise InputError("there is no such page.", code="REC001")
    if not await visit.consult.record.knows_of(visit.actor, patient):
        raise NotFound("there is no such person here.")
    after = visit.fields.get("after", "")
    if after and not _PLACE.fullmatch(after):
        raise InputError("after is the number of an event.", code="API004")
    return Live(visit, patient, news_of(visit.consult.record), after=int(after or "0"))


def bearing_of(knowledge: Knowledge) -> Bearing:
    """Return the drugs whose guidance asks for each gene."""

    def made() -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for drug in knowledge.drugs():
            for gene in knowledge.genes_of(drug):
                found.setdefault(gene, []).append(drug)
        return {gene: tuple(drugs) for gene, drugs in found.items()}

    return knowledge.memory.once("drugs by gene", made)
