"""FHIR Subscriptions as a subscriber meets them: a real server, a real endpoint."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.making.endpoint import Endpoint, endpoint, events_of, parameter
from tests.making.listening import wait_until
from tests.making.server import Server, server

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
TOPIC = "https://garrod.health/fhir/SubscriptionTopic/"
PATIENT = {"resourceType": "Patient", "name": [{"family": "Testperson", "given": ["Ada"]}]}


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARROD_HOOKS", "loopback")
        with server(tmp_path_factory.mktemp("served") / "data") as running:
            yield running


@pytest.fixture
def hook() -> Iterator[Endpoint]:
    with endpoint() as listening:
        yield listening


@pytest.fixture(scope="module")
def strayed(fhir: Server) -> Iterator[tuple[Endpoint, list[str]]]:
    """Ask for what is sent elsewhere, and for what nobody takes; both are given up in half a
    minute, in which other tests wait for the same.
    """
    with endpoint() as wandering, endpoint() as other:
        wandering.status, wandering.location = 307, other.url
        urls = (wandering.url, "http://127.0.0.1:1/h")
        asked = [asking(url, person(fhir)) for url in urls]
        made = [fhir.ask("POST", "/fhir/Subscription", json=one) for one in asked]
        yield other, [answer.json()["id"] for answer in made]


def person(fhir: Server) -> str:
    answer = fhir.ask("POST", "/fhir/Patient", json=PATIENT)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def write(fhir: Server, who: str, times: int = 1) -> list[str]:
    """Write orders of a person; return them as Kind/id."""
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "a medicine"},
        "subject": {"reference": f"Patient/{who}"},
    }
    places = []
    for _ in range(times):
        answer = fhir.ask("POST", "/fhir/MedicationRequest", json=order)
        assert answer.status_code == 201, answer.text
        places.append(f"MedicationRequest/{answer.json()['id']}")
    return places


def asking(url: str, who: str, content: str = "id-only", **more: Any) -> dict[str, Any]:
    """Return a Subscription to a person's orders."""
    channel: dict[str, Any] = {
        "type": "rest-hook" if url else "websocket",
        "payload": "application/fhir+json",
        "_payload": {
            "extension": [{"url": f"{BACKPORT}backport-payload-content", "valueCode": content}]
        },
    }
    if url:
        channel["endpoint"] = url
    channel.update(more.pop("channel", {}))
    wanted = f"MedicationRequest?patient=Patient/{who}"
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "a test",
        "criteria": f"{TOPIC}resource-changed",
        "_criteria": {
            "extension": [{"url": f"{BACKPORT}backport-filter-criteria", "valueString": wanted}]
        },
        "channel": channel,
        **more,
    }


def subscribed(fhir: Server, resource: dict[str, Any], status: str = "active") -> str:
    answer = fhir.ask("POST", "/fhir/Subscription", json=resource)
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["id"])
    wait_until(lambda: standing(fhir, id) == status)
    return id


def standing(fhir: Server, id: str) -> str:
    return str(fhir.ask("GET", f"/fhir/Subscription/{id}").json()["status"])


def again(fhir: Server, id: str, status: str = "requested") -> None:
    now = fhir.ask("GET", f"/fhir/Subscription/{id}").json()
    answer = fhir.ask("PUT", f"/fhir/Subscription/{id}", json={**now, "status": status})
    assert answer.status_code == 200, answer.text


def test_handshake_then_each_change_in_order_with_its_number(fhir: Server, hook: Endpoint) -> None:
    who, other = person(fhir), person(fhir)
    id = subscribed(fhir, asking(hook.url, who, channel={"header": ["X-Ours: 7"]}))
    assert len(hook.of_type("handshake")) == 1
    write(fhir, other)
    made = write(fhir, who, 5)
    wait_until(lambda: len(hook.foci) == 5)
    assert hook.foci == list(enumerate(made, 1))
    assert "Testperson" not in json.dumps(hook.bundles)
    headers, body = hook.taken[-1]
    assert (headers["content-type"], headers["x-ours"]) == ("application/fhir+json", "7")
    secret = fhir.ask("GET", f"/fhir/Subscription/{id}/$hook-secret").json()["parameter"][0]
    signed = f"{headers['x-garrod-timestamp']}.".encode() + body
    made_of = hmac.new(secret["valueString"].encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-garrod-signature"] == f"sha256={made_of}"


def test_full_resources_are_the_stored_bytes_and_empty_says_nothing(
    fhir: Server, hook: Endpoint
) -> None:
    who = person(fhir)
    with endpoint() as quiet:
        subscribed(fhir, asking(hook.url, who, "full-resource"))
        subscribed(fhir, asking(quiet.url, who, "empty"))
        (made,) = write(fhir, who)
        fhir.ask("DELETE", f"/fhir/{made}")
        wait_until(lambda: len(hook.foci) == len(quiet.foci) == 2)
        entries = [entry for b in hook.of_type("event-notification") for entry in b["entry"][1:]]
        assert entries[0]["resource"] == fhir.ask("GET", f"/fhir/{made}/_history/1").json()
        assert [e["request"]["method"] for e in entries] == ["PUT", "DELETE"]
        told = json.dumps(quiet.bundles)
        assert made not in told
        assert parameter(quiet.bundles[-1], "topic") is None
        checked = fhir.ask("POST", "/fhir/Bundle/$validate", json=hook.bundles[-1]).json()
        assert not [i for i in checked["issue"] if i["severity"] in ("error", "fatal")], checked


@pytest.mark.slow
@pytest.mark.usefixtures("strayed")
def test_endpoint_that_fails_makes_an_error_and_what_was_missed_follows_later(
    fhir: Server, hook: Endpoint
) -> None:
    who = person(fhir)
    id = subscribed(fhir, asking(hook.url, who))
    made = write(fhir, who)
    wait_until(lambda: len(hook.foci) == 1)
    hook.status = 503
    made += write(fhir, who, 2)
    wait_until(lambda: standing(fhir, id) == "error", 60)
    assert hook.refused == 4
    assert "answered 503" in fhir.ask("GET", f"/fhir/Subscription/{id}").json()["error"]
    missed = fhir.ask("GET", f"/fhir/Subscription/{id}/$events?eventsSinceNumber=2").json()
    assert [number for number, _ in events_of(missed)] == [2, 3]
    hook.status = 200
    again(fhir, id)
    wait_until(lambda: len(hook.foci) == 3)
    assert hook.foci == list(enumerate(made, 1))
    wait_until(lambda: standing(fhir, id) == "active")


@pytest.mark.slow
def test_killed_server_goes_on_telling_where_it_was(tmp_path: Path, hook: Endpoint) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARROD_HOOKS", "loopback")
        with server(tmp_path / "data") as running:
            who = person(running)
            id = subscribed(running, asking(hook.url, who))
            made = write(running, who, 30)
            wait_until(lambda: hook.foci)
            running.kill()
        with server(tmp_path / "data") as running:
            made += write(running, who, 3)
            wait_until(lambda: len(dict(hook.foci)) == 33, 30)
            numbers = [number for number, _ in hook.foci]
            assert dict(hook.foci) == dict(enumerate(made, 1))
            assert all(late - early <= 1 for early, late in pairwise(numbers))
            assert standing(running, id) == "active"


@pytest.mark.slow
def test_restored_record_goes_on_telling_from_where_it_was_then(
    tmp_path: Path, hook: Endpoint, run: Run
) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARROD_HOOKS", "loopback")
        with server(data) as running:
            who = person(running)
            id = subscribed(running, asking(hook.url, who))
            made = write(running, who, 5)
            wait_until(lambda: len(hook.foci) == 5)
            wait_until(lambda: _told(running, id) == "5")
            assert run("record", "backup", kept, "--data", data).code == 0
            lost = write(running, who, 3)
            wait_until(lambda: len(hook.foci) == 8)
        assert run("record", "restore", kept, "--data", data, "--force").code == 0
        with server(data) as running:
            assert running.ask("GET", f"/fhir/{lost[0]}").status_code == 404
            made += write(running, who, 2)
            wait_until(lambda: len(hook.foci) == 10)
            assert hook.foci[8:] == [(6, made[5]), (7, made[6])]
            assert standing(running, id) == "active"
        assert run("record", "verify", "--data", data).code == 0


def _told(fhir: Server, id: str) -> str:
    """Return how many events the record says were told."""
    status = fhir.ask("GET", f"/fhir/Subscription/{id}/$status").json()["entry"][0]["resource"]
    (count,) = (
        part["valueString"]
        for part in status["parameter"]
        if part["name"] == "events-since-subscription-start"
    )
    return str(count)


def test_change_of_a_medication_list_is_told_once(fhir: Server, hook: Endpoint) -> None:
    who = person(fhir)
    filters = [{"url": f"{BACKPORT}backport-filter-criteria", "valueString": f"patient={who}"}]
    criteria = {"criteria": f"{TOPIC}medication-list-changed", "_criteria": {"extension": filters}}
    subscribed(fhir, asking(hook.url, who, **criteria))
    write(fhir, who, 2)
    wait_until(lambda: len(hook.foci) == 2)
    assert [place.split("/")[0] for _, place in hook.foci] == ["List", "List"]


def test_off_and_deleted_subscriptions_are_told_no_more(fhir: Server, hook: Endpoint) -> None:
    who = person(fhir)
    first, second = (subscribed(fhir, asking(hook.url, who)) for _ in range(2))
    again(fhir, first, "off")
    assert fhir.ask("DELETE", f"/fhir/Subscription/{second}").status_code == 204
    with endpoint() as third:
        subscribed(fhir, asking(third.url, who))
        write(fhir, who)
        wait_until(lambda: third.foci)
    assert hook.foci == []
    assert standing(fhir, first) == "off"


@pytest.mark.slow
def test_heartbeats_come_in_quiet_times(fhir: Server, hook: Endpoint) -> None:
    beat = {"url": f"{BACKPORT}backport-heartbeat-period", "valueUnsignedInt": 5}
    subscribed(fhir, asking(hook.url, person(fhir), channel={"extension": [beat]}))
    wait_until(lambda: hook.of_type("heartbeat"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"criteria": "Observation?code=1"}, "SUB001"),
        ({"criteria": f"{TOPIC}everything"}, "SUB001"),
        ({"_criteria": {"extension": [{"url": f"{BACKPORT}backport-filter-criteria",
                                       "valueString": "MedicationRequest?status=x"}]}}, "SUB002"),
        ({"criteria": f"{TOPIC}result-arrived"}, "SUB002"),
        ({"channel": {"type": "email", "endpoint": "mailto:a@example.org"}}, "SUB003"),
        ({"channel": {"type": "rest-hook"}}, "SUB003"),
        ({"channel": {"type": "rest-hook", "endpoint": "https://example.org/h"}}, "SUB004"),
        ({"channel": {"type": "rest-hook", "endpoint": "http://169.254.169.254/x"}}, "SUB004"),
        ({"channel": {"type": "rest-hook", "endpoint": "file:///etc/passwd"}}, "SUB004"),
        ({"channel": {"type": "rest-hook", "endpoint": "https://a:b@example.org/h"}}, "SUB004"),
        ({"channel": {"type": "rest-hook", "endpoint": "http://127.0.0.1:1/h",
                      "header": ["Host: elsewhere"]}}, "SUB003"),
    ],
)  # fmt: skip
def test_subscription_that_could_not_be_told_is_refused(
    fhir: Server, change: dict[str, Any], code: str
) -> None:
    resource = {**asking("http://127.0.0.1:1/hook", "p1"), **change}
    answer = fhir.ask("POST", "/fhir/Subscription", json=resource)
    assert answer.status_code == 400
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == code


@pytest.mark.slow
def test_redirect_is_not_followed_and_nobody_there_is_an_error(
    fhir: Server, strayed: tuple[Endpoint, list[str]]
) -> None:
    other, made = strayed
    for one in made:
        wait_until(lambda one=one: standing(fhir, one) == "error", 60)
    assert other.taken == []


def test_subscription_within_a_bundle_is_nobodys_and_says_so(fhir: Server, hook: Endpoint) -> None:
    entry = {
        "resource": asking(hook.url, person(fhir)),
        "request": {"method": "POST", "url": "Subscription"},
    }
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    answer = fhir.ask("POST", "/fhir", json=bundle)
    id = answer.json()["entry"][0]["response"]["location"].split("/")[1]
    wait_until(lambda: standing(fhir, id) == "error")
    assert hook.taken == []


def test_status_is_told_by_type_and_by_instance(fhir: Server, hook: Endpoint) -> None:
    who = person(fhir)
    id = subscribed(fhir, asking(hook.url, who))
    write(fhir, who, 2)
    wait_until(lambda: len(hook.foci) == 2)

    def count() -> Any:
        answer = fhir.ask("GET", f"/fhir/Subscription/{id}/$status")
        return parameter(answer.json(), "events-since-subscription-start")

    wait_until(lambda: count() == "2")
    listed = fhir.ask("GET", "/fhir/Subscription/$status?status=active").json()
    assert any(e["fullUrl"].endswith(f"{id}/$status") for e in listed["entry"])
    assert fhir.ask("GET", "/fhir/Subscription/$status?state=active").status_code == 400


def test_what_is_posted_is_audited_before_it_leaves(fhir: Server, hook: Endpoint) -> None:
    who = person(fhir)
    subscribed(fhir, asking(hook.url, who))
    write(fhir, who)
    wait_until(lambda: len(hook.foci) == 1)
    history = fhir.ask("GET", f"/audit/people/{who}").json()["entries"]
    (told,) = [e for e in history if e["what"] == "send"]
    assert (told["who"], told["outcome"]) == ("local", "permitted")
    assert told["kinds"] == ["MedicationRequest"]
