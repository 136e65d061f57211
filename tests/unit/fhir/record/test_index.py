"""Each type of value, and the rows by which it is found."""

from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.record.dates import DAY, HOUR, MINUTE, SECOND, span
from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.paths import paths_of
from garrod.core.errors import KnowledgeError
from garrod.core.resource import (
    EARLIEST,
    LATEST,
    CompositeRow,
    DateRow,
    NumberRow,
    ReferenceRow,
    StringRow,
    TokenRow,
    UriRow,
)
from tests.unit.fhir.record.codecs import BASE, bytes_of, codec, draft_of, rows_of

INF = float("inf")
INNER = (
    *("coding", "text", "system", "code", "value", "unit", "start", "event", "repeat", "low"),
    *("origin", "data", "reference", "identifier", "type", "tag", "family", "entry"),
)
UCUM = "http://unitsofmeasure.org"
STATUS = "http://hl7.org/fhir/observation-status"
NHS = "https://fhir.nhs.uk/Id/nhs-number"


def named(rows: tuple[Any, ...], param: str) -> list[Any]:
    return [row for row in rows if row.param == param]


@pytest.mark.parametrize(
    ("kind", "members", "param", "expected"),
    [
        ("Observation", {"status": "final"}, "status", [(STATUS, "final", "")]),
        ("Patient", {"active": False}, "active", [("", "false", "")]),
        (
            "Observation",
            {"code": {"coding": [{"system": "s", "code": "a", "display": "Ödem"},
                                 {"code": "b"}], "text": "Swelling"}},
            "code",
            [("s", "a", "odem"), ("", "b", "swelling")],
        ),
        (
            "Observation",
            {"code": {"coding": [{"system": "s", "code": "a", "display": "X"}], "text": "Y"}},
            "code",
            [("s", "a", "x"), ("", "", "y")],
        ),
        ("Observation", {"code": {"text": "only words"}}, "code", [("", "", "only words")]),
        ("Patient", {"identifier": [{"value": "9"}]}, "identifier", [("", "9", "")]),
        (
            "Patient",
            {"identifier": [{"system": NHS, "value": "999 000 0018", "type": {"text": "NHS"}}]},
            "identifier",
            [(NHS, "999 000 0018", "nhs"), (NHS, "9990000018", "nhs")],
        ),
        (
            "Patient",
            {"identifier": [{"value": "9", "type": {"coding": [{"system": "t", "code": "MR"}]}}]},
            "identifier:of-type",
            [("t|MR", "9", "")],
        ),
        (
            "Patient",
            {"telecom": [{"system": "email", "value": "a@b"}, {"system": "phone", "value": "1"}]},
            "email",
            [("", "a@b", "")],
        ),
        ("Patient", {"deceasedBoolean": False}, "deceased", [("", "false", "")]),
        ("Patient", {"deceasedDateTime": "2020"}, "deceased", [("", "true", "")]),
        ("Patient", {}, "deceased", [("", "false", "")]),
        ("Patient", {"meta": {"tag": [{"code": "t"}]}}, "_tag", [("", "t", "")]),
        ("Patient", {"meta": {"security": [{"system": "s", "code": "R"}]}}, "_security",
         [("s", "R", "")]),
        ("Group", {"characteristic": [{"code": {}, "valueBoolean": True}]}, "value",
         [("", "true", "")]),
    ],
)  # fmt: skip
def test_tokens(kind: str, members: Any, param: str, expected: list[tuple[str, str, str]]) -> None:
    found = named(rows_of(kind, **members).tokens, param)
    assert found == [TokenRow(param, *row) for row in expected]


def test_strings_are_folded_and_kept() -> None:
    name = {"family": "Ordóñez", "given": ["María", "Ana"], "prefix": ["Dr"], "use": "official"}
    rows = rows_of("Patient", name=[name], address=[{"line": ["1 High St"], "city": "LEEDS"}])
    assert named(rows.strings, "family") == [StringRow("family", "ordonez", "Ordóñez")]
    assert [r.folded for r in named(rows.strings, "name")] == ["ordonez", "maria", "ana", "dr"]
    assert [r.exact for r in named(rows.strings, "address")] == ["1 High St", "LEEDS"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [("  A  b ", "a b"), ("STRAẞE", "strasse"), ("ﬁn", "fin"), ("Å", "a"), ("日本", "日本")],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


DAY_ONE = 20_513 * DAY  # 2026-03-01


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2026-03-01", 0, DAY),
        ("2026-03", 0, 31 * DAY),
        ("2026", -59 * DAY, 306 * DAY),
        ("2026-03-01T01:02", HOUR + 2 * MINUTE, HOUR + 3 * MINUTE),
        ("2026-03-01T01:02:03Z", HOUR + 2 * MINUTE + 3 * SECOND, HOUR + 2 * MINUTE + 4 * SECOND),
        ("2026-03-01T00:00:00.25Z", 250_000, 260_000),
        ("2026-03-01T00:00:00.1234567Z", 123_456, 123_457),
        ("2026-03-01T01:00:00+01:00", 0, SECOND),
        ("2026-02-28T23:00:00-01:00", 0, SECOND),
        ("2026-02-28T23:59:60Z", 0, SECOND),
    ],
)
def test_spans_of_dates(text: str, low: int, high: int) -> None:
    assert span(text) == (DAY_ONE + low, DAY_ONE + high)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-02-29", "2026-00-01", "0000", "2026-03-01T24:00", "2026-3-1",
     "2026-03-01T01", "2026-03-01T01:60:00Z", "2026-03-01T01:00:61Z", "2026-03-01T01:00:00+15:00",
     "2026-03-01 01:00", "٢٠٢٦"],
)  # fmt: skip
def test_what_is_no_date_has_no_span(text: str) -> None:
    assert span(text) is None


def test_the_last_year_there_is_has_a_span() -> None:
    assert span("9999-12-31") is not None


@pytest.mark.parametrize(
    ("members", "low", "high"),
    [
        ({"effectiveDateTime": "2026-03-01"}, DAY_ONE, DAY_ONE + DAY),
        ({"effectivePeriod": {"start": "2026-03-01"}}, DAY_ONE, LATEST),
        ({"effectivePeriod": {"end": "2026-03-01"}}, EARLIEST, DAY_ONE + DAY),
        ({"effectiveInstant": "2026-03-01T00:00:00Z"}, DAY_ONE, DAY_ONE + SECOND),
        (
            {"effectiveTiming": {"event": ["2026-03-02", "2026-03-01"]}},
            DAY_ONE,
            DAY_ONE + 2 * DAY,
        ),
        (
            {"effectiveTiming": {"repeat": {"boundsPeriod": {"start": "2026-03-01"}}}},
            DAY_ONE,
            LATEST,
        ),
    ],
)
def test_dates(members: Any, low: int, high: int) -> None:
    assert rows_of("Observation", **members).dates == (DateRow("date", low, high),)


@pytest.mark.parametrize(
    "members",
    [{"effectivePeriod": {}}, {"effectiveTiming": {}}, {"effectiveDateTime": "soon"},
     {"effectiveDateTime": 5}, {"effectivePeriod": "x"}, {"effectiveTiming": {"event": [1]}}],
)  # fmt: skip
def test_dates_that_cannot_be_read_have_no_row(members: Any) -> None:
    assert rows_of("Observation", **members).dates == ()


@pytest.mark.parametrize(
    ("subject", "row"),
    [
        ({"reference": "Patient/1"}, ("Patient", "1", "", "", "")),
        ({"reference": "Patient/1/_history/2"}, ("Patient", "1", "", "", "")),
        ({"reference": f"{BASE}/Patient/1"}, ("Patient", "1", "", "", "")),
        ({"reference": "https://there.example/fhir/Patient/1"},
         ("", "", "https://there.example/fhir/Patient/1", "", "")),
        ({"reference": "urn:uuid:5"}, ("", "", "urn:uuid:5", "", "")),
        ({"reference": "#p"}, ("", "", "#p", "", "")),
        ({"identifier": {"system": NHS, "value": "9"}}, ("", "", "", NHS, "9")),
        ({"display": "somebody"}, ("", "", "", "", "")),
    ],
)  # fmt: skip
def test_references(subject: Any, row: tuple[str, ...]) -> None:
    rows = rows_of("Observation", subject=subject)
    assert named(rows.references, "subject") == [ReferenceRow("subject", *row)]
    assert named(rows.references, "patient") == [ReferenceRow("patient", *row)]


@pytest.mark.parametrize(
    "subject",
    [{"reference": "Group/1"}, {"reference": "https://there.example/Group/1"},
     {"type": "Device", "identifier": {"value": "1"}}],
)  # fmt: skip
def test_a_reference_to_another_kind_is_no_patient(subject: Any) -> None:
    rows = rows_of("Observation", subject=subject)
    assert named(rows.references, "patient") == []
    assert len(named(rows.references, "subject")) == 1


def test_canonical_references_are_found_with_and_without_version() -> None:
    rows = rows_of("MedicationRequest", instantiatesCanonical=["http://a/b|1"])
    found = [r.url for r in rows_of("ActivityDefinition", library=["http://a/b|1"]).references]
    assert found == ["http://a/b|1", "http://a/b"]
    assert rows.references == ()  # R4 has no parameter for it


@pytest.mark.parametrize(
    ("value", "rows"),
    [
        ({"value": 100, "unit": "mg", "system": UCUM, "code": "mg"}, [(100, 100, UCUM, "mg")]),
        ({"value": 5, "unit": "milligram", "system": UCUM, "code": "mg"},
         [(5, 5, UCUM, "mg"), (5, 5, "", "milligram")]),
        ({"value": 5, "unit": "tablet"}, [(5, 5, "", "tablet")]),
        ({"value": 5, "comparator": "<"}, [(-INF, 5, "", "")]),
        ({"value": 5, "comparator": ">="}, [(5, INF, "", "")]),
        ({"value": True}, []),
        ({"unit": "mg"}, []),
        ("5", []),
    ],
)  # fmt: skip
def test_quantities(value: Any, rows: list[tuple[float, float, str, str]]) -> None:
    found = rows_of("Observation", valueQuantity=value).numbers
    assert named(found, "value-quantity") == [NumberRow("value-quantity", *row) for row in rows]


def test_numbers_too_large_for_a_float_are_beyond_every_other() -> None:
    body = b'{"resourceType":"RiskAssessment","prediction":[{"probabilityDecimal":1e999},'
    body += b'{"probabilityDecimal":-1' + b"0" * 400 + b'},{"probabilityDecimal":0.25}]}'
    found = codec().drafted(body, kind="RiskAssessment", id="x").rows.numbers
    assert [row.low for row in found] == [INF, -INF, 0.25]


def test_ranges_samples_and_money() -> None:
    low, high = {"value": 1, "unit": "a"}, {"value": 2, "unit": "a"}
    onset = rows_of("Condition", onsetRange={"low": low, "high": high}).numbers
    assert onset == (NumberRow("onset-age", 1, 2, "", "a"),)
    assert rows_of("Condition", onsetRange={"high": high}).numbers[0].low == -INF
    assert rows_of("Condition", onsetRange={}).numbers == ()
    sampled = {"origin": {"value": 1, "unit": "mV"}, "factor": 2, "data": "0 -1 E 3.5 U L"}
    found = rows_of("Observation", valueSampledData=sampled).numbers
    assert found[0] == NumberRow("combo-value-quantity", -1, 8, "", "mV")
    assert rows_of("Observation", valueSampledData={"origin": {}}).numbers == ()
    money = rows_of("Invoice", totalNet={"value": 4, "currency": "GBP"}).numbers
    assert money == (NumberRow("totalnet", 4, 4, "urn:iso:std:iso:4217", "GBP"),)


def test_uris() -> None:
    found = rows_of("ValueSet", url="http://a/v", meta={"profile": ["http://p|2"], "source": "#1"})
    assert set(found.uris) == {
        UriRow("url", "http://a/v"),
        UriRow("_profile", "http://p|2"),
        UriRow("_profile", "http://p"),
        UriRow("_source", "#1"),
    }


def test_composites_join_values_of_one_part_only() -> None:
    def part(code: str, value: int) -> Any:
        return {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value}}

    rows = rows_of("Observation", component=[part("a", 1), part("b", 2)])
    assert named(rows.composites, "component-code-value-quantity") == [
        CompositeRow("component-code-value-quantity", "", "a", "", "", 1, 1),
        CompositeRow("component-code-value-quantity", "", "b", "", "", 2, 2),
    ]
    whole = rows_of("Observation", **part("c", 3), valueString="Words")
    assert named(whole.composites, "code-value-string")[0].folded == "words"
    assert named(whole.composites, "code-value-quantity")[0].high == 3


def test_composite_with_a_reference_and_with_a_date() -> None:
    relates = {"code": "replaces", "target": {"reference": "DocumentReference/1"}}
    found = rows_of("DocumentReference", relatesTo=[relates]).composites
    system = "http://hl7.org/fhir/document-relationship-type"
    assert found == (CompositeRow("relationship", system, "replaces", "DocumentReference", "1"),)
    dated = rows_of("Observation", code={"coding": [{"code": "c"}]}, valueDateTime="2026-03-01")
    assert dated.composites[0].low == DAY_ONE


@pytest.mark.parametrize(
    ("resource", "patients"),
    [
        ({"resourceType": "Patient"}, ("x1",)),
        ({"resourceType": "Observation", "subject": {"reference": "Patient/1"},
          "performer": [{"reference": "Patient/2"}, {"reference": "Patient/1"}]}, ("1", "2")),
        ({"resourceType": "Observation", "subject": {"reference": "Group/1"}}, ()),
        ({"resourceType": "Organization"}, ()),
        ({"resourceType": "NotOfR4", "meta": {"tag": [{"code": "x"}]}}, ()),
    ],
)  # fmt: skip
def test_whose_record_a_resource_belongs_to(resource: Any, patients: tuple[str, ...]) -> None:
    assert draft_of(resource).patients == patients


def test_the_first_entry_of_a_bundle_is_what_the_parameter_names() -> None:
    first = {"resource": {"resourceType": "Composition", "id": "c"}}
    rows = rows_of("Bundle", entry=[first, {"resource": {"resourceType": "Patient", "id": "p"}}])
    found = named(rows.references, "composition")
    assert found == [ReferenceRow("composition", "Composition", "c")]


@pytest.mark.parametrize("shape", [None, 1, "x", [], {}, [None], [1], [[{}]], Decimal("1.5")])
def test_values_of_a_wrong_shape_make_no_fault(shape: Any) -> None:
    for kind in ("Observation", "Patient", "MedicationRequest", "RiskAssessment", "Library"):
        members = [m for m in codec().index.plan(kind) if m]
        for inner in (shape, dict.fromkeys(INNER, shape), [dict.fromkeys(INNER, shape)]):
            codec().index.rows({"resourceType": kind, **dict.fromkeys(members, inner)})


def test_an_expression_that_is_not_understood_is_refused() -> None:
    for expression in ("Patient.name.first()", "Patient.nothing", "Patient.name as Coding",
                       "Patient.name.where(a)", "Patient.name[x"):  # fmt: skip
        with pytest.raises(KnowledgeError, match="not understood"):
            paths_of(codec().facts, "Patient", expression)


def test_an_extension_can_be_searched_by() -> None:
    (path,) = paths_of(codec().facts, "Patient", "Patient.extension('u').value.as(Coding)")
    assert (path.steps[0].where, path.steps[1].member, path.type) == (
        (("url", "u"),),
        "valueCoding",
        "Coding",
    )


def test_a_body_parsed_before_is_not_parsed_again() -> None:
    body = bytes_of({"resourceType": "Patient"})
    draft = codec().drafted(body, kind="Patient", id="a", resource={"resourceType": "Patient"})
    assert (draft.body, draft.patients) == (body, ("a",))
