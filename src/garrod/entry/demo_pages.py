"""The demo's two pages, open without a token since nobody in them is real: the tour, the report.

/ leads through the moments and lists the people as they were stored; /story is the report of the
story's person. The record itself is behind its token, as everywhere.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from garrod.adapters.fhir.person import read_person
from garrod.adapters.identity.development import personas
from garrod.adapters.report.html import render_html
from garrod.adapters.world import load_profile
from garrod.core.errors import AccessDenied, InputError
from garrod.entry.demo_moments import planted_people
from garrod.entry.demo_reset import Reset
from garrod.entry.demo_stories import stories
from garrod.entry.demo_story import GENOME, PERSON, FhirJson
from garrod.entry.demo_world import demo_people
from garrod.entry.reporting import report_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.atlas import place_of
from garrod.entry.web.door import Home
from garrod.entry.web.pages import page, see
from garrod.entry.web.people.tour import MORE, SCENES, persona_of, scenes_of
from garrod.entry.wire import Services

STORY_PATH = "/story"
STOPPING = 0.5  # Not clinical: seconds in which a server that is to end has closed its door
TAKEN = ("MedicationStatement", "MedicationRequest")


@dataclass(frozen=True, slots=True)
class DemoRow:
    """One person of the list; how many conditions they have and medicines they take."""

    id: str
    name: str
    born: str
    sex: str
    conditions: int
    medicines: int


@lru_cache(maxsize=1)
def story_page() -> bytes:
    """Return the report of the story's person.  Raises: GarrodError."""
    from garrod.entry.cli.persons import Genome, with_genome

    services = Services()
    person, table = with_genome(services, read_person(PERSON), Genome(GENOME))
    return render_html(report_of(services, person, table)).encode()


def home_of(base: str, reset: Reset, *, signs_in: bool) -> Home:
    """Return the first page of a demo: the tour, its people, and the way to start over.

    `base` is where FHIR is served; `signs_in`: the development issuer signs in whom one chooses.
    """
    people = personas() if signs_in else {}
    ask = f"{base}/Patient/w0/$everything"

    async def home(visit: Visit | None) -> Response:
        if visit is not None and visit.method == "POST":
            return await starting_over(visit, reset)
        now = "" if visit is None else _persona_of(visit)
        names = {id: f"{one.role.replace('-', ' ')}, {one.name}" for id, one in people.items()}
        rows = await run_in_threadpool(demo_rows)
        scenes = scenes_of(SCENES, names, now=now, is_there=_is_there)
        return page(
            "people/demo.jinja",
            scenes=scenes,
            more=scenes_of(MORE, names, now=now, is_there=_is_there, first=len(scenes) + 1),
            personas=[persona_of(p.id, p.role, p.name, p.does, now=now) for p in people.values()],
            rows=rows,
            at_tour=True,
            ask=ask,
            csrf="" if visit is None else visit.csrf,
            may_start_over=reset.stop is not None,
        )

    return home


async def starting_over(visit: Visit, reset: Reset) -> Response:
    """Return the way to the new first page; the browser waits there until the demo is ready.

    It is told when this server takes no one in any more: else it would come back to this one.

    Raises: InputError, AccessDenied.
    """
    if visit.fields.get("do") != "start-over":
        raise InputError("there is no such form.", code="REC001")
    if not reset.ask():
        raise AccessDenied("this record cannot be started over from here.", code="ACC003")
    await asyncio.sleep(STOPPING)
    answer = see("/")
    answer.headers["Connection"] = "close"
    return answer


def _persona_of(visit: Visit) -> str:
    """Return which of the demo's people is signed in, or ""."""
    return next((id for id, one in personas().items() if one.user == visit.actor.id), "")


def _is_there(address: str) -> bool:
    path = address.partition("?")[0]
    return path == STORY_PATH or place_of(tuple(path.strip("/").split("/"))) is not None


@lru_cache(maxsize=1)
def demo_rows() -> tuple[DemoRow, ...]:
    """Return the people as they were stored."""
    services = Services()
    told = [entry["resource"] for entry in orjson.loads(PERSON.read_bytes())["entry"]]
    drawn = demo_people(load_profile(services.shelf))
    found = (told, *planted_people(services), *stories(), *drawn)
    return tuple(_row(one) for one in found)


def _row(found: list[FhirJson]) -> DemoRow:
    patient = next(r for r in found if r["resourceType"] == "Patient")
    ill = [r for r in found if r["resourceType"] == "Condition" and _is_open(r)]
    taken = {
        r["medicationCodeableConcept"]["coding"][0]["code"]
        for r in found
        if r["resourceType"] in TAKEN and r["status"] == "active" and not _is_hidden(r)
    }
    return DemoRow(
        patient["id"],
        patient["name"][0]["text"],
        patient["birthDate"],
        patient["gender"],
        len(ill),
        len(taken),
    )


def _is_hidden(resource: FhirJson) -> bool:
    """Return whether somebody keeps it to themselves: this page is for anybody."""
    return any(label["code"] == "R" for label in resource.get("meta", {}).get("security", ()))


def _is_open(condition: FhirJson) -> bool:
    coding = condition.get("clinicalStatus", {}).get("coding", [{"code": "active"}])
    return bool(coding[0]["code"] == "active")
