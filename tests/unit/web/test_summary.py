"""The summary's own words: what each resource is on a timeline, trends, sources, gaps."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.lines.names import LINE
from garrod.care.record.people import Snapshot
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Allergy, Condition, Person
from garrod.core.resource import Version
from garrod.entry.web.summary.entries import READERS, Entry, entry_of
from garrod.entry.web.summary.facts import (
    allergies_of,
    due_words,
    genes_of,
    medicines_of,
    problems_of,
    tasks_of,
    untested_of,
)
from garrod.entry.web.summary.gist import Gists, gist_of, held_of
from garrod.entry.web.summary.measured import Measure, measures_of, value_words
from garrod.entry.web.summary.origin import setting_of
from garrod.entry.web.summary.presenter import gaps_of, sources_of
from garrod.entry.web.summary.reading import Read
from garrod.entry.web.summary.timeline import SHOWN, Rows, asked_of, by_words, rows_of, timeline_of
from garrod.entry.web.summary.trends import results_of, trend_words
from garrod.entry.web.summary.words import day_words
from garrod.entry.wire import Services

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = NOW.date()
Json = dict[str, Any]
OWN = {"reference": "Patient/p"}
UCUM = "http://unitsofmeasure.org"


def version(kind: str, id: str = "x", at: datetime = NOW, **more: Any) -> Version:
    body = json.dumps({"resourceType": kind, "subject": OWN, **more}).encode()
    return Version(kind, id, 1, at, "PUT", 1, body, sha256=f"{kind}{id}{body!r}".encode())


def entry(kind: str, id: str = "x", **more: Any) -> Entry:
    return entry_of(version(kind, id, **more))


def value(number: float, unit: str = "umol/L", code: str = "14682-9", **more: Any) -> Json:
    return {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": "Creatinine"},
        "valueQuantity": {"value": number, "unit": unit, "system": UCUM, "code": unit},
        **more,
    }


def measure(number: str, **more: Any) -> Measure:
    return Measure(**{"key": "k", "name": "Creatinine", "value": Decimal(number),
                      "unit": "µmol/L", "when": "2026-11-02", **more})  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
def test_every_kind_reads_of_a_resource_that_says_nothing(kind: str) -> None:
    found = entry(kind)
    assert found.title
    assert (found.low, found.setting) == (None, "")


@pytest.mark.parametrize(
    ("kind", "more", "title", "when"),
    [
        ("Encounter", {"class": {"code": "IMP"}, "period": {"start": "2026-03-01T10:00:00Z"}},
         "Stay in hospital", "2026-03-01"),
        ("MedicationRequest", {"medicationCodeableConcept": {"text": "Codeine"},
         "authoredOn": "2026-03"}, "Prescribed: Codeine", "2026-03"),
        ("MedicationDispense", {"medicationReference": {"display": "Codeine"},
         "whenHandedOver": "2026-03-02"}, "Handed out: Codeine", "2026-03-02"),
        ("DetectedIssue", {"detail": "Avoid", "identifiedDateTime": "2026-03-02"},
         "Advice: Avoid", "2026-03-02"),
        ("DocumentReference", {"description": "Discharge letter", "date": "2026-03-02T09:00:00Z"},
         "Document: Discharge letter", "2026-03-02"),
    ],
)  # fmt: skip
def test_what_happened_is_said_in_words(kind: str, more: Json, title: str, when: str) -> None:
    found = entry(kind, **more)
    assert (found.title, found.day) == (title, when)


def test_setting_is_as_the_resource_says_and_else_not_stated() -> None:
    def of(**more: Any) -> str:
        return setting_of({"resourceType": "Encounter", **more})

    assert of(meta={"source": "https://x.example/world/practice#7"}) == "practice"
    assert of(meta={"source": "urn:other"}, **{"class": {"code": "EMER"}}) == "hospital"
    assert of() == ""


def test_value_is_said_with_its_unit_and_a_gap_with_its_reason() -> None:
    assert value_words(value(210)) == "210 µmol/L"
    flagged = value(210, interpretation=[{"coding": [{"code": "H"}]}])
    assert value_words(flagged) == "210 µmol/L (high)"
    assert value_words({"dataAbsentReason": {"text": "haemolysed"}}) == "No value: haemolysed"
    assert value_words({"valueBoolean": False}) == "No"
    parts = [{"code": {"text": "Systolic"}, **{"valueQuantity": {"value": 120, "unit": "mm[Hg]"}}}]
    assert value_words({"component": parts}) == "Systolic 120 mmHg"


def part(code: str, said: str) -> Json:
    """Return a component as genomics reporting writes it: nothing is named but by its code."""
    return {"code": {"coding": [{"code": code}]}, "valueCodeableConcept": {"text": said}}


@pytest.mark.parametrize(
    ("code", "own", "parts", "title", "detail"),
    [
        ("84413-4", "CYP2B6 *1/*2", [], "CYP2B6: both copies", "*1/*2"),
        ("84414-2", "CYP2B6 *1", [], "CYP2B6: one copy", "*1"),
        ("84413-4", "CYP2B6: not assessed", [], "CYP2B6: both copies", "not assessed"),
        ("69548-6", "Present", [part("48004-6", "c.681G>A")], "CYP2B6: a variant",
         "c.681G>A, Present"),
        ("therapeutic-implication", "", [part("therapeutic-implication", "Poor Metabolizer")],
         "CYP2B6: what it means", "Poor metaboliser"),
        ("84413-4", "", [], "CYP2B6: both copies", "No value"),
    ],
)  # fmt: skip
def test_genomic_result_is_said_by_its_gene(
    code: str, own: str, parts: list[Json], title: str, detail: str
) -> None:
    found = entry_of(
        version(
            "Observation",
            code={"coding": [{"code": code}]},
            component=[part("48018-6", "CYP2B6"), *parts],
            valueCodeableConcept={"text": own},
        )
    )
    assert (found.title, found.detail) == (title, detail)


def test_what_names_itself_is_left_as_it_is() -> None:
    named = {"coding": [{"code": "84413-4"}], "text": "CYP2B6 by another laboratory"}
    found = entry("Observation", code=named, valueCodeableConcept={"text": "*1/*2"})
    assert (found.title, found.detail) == ("CYP2B6 by another laboratory", "*1/*2")


def test_task_that_this_server_made_is_said_to_come_from_here() -> None:
    ours = {"coding": [{"system": "https://garrod.health/fhir/record-code", "code": "monitor"}]}
    assert setting_of({"resourceType": "Task", "code": ours}) == "here"
    card = {"identifier": [{"system": "https://garrod.health/fhir/card", "value": "1"}]}
    assert setting_of({"resourceType": "DetectedIssue", **card}) == "here"
    assert setting_of({"resourceType": "Task", "code": {"coding": [{"system": "x"}]}}) == ""


def test_value_that_was_an_error_is_no_result() -> None:
    assert measures_of(value(210, status="entered-in-error"), "2026-11-02") == ()


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (None, "first value here"),
        (measure("88", when="2026-03-03"), "up from 88 µmol/L on 3 March 2026"),
        (measure("300", when="2026-03"), "down from 300 µmol/L on March 2026"),
        (measure("210", when="2026-03-03"), "the same as on 3 March 2026"),
        (measure("2", unit="mg/dL"), "before in another unit: 2 mg/dL on 2 November 2026"),
        (measure("9", comparator="<"), "before: <9 µmol/L on 2 November 2026"),
    ],
)
def test_trend_is_a_fact_and_no_judgement(before: Measure | None, words: str) -> None:
    assert trend_words(measure("210"), before) == words


def test_newest_of_each_thing_measured_stands_beside_the_one_before() -> None:
    some = [
        entry("Observation", "b", **value(210, effectiveDateTime="2026-11-02")),
        entry("Observation", "a", **value(88, effectiveDateTime="2026-03-03")),
    ]
    (found,) = results_of(some)
    assert (found.value, found.trend) == ("210 µmol/L", "up from 88 µmol/L on 3 March 2026")


def test_enough_values_of_known_days_are_drawn_and_other_units_are_left_out() -> None:
    days = ("2026-11-02", "2026-08", "2026-06-01", "2026-03-03")
    some = [
        entry("Observation", f"o{n}", **value(200 - n, effectiveDateTime=day))
        for n, day in enumerate(days)
    ]
    (found,) = results_of(some)
    assert found.chart is not None
    said = "Chart: 3 values since 3 March 2026, from 197 to 200 µmol/L"
    assert found.chart.words == said
    (two,) = results_of(some[:2])
    assert two.chart is None


def test_day_is_said_as_precisely_as_it_was_written() -> None:
    said = [day_words(w) for w in ("2026-03-03T10:00:00Z", "2026-03", "2026", "", "2026-13")]
    assert said == ["3 March 2026", "March 2026", "2026, day not stated", *["day not known"] * 2]


def test_results_of_one_day_and_place_are_one_line() -> None:
    some = [entry("Observation", f"o{n}", **value(n, effectiveDateTime="2026-11-02"))
            for n in range(3)]  # fmt: skip
    found = timeline_of(Rows(some), asked_of({}), "p", {})
    ((event,),) = [day.events for day in found.days]
    assert event.what == "3 results"
    assert len(event.parts) == 3


def test_timeline_is_paged_without_a_gap_and_filtered() -> None:
    first = date(2026, 1, 1)
    some = sorted(
        (entry("Encounter", f"e{n}", period={"start": (first + timedelta(n)).isoformat()})
         for n in range(SHOWN + 5)),
        key=lambda e: e.place,
    )  # fmt: skip
    pages = [timeline_of(Rows(some), asked_of({"page": str(n)}), "p", {}) for n in (1, 2)]
    days = [day.iso for found in pages for day in found.days]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == SHOWN + 5
    assert (pages[0].newer, pages[1].older) == ("", "")
    assert "page=2" in pages[0].older
    none = timeline_of(Rows(some), asked_of({"setting": "hospital"}), "p", {})
    assert (none.days, none.is_filtered) == ((), True)
    assert asked_of({"setting": "<x>", "kind": "<x>", "page": "-1"}) == asked_of({})


def many(number: int) -> list[Entry]:
    """Return entries of several settings and kinds, many of one day, in no order."""
    sources = ("practice", "hospital", "laboratory", "")
    found = []
    for n in range(number):
        day = (date(2020, 1, 1) + timedelta(n * 7 % 90)).isoformat()
        meta: Json = (
            {"meta": {"source": f"https://x.example/world/{sources[n % 4]}"}} if n % 4 < 3 else {}
        )
        at = NOW - timedelta(days=n % 50)
        if n % 3 == 0:
            found.append(entry_of(version("Encounter", f"e{n}", at, period={"start": day}, **meta)))
        else:
            code = f"{n % 5}-1"
            said = value(n, code=code, effectiveDateTime=day if n % 11 else "2099-01-01", **meta)
            found.append(entry_of(version("Observation", f"o{n}", at, **said)))
    return found


@pytest.mark.parametrize("asked", [{}, {"setting": "laboratory"}, {"kind": "results"},
                                   {"setting": "none", "kind": "visits"}])  # fmt: skip
def test_pages_of_a_timeline_are_together_the_whole_of_it(asked: dict[str, str]) -> None:
    some = many(700)
    gist = gist_of(some, TODAY)
    whole = rows_of(sorted(some, key=lambda e: e.place), asked_of(asked))
    setting, kind = asked.get("setting"), asked.get("kind")
    fits = [e for e in some if setting in (None, e.setting or "none") and kind in (None, e.group)]
    assert sum(map(len, whole)) == len(fits)
    paged, number = [], 1
    while True:
        one = asked_of({**asked, "page": str(number)})
        found = timeline_of(gist.rows, one, "p", {})
        paged += gist.rows.page(one)[1]
        assert f"of {len(whole)}," in found.counted
        if not found.older:
            break
        number += 1
    assert paged == whole
    assert number == -(-len(whole) // SHOWN)


def test_gist_is_what_all_entries_say_and_is_kept_by_what_may_be_seen() -> None:
    some = many(300)
    ordered = sorted(some, key=lambda e: e.place)
    gist = gist_of(reversed(some), TODAY)
    assert list(gist.entries) == ordered
    assert gist.results == results_of([e for e in ordered if e.day < "2099"])
    for name, held in gist.held.items():
        mine = [e for e in ordered if e.setting == name]
        assert held.number == len(mine)
        assert held.last == max(e.received for e in mine)
        assert held.newest == next(e.day for e in mine if e.day < "2099")
    gists: Gists[str] = Gists(most=350)
    first = gists.of("a", TODAY, lambda: some)
    assert gists.of("a", TODAY, lambda: pytest.fail("it is kept")) is first
    assert len(gists.of("b", TODAY, lambda: some[:100]).entries) == 100  # who sees less
    assert gists.of("a", TODAY, lambda: some[:1]).entries == (some[0],)  # too many: made anew
    assert gists.of("a", TODAY + timedelta(1), lambda: some).held  # another day


def test_entry_that_was_an_error_is_struck_and_undated_ones_stand_last() -> None:
    some = sorted(
        (entry("Condition", "b", status="entered-in-error"),
         entry("Encounter", "a", period={"start": "1990"})), key=lambda e: e.place,
    )  # fmt: skip
    found = timeline_of(Rows(some), asked_of({}), "p", {})
    assert [day.words for day in found.days] == ["1990, day not stated", "Day not known"]
    assert found.days[1].events[0].is_void


def test_line_that_another_replaced_is_not_said_to_be_completed() -> None:
    gone = [{"url": LINE, "extension": [{"url": "supersededBy", "valueString": "other"}]}]
    for more, state in (({"extension": gone}, "replaced by another"), ({}, "completed")):
        one = entry("MedicationStatement", status="completed", **more)
        (found,) = timeline_of(Rows([one]), asked_of({}), "p", {}).days
        assert found.events[0].state == state


def test_each_usual_setting_is_named_even_where_nothing_of_it_is_here() -> None:
    old = NOW - timedelta(days=200)
    stay: Json = {"class": {"code": "IMP"}, "period": {"start": "2026-01-01"}}
    there = entry_of(version("Encounter", "x", old, **stay))
    found = {source.name: source for source in sources_of(held_of([there], TODAY.isoformat()), NOW)}
    assert found["GP practice"].is_missing
    assert "not known" in found["GP practice"].received
    assert found["Hospital"].newest == "newest of 1 January 2026"
    assert found["Hospital"].received.endswith("nothing for half a year")


def test_what_may_be_missing_is_said() -> None:
    snapshot = Snapshot(Person("Patient/p", notes=("a unit",)), 1, frozenset(("Condition",)))
    said = " ".join(gaps_of(Read(snapshot, gist_of((), TODAY), (), is_whole=False)))
    for words in ("conditions", "a unit", "Only the first", "choices"):
        assert words in said


def test_facts_say_what_is_not_known() -> None:
    person = Person(
        "Patient/p",
        conditions=(Condition("asthma", since=date(2020, 5, 1)), Condition("flu", is_active=False)),
        allergies=(Allergy("Penicillin", criticality="high"), Allergy("Nuts", is_active=False)),
        medicines=(MedicineLine("Codeine"),),
    )
    assert [line.text for line in problems_of(person)] == ["Asthma"]
    (allergy,) = allergies_of(person)
    assert allergy.note == "reaction not recorded; high risk"
    assert medicines_of(person)[0].note == "what for: not recorded"
    unseen = Person("Patient/p", unseen=frozenset(("allergies", "medicines", "conditions")))
    for found in (allergies_of(unseen), medicines_of(unseen), problems_of(unseen)):
        assert found[0].text == "Could not be read"


def test_gene_that_bears_on_what_is_taken_stands_first() -> None:
    known = Services().knowledge.medicines
    finding = GeneFinding(
        "CYP2C19", Status.AMBIGUOUS, (Candidate("*2/*2", 0.92, "Poor Metabolizer"),),
        "Poor Metabolizer",
    )  # fmt: skip
    normal = GeneFinding("CYP2C9", Status.CALLED, (Candidate("*1/*1", 1, "Normal Metabolizer"),),
                         "Normal Metabolizer")  # fmt: skip
    line = MedicineLine("Clopidogrel", (Coding("http://www.whocc.no/atc", "B01AC04"),))
    person = Person("Patient/p", findings=(normal, finding), medicines=(line,))
    bearing = {"CYP2C19": ("clopidogrel", "voriconazole"), "CYP2C9": ("phenytoin",), "DPYD": ("x",)}
    first, second = genes_of(person, bearing, known)
    assert (first.name, first.is_loud, second.is_loud) == ("CYP2C19", True, False)
    assert first.means == "Poor metaboliser (not certain: 92 in 100)"
    assert first.bears == "bears on clopidogrel, taken now"
    untested, words = untested_of(person, bearing)
    assert untested == ("DPYD",)
    assert "not the same as normal" in words


def test_task_says_whose_it_is_and_how_late() -> None:
    late = {"id": "t", "code": {"text": "Call"}, "owner": {"display": "Nurse"},
            "restriction": {"period": {"end": "2026-11-25"}}}  # fmt: skip
    (line,) = tasks_of([late], TODAY)
    assert line.note == "Nurse; overdue by 3 days (was due 25 November 2026)"
    assert line.is_loud
    assert due_words("2026-11-28", TODAY) == "due today"
    assert due_words("2026-11-29", TODAY) == "due in 1 day, 29 November 2026"
    assert due_words("", TODAY) == "no day was set"


def test_who_is_said_in_words_alone() -> None:
    said = [by_words(b) for b in ("Dr Dee, gp", "Dr Dee", "gp", "Practitioner/d", "")]
    assert said == ["Dr Dee", "Dr Dee", "", "", ""]


def test_medicine_on_hold_is_loud_and_says_so() -> None:
    lines = (MedicineLine("Ramipril", is_held=True), MedicineLine("Senna"))
    held, taken = medicines_of(Person("Patient/a", medicines=lines))
    assert held.is_loud
    assert held.note.startswith("ON HOLD: not taken now")
    assert not taken.is_loud
    assert "HOLD" not in taken.note
