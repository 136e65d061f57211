"""The register of data uses, for everybody who is signed in, patients too.

GET /register?before=     the uses, the newest first
"""

from __future__ import annotations

import asyncio
import re

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.pages import page
from garrod.entry.web.register.presenter import checked, rows_of
from garrod.entry.web.register.reading import found_in

SHOWN = 50  # Not clinical: uses on a page
_PLACE = re.compile(r"[0-9]{1,12}")


async def register_page(visit: Visit) -> Response:
    """Answer the register.  Raises: InputError REC001, REL011, OutsideError REL010."""
    if visit.path[1:] or visit.method == "POST":
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /register"
    found = await asyncio.to_thread(found_in)
    given = visit.fields.get("before", "")
    every = rows_of(found.lines)
    rows = [r for r in every if r.id < int(given)] if _PLACE.fullmatch(given) else list(every)
    return page(
        "register/page.jinja",
        csrf=visit.csrf,
        rows=rows[:SHOWN],
        count=len(every),
        before=rows[SHOWN - 1].id if len(rows) > SHOWN else 0,
        checked=checked(found.faults),
        now=f"{visit.consult.clock():%-d %B %Y, %H:%M} UTC",
    )
