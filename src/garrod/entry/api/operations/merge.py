"""Patient/$merge and Patient/$unmerge: two people made one, and two again."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from garrod.adapters.fhir.json import Resource, text
from garrod.adapters.fhir.lines.asked import Parts, coded, parts_of, resource_of, word
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.lines.shown import outcome_saying
from garrod.adapters.fhir.outcome import outcome_of
from garrod.adapters.fhir.record.parse import parse
from garrod.care.record.medication.merge import Meanwhile, Whose
from garrod.care.record.medicines_merge import Merging
from garrod.care.record.medicines_merges import Waiting
from garrod.core.errors import FhirError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.medication import author_of, medicines_of, possible_id
from garrod.entry.api.rooms import Rooms

_WHOSE = {"kept": Whose.KEPT, "absorbed": Whose.ABSORBED, "neither": Whose.NEITHER}
_PARTS = frozenset(("source-patient", "target-patient", "reason", "decision"))


async def merge(rooms: Rooms, asked: Asked) -> Answer:
    """Merge the source Patient into the target; the same again changes nothing."""
    parts = parts_of(resource_of(parse(asked.body)), _PARTS - {"decision"})
    kept, absorbed = _two(parts)
    done = await _merging(rooms).merge(
        asked.actor, author_of(asked), kept, absorbed, reason=word(parts, "reason")
    )
    said = f"Patient/{absorbed} is merged into Patient/{kept}: {len(done.moved)} resources moved"
    return Answer(200, outcome_saying(said))


async def unmerge(rooms: Rooms, asked: Asked) -> Answer:
    """Undo a merge; 409 with what waits where lines came or changed since, and nobody decided."""
    parts = parts_of(resource_of(parse(asked.body)), _PARTS - {"reason"})
    kept, absorbed = _two(parts)
    try:
        _, changed = await _merging(rooms).unmerge(asked.actor, kept, absorbed, _decisions(parts))
    except Waiting as waiting:
        return Answer(409, _waiting(waiting))
    said = [f"Patient/{kept} and Patient/{absorbed} are two again"]
    said += [f"{m.kind}/{m.id} was changed since the merge: check whose it is" for m in changed]
    return Answer(200, outcome_saying(*said))


def _merging(rooms: Rooms) -> Merging:
    return Merging(medicines_of(rooms), FhirMerges(), tuple(rooms.codec.kinds))


def _two(parts: Parts) -> tuple[str, str]:
    found = []
    for name in ("target-patient", "source-patient"):
        held = parts.get(name, [""])[0]
        said = text(held, "reference") if isinstance(held, dict) else str(held)
        if not said.removeprefix("Patient/"):
            raise FhirError(f"name the {name} as a reference to a Patient.", code="FHR152")
        found.append(possible_id(said.removeprefix("Patient/")))
    return found[0], found[1]


def _decisions(parts: Parts) -> Mapping[str, Whose]:
    found = {}
    for held in parts.get("decision", []):
        given = parts_of(held, ("line", "whose"), within="part")
        found[word(given, "line")] = _WHOSE[coded(given, "whose", _WHOSE)]
    return found


def _waiting(waiting: Waiting) -> bytes:
    """Return what waits as an OperationOutcome: an issue for each line that must be decided."""
    found: Resource = orjson.loads(outcome_of(waiting))
    found["issue"] += [_issue(m) for m in waiting.waiting]
    return orjson.dumps(found)


def _issue(found: Meanwhile) -> Resource:
    names = ", ".join(dict.fromkeys(x.content.medicine.text for x in found.now))
    whose = f"; before the merge it was of {found.belonged.value}" if found.belonged else ""
    return {
        "severity": "error",
        "code": "conflict",
        "details": {"text": f"line {found.key} ({names}) came or changed since the merge{whose}"},
        "diagnostics": found.key,
    }
