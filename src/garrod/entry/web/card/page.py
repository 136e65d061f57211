"""Whether a card is as this server signed it; and the key, for those who check without it.

GET  /card, /card/check    where the scanned text goes
POST /card/check           the text, as a form: no address says what is on a card
GET  /card/key             the public keys, that in force first
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.housing import folder_of
from garrod.entry.wallet import checked
from garrod.entry.wallet_keys import publics_text, ring_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.card.presenter import FAULTS, shown
from garrod.entry.web.pages import HEADERS, page


async def check_page(visit: Visit) -> Response:
    """Answer the page.  Raises: InputError, OutsideError AUD030."""
    rest = visit.path[1:]
    if rest not in ((), ("check",), ("key",)):
        raise InputError("there is no such page.", code="REC001")
    current().route = f"{visit.method} /card{'/' if rest else ''}{''.join(rest)}"
    ring = ring_of(folder_of())
    if rest == ("key",):
        return PlainTextResponse(publics_text(ring.publics), headers=HEADERS)
    text, wrong, card = visit.fields.get("text", ""), "", None
    if visit.method == "POST":
        try:
            card = shown(checked(text, *ring.publics), visit.consult.clock().date())
        except InputError as error:
            wrong = FAULTS.get(error.code, error.message)
    return page(
        "card/page.jinja",
        status=422 if wrong else 200,
        csrf=visit.csrf,
        text=text,
        wrong=wrong,
        card=card,
        key=ring.key.id,
    )
