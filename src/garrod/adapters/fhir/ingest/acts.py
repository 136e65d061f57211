"""A transaction or batch Bundle that is imported: done as it asks, and once only.

What it creates gets ids made of its content, so that the same Bundle sent again is recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from garrod.adapters.fhir.ingest.parcel import Parcel, Taken
from garrod.adapters.fhir.ingest.take import Taker
from garrod.adapters.fhir.ingest.wrap import digest_of, made_id
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.bundles import read_entries
from garrod.adapters.fhir.rest.patch import FHIR_JSON, patched_by
from garrod.care.record.entries import Done, Entry, Method
from garrod.care.record.service import Record
from garrod.care.record.transaction import batch, transact
from garrod.core.errors import FhirError, InputError

TRANSACTION = "transaction"


async def act(taker: Taker, parcel: Parcel) -> Taken:
    """Do what a transaction or batch asks and return what came of it.

    Raises: FhirError FHR125 (an entry cannot be read, or reads instead of writing), and what a
    transaction raises; nothing is then written. Entries of a batch are refused one by one.
    """
    body = parcel.acts
    bundle = parse(body)
    entries = read_entries(body, bundle, taker.codec.sought)
    for number, entry in enumerate(entries):
        if entry.method is Method.GET:
            raise FhirError(
                f"Bundle.entry[{number}].request.method is GET: an import stores, it answers "
                "nothing; send it to the FHIR address of a server.",
                code="FHR125",
            )
    digest = digest_of(body)
    taken = Taken(notes=[f"{issue.path}: {issue.message}" for issue in parcel.warnings])
    if await _is_known(taker, entries, digest):
        taken.known = len(entries)
        return taken
    record = _with_ids(taker.record, digest)
    if bundle["type"] == TRANSACTION:
        done = await transact(record, taker.actor, entries, patch=_patching(taker), get=_no_get)
    else:
        done = await batch(entries, lambda entry: _alone(record, taker, entry))
    for number, (entry, one) in enumerate(zip(entries, done, strict=True)):
        if one.fault is not None:
            taken.refused.append((f"Bundle.entry[{number}]", one.fault))
        elif one.status == 200 and entry.method is Method.POST:
            taken.known += 1
        elif one.version is not None:
            taken.written.append(one.version)
    return taken


async def _is_known(taker: Taker, entries: list[Entry], digest: str) -> bool:
    """Return whether everything that a Bundle creates was created by it before."""
    made = zip(entries, _ids(digest), strict=False)
    created = [(e.kind, id) for e, id in made if e.method is Method.POST and e.search is None]
    if not created or len(created) < len([e for e in entries if e.search is None]):
        return False
    for kind, id in created:
        if await taker.record.store.read(kind, id) is None:
            return False
    return True


def _ids(digest: str) -> Iterator[str]:
    number = 0
    while True:
        yield made_id(digest, f"Bundle.entry[{number}]")
        number += 1


def _with_ids(record: Record, digest: str) -> Record:
    ids: Callable[[], str] = _ids(digest).__next__
    return Record(record.store, record.codec, record.access, ids, reactions=record.reactions)


async def _alone(record: Record, taker: Taker, entry: Entry) -> Done:
    (done,) = await transact(record, taker.actor, [entry], patch=_patching(taker), get=_no_get)
    return done


async def _no_get(_: Entry) -> Done:
    raise AssertionError("an import reads nothing")


def _patching(taker: Taker) -> Callable[[Entry, bytes], bytes]:
    def patched(entry: Entry, body: bytes) -> bytes:
        if parse(entry.body)["resourceType"] != "Parameters":
            raise InputError(
                "a PATCH within an imported Bundle holds Parameters (FHIRPath Patch).",
                code="FHR130",
            )
        return patched_by(entry.body, FHIR_JSON[0], taker.codec.places)(body)

    return patched
