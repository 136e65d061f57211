"""A proof finds whatever was planted in a record that was whole, and mends what can be mended."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.lines.proof import FhirMeaning
from garrod.adapters.store import open_store, proving
from garrod.adapters.store.flaw import Flaw, Part
from garrod.adapters.store.rebuild import rebuild
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import OfPatients
from garrod.core.resource import Draft, Version
from tests.contract import servers
from tests.contract.drafts import Clock, coded, every
from tests.making.doors import codec

Act = Callable[[Store], Awaitable[None]]
ADA = {
    "resourceType": "Patient",
    "id": "ada",
    "name": [{"family": "Testperson", "given": ["Ada"]}],
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990548609"}],
}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "m",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "codeine"},
    "subject": {"reference": "Patient/ada"},
    "authoredOn": "2026-03-03",
}
WEIGHT = {
    "resourceType": "Observation",
    "id": "w",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/ada"},
    "valueQuantity": {"value": 70.5, "system": "http://unitsofmeasure.org", "code": "kg"},
}
MEANING = FhirMeaning(codec())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store that is kept."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("fresh_database")
        return fresh
    return f"sqlite:///{tmp_path / 'record.db'}"


def opened(url: str, act: Act) -> None:
    """Act on a store, and close it."""

    async def whole() -> None:
        store = await open_store(url, clock=Clock())
        try:
            await act(store)
        finally:
            await store.close()

    asyncio.run(whole())


def drafted(resource: dict[str, Any]) -> Draft:
    """Return a resource ready to be written."""
    body = json.dumps(resource).encode()
    return MEANING.drafted(body, kind=resource["resourceType"], id=resource["id"])


async def fill(store: Store) -> None:
    """Write a person, an order in two versions, a weight, and something deleted."""

    async def work(tx: Tx) -> None:
        for resource in (ADA, ORDER, WEIGHT, {**ORDER, "status": "stopped"}, {**WEIGHT, "id": "x"}):
            await tx.put(drafted(resource), method="PUT")
        await tx.delete("Observation", "x")

    await store.transact(work)


def spoil(url: str, *statements: str) -> None:
    """Run statements behind the store's back."""
    if not url.startswith("sqlite"):
        servers.run(url, *statements)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        for statement in statements:
            assert other.execute(statement).rowcount != 0, statement
        other.commit()


async def found(store: Store) -> list[Flaw]:
    """Return the flaws of a store."""
    return [flaw async for flaw in verify(store, MEANING)]


def told(url: str) -> list[Flaw]:
    """Return the flaws of the store at an address."""
    flaws: list[Flaw] = []

    async def act(store: Store) -> None:
        flaws.extend(await found(store))

    opened(url, act)
    return flaws


KEY = "(SELECT key FROM head WHERE id = '{}')"
M, W, X = KEY.format("m"), KEY.format("w"), KEY.format("x")
DAY = 86_400_000_000
SEARCH = {
    "token: wrong": (
        f"UPDATE token SET code = 'active' WHERE key = {M} AND code = 'stopped'",
        (
            "MedicationRequest/m version 2",
            "parameter status (token): stored [",
            "active",
            "stopped",
        ),
    ),
    "token: missing": (
        f"DELETE FROM token WHERE key = {W} AND code = '29463-7'",
        (
            "Observation/w version 1",
            "parameter code (token): stored nothing, recomputed [",
            "29463",
        ),
    ),
    "token: additional": (
        f"INSERT INTO token (param, system, code, key) VALUES (5, 'x', 'y', {M})",
        ("MedicationRequest/m", "parameter no. 5 (token): stored [x, y], recomputed nothing"),
    ),
    "string: wrong": (
        "UPDATE string SET folded = 'somebody', exact = 'Somebody' WHERE exact = 'Testperson'",
        ("Patient/ada version 1", "parameter family (string): stored [s…y (8 letters)"),
    ),
    "string: twice": (
        "INSERT INTO string (param, start, folded, exact, key) "
        "SELECT param, start, folded, exact, key FROM string WHERE exact = 'Ada'",
        ("Patient/ada", "parameter given (string): stored [a…a (3 letters)", "recomputed nothing"),
    ),
    "date: wrong": (
        f"UPDATE date SET high = high + {DAY} WHERE key = {M}",
        ("MedicationRequest/m", "parameter authoredon (date)"),
    ),
    "reference: to another": (
        f"UPDATE reference SET id = 'eve' WHERE key = {M} AND id = 'ada'",
        ("parameter patient (reference): stored [Patient, eve], recomputed [Patient, ada]",),
    ),
    "amount: wrong": (
        f"UPDATE amount SET low = 7.05, high = 7.05 WHERE key = {W}",
        ("parameter value-quantity (amount): stored [7.05, 7.05", "recomputed [70.5, 70.5"),
    ),
    "composite: missing": (
        f"DELETE FROM composite WHERE key = {W}",
        ("parameter code-value-quantity (composite): stored nothing",),
    ),
    "compartment: missing": (
        f"DELETE FROM compartment WHERE key = {M}",
        ("parameter patient (compartment): stored nothing, recomputed [ada]",),
    ),
    "compartment: another's": (
        f"INSERT INTO compartment (patient, kind, key) VALUES ('eve', 'MedicationRequest', {M})",
        ("parameter patient (compartment): stored [eve], recomputed nothing",),
    ),
    "of a deleted one": (
        f"INSERT INTO token (param, system, code, key) VALUES (5, 'x', 'y', {X})",
        ("Observation/x version 2", "stored [x, y], recomputed nothing"),
    ),
    "of nobody": (
        "INSERT INTO uri (param, start, value, key) VALUES (5, 'u', 'urn:u', 4711)",
        ("the search rows of table uri under key 4711 belong to no resource",),
    ),
}


@pytest.mark.parametrize("name", SEARCH)
def test_a_search_row_that_was_planted_is_found_and_mended(url: str, name: str) -> None:
    statement, said = SEARCH[name]
    opened(url, fill)
    assert told(url) == []
    spoil(url, statement)
    flaws = told(url)
    assert {flaw.part for flaw in flaws} == {Part.SEARCH}
    assert any(all(part in flaw.words() for part in said) for flaw in flaws), flaws
    assert not any("9990548609" in flaw.words() or "Testperson" in flaw.words() for flaw in flaws)

    async def mend(store: Store) -> None:
        before = await store.events(0)
        ends = [end async for end in rebuild(store, MEANING)]
        assert [flaw for flaw, _ in ends] == flaws
        assert all(is_mended for _, is_mended in ends)
        assert await found(store) == []
        assert await store.events(0) == before
        hit = every("MedicationRequest", coded("status", "stopped", system=None))
        of_ada = every("MedicationRequest", OfPatients(frozenset({"ada"})))  # type: ignore[arg-type]
        for query in (hit, of_ada):
            assert [v.id for v in (await store.search(query)).versions] == ["m"]

    opened(url, mend)


HISTORY = {
    "has other bytes": "UPDATE version SET method = 'PUT', sha256 = body WHERE sequence = 1",
    "no number 1": f"DELETE FROM version WHERE key = {M} AND number = 1",
    "follows number": f"UPDATE version SET number = 3 WHERE key = {M} AND number = 2",
    "is not the one that is read": f"UPDATE head SET number = 1, sequence = 2 WHERE key = {M}",
    "and no version is there": "INSERT INTO head (kind, id, number, is_deleted, at, sequence) "
    "SELECT 'Basic', 'b', 1, is_deleted, at, 99 FROM head WHERE id = 'm'",
    "belongs to no resource": "DELETE FROM head WHERE id = 'w'",
    "has a body": "UPDATE version SET body = splice WHERE sequence = 1 AND kind = 'Patient'",
    "was written before number": f"UPDATE version SET at = 5 WHERE key = {M} AND number = 2",
    "is kept as a Basic": "UPDATE version SET kind = 'Basic' WHERE sequence = 1",
    "at other places": "UPDATE version SET splice = (SELECT splice FROM version WHERE sequence = 1)"
    " WHERE sequence = 3",
    "has no event": "DELETE FROM event WHERE sequence = 3",
    "tells of something else": "UPDATE event SET id = 'other' WHERE sequence = 3",
    "of another time": "UPDATE event SET at = at + 1 WHERE sequence = 6",
    "does not belong": "UPDATE event SET patients = '[]' WHERE sequence = 2",
    "to whom event 6": "UPDATE event SET patients = '[]' WHERE sequence = 6",
    "follows event": "DELETE FROM event WHERE sequence = 2",
    "is older than": "UPDATE event SET at = 5 WHERE sequence = 3",
    "tells of a version that is not": "INSERT INTO event SELECT 7, at, topic, kind, 'z', 1, "
    "patients, detail FROM event WHERE sequence = 6",
    "events are lost": "DELETE FROM event WHERE sequence = 6",
}
SAID = {"no number 1": "is not number 1", "has a body": "has other bytes"}


@pytest.mark.parametrize("said", HISTORY)
def test_a_history_or_outbox_that_was_changed_is_found_and_not_mended(url: str, said: str) -> None:
    opened(url, fill)
    spoil(url, HISTORY[said])
    flaws = told(url)
    assert [flaw for flaw in flaws if SAID.get(said, said) in flaw.words()], flaws
    assert any(flaw.part is not Part.SEARCH for flaw in flaws)

    async def mend(store: Store) -> None:
        assert not [f async for f, is_mended in rebuild(store, MEANING)
                    if is_mended and f.part is not Part.SEARCH]  # fmt: skip
        assert [flaw.part for flaw in await found(store)] != []

    opened(url, mend)


def test_rows_are_never_made_of_bytes_that_are_not_those_hashed(url: str) -> None:
    opened(url, fill)
    other = json.dumps({**ORDER, "status": "draft"})
    hexed = f"X'{other.encode().hex()}'" if "sqlite" in url else f"'\\x{other.encode().hex()}'"
    spoil(url, f"UPDATE version SET body = {hexed} WHERE key = {M} AND number = 2")

    async def mend(store: Store) -> None:
        ends = [end async for end in rebuild(store, MEANING)]
        assert [(flaw.part, is_mended) for flaw, is_mended in ends] == [(Part.BYTES, False)]
        query = every("MedicationRequest", coded("status", "stopped", system=None))
        assert len((await store.search(query)).versions) == 1

    opened(url, mend)


def test_bytes_that_are_whole_and_cannot_be_read_are_told(url: str) -> None:
    opened(url, fill)
    digest = hashlib.sha256(b"{").hexdigest()
    body, sha = (f"X'7b', sha256 = X'{digest}'", "") if "sqlite" in url else ("'\\x7b'", digest)
    body += f", sha256 = '\\x{sha}'" if sha else ""
    spoil(url, f"UPDATE version SET body = {body} WHERE sequence = 1")
    assert ["they are not read" in flaw.words() for flaw in told(url)] == [True]


def test_what_others_write_meanwhile_is_no_flaw(url: str) -> None:
    async def act(store: Store) -> None:
        done = asyncio.Event()

        async def write() -> None:
            number = 0
            while not done.is_set():
                number += 1
                id, status = f"r{number % 7}", ("active", "stopped")[number % 2]
                made = drafted({**ORDER, "id": id, "status": status})
                await store.transact(_putting(made))
                await store.transact(lambda tx: tx.delete("MedicationRequest", "r3"))

        writing = [asyncio.create_task(write()) for _ in range(3)]
        await fill(store)
        for _ in range(5):
            assert await found(store) == []
        done.set()
        await asyncio.gather(*writing)

    opened(url, act)


def _putting(draft: Draft) -> Callable[[Tx], Awaitable[Version]]:
    async def work(tx: Tx) -> Version:
        return await tx.put(draft, method="PUT")

    return work


def test_a_history_longer_than_a_portion_is_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "PORTION", 3)
    monkeypatch.setattr(proving, "MANY", 2)
    monkeypatch.setattr(proving, "LARGE", 700)  # two of them, or one that is larger

    async def act(store: Store) -> None:
        await fill(store)
        for number in range(9):
            made = drafted({**ORDER, "status": ("active", "stopped")[number % 2]})
            await store.transact(_putting(made))
        assert await found(store) == []

    opened(url, act)
    keys = [f"({n}, 'a', 'b', {n})" for n in range(9000, 9005)]
    spoil(url, f"INSERT INTO token (param, system, code, key) VALUES {', '.join(keys)}")
    assert [flaw.key for flaw in told(url)] == list(range(9000, 9005))


def test_a_reference_by_the_servers_own_address_is_read_as_it_was(tmp_path: Path) -> None:
    """Where the server had another address, the difference is told: --base names the right one."""
    own = {**ORDER, "subject": {"reference": "http://localhost/fhir/Patient/ada"}}
    assert drafted(own).patients == ("ada",)
    url = f"sqlite:///{tmp_path / 'record.db'}"
    opened(url, lambda store: store.transact(_putting(drafted(own))))  # type: ignore[arg-type,return-value]
    assert told(url) == []
