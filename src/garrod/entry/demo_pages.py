"""The demo's two pages, open without a token since nobody in them is real: people, and the report.

/ lists the people as they were stored; /story is the report of the story's person. The record
itself is behind its token, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from garrod.adapters.fhir.person import read_person
from garrod.adapters.report.html import render_html
from garrod.adapters.world import load_profile
from garrod.entry.demo_story import GENOME, PERSON, FhirJson
from garrod.entry.demo_world import demo_people
from garrod.entry.reporting import report_of
from garrod.entry.wire import Services

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#212b32;background:#fff}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8dde0}"
    "pre{overflow-x:auto;background:#f0f4f5;padding:.6rem}a{color:#005eb8}"
    ".mark{background:#ffeb3b;padding:.4rem .8rem}"
)
HEAD = (
    '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Garrod: synthetic people'
    '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
    f"<style>{STYLE}</style></head><body><main><h1>Two hundred synthetic people</h1>"
    '<p class="mark">Nobody here is real. Not a medical device; not for the care of real people.'
    "</p>"
)


@lru_cache(maxsize=1)
def story_page() -> bytes:
    """Return the report of the story's person.  Raises: GarrodError."""
    from garrod.entry.cli.persons import Genome, with_genome

    services = Services()
    person, table = with_genome(services, read_person(PERSON), Genome(GENOME))
    return render_html(report_of(services, person, table)).encode()


@lru_cache(maxsize=1)
def people_page(base: str) -> bytes:
    """Return the list of the people as they were stored; `base` is where FHIR is served."""
    ask = f"{escape(base)}/Patient/w0/$everything"
    heads = ("Id", "Name", "Born", "Sex", "Conditions", "Medicines")
    return (
        f'{HEAD}<p><a href="/story">The story: a genome, a proposed medicine, the report</a></p>'
        "<p>Each is in a FHIR R4 record on this machine, which asks for the token that was printed "
        "when it first started (or that you set as GARROD_DEV_TOKEN):</p>"
        f'<pre>curl -H "Authorization: Bearer $GARROD_DEV_TOKEN" {ask}</pre>'
        "<table><caption>The people as they were stored, and how many medicines each takes at the "
        "end of 2025</caption><thead><tr>"
        + "".join(f'<th scope="col">{head}</th>' for head in heads)
        + f"</tr></thead><tbody>{''.join(_rows())}</tbody></table></main></body></html>"
    ).encode()


def _rows() -> Iterator[str]:
    import orjson

    told = [entry["resource"] for entry in orjson.loads(PERSON.read_bytes())["entry"]]
    for found in (told, *demo_people(load_profile(Services().shelf))):
        yield _row(found)


def _row(found: list[FhirJson]) -> str:
    patient = next(r for r in found if r["resourceType"] == "Patient")
    ill = [r for r in found if r["resourceType"] == "Condition" and _is_open(r)]
    taken = {
        r["medicationCodeableConcept"]["coding"][0]["code"]
        for r in found
        if r["resourceType"] == "MedicationStatement" and r["status"] == "active"
    }
    cells = (patient["birthDate"], patient["gender"], len(ill), len(taken))
    name = patient["name"][0]["text"]
    return (
        f'<tr><td>{escape(patient["id"])}</td><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        + "</tr>"
    )


def _is_open(condition: FhirJson) -> bool:
    coding = condition.get("clinicalStatus", {}).get("coding", [{"code": "active"}])
    return bool(coding[0]["code"] == "active")
