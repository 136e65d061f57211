"""People of a folder of NDJSON, without holding them all: first who is meant, then their resources.

files -> chunks of whole lines, read by any number of processes -> what each line tells of whom
A line is read whole only where its bytes do not show at sight what is asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.json import Resource, codings, one, text, words_of
from garrod.core.errors import InputError
from garrod.core.medicine import MedicineLine

TAKEN = ("MedicationRequest", "MedicationStatement")
DISPENSE = "MedicationDispense"
# Kinds that tell of a person, the ones that speak of what was taken last.
KINDS = (
    *("Patient", "AllergyIntolerance", "Condition", "Procedure", "Observation", "DiagnosticReport"),
    *("ServiceRequest", "Goal", *TAKEN, DISPENSE, "MedicationAdministration"),
)
SHARED = "Medication"  # nobody's own: everybody may refer to it
CHUNK = 16 << 20  # Not clinical: bytes that are read at once
MOST = 100_000  # Not clinical: ways of naming a medicine whose meaning is kept while files are read
_SUBJECT, _OTHER = b'"subject":{"reference":"Patient/', b'"patient":{"reference":'
_NAMED, _NEXT = b'"medicationCodeableConcept":', b',"subject":'
_INSIDE = b'"contained"'  # what stands in another resource may be of somebody else
_PATIENT = re.compile(rb'^\{"resourceType":"Patient","id":"([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines of a file that start from one place up to (and not at) another, in bytes."""

    path: Path
    start: int
    end: int

    @property
    def kind(self) -> str:
        """Return the kind of its resources."""
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Mention:
    """A medicine of a person; `line` None where it is named somewhere else."""

    patient: str
    line: MedicineLine | None


def chunks_of(folder: Path, kinds: Sequence[str], size: int = CHUNK) -> list[Chunk]:
    """Return the chunks of the files of some kinds, in the order of the kinds: every line once.

    Raises: InputError INP071 for a file that cannot be read.
    """
    found: list[Chunk] = []
    for path in (folder / f"{kind}.ndjson" for kind in kinds):
        try:
            whole = path.stat().st_size if path.exists() else 0
        except OSError as error:
            raise _unopened(path, error) from error
        found += [Chunk(path, at, min(at + size, whole)) for at in range(0, whole, size)]
    return found


def lines_in(chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not empty with the place where it starts.  Raises: InputError."""
    at, data = _read(chunk)
    for raw in data.split(b"\n"):
        if raw.strip():
            yield at, raw
        at += len(raw) + 1


def _read(chunk: Chunk) -> tuple[int, bytes]:
    """Return the bytes of the lines that start in a chunk, and where the first of them starts."""
    before = min(chunk.start, 1)  # the byte that tells whether a line starts with the chunk
    try:
        with chunk.path.open("rb", buffering=0) as file:
            file.seek(chunk.start - before)
            data = file.read(chunk.end - chunk.start + before)
            cut = data.find(b"\n") + 1 if before else 0
            if before and not cut:
                return chunk.end, b""
            if not data.endswith(b"\n"):
                data += file.readline()
    except OSError as error:
        raise _unopened(chunk.path, error) from error
    return chunk.start - before + cut, data[cut:]


def mentions(chunk: Chunk) -> Iterator[Mention]:
    """Yield every medicine that is asked for or told of, in the order of the lines.

    Raises: InputError INP071 for what is no line of NDJSON, with file and line.
    """
    kept: dict[bytes, MedicineLine] = {}
    for at, raw in lines_in(chunk):
        named = concept_in(raw)
        line = kept.get(named)
        if line is None:
            line = line_in(resource_at(chunk.path, at, raw))
            if line is not None and named and len(kept) < MOST:
                kept[named] = line
        yield Mention(whose(chunk.path, at, raw), line)


def concept_in(raw: bytes) -> bytes:
    """Return the bytes that name a medicine, where they are told at sight; else none."""
    start = raw.find(_NAMED)
    end = raw.find(_NEXT, start)
    is_sole = start >= 0 and end >= 0 and raw.find(_NAMED, start + 1) < 0
    return raw[start:end] if is_sole and _INSIDE not in raw else b""


def line_in(resource: Resource) -> MedicineLine | None:
    """Return the medicine that a request or statement names; None where another resource does."""
    concept = one(resource, "medicationCodeableConcept")
    return MedicineLine(words_of(concept), codings(concept)) if concept else None


def patients_in(chunk: Chunk) -> Iterator[str]:
    """Yield the id of the person of each resource.  Raises: InputError INP071."""
    for at, raw in lines_in(chunk):
        yield whose(chunk.path, at, raw)


def births_in(chunk: Chunk) -> Iterator[tuple[str, date | None]]:
    """Yield each Patient's id with the day of birth, as far as it is known: INP071 as above."""
    for at, raw in lines_in(chunk):
        resource = resource_at(chunk.path, at, raw)
        yield text(resource, "id"), born_in(resource)


def born_in(patient: Resource) -> date | None:
    """Return the day of birth as the reader of people reads it; None where it cannot."""
    return latest_date(text(patient, "birthDate"))


def shared_of(folder: Path) -> list[Resource]:
    """Return the medicines that resources may refer to.  Raises: InputError INP071."""
    chunks = chunks_of(folder, (SHARED,))
    return [resource_at(chunk.path, at, raw) for chunk in chunks for at, raw in lines_in(chunk)]


def check_folder(folder: Path) -> None:
    """Return nothing for a folder with people.  Raises: InputError INP071."""
    if not (folder / "Patient.ndjson").is_file():
        raise InputError(
            f"{folder}: holds no Patient.ndjson; name a folder that garrod world or garrod record "
            "export wrote",
            code="INP071",
        )


def whose(path: Path, at: int, raw: bytes) -> str:
    """Return whose a resource is; read whole where its bytes do not show it at once."""
    return whose_at_sight(raw) or patient_in(resource_at(path, at, raw))


def whose_at_sight(raw: bytes) -> str:
    """Return whose a resource is, where its bytes show it at once; else ""."""
    start = -1 if _INSIDE in raw else raw.find(_SUBJECT)
    if start >= 0 and raw.find(_SUBJECT, start + 1) < 0 and raw.find(_OTHER) < 0:
        who = raw[start + len(_SUBJECT) : raw.find(b'"', start + len(_SUBJECT))]
        if b"/" not in who and b"\\" not in who:
            return who.decode("utf-8", "replace")
    own = _PATIENT.match(raw)
    return own[1].decode("utf-8", "replace") if own is not None else ""


def patient_in(resource: Resource) -> str:
    """Return the id of the person whom a resource is about; "" where it says none."""
    if text(resource, "resourceType") == "Patient":
        return text(resource, "id")
    who = text(one(resource, "subject") or one(resource, "patient"), "reference")
    return who.partition("/_history/")[0].rpartition("Patient/")[2]


def resource_at(path: Path, at: int, raw: bytes) -> Resource:
    """Return the resource of a line, which starts at a place of a file.  Raises: INP071."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(path, at, str(error)) from error
    if not isinstance(found, dict):
        raise _unreadable(path, at, "it is no resource")
    return found


def _unreadable(path: Path, at: int, why: str) -> InputError:
    with path.open("rb") as file:
        number = 1 + file.read(at).count(b"\n")
    return InputError(f"{path}: line {number} is no JSON of a resource ({why})", code="INP071")


def _unopened(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: cannot be read ({error.strerror})", code="INP071")
