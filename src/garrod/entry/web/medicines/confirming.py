"""The whole list confirmed at once: each line goes on or stops; first what it takes away is shown.

GET the lines; POST do=look: what it would do; POST do=confirm: it is done, all or nothing
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from starlette.responses import Response

from garrod.care.record.medication.confirm import Entry, Kind, Proposal, StaleList, confirm
from garrod.care.record.medication.line import Act, Line, Transition
from garrod.care.record.medicines import with_id
from garrod.core.errors import AccessDenied, ConflictError, InputError
from garrod.entry.housing import new_id
from garrod.entry.listing import medicines_over
from garrod.entry.web.asked import Visit
from garrod.entry.web.medicines.acting import asking
from garrod.entry.web.medicines.presenter import changes_of, row_of
from garrod.entry.web.medicines.reading import Look, look
from garrod.entry.web.medicines.view import Changed
from garrod.entry.web.medicines.wording import REASONS
from garrod.entry.web.pages import page, see

TEMPLATE = "medicines/confirm.jinja"
MOST = 90  # Not clinical: lines whose fields fit into one form


async def confirm_page(visit: Visit, patient: str, around: Mapping[str, object]) -> Response:
    """Answer the confirmation of a whole list.  Raises: AccessDenied, NotFound, InputError."""
    found = await look(visit, patient)
    if visit.method != "POST":
        return _page(visit, found, around)
    faults = _faults(visit.fields, found)
    if faults:
        return _page(visit, found, around, faults=faults, status=422)
    proposal = _proposal(visit.fields, found)
    if visit.fields.get("do") != "confirm":
        return _page(visit, found, around, taken=_taken(found, proposal), is_last=True)
    said = visit.fields.get("version", "")
    number = int(said) if said.isdecimal() and len(said) < 9 else -1
    key, marks = visit.fields.get("key", ""), _marks(visit.fields, found)
    changes: tuple[Changed, ...] = ()
    try:
        if visit.seals.age_of(key) is None:
            raise InputError("this form is too old: look at it again, and send it anew.")
        about = asking(patient, found.by, number, key, ("confirm", marks))
        await medicines_over(visit.consult.record).confirm(visit.actor, about, proposal)
    except StaleList as stale:
        changes = changes_of(stale, {x.id: x for x in found.lines})
        words = "The list has changed since you read it. Nothing was confirmed: look, then decide"
        return _page(
            visit, found, around, faults=(("#difference", words),), status=412, changes=changes
        )
    except (InputError, ConflictError, AccessDenied) as error:
        status = 403 if isinstance(error, AccessDenied) else 422
        return _page(visit, found, around, faults=(("#lines", error.message),), status=status)
    return see(f"/patients/{patient}/medicines{around['own']}")


def field_of(line: Line) -> str:
    """Return the name of a line's field in the form."""
    return sha256(line.id.encode()).hexdigest()[:12]


def _faults(fields: Mapping[str, str], found: Look) -> tuple[tuple[str, str], ...]:
    said = []
    for line in found.list.to_decide():
        name = field_of(line)
        if fields.get(name) == "stop" and not _reason(fields, name):
            said.append((f"#why-{name}", f"Choose why {line.content.medicine.text} stops"))
    return tuple(said)


def _reason(fields: Mapping[str, str], name: str) -> str:
    return REASONS["stop"].get(fields.get(f"why-{name}", ""), "")


def _proposal(fields: Mapping[str, str], found: Look) -> Proposal:
    now, by = found.now, found.by
    entries = []
    for line in found.list.to_decide():
        name, step = field_of(line), None
        if fields.get(name) == "stop":
            step = Transition(Act.STOP, by, now, now, _reason(fields, name))
        entries.append(Entry(line.id, step))
    return tuple(entries)


def _marks(fields: Mapping[str, str], found: Look) -> tuple[tuple[str, str, str], ...]:
    """Return what was asked of each line that has a field, whether it is there still or not."""
    names = sorted(field_of(line) for line in found.lines)
    return tuple(
        (name, fields.get(name, ""), fields.get(f"why-{name}", "")) for name in names
        if fields.get(name)
    )  # fmt: skip


def _taken(found: Look, proposal: Proposal) -> tuple[str, ...]:
    """Return which medicines a confirmation takes away."""
    own = found.by.setting
    made = confirm(
        found.list,
        tuple(with_id(e, found.list, own, new_id) for e in proposal),
        based_on=found.list,
        by=found.by,
        at=found.now,
        key="",
    )
    lines = made.list.by_id()
    return tuple(
        f"{lines[c.line_id].content.medicine.text}: stops ({lines[c.line_id].stop_reason})"
        for c in made.changed()
        if c.kind is Kind.CEASED
    )


def _page(
    visit: Visit,
    found: Look,
    around: Mapping[str, object],
    *,
    faults: tuple[tuple[str, str], ...] = (),
    status: int = 200,
    changes: tuple[Changed, ...] = (),
    taken: tuple[str, ...] = (),
    is_last: bool = False,
) -> Response:
    lines, today = found.list.to_decide(), found.now.date()
    if len(lines) > MOST:
        raise InputError(f"more than {MOST} lines cannot be confirmed on one page: reconcile them.")
    fields = visit.fields if visit.method == "POST" else {}
    rows = tuple(
        (name := field_of(x), row_of(x, found.names, today), fields.get(name, "on"),
         fields.get(f"why-{name}", ""))
        for x in lines
    )  # fmt: skip
    return page(
        TEMPLATE,
        status=status,
        rows=rows,
        reasons=tuple((k, v) for k, v in REASONS["stop"].items() if k != "other"),
        taken=taken,
        is_last=is_last,
        key=visit.seals.form_key(),
        version=found.number,
        faults=faults,
        changes=changes,
        **around,
    )
