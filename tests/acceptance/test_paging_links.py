"""A link to a further page tells nothing, and is of use to who asked alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from garrod.core.errors import InputError
from garrod.entry.api.paging import Pages
from tests.making.doors import Told
from tests.making.governed import person, team, weight
from tests.making.signed_door import SignedDoor, signed_door, token

DOCTOR = token("Practitioner/d1", setting="gp")
NAME, NUMBER = "Hallgrimsdottir", "9434765919"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SignedDoor]:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}
    with signed_door(tmp_path) as opened:
        for id in ("p", "q", "r"):
            named = {"name": [{"family": NAME, "given": [id]}], "birthDate": "1961-07-04"}
            opened.load(person(id, identifier=[number], **named), team(id, "Practitioner/d1"))
            opened.load(weight(f"w{id}", id), weight(f"v{id}", id))
        yield opened


def link(told: Told, relation: str = "next") -> str:
    assert told.status == 200, told.body
    found = [one["url"] for one in told.json["link"] if one["relation"] == relation]
    return str(found[0]) if found else ""


def followed(door: SignedDoor, by: str, url: str) -> Told:
    return door.by(by, "GET", url.partition("/fhir/")[2])


def ids(told: Told) -> list[str]:
    return [entry["resource"]["id"] for entry in told.json.get("entry", ())]


QUESTION = f"family={NAME}&birthdate=1961-07-04&identifier={NUMBER}&_sort=family,birthdate"


@pytest.mark.parametrize("is_posted", [False, True])
def test_link_tells_neither_question_nor_place(door: SignedDoor, is_posted: bool) -> None:
    asked = f"{QUESTION}&_count=1"
    form = {"content_type": "application/x-www-form-urlencoded"}
    told = (
        door.by(DOCTOR, "POST", "Patient/_search", asked.encode(), **form)
        if is_posted
        else door.by(DOCTOR, "GET", f"Patient?{asked}")
    )
    seen = ids(told)
    while url := link(told):
        assert [name for name, _ in parse_qsl(urlsplit(url).query)] == ["_page"]
        sealed = dict(parse_qsl(urlsplit(url).query))["_page"]
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        for secret in (NAME, NAME.lower(), NUMBER, "1961", "family", "birthdate"):
            assert secret not in url
            assert secret.encode() not in raw
        told = followed(door, DOCTOR, url)
        assert NAME not in link(told, "self")
        seen += ids(told)
    assert sorted(seen) == ["p", "q", "r"]


def test_same_question_of_the_same_asker_has_the_same_link(door: SignedDoor) -> None:
    first, second = (link(door.by(DOCTOR, "GET", "Patient?_count=1")) for _ in range(2))
    again = token("Practitioner/d1", setting="gp", jti="another", scope="user/*.rs")
    assert first == second == link(door.by(again, "GET", "Patient?_count=1"))


@pytest.mark.parametrize(
    "other",
    [
        token("Practitioner/d2", setting="gp"),
        token("Practitioner/d1", "nurse", setting="gp"),
        token("Practitioner/d1", setting="gp", client_id="other-app"),
        token("Patient/p", "patient", purpose_of_use="PATRQT"),
        "",  # this machine's own user
    ],
)
@pytest.mark.parametrize(
    "asked", ["Patient?_count=1", "Observation?_count=1", "Patient/_history?_count=1"]
)
def test_link_that_was_shared_is_refused_to_everybody_else(
    door: SignedDoor, other: str, asked: str
) -> None:
    url = link(door.by(DOCTOR, "GET", asked))
    told = followed(door, other, url)
    assert told.status == 400
    assert b"begin again" in told.body
    assert followed(door, DOCTOR, url).status == 200


def test_link_is_for_its_own_search_alone(door: SignedDoor) -> None:
    page = link(door.by(DOCTOR, "GET", "Patient?_count=1")).partition("_page=")[2]
    refused = [
        f"Observation?_page={page}", f"Patient/p/Observation?_page={page}",
        f"Patient/_history?_page={page}", f"Patient?_page={page[:-2]}", f"Patient?_page={page}A",
        f"Patient?_page={page}&_page={page}", f"Patient?_page={page}&family=X", "Patient?_page=é",
        f"Patient?_page={page}&_count=2", f"?_type=Patient&_page={page}", "Patient?_page=",
        "Patient?_page=W10", "Patient?_page=!",
    ]  # fmt: skip
    for path in refused:
        assert door.by(DOCTOR, "GET", path).status == 400, path
    for more in ("", "&_format=json", "&_count=1"):
        assert door.by(DOCTOR, "GET", f"Patient?_page={page}{more}").status == 200, more


def test_how_it_is_written_stays_in_the_open(door: SignedDoor) -> None:
    told = door.by(DOCTOR, "GET", "Patient?_count=1&_format=json&_pretty=true")
    names = [name for name, _ in parse_qsl(urlsplit(link(told)).query)]
    assert names == ["_format", "_pretty", "_page"]


def test_several_types_a_compartment_and_history_are_gone_through(door: SignedDoor) -> None:
    for asked, many in (
        ("?_type=Patient,Observation&_count=2", 9),
        ("Patient/p/Observation?_count=1", 2),
        ("Observation/_history?_count=2", 6),
    ):
        told, seen = door.by(DOCTOR, "GET", asked), 0
        while True:
            seen += len(ids(told))
            if not (url := link(told)):
                break
            told = followed(door, DOCTOR, url.replace("/fhir?", "/fhir/?"))
        assert seen == many, asked


def test_workers_with_one_secret_take_each_others_links(door: SignedDoor) -> None:
    asked: list[Any] = []

    class Spy(Pages):
        def link(self, asking: Any, address: str) -> str:
            asked.append(asking)
            return super().link(asking, address)

    object.__setattr__(door.rooms, "pages", Spy(b"secret"))
    door.by(DOCTOR, "GET", "Patient?_count=1")
    url = Pages(b"secret").link(asked[0], "http://x/Patient?_page=cursor")
    question = url.partition("?")[2]
    assert Pages(b"secret").question(asked[0], question) == "_page=cursor"
    for other in (Pages(b"other"), Pages(), Pages()):
        with pytest.raises(InputError, match="begin again"):
            other.question(asked[0], question)
