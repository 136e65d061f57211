"""The page of a person's genes: what is known, what is not, the proof, and what it means.

GET /patients/{id}/genome          the page
GET /patients/{id}/genome/report   the report, to print
"""

from __future__ import annotations

import re

from starlette.responses import HTMLResponse, Response

from garrod.adapters.report.html import render_html
from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.genome.presenter import view_of
from garrod.entry.web.genome.reading import genome_of
from garrod.entry.web.headers import HEADERS
from garrod.entry.web.pages import page
from garrod.entry.web.prescribe.banner import banner_of
from garrod.entry.web.prescribe.looking import subject_now

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_STYLE = re.compile(r"style-src 'sha256-[A-Za-z0-9+/]{43}='")
BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def genome_page(visit: Visit, patient: str) -> Response:
    """Answer the page, or the report.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    rest = visit.path[3:]
    if not _ID.fullmatch(patient) or visit.method == "POST" or rest not in ((), ("report",)):
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /patients/{{id}}/genome{'/report' if rest else ''}"
    found = await genome_of(visit, patient)
    if rest:
        return _printed(render_html(found.report))
    view = view_of(
        found.person, found.report, untested=found.untested, days=found.days, is_cut=found.is_cut
    )
    banner = banner_of(found.person, subject_now(visit.consult, found.person))
    return page("genome/page.jinja", csrf=visit.csrf, banner=banner, view=view)


def _printed(html: str) -> Response:
    """Return the report; its one style is allowed by the hash that it names itself."""
    style = _STYLE.search(html[:10_000].replace("&#39;", "'").replace("&#43;", "+"))
    policy = f"{BARE}; {style[0]}" if style else BARE
    return HTMLResponse(html, headers={**HEADERS, "Content-Security-Policy": policy})
