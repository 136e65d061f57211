"""The safety case: what could go wrong, what controls it, and which tests show that.

GET /safety?words=&severity=&page=     the hazards
GET /safety/{id}                 one hazard
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from garrod import __version__
from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page
from garrod.entry.web.safety.presenter import (
    GAPS,
    UNKNOWN,
    chosen,
    part_of,
    proofs_of,
    sorts,
    tally,
)
from garrod.entry.web.safety.reading import hazards


async def safety_page(visit: Visit) -> Response:
    """Answer the list, or one hazard.  Raises: InputError REC001."""
    rest, every = visit.path[1:], hazards()
    one = next((h for h in every if rest == (h.id,)), None)
    if visit.method == "POST" or (rest and one is None):
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /safety{'/{id}' if rest else ''}"
    told: dict[str, Any] = {"csrf": visit.csrf, "version": __version__, "gaps": GAPS}
    if one is not None:
        tests = proofs_of(one)
        return page("safety/hazard.jinja", one=one, tests=tests, unknown=UNKNOWN, **told)
    words, severity = visit.fields.get("words", ""), visit.fields.get("severity", "")
    shown = chosen(every, words, severity)
    return page(
        "safety/page.jinja",
        rows=shown,
        part=part_of(shown, visit.fields.get("page", ""), words, severity),
        words=words,
        sorts=sorts(every, severity),
        tally=tally(shown, every),
        **told,
    )
