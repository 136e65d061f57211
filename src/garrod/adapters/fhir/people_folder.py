"""People of a folder of NDJSON, without holding them all: first who is meant, then their resources.

files of medicines -> who is wanted -> their lines dealt into files of some hundred people -> people
Memory does not grow with what the files hold: it holds the ids of those wanted, and one file of
people at a time. The files that are dealt are private, and taken away by whoever made the folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import orjson

from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.json import Resource, codings, one, text, words_of
from garrod.adapters.fhir.person import Read, read_entries
from garrod.core.errors import FhirError, InputError
from garrod.core.medicine import MedicineLine

TAKEN = ("MedicationRequest", "MedicationStatement")
# Kinds that tell of a person, the ones that speak of what was taken last.
KINDS = (
    *("Patient", "AllergyIntolerance", "Condition", "Procedure", "Observation", "DiagnosticReport"),
    *("ServiceRequest", "Goal", *TAKEN, "MedicationDispense", "MedicationAdministration"),
)
SHARED = "Medication"  # nobody's own: everybody may refer to it
PER_FILE, MOST_FILES = 300, 200  # Not clinical: people in a dealt file, files open at once
_SUBJECT, _OTHER = b'"subject":{"reference":"Patient/', b'"patient":{"reference":'
_NAMED, _NEXT = b'"medicationCodeableConcept":', b',"subject":'
MOST = 100_000  # Not clinical: ways of naming a medicine whose meaning is kept while files are read
_PATIENT = re.compile(rb'^\{"resourceType":"Patient","id":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Mention:
    """A medicine of a person; `line` None where it is named somewhere else."""

    patient: str
    line: MedicineLine | None


def mentions(folder: Path) -> Iterator[Mention]:
    """Yield every medicine that is asked for or told of, in the order of the files.

    Raises: InputError INP071 for what is no line of NDJSON, with file and line.
    """
    kept: dict[bytes, MedicineLine] = {}
    for path in _files(folder, TAKEN):
        for number, raw in _lines(path):
            named = _concept(raw)
            line = kept.get(named) if named else None
            if line is None:
                found = line_in(_resource(path, number, raw))
                if found is None or not named or len(kept) >= MOST:
                    yield Mention(_whose(path, number, raw), found)
                    continue
                line = kept[named] = found
            yield Mention(_whose(path, number, raw), line)


def _concept(raw: bytes) -> bytes:
    """Return the bytes that name a medicine, where they are told at sight; else none."""
    start = raw.find(_NAMED)
    end = raw.find(_NEXT, start)
    is_sole = start >= 0 and end >= 0 and raw.find(_NAMED, start + 1) < 0
    return raw[start:end] if is_sole else b""


def line_in(resource: Resource) -> MedicineLine | None:
    """Return the medicine that a request or statement names; None where another resource does."""
    concept = one(resource, "medicationCodeableConcept")
    return MedicineLine(words_of(concept), codings(concept)) if concept else None


def patients_of(folder: Path, kind: str = "Patient") -> Iterator[str]:
    """Yield the id of the person of each resource of a kind.  Raises: InputError INP071."""
    for path in _files(folder, (kind,)):
        for number, raw in _lines(path):
            yield _whose(path, number, raw)


def births_of(folder: Path) -> Iterator[tuple[str, date | None]]:
    """Yield each person's id with the day of birth, as far as it is known: INP071 as above."""
    for path in _files(folder, ("Patient",)):
        for number, raw in _lines(path):
            resource = _resource(path, number, raw)
            yield text(resource, "id"), born_in(resource)


def born_in(patient: Resource) -> date | None:
    """Return the day of birth as the reader of people reads it; None where it cannot."""
    return latest_date(text(patient, "birthDate"))


def dealt(folder: Path, wanted: frozenset[str], into: Path) -> list[Path]:
    """Write the resources of the people who are wanted, some hundred people a file.

    Return the files, in order.  Raises: InputError INP071.
    """
    count = min(MOST_FILES, 1 + len(wanted) // PER_FILE)
    paths = [into / f"{number:03}.ndjson" for number in range(count)]
    with ExitStack() as stack:
        files: list[BinaryIO] = [stack.enter_context(p.open("wb")) for p in paths]
        for path in _files(folder, KINDS):
            for number, raw in _lines(path):
                who = _whose(path, number, raw)
                if who in wanted:
                    files[crc32(who.encode()) % count].write(raw.rstrip() + b"\n")
    return paths


def shared_of(folder: Path) -> list[Resource]:
    """Return the medicines that resources may refer to.  Raises: InputError INP071."""
    found = ((p, n, raw) for p in _files(folder, (SHARED,)) for n, raw in _lines(p))
    return [_resource(*at) for at in found]


def reads_of(path: Path, shared: Sequence[Resource] = ()) -> Iterator[Read]:
    """Yield the people of a dealt file, by id.  Raises: FhirError FHR003, with who it is."""
    by_person: dict[str, list[Resource]] = {}
    for number, raw in _lines(path):
        by_person.setdefault(_whose(path, number, raw), []).append(_resource(path, number, raw))
    for who, resources in sorted(by_person.items()):
        named = ((f"{text(r, 'resourceType')}/{text(r, 'id')}", r) for r in (*resources, *shared))
        if not any(text(r, "resourceType") == "Patient" for r in resources):
            raise FhirError(
                f"Patient/{who}: has resources and is not in Patient.ndjson", code="FHR003"
            )
        yield read_entries(tuple(named), name=f"Patient/{who}", source="people")


def check_folder(folder: Path) -> None:
    """Return nothing for a folder with people.  Raises: InputError INP071."""
    if not (folder / "Patient.ndjson").is_file():
        raise InputError(
            f"{folder}: holds no Patient.ndjson; name a folder that garrod world or garrod record "
            "export wrote",
            code="INP071",
        )


def _files(folder: Path, kinds: Sequence[str]) -> Iterator[Path]:
    for kind in kinds:
        path = folder / f"{kind}.ndjson"
        if path.exists():
            yield path


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb", buffering=1 << 20) as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield number, raw
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", code="INP071") from error


def _whose(path: Path, number: int, raw: bytes) -> str:
    """Return whose a resource is; read whole where its bytes do not show it at once."""
    at = raw.find(_SUBJECT)
    if at >= 0 and raw.find(_SUBJECT, at + 1) < 0 and raw.find(_OTHER) < 0:
        who = raw[at + len(_SUBJECT) : raw.find(b'"', at + len(_SUBJECT))]
        if b"/" not in who and b"\\" not in who:
            return who.decode("utf-8", "replace")
    own = _PATIENT.match(raw)
    if own is not None:
        return own[1].decode("utf-8", "replace")
    return patient_in(_resource(path, number, raw))


def patient_in(resource: Resource) -> str:
    """Return the id of the person whom a resource is about; "" where it says none."""
    if text(resource, "resourceType") == "Patient":
        return text(resource, "id")
    who = text(one(resource, "subject") or one(resource, "patient"), "reference")
    return who.partition("/_history/")[0].rpartition("Patient/")[2]


def _resource(path: Path, number: int, raw: bytes) -> Resource:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(path, number, str(error)) from error
    if not isinstance(found, dict):
        raise _unreadable(path, number, "it is no resource")
    return found


def _unreadable(path: Path, number: int, why: str) -> InputError:
    return InputError(f"{path}: line {number} is no JSON of a resource ({why})", code="INP071")
