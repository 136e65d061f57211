"""Learn: five short cases on the real engine, and how far one is.

GET  /learn                     the cases
GET  /learn/{case}?chosen=      a case; once chosen, what the engine says and why
POST /learn/{case}              a choice, then 303; POST /learn do=anew forgets how far one was
"""

from __future__ import annotations

from starlette.responses import Response

from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.web.asked import Visit
from garrod.entry.web.learn.cases import CHOICES, Case, case_named, fitting, judged
from garrod.entry.web.learn.presenter import rows_of, shown_of, tally
from garrod.entry.web.learn.progress import forget, keep, progress_of
from garrod.entry.web.pages import page, see

CHOOSE = "Choose what you would do"


async def learn_page(visit: Visit) -> Response:
    """Answer the cases, or one.  Raises: InputError REC001."""
    rest = visit.path[1:]
    case = case_named(rest[0]) if len(rest) == 1 else None
    if rest and case is None:
        raise InputError("there is no such case.", code="REC001")
    current().route = f"{visit.method} /learn{'/{id}' if rest else ''}"
    if case is not None:
        return await _case(visit, case)
    if visit.method == "POST":
        await forget(visit)
        return see("/learn")
    done = await progress_of(visit)
    return page(
        "learn/page.jinja",
        csrf=visit.csrf,
        rows=rows_of(done),
        tally=tally(done),
        has_done=bool(done),
    )


async def _case(visit: Visit, case: Case) -> Response:
    looked = judged(visit.consult, case)
    right, chosen, wrong = fitting(looked), visit.fields.get("chosen", ""), ""
    if visit.method == "POST":
        if chosen in CHOICES:
            await keep(visit, case.id, chosen, is_fitting=chosen == right)
            return see(f"/learn/{case.id}?chosen={chosen}#told")
        wrong = CHOOSE
    shown = shown_of(case, looked, chosen, right, visit.base)
    told = {"shown": shown, "wrong": wrong, "csrf": visit.csrf}
    return page("learn/case.jinja", status=422 if wrong else 200, **told)
