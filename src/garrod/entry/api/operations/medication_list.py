"""$medication-list, $confirm-medication-list and $line of a Patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from garrod.adapters.fhir.lines.asked import (
    LINE_PARTS,
    entry_of,
    parts_of,
    resource_of,
)
from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.differing import value_words
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.lines.proposed import proposal_in
from garrod.adapters.fhir.lines.shown import bundle_of, outcome_of_view
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medication.line import Line, Setting
from garrod.care.record.medicines import Written, hidden_from
from garrod.care.record.medicines_load import Held
from garrod.care.record.medicines_ports import LINE, LIST, list_id
from garrod.care.record.medicines_view import Viewed, view_of, viewed
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import (
    asking_of,
    author_of,
    conditional,
    medicines_of,
    moment_of,
    question_of,
)
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # the date of a list that was never written


async def medication_list(rooms: Rooms, asked: Asked) -> Answer:
    """Return a person's list with its lines, and what it rests on."""
    given = question_of(asked, ("asOf", "asKnown"))
    as_known = moment_of(given, "asKnown")
    if as_known is not None and as_known.date() > clock().date():
        raise InputError("asKnown is to come: what will be known then is not known.", code="API004")
    found = await viewed(
        medicines_of(rooms),
        asked.actor,
        asked.path[1],
        author_of(asked).setting,
        as_of=moment_of(given, "asOf"),
        as_known=as_known,
    )
    notes = _of_head(found)
    if not given.keys() & {"asOf", "asKnown"}:
        notes = (*notes, *_overdue(found))
    if not found.held.head.listed and found.held.version is not None:
        person = await rooms.record.read(asked.actor, "Patient", asked.path[1])
        other = FhirMerges().absorbed_into(person)
        notes = (*notes, *([f"merged into Patient/{other}: read that list"] if other else []))
    return shown(rooms, asked, found, notes=notes)


async def _line(rooms: Rooms, asked: Asked) -> Answer:
    medicines, asking = medicines_of(rooms), asking_of(asked)
    parts = parts_of(resource_of(parse(asked.body)), LINE_PARTS)
    now = await medicines.held(asked.actor, asking.patient)
    seen = _seen(now, asking.by.setting, await medicines.denied(asked.actor, asking.patient))
    entry = entry_of(parts, asking.by, medicines.clock(), seen)
    done = await medicines.act(asked.actor, asking, entry)
    return await answered(rooms, asked, done)


async def _confirm(rooms: Rooms, asked: Asked) -> Answer:
    medicines, asking = medicines_of(rooms), asking_of(asked)
    body = parse(asked.body)
    now = await medicines.held(asked.actor, asking.patient)
    denied = await medicines.denied(asked.actor, asking.patient)
    lines, at = _seen(now, asking.by.setting, denied), medicines.clock()
    if body["resourceType"] == "Bundle":
        proposal = proposal_in(body, asking.patient, lines, asking.by, at)
    else:
        whole = parts_of(resource_of(body), ("line",))
        proposal = tuple(
            entry_of(parts_of(one, LINE_PARTS, within="part"), asking.by, at, lines)
            for one in whole.get("line", [])
        )
    done = await medicines.confirm(asked.actor, asking, proposal)
    return await answered(rooms, asked, done)


def _seen(held: Held, setting: Setting, denied: frozenset[str]) -> dict[str, Line]:
    """Return the lines that a setting may see, by id."""
    hidden = hidden_from(held.list, setting) | denied
    return {id: x for id, x in held.list.by_id().items() if id not in hidden}


line = conditional(_line)
confirm = conditional(_confirm)


async def answered(rooms: Rooms, asked: Asked, done: Written) -> Answer:
    """Return what a write yields: the list as it is now, and what followed from it."""
    denied = await medicines_of(rooms).denied(asked.actor, done.held.patient)
    found = view_of(done.held, author_of(asked).setting, clock(), denied=denied)
    notes = (*notes_of(done), *_of_head(found), *_overdue(found))
    return shown(rooms, asked, found, notes=notes)


def _of_head(found: Viewed) -> tuple[str, ...]:
    """Return when the list was last reconciled, and what was left open then."""
    last = found.held.head.reconciled
    if last is None:
        return ()
    who = f"{last.by.who} ({last.by.setting.value})"
    left = (f"not decided at {last.move}: {row}" for row in last.unresolved)
    return (f"last reconciled at {last.move} by {who}, {last.at:%d/%m/%Y %H:%M}", *left)


def _overdue(found: Viewed) -> tuple[str, ...]:
    """Return which lines were to begin or resume by now, in words: someone has to say so."""
    return tuple(
        f"line {x.line_id} was to begin or resume on {x.due:%d/%m/%Y}, and nobody has said that "
        "it did"
        for x in found.overdue(clock().date())
    )


def notes_of(done: Written) -> tuple[str, ...]:
    """Return what followed from a write, in words."""
    said = ["this was done before under the same key: nothing was done again"] * done.is_replay
    for stopped in done.stopped:
        for recall in stopped.stopping.recalls:
            said.append(f"{recall.reference}: {recall.outcome.value} ({recall.why})")
        if stopped.task_id:
            said.append(f"Task/{stopped.task_id} names what could not be recalled")
    for gone in done.removed:
        said.append(f"{gone.medicine}: {gone.field} was taken away ({value_words(gone.was)})")
    said += [f"{order} stays cancelled: prescribe anew if it is wanted" for order in done.lapsed]
    return tuple(said)


def shown(rooms: Rooms, asked: Asked, found: Viewed, notes: tuple[str, ...] = ()) -> Answer:
    """Return a view as a Bundle, with the entity tag of the list."""
    held = found.held
    if found.lines is None and held.version is not None:
        served = rooms.codec.served
        bodies = [(LINE, id, served(v)) for id, v in held.versions.items()]
        head = served(held.version)
    else:
        bodies, head = _worked_out(found, found.lines or ())
    listed = [(LIST, list_id(held.patient), head), *bodies]
    body = bundle_of(asked.base, listed, outcome_of_view(found.completeness, notes))
    return Answer(200, body, {"ETag": f'W/"{held.number}"'})


def _worked_out(found: Viewed, seen: Sequence[Line]) -> tuple[list[tuple[str, str, bytes]], bytes]:
    """Return the lines and the head of a view that is not what is stored."""
    codec, held = FhirLines(), found.held
    lines = {line.id: line for line in seen}
    listed = tuple(one for one in held.head.listed if one.line_id in lines)
    at = held.version.at if held.version else EARLIEST
    head = codec.head_body(replace(held.head, listed=listed), lines, at)
    of_test = held.head.is_test
    bodies = {id: codec.line_body(x, held.patient, is_test=of_test) for id, x in lines.items()}
    return [(LINE, id, body) for id, body in bodies.items()], head
