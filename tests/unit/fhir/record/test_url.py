"""Search URLs: what each spelling means, and what is refused with every fault named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.record.dates import DAY, HOUR, SECOND
from garrod.adapters.fhir.record.refusal import BadSearch
from garrod.adapters.fhir.record.url import Search, UrlReader, link
from garrod.adapters.fhir.record.url_results import Summary
from garrod.care.record.query import (
    Amount,
    Chain,
    Criterion,
    Flag,
    Has,
    Include,
    Modifier,
    Pair,
    ParamType,
    Prefix,
    Reference,
    Sort,
    Span,
    Text,
    Token,
)
from garrod.core.errors import FhirError
from tests.unit.fhir.record.codecs import BASE, codec

DAY_ONE = 20_513 * DAY  # 2026-03-01
NHS = "https://fhir.nhs.uk/Id/nhs-number"
UCUM = "http://unitsofmeasure.org"


def expand(modifier: Modifier, named: str) -> tuple[Token, ...]:
    if named == "http://unknown":
        raise FhirError("no such value set", code="FHR900")
    return (Token("s", f"{modifier}-1"), Token("s", named))


READER = UrlReader(
    codec().facts, BASE, expand=expand, clock=lambda: datetime(2026, 3, 11, tzinfo=UTC)
)


def read(kind: str, question: str, **options: Any) -> Search:
    return READER.read((kind,), question, **options)


def only(kind: str, question: str) -> Any:
    (clause,) = read(kind, question).query.clauses
    return clause


def faults(kind: str, question: str, **options: Any) -> list[str]:
    with pytest.raises(BadSearch) as told:
        read(kind, question, **options)
    return [issue.message for issue in told.value.issues]


@pytest.mark.parametrize(
    ("kind", "question", "values"),
    [
        ("Patient", "gender=male", [Token(None, "male")]),
        ("Patient", "gender=male,female", [Token(None, "male"), Token(None, "female")]),
        ("Patient", "gender=|male", [Token(None, "male")]),
        ("Patient", "gender=http://g|male", [Token("http://g", "male")]),
        ("Observation", "code=s|a", [Token("s", "a")]),
        ("Observation", "code=|a", [Token("", "a")]),
        ("Observation", "code=s|", [Token("s", None)]),
        ("Observation", "code=a\\,b,c\\|d\\$e\\\\", [Token(None, "a,b"), Token(None, "c|d$e\\")]),
        ("Observation", "code=a%2Cb", [Token(None, "a"), Token(None, "b")]),
        ("Patient", "active=true", [Token(None, "true")]),
        ("Patient", "phone=0113%20496", [Token(None, "0113 496")]),
        ("Patient", f"identifier={NHS}|999%20000%200018",
         [Token(NHS, "999 000 0018"), Token(NHS, "9990000018")]),
        ("Patient", "_id=a,b", [Token(None, "a"), Token(None, "b")]),
        ("Patient", "_tag=s|t", [Token("s", "t")]),
        ("Patient", "_security=R", [Token(None, "R")]),
        ("Patient", "family=%C3%93rd%C3%B3%C3%B1ez", [Text("ordonez", "Órdóñez")]),
        ("Patient", "name=ann+mary", [Text("ann mary", "ann mary")]),
        ("Patient", "_profile=http://p", [Text("http://p", "http://p")]),
        ("ValueSet", "url=urn:x", [Text("urn:x", "urn:x")]),
        ("Observation", "subject=Patient/1", [Reference("Patient", "1")]),
        ("Observation", "subject=1", [Reference("", "1")]),
        ("Observation", "patient=1", [Reference("Patient", "1")]),
        ("Observation", "subject:Patient=1", [Reference("Patient", "1")]),
        ("Observation", f"subject={BASE}/Patient/1", [Reference("Patient", "1")]),
        ("Observation", "subject=https://x/Patient/1", [Reference(url="https://x/Patient/1")]),
        ("Observation", "subject=urn:uuid:1", [Reference(url="urn:uuid:1")]),
        ("Observation", "subject=Patient/1/_history/2", [Reference("Patient", "1")]),
    ],
)  # fmt: skip
def test_values(kind: str, question: str, values: list[Any]) -> None:
    found = only(kind, question)
    assert list(found.values) == values
    assert found.modifier is Modifier.NONE


@pytest.mark.parametrize(
    ("text", "prefix", "low", "high"),
    [
        ("2026-03-01", "eq", 0, DAY),
        ("ge2026-03", "ge", 0, 31 * DAY),
        ("lt2026-03-01T01:00", "lt", HOUR, HOUR + 60 * SECOND),
        ("2026-03-01T01:00:00+01:00", "eq", 0, SECOND),
        ("2026-03-01T01:00:00%2B01:00", "eq", 0, SECOND),
        ("ap2026-03-01", "ap", -DAY, 2 * DAY),  # a tenth of ten days is one
    ],
)
def test_dates(text: str, prefix: str, low: int, high: int) -> None:
    found = only("Observation", f"date={text}")
    assert found.values == (Span(Prefix(prefix), DAY_ONE + low, DAY_ONE + high),)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100", Amount(Prefix.EQ, 100, 99.5, 100.5)),
        ("100.00", Amount(Prefix.EQ, 100, 99.995, 100.005)),
        ("1e2", Amount(Prefix.EQ, 100, 95, 105)),
        ("5.40e-3", Amount(Prefix.EQ, 0.0054, 0.005395, 0.005405)),
        ("gt-5", Amount(Prefix.GT, -5, -5.5, -4.5)),
        ("ap200", Amount(Prefix.AP, 200, 180, 220)),
        ("ap0", Amount(Prefix.AP, 0, -0.5, 0.5)),
    ],
)
def test_numbers(text: str, amount: Amount) -> None:
    assert only("RiskAssessment", f"probability={text}").values == (amount,)
    assert only("Observation", f"value-quantity={text}").values == (amount,)


def test_quantities_are_sought_in_every_unit_of_their_sort() -> None:
    found = only("Observation", f"value-quantity=gt5|{UCUM}|mg").values
    by_code = {amount.code: amount for amount in found}
    assert by_code["mg"] == Amount(Prefix.GT, 5, 4.5, 5.5, UCUM, "mg")
    assert by_code["g"] == Amount(Prefix.GT, 0.005, 0.0045, 0.0055, UCUM, "g")
    assert by_code["ug"].value == 5000
    assert set(by_code) == {"kg", "g", "mg", "ug", "ng", "pg"}
    litres = only("Observation", f"value-quantity=1|{UCUM}|mmol/l").values
    assert {a.code: a.value for a in litres}["umol/L"] == 1000
    assert {a.code: a.value for a in litres}["mmol/L"] == 1


def test_quantities_of_other_units_stand_alone() -> None:
    assert only("Observation", "value-quantity=5||mg").values == (
        Amount(Prefix.EQ, 5, 4.5, 5.5, None, "mg"),
    )
    assert only("Observation", f"value-quantity=5|{UCUM}|{{tablet}}").values == (
        Amount(Prefix.EQ, 5, 4.5, 5.5, UCUM, "{tablet}"),
    )


@pytest.mark.parametrize(
    ("kind", "question", "criterion"),
    [
        ("Observation", "code:missing=true",
         Criterion("code", ParamType.TOKEN, (Flag(True),), Modifier.MISSING)),
        ("Observation", "code:not=a", Criterion("code", ParamType.TOKEN, (Token(None, "a"),),
                                                Modifier.NOT)),
        ("Observation", "code:text=Blood", Criterion("code", ParamType.TOKEN,
                                                     (Text("blood", "Blood"),), Modifier.TEXT)),
        ("Observation", "code:in=http://v", Criterion(
            "code", ParamType.TOKEN, (Token("s", "in-1"), Token("s", "http://v")), Modifier.IN)),
        ("Observation", "code:below=s|a", Criterion(
            "code", ParamType.TOKEN, (Token("s", "below-1"), Token("s", "s|a")), Modifier.BELOW)),
        ("Patient", "name:exact=Ann", Criterion("name", ParamType.STRING, (Text("ann", "Ann"),),
                                                Modifier.EXACT)),
        ("Patient", "name:contains=nn", Criterion("name", ParamType.STRING, (Text("nn", "nn"),),
                                                  Modifier.CONTAINS)),
        ("ValueSet", "url:below=http://a", Criterion(
            "url", ParamType.URI, (Text("http://a", "http://a"),), Modifier.BELOW)),
        ("Observation", "subject:identifier=s|1", Criterion(
            "subject", ParamType.REFERENCE, (Reference(system="s", value="1"),),
            Modifier.IDENTIFIER)),
        ("Patient", "identifier:of-type=t|MR|9", Criterion(
            "identifier:of-type", ParamType.TOKEN, (Token("t|MR", "9"),))),
    ],
)  # fmt: skip
def test_modifiers(kind: str, question: str, criterion: Criterion) -> None:
    assert only(kind, question) == criterion


def test_composites() -> None:
    first = Token("l", "8480-6")
    amount = Amount(Prefix.GT, 150, 149.5, 150.5)
    assert only("Observation", "code-value-quantity=l|8480-6$gt150").values == (
        Pair(first, amount),
    )
    many = only("Observation", f"code-value-quantity=l|8480-6$5|{UCUM}|mg").values
    assert len(many) == 6
    assert only("Observation", "code-value-concept=l|8480-6$s|a,x$y").values == (
        Pair(first, Token("s", "a")),
        Pair(Token(None, "x"), Token(None, "y")),
    )
    (pair,) = only("Observation", "code-value-date=a$2026-03-01").values
    assert pair.second == Span(Prefix.EQ, DAY_ONE, DAY_ONE + DAY)
    (pair,) = only("DocumentReference", "relationship=replaces$DocumentReference/1").values
    assert pair.second == Reference("DocumentReference", "1")


def test_chains_and_has() -> None:
    name = Criterion("name", ParamType.STRING, (Text("ann", "ann"),))
    assert only("Observation", "subject:Patient.name=ann") == Chain("subject", "Patient", name)
    assert only("Observation", "patient.name=ann") == Chain("patient", "Patient", name)
    deeper = only("Observation", "patient.organization.name:exact=X")
    assert deeper.inner.kind == "Organization"
    assert deeper.inner.inner.modifier is Modifier.EXACT
    code = Criterion("code", ParamType.TOKEN, (Token(None, "x"),))
    has = Has("Observation", "patient", code)
    assert only("Patient", "_has:Observation:patient:code=x") == has
    assert only("Encounter", "patient._has:Observation:patient:code=x") == Chain(
        "patient", "Patient", has
    )
    nested = only("Patient", "_has:Observation:patient:_has:Provenance:target:agent=Device/1")
    assert nested.inner.kind == "Provenance"


def test_a_chain_takes_the_only_type_that_has_the_parameter() -> None:
    assert only("Observation", "subject.birthdate=2000").kind == "Patient"


def test_parameters_are_and_commas_are_or() -> None:
    search = read("Patient", "given=a,b&given=c&birthdate=ge2000&birthdate=lt2010&given=c")
    assert [len(c.values) for c in search.query.clauses if isinstance(c, Criterion)] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("kind", "question", "said"),
    [
        ("Patient", "nonsense=1", "Patient has no such search parameter"),
        ("Patient", "phonetic=x", "no such search parameter"),
        ("Patient", "_text=x", "narrative cannot be searched"),
        ("Patient", "_content=x", "whole resource"),
        ("Patient", "_filter=x", "filter expressions"),
        ("Patient", "_query=x", "named queries"),
        ("Patient", "name:exakt=x", "not one of its own: contains, exact or missing"),
        ("Patient", "birthdate:exact=2000", "not one of its own"),
        ("Patient", "gender:of-type=a|b|c", "not one of its own"),
        ("Patient", "name:=x", "no modifier behind it"),
        ("Patient", "_id:missing=true", "has no modifiers"),
        ("Patient", "birthdate=soon", "expected a date"),
        ("Patient", "birthdate=2000-02-30", "expected a date"),
        ("Patient", "birthdate=xx2000", "expected a date"),
        ("Patient", "name=", "expected a value"),
        ("Patient", "name=a,,b", "between its commas"),
        ("Patient", "name=%20", "expected a word"),
        ("Patient", "active=yes", "expected true or false"),
        ("Patient", "active=s|true", "has no system"),
        ("Patient", "identifier=|", "expected a code"),
        ("Patient", "identifier=a|b|c", "expected a code"),
        ("Patient", "identifier:of-type=a|b", "expected system|code|value"),
        ("Patient", "active:missing=yes", "expected true or false"),
        ("Observation", "value-quantity=five", "expected a number"),
        ("Observation", "value-quantity=1|mg", "number|system|code"),
        ("Observation", "value-quantity=" + "9" * 50, "expected a number"),
        ("Observation", "code-value-quantity=a", "two values with $"),
        ("Observation", "code-value-quantity=a$x", "expected a number"),
        ("Observation", "subject=Practitioner/1", "refers to Group, Device, Patient or Location"),
        ("Observation", "subject=#p", "expected an id"),
        ("Observation", "subject=a%20b", "expected an id"),
        ("Observation", "subject:Practitioner=1", "not to Practitioner"),
        ("Observation", "subject:identifier=|", "expected a code"),
        ("Observation", "code.name=x", "is no reference"),
        ("Observation", "subject.name=x", "may refer to Patient or Location"),
        ("Observation", "subject.nothing=x", "nothing that subject refers to"),
        ("Observation", "subject:Nobody.name=x", "expected the name of a type"),
        ("Observation", "subject:Practitioner.name=x", "not to Practitioner"),
        ("Observation", "patient.nothing=x", "Patient has no such"),
        ("Patient", "_has:Observation:patient=x", "expected _has"),
        ("Patient", "_has:Nobody:patient:code=x", "name of a type"),
        ("Patient", "_has:Observation:code:code=x", "is no reference"),
        ("Patient", "_has:Observation:nothing:code=x", "Observation has no such"),
        ("Practitioner", "_has:Observation:patient:code=x", "refers to Patient, not to"),
        ("MolecularSequence", "chromosome-variant-coordinate=a$1$2", "three values"),
        ("Patient", "_count=many", "whole number"),
        ("Patient", "_count=5&_count=6", "more than once"),
        ("Patient", "_count:exact=5", "no modifiers"),
        ("Patient", "_sort=nothing", "expected search parameters"),
        ("Observation", "_sort=code-value-date", "no order"),
        ("Patient", "_total=some", "expected none, estimate or accurate"),
        ("Patient", "_summary=some", "expected false, true, text, data or count"),
        ("Patient", "_elements=name.given", "names of elements"),
        ("Patient", "_summary=true&_elements=name", "not asked for together"),
        ("Patient", "_pretty=1", "expected true or false"),
        ("Patient", "_contained=true", "expected false"),
        ("Patient", "_containedType=container", "contained resources"),
        ("Patient", "_include=name", "expected Type:reference"),
        ("Patient", "_include=Patient:name", "is no reference"),
        ("Patient", "_include=Patient:nothing", "no such search parameter"),
        ("Patient", "_include=Observation:subject", "is not what is searched for"),
        ("Patient", "_include=Patient:link:Nobody", "name of a type"),
        ("Patient", "_include=Patient:link:Device", "not to Device"),
        ("Patient", "_include:deep=Patient:link", "iterate"),
        ("Patient", "_revinclude=*", "expected Type:reference"),
        ("Practitioner", "_revinclude=Observation:patient", "nothing here"),
        ("Patient", "name=%ff", "no UTF-8"),
        ("Patient", "&".join(["name=a"] * 200), "more than 100"),
        ("Patient", "name=" + "a" * 70_000, "letters"),
        ("Patient", "name=" + ",".join("a" * 600), "more than 500 values"),
        ("Patient", "link.link.link.link.link.link.name=a", "more than 4 references"),
        ("Patient", "_type=Observation", "searched here"),
    ],
)  # fmt: skip
def test_what_cannot_be_relied_on_is_refused(kind: str, question: str, said: str) -> None:
    (fault,) = faults(kind, question)
    assert said in fault


def test_every_fault_is_named_and_no_value_is_repeated() -> None:
    found = faults("Patient", "birthdate=9990000018&nonsense=9990000018&name:bad=9990000018")
    assert len(found) == 3
    assert not any("9990000018" in message for message in found)


def test_lenient_ignores_unknown_parameters_alone_and_names_them() -> None:
    search = read("Patient", "nonsense=1&name=a&link:Patient.foo=x&_sort=bar", is_lenient=True)
    assert len(search.query.clauses) == 1
    assert [issue.path for issue in search.ignored] == [
        "http.nonsense",
        "http.link:Patient.foo",
        "http._sort",
    ]
    assert [key for key, _ in search.used] == ["name"]
    assert "expected a date" in faults("Patient", "birthdate=x&nonsense=1", is_lenient=True)[0]
    assert faults("Patient", "name:bad=x", is_lenient=True)
    assert faults("Patient", "_filter=x", is_lenient=True)


def test_results_are_read() -> None:
    search = read(
        "Observation",
        "_count=5&_sort=-date,_id&_total=accurate&_elements=code,status&_page=abc"
        "&_format=json&_pretty=true&_contained=false&_elements=code",
    )
    query = search.query
    assert (query.count, query.cursor, query.wants_total) == (5, "abc", True)
    assert query.sort == (Sort("date", ParamType.DATE, True), Sort("_id", ParamType.TOKEN))
    assert (search.summary, search.elements) == (Summary.FALSE, ("code", "status"))
    assert (search.format, search.is_pretty, search.is_count_only) == ("json", True, False)
    assert read("Patient", "_count=999999").query.count == 1000
    assert read("Patient", "_count=0").is_count_only
    assert read("Patient", "_summary=count").query.wants_total


def test_includes() -> None:
    search = read(
        "MedicationRequest",
        "_include=MedicationRequest:subject:Patient&_revinclude=Provenance:target"
        "&_include:iterate=Patient:organization",
    )
    assert search.includes == (
        Include("MedicationRequest", "subject", "Patient"),
        Include("Provenance", "target", is_backward=True),
        Include("Patient", "organization", is_iterated=True),
    )
    every = read("Patient", "_include=*").includes
    assert {i.param for i in every} == {"general-practitioner", "link", "organization"}
    assert read("Patient", "_include=Patient:*").includes == every


def test_without_terminology_value_sets_are_refused_and_without_clock_ap() -> None:
    bare = UrlReader(codec().facts)
    for question in ("code:in=http://v", "code:below=a", "date=ap2020"):
        with pytest.raises(BadSearch, match="here"):
            bare.read(("Observation",), question)
    with pytest.raises(FhirError, match="no such value set"):
        read("Observation", "code:in=http://unknown")


def test_several_kinds_share_parameters_or_are_narrowed() -> None:
    kinds = ("Patient", "Observation")
    assert READER.read(kinds, "_lastUpdated=gt2026").query.kinds == kinds
    assert READER.read(kinds, "_type=Patient&name=a").query.kinds == ("Patient",)
    with pytest.raises(BadSearch, match="Observation has no such"):
        READER.read(kinds, "name=a")
    with pytest.raises(BadSearch, match="different things"):
        READER.read(("Encounter", "TestReport"), "participant=a")


def test_conditions_are_criteria_alone() -> None:
    assert codec().sought("Patient?identifier=s|1").clauses == (
        Criterion("identifier", ParamType.TOKEN, (Token("s", "1"),)),
    )
    for bad in ("Patient?", "Patient?_count=1&name=a", "Nobody?name=a", "Patient?nonsense=1"):
        with pytest.raises(BadSearch):
            codec().sought(bad)


def test_links_say_what_was_really_used() -> None:
    search = read("Patient", "name=%C3%96 b&nonsense=1&_page=x&identifier=s%7C1", is_lenient=True)
    assert link(f"{BASE}/Patient", search) == (
        f"{BASE}/Patient?name=%C3%96%20b&identifier=s%7C1&_page=x"
    )
    assert link(f"{BASE}/Patient", search, "next").endswith("&_page=next")
    assert link(f"{BASE}/Patient", read("Patient", "")) == f"{BASE}/Patient"
    again = read("Patient", link("", search).partition("?")[2])
    assert again.query == search.query
