"""fhirpy: create, read, update, delete, search page by page, transaction, $validate.

Run by validation.fhir_clients in an environment of its own: python with_fhirpy.py BASE TOKEN
"""

import asyncio
import sys
from typing import Any

from fhirpy import AsyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

TAG = {"tag": [{"system": "https://example.org/tags", "code": "fhirpy"}]}


async def main(base: str, token: str) -> None:
    """Do it all; an assertion fails where the server is not understood."""
    client = AsyncFHIRClient(base, authorization=f"Bearer {token}")
    held = await written(client)
    await found(client, base, token, held["id"])
    await ended(client, held)


async def written(client: AsyncFHIRClient) -> Any:
    """Create, read and update a person; return it."""
    person = client.resource("Patient", name=[{"family": "Fhirpy", "given": ["Ada"]}], meta=TAG)
    await person.save()
    assert person["id"], person
    assert person["meta"]["versionId"] == "1", person
    print("create")
    held = await client.reference("Patient", person["id"]).to_resource()
    assert held["name"][0]["family"] == "Fhirpy", held
    print("read")
    held["gender"] = "female"
    await held.save()
    assert held["meta"]["versionId"] == "2", held
    print("update")
    try:
        await held.patch(birthDate="1950-02-03")
    except OperationOutcome:
        print("patch: fhirpy sends a part of a resource, which is neither of R4's patches: refused")
    held["birthDate"] = "1950-02-03"
    await held.save()
    return held


async def found(client: AsyncFHIRClient, base: str, token: str, id: str) -> None:
    """Write several at once, and search for them."""
    entries = [
        {"resource": {"resourceType": "Patient", "name": [{"family": f"Many{n}"}], "meta": TAG},
         "request": {"method": "POST", "url": "Patient"}}
        for n in range(5)
    ]  # fmt: skip
    bundle = client.resource("Bundle", type="transaction", entry=entries)
    await bundle.save()
    print("transaction")
    tagged = client.resources("Patient").search(_tag="https://example.org/tags|fhirpy")
    every = await tagged.limit(2).fetch_all()
    assert len(every) == 6, every
    print("search, every page")
    lenient = AsyncFHIRClient(
        base, authorization=f"Bearer {token}", extra_headers={"Prefer": "handling=lenient"}
    )
    tagged = lenient.resources("Patient").search(_tag="https://example.org/tags|fhirpy")
    assert await tagged.count() == 6
    print("count (sends _totalMethod, which is no parameter of R4: needs handling=lenient)")
    one = await client.resources("Patient").search(family="Fhirpy", birthdate__ge="1950").first()
    assert one["id"] == id, one
    print("search with prefixes")
    made, is_new = (
        await client.resources("Patient")
        .search(identifier="x|y")
        .get_or_create(
            client.resource("Patient", identifier=[{"system": "x", "value": "y"}], meta=TAG)
        )
    )
    assert (made["id"], is_new) != ("", False), made
    print("create where there is none")


async def ended(client: AsyncFHIRClient, held: Any) -> None:
    """Validate and delete a person, and send one that is refused."""
    assert await held.is_valid(), held
    print("$validate")
    await held.delete()
    try:
        await client.reference("Patient", held["id"]).to_resource()
    except (ResourceNotFound, OperationOutcome) as gone:
        print(f"delete ({type(gone).__name__})")
    else:
        raise AssertionError("what was deleted is still read")
    try:
        await client.resource("Patient", gender="no such code").save()
    except OperationOutcome as refused:
        if "gender" not in str(refused):
            raise
        print("refusal is understood")


asyncio.run(main(*sys.argv[1:3]))
