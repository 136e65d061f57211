"""What trust costs: a decision of the point, cold and warm, and the record's rates with it.

    python -m bench.trust [--people 40] [--seconds 4] [--rounds 4]      prints one JSON object

Decisions are timed in this process over SQLite. Rates are of a server of its own over HTTP, asked
in turn by the local user (from whom nothing is hidden) and by a signed-in prescriber of each
person's care team, so that both meet the same machine in the same minutes. Beside the rates stands
the processor time that the server took for an act: on a busy machine it is what can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from bench.trust_served import AUDIENCE, ISSUER, TOKEN, Client, served, spent
from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.standing import FhirMeaning
from garrod.adapters.policy.load import LAST, load
from garrod.adapters.store import open_store
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.labels import Labels
from garrod.care.govern.point import Seen, rights_of
from garrod.care.govern.policy import Policing
from garrod.care.record.gate import Gate
from garrod.care.record.ports import Store, Tx
from garrod.core.resource import Version
from garrod.entry.wire import Services

Resource = dict[str, Any]
DOCTOR = Actor("Practitioner/d1", role="prescriber", setting="gp")
LABEL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ROUNDS = 2000  # decisions of each sort
CLIENTS = 8
EACH = 20  # resources of a person
STRANGERS = 800  # people whom the gate meets while it is timed


def person(number: int) -> list[Resource]:
    """Return somebody with a care team and some measurements and orders."""
    id, subject = f"p{number}", {"reference": f"Patient/p{number}"}
    member = {"member": {"reference": DOCTOR.id}}
    found: list[Resource] = [
        {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1960-05-01"},
        {"resourceType": "CareTeam", "id": f"t{number}", "status": "active", "subject": subject,
         "participant": [member]},
    ]  # fmt: skip
    for n in range(EACH):
        found.append(
            {"resourceType": "Observation", "id": f"o{number}-{n}", "status": "final",
             "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
             "subject": subject, "effectiveDateTime": "2026-03-03",
             "valueQuantity": {"value": 70 + n, "unit": "kg"}}
        )  # fmt: skip
        found.append(
            {"resourceType": "MedicationRequest", "id": f"m{number}-{n}", "status": "active",
             "intent": "order", "medicationCodeableConcept": {"text": f"paracetamol {n}"},
             "subject": subject, "authoredOn": "2026-03-03"}
        )  # fmt: skip
    return found


def consent(number: int) -> Resource:
    """Return a consent of somebody that keeps restricted data from everybody."""
    deny = {"type": "deny", "securityLabel": [{"system": LABEL, "code": "R"}]}
    return {
        "resourceType": "Consent",
        "id": f"c{number}",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"text": "privacy"}],
        "patient": {"reference": f"Patient/p{number}"},
        "dateTime": "2026-01-01",
        "policy": [{"uri": "http://example.org/policy"}],
        "provision": {"type": "permit", "provision": [deny]},
    }


async def filled(store: Store, codec: FhirCodec, resources: list[Resource]) -> None:
    """Write resources in one transaction."""
    drafts = [
        codec.drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"]) for r in resources
    ]

    async def work(tx: Tx) -> None:
        for draft in drafts:
            await tx.put(draft, method="PUT")

    await store.transact(work)


def micro(waited: list[float]) -> dict[str, float]:
    """Return the median and the 99th centile, in microseconds."""
    cuts = statistics.quantiles(waited, n=100)
    return {"median_us": round(cuts[49] * 1e6, 1), "p99_us": round(cuts[98] * 1e6, 1)}


async def decisions(people: int) -> dict[str, Any]:
    """Time decisions: warm, cold (facts in memory), and about people who must be read first."""
    services = Services()
    codec, found = FhirCodec(services.shelf), load()
    meaning = FhirMeaning(codec, FeatureReader(Labels(services.shelf)), services.shelf)
    policing = Policing(found.terms, found.engine)

    def now() -> datetime:
        return datetime.now(UTC)

    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/bench.db", clock=now)
        try:
            for number in range(people + STRANGERS):
                given = [consent(number)] if number % 2 else []
                some = person(number)[: None if number < people else 4]
                await filled(store, codec, [*some, *given])
            gate = Gate(policing, meaning, clock=now, seconds=time.monotonic).over(store)
            return await _timed(gate, store, people)
        finally:
            await store.close()


async def _timed(gate: Gate, store: Store, people: int) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, number in (("no consent", 0), ("residual consent", 1)):
        version = await store.read("Observation", f"o{number}-0")
        assert version is not None
        told[name] = {
            "warm": micro(await _warm(gate, store, version)),
            "cold": micro(await _cold(gate, store, version, f"p{number}")),
        }
    middle = people + STRANGERS // 2
    for name, some, is_new in (
        ("read from the record", range(people, middle), False),
        (
            "read from the record, and what the actor is a member of",
            range(middle, people + STRANGERS),
            True,
        ),
    ):
        told[name] = await _fresh(gate, store, some, is_new=is_new)
    return told


async def _warm(gate: Gate, store: Store, version: Version) -> list[float]:
    await gate.answer(store, DOCTOR, version, Deed.READ)
    waited = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await gate.answer(store, DOCTOR, version, Deed.READ)
        waited.append(time.perf_counter() - began)
        assert answer.is_permitted
    return waited


async def _cold(gate: Gate, store: Store, version: Version, patient: str) -> list[float]:
    """Time the first decision of a session: what the record says of the person is known."""
    standing = await gate.standing(store, patient)
    seen, waited = Seen(gate.meaning.features(version)), []
    for number in range(ROUNDS):
        actor = replace(DOCTOR, session=f"s{number}")
        began = time.perf_counter()
        rights = rights_of(gate.policing, actor, standing, gate.clock())
        answer = rights.plain(Deed.READ, "Observation")
        answer = answer if answer.is_whole else rights.allows(Deed.READ, seen)
        waited.append(time.perf_counter() - began)
        assert answer.is_permitted
    return waited


async def _fresh(
    gate: Gate, store: Store, some: range, *, is_new: bool
) -> dict[str, dict[str, float]]:
    """Time a running gate's first decision about people; `is_new`: by actors it has not met."""
    waited: dict[str, list[float]] = {"no consent": [], "residual consent": []}
    for number in some:
        version = await store.read("Observation", f"o{number}-0")
        assert version is not None
        groups = frozenset((f"Group/g{number}",)) if is_new else DOCTOR.groups
        actor = replace(DOCTOR, groups=groups)
        began = time.perf_counter()
        answer = await gate.answer(store, actor, version, Deed.READ)
        took = time.perf_counter() - began
        waited["residual consent" if number % 2 else "no consent"].append(took)
        assert answer.is_permitted
    return {name: micro(some) for name, some in waited.items()}


Act = Callable[[Client, int], Awaitable[tuple[int, bytes]]]


def acts(people: int) -> dict[str, Act]:
    """Return what is asked: a read, a person's orders, their list, a write."""
    order = (
        '{"resourceType":"Observation","status":"final","code":{"coding":[{"system":'
        '"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/p%d"},'
        '"effectiveDateTime":"2026-03-03","valueQuantity":{"value":70,"unit":"kg"}}'
    )

    def who(number: int) -> int:
        return number % people

    return {
        "read": lambda c, n: c.ask("GET", f"/fhir/Observation/o{who(n)}-{n // people % EACH}"),
        "search of a person": lambda c, n: c.ask(
            "GET", f"/fhir/MedicationRequest?patient=p{who(n)}&status=active"
        ),
        "medication list": lambda c, n: c.ask("GET", f"/fhir/Patient/p{who(n)}/$medication-list"),
        "create": lambda c, n: c.ask("POST", "/fhir/Observation", order % who(n)),
    }


async def rate(
    server: tuple[int, int], token: str, act: Act, seconds: float
) -> tuple[float, float]:
    """Return acts a second of some clients asking at once, and processor seconds of each act.

    Raises: RuntimeError on a refusal.
    """
    (port, pid), done = server, 0
    before = spent(pid)
    until = time.perf_counter() + seconds

    async def client(number: int) -> None:
        nonlocal done
        kept = await Client(port, token).open()
        turn = random.Random(number).randrange(10_000)
        while time.perf_counter() < until:
            status, body = await act(kept, turn)
            if status >= 400:
                raise RuntimeError(f"{status}: {body[:300]!r}")
            turn, done = turn + 1, done + 1
        kept.writer.close()

    await asyncio.gather(*(client(n) for n in range(CLIENTS)))
    return done / seconds, (spent(pid) - before) / done


async def rates(people: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Return what a server does in a second for the local user and for a prescriber, in turn."""
    key = ECKey.generate_key("P-256", {"kid": "k"})
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "d1", "exp": now + 3500, "iat": now, "jti": "j",
        "client_id": "bench", "scope": "user/*.cruds", "fhirUser": DOCTOR.id,
        "role": DOCTOR.role, "setting": DOCTOR.setting,
    }  # fmt: skip
    token = jwt.encode({"alg": "ES256", "kid": "k", "typ": "at+jwt"}, claims, key)
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        keys = Path(name) / "jwks.json"
        keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        with served(Path(name), keys) as server:
            await _load(server[0], people)
            await _learnt(Path(name) / "data")
            for what, act in acts(people).items():
                local: list[tuple[float, float]] = []
                signed: list[tuple[float, float]] = []
                for who in (TOKEN, token):
                    await rate(server, who, act, 1.0)  # both are warm
                for turn in range(rounds):  # who goes first finds fewer resources
                    order = ((TOKEN, local), (token, signed))
                    for who, found in order if turn % 2 else reversed(order):
                        found.append(await rate(server, who, act, seconds))
                told[what] = _compared(local, signed)
    return told


def _compared(
    local: list[tuple[float, float]], signed: list[tuple[float, float]]
) -> dict[str, float]:
    """Return the medians of both, and the share that is left with trust: of rate and processor."""
    rates = [statistics.median(rate for rate, _ in some) for some in (local, signed)]
    costs = [statistics.median(cost for _, cost in some) * 1e6 for some in (local, signed)]
    return {
        "local_per_s": round(rates[0]),
        "signed_in_per_s": round(rates[1]),
        "share": round(rates[1] / rates[0], 3),
        "local_cpu_us": round(costs[0]),
        "signed_in_cpu_us": round(costs[1]),
        "share_by_cpu": round(costs[0] / costs[1], 3),
    }


async def _load(port: int, people: int) -> None:
    for _ in range(200):
        try:
            client = await Client(port, TOKEN).open()
            break
        except OSError:
            await asyncio.sleep(0.1)
    while (await client.ask("GET", "/health"))[0] != 200:
        await asyncio.sleep(0.2)
    for number in range(people):
        entries = [
            {"resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}}
            for r in person(number)
        ]
        body = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
        status, answer = await client.ask("POST", "/fhir", body)
        if status != 200:
            raise RuntimeError(answer[:500].decode())


async def _learnt(data: Path) -> None:
    """Wait until the server has asked its policy all of direct care, as it does once beside work.

    Raises: RuntimeError where it has not in two minutes.
    """
    for _ in range(600):
        if (data / LAST).exists():
            return
        await asyncio.sleep(0.2)
    raise RuntimeError("the server has not learnt its policy")


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    told = {
        "decision": asyncio.run(decisions(given.people)),
        "rates": asyncio.run(rates(given.people, given.seconds, given.rounds)),
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
