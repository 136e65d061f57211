"""Any line and any dose is valid FHIR R4, and comes back from it as it was."""

from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.dosage import dosages_of
from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.adapters.fhir.lines.statement import written
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Severity
from garrod.care.record.medication.duplicates import Override
from garrod.care.record.medication.likeness import Likeness
from garrod.care.record.medication.line import Content, Line, MedicineOf, Setting
from garrod.care.record.medication.transitions import replayed
from garrod.care.record.medicines_ports import Head, Listed, Reconciled
from garrod.core.medicine import Coding
from garrod.core.resource import Version
from garrod.entry.wire import Services
from tests.making.desk_time import drawn
from tests.property.record.doses import DOSES
from tests.property.record.histories import AUTHORS, lines

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)
MAYBE = st.just("") | WORDS
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
CODES = st.builds(Coding, st.sampled_from(["http://www.whocc.no/atc", ""]), WORDS, MAYBE)
MEDICINES = st.builds(
    MedicineOf,
    WORDS,
    st.lists(CODES, max_size=2).map(tuple),
    st.lists(WORDS, max_size=2).map(tuple),
    MAYBE,
    MAYBE,
    MAYBE,
)
CONTENTS = st.builds(
    Content,
    MEDICINES,
    st.none() | DOSES,
    MAYBE,
    st.lists(CODES, max_size=2).map(tuple),
    DAYS,
    DAYS,
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(Services().shelf)


def stored(kind: str, id: str, body: bytes) -> Version:
    return Version(kind, id, 1, NOW, "PUT", 1, body)


def is_valid(checker: Checker, body: bytes) -> bool:
    issues = checker.check(parse(body))
    assert not [i for i in issues if i.severity is Severity.ERROR], issues
    return True


@st.composite
def any_lines(draw: st.DrawFn) -> Line:
    """Return a line of any history that says anything."""
    line, content = draw(lines("a")), draw(CONTENTS)
    planned = line.history[0].content
    assert planned is not None
    content = replace(content, planned_start=content.planned_start or planned.planned_start)
    first = replace(line.history[0], content=content)
    made = replayed(line, (first, *line.history[1:]))
    assert made is not None
    return made


@settings(deadline=None, max_examples=drawn(150))
@given(any_lines())
def test_line_is_valid_and_comes_back_exactly(checker: Checker, line: Line) -> None:
    body = FhirLines().line_body(line, "p1")
    assert is_valid(checker, body)
    assert FhirLines().line(stored("MedicationStatement", line.id, body)) == line


@settings(deadline=None, max_examples=drawn(300))
@given(DOSES)
def test_dose_is_valid_and_comes_back_exactly(dose: object) -> None:
    content = Content(MedicineOf("x"), dose)  # type: ignore[arg-type]
    found = parse(written({"resourceType": "MedicationStatement", "dosage": dosages_of(content)}))
    assert dose_of(found["dosage"]) == dose


def listed(id: str) -> st.SearchStrategy[Listed]:
    kept_by = st.none() | st.sampled_from(Setting)
    return st.builds(Listed, st.just(id), st.integers(1, 99), MAYBE, kept_by)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_list_is_valid_and_comes_back_exactly(checker: Checker, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from("abcdef"), unique=True))
    head = Head(
        "p1",
        tuple(data.draw(listed(id)) for id in ids),
        data.draw(AUTHORS),
        NOW,
        tuple(
            Override(frozenset("ab"), data.draw(st.sampled_from(Likeness)), words, author, NOW)
            for words, author in data.draw(st.lists(st.tuples(WORDS, AUTHORS), max_size=2))
        ),
        data.draw(st.none() | st.builds(Reconciled, st.just("admission"), AUTHORS, st.just(NOW))),
        data.draw(st.sampled_from([(), ((Setting.GP, NOW), (Setting.PERSON, NOW))])),
    )
    assume(all(o.reason.strip() for o in head.overrides))
    body = FhirLines().head_body(head, {}, NOW)
    assert is_valid(checker, body)
    assert FhirLines().head(stored("List", "medicines-p1", body)) == head


def test_words_that_say_something_else_than_the_structure_stand_beside_it() -> None:
    structured = {
        "text": "Take two tablets in the morning",
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
    }
    dose = dose_of([structured])
    assert dose is not None
    (found,) = dosages_of(Content(MedicineOf("x"), dose, "Take two tablets in the morning"))
    assert found["text"] == "Take two tablets in the morning"
    assert orjson.dumps(found["extension"]).count(b"1 tablet, once a day") == 1


@pytest.mark.parametrize(
    "dosage",
    [
        {"timing": {"code": {"text": "BD"}}},
        {"timing": {"repeat": {"frequency": 1, "period": 1.5, "periodUnit": "d"}}},
        {"doseAndRate": [{"rateQuantity": {"value": 1, "unit": "mL/h"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": 1, "comparator": "<", "unit": "mg"}}]},
        {"route": {"text": "by carrier pigeon"}, "timing": {"repeat": {"when": ["HS"]}}},
        {"timing": {"repeat": {"boundsPeriod": {"end": "2026-01-01"}, "when": ["HS"]}}},
        {"modifierExtension": [{"url": "x"}], "timing": {"repeat": {"when": ["HS"]}}},
    ],
)
def test_dose_is_not_read_in_part(dosage: dict[str, object]) -> None:
    assert dose_of([{**dosage, "text": "Take 1 tablet at night"}]) is None
