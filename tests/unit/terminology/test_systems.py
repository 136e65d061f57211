"""Code systems of resources and of HL7, what the record holds, maps, tokens, and the check."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.record.refusal import Refused
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.terminology.ecl import read
from garrod.adapters.terminology.maps import Asked, translated
from garrod.adapters.terminology.model import DMD, SNOMED, NotDone, Unknown
from garrod.adapters.terminology.resources import ResourceSystem
from garrod.adapters.terminology.service import Terminology
from garrod.adapters.terminology.stored import Stored, newest_first
from garrod.adapters.terminology.tokens import MOST, NOTHING, expander
from garrod.adapters.terminology.writes import WARNED, CodesChecker, Mode, mode_of
from garrod.care.record.query import Modifier, Token
from garrod.core.errors import UsageError
from garrod.core.resource import Version
from tests.making import releases as made
from tests.making.imports import BASE

Json = dict[str, Any]
LETTERS: Json = {
    "resourceType": "CodeSystem", "url": "urn:letters", "content": "complete", "version": "1",
    "status": "active", "concept": [{"code": "a", "concept": [{"code": "b"}]}, {"code": "c"}],
}  # fmt: skip


def version_of(resource: Json, id: str, number: int = 1, method: str = "PUT") -> Version:
    body = json.dumps(resource).encode()
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Version(resource["resourceType"], id, number, at, method, number, body)


def test_part_of_a_system_says_yes_and_never_no() -> None:
    part = ResourceSystem({**LETTERS, "content": "fragment"}, "CodeSystem/1")
    assert part.find("a") is not None
    with pytest.raises(Unknown):
        part.find("z")
    with pytest.raises(Unknown):
        [*part.every()]


def test_case_counts_unless_the_system_says_otherwise() -> None:
    assert ResourceSystem(LETTERS, "s").find("A") is None
    folded = ResourceSystem({**LETTERS, "caseSensitive": False}, "s").find("A")
    assert folded is not None
    assert folded.code == "a"


def test_hierarchy_that_is_a_ring_ends() -> None:
    said = [{"code": "parent", "valueCode": "y"}], [{"code": "parent", "valueCode": "x"}]
    ring = {**LETTERS, "concept": [{"code": "x", "property": said[0]},
                                   {"code": "y", "property": said[1]}]}  # fmt: skip
    assert {c.code for c in ResourceSystem(ring, "s").below("x")} == {"x", "y"}


@pytest.mark.shared
def test_systems_that_the_pack_is_said_to_hold_whole_are_whole(
    shared: Path, bare: Terminology
) -> None:
    full: dict[str, set[str]] = {}
    for name in ("valuesets", "v3-codesystems"):
        path = shared / "fhir" / "r4-definitions" / f"{name}.json.gz"
        for entry in json.loads(gzip.decompress(path.read_bytes()))["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "CodeSystem":
                every = ResourceSystem({**resource, "content": "complete"}, "s").every()
                full[resource["url"]] = {c.code for c in every}
    whole = [s for s in bare.hl7.systems.values() if s.is_whole]
    assert len(whole) > 200
    assert [s.url for s in whole if {c.code for c in s.every()} != full[s.url]] == []


def test_record_holds_the_newest_version_that_is_active() -> None:
    stored = Stored()
    for number, (text, status) in enumerate(
        [("1.9", "active"), ("1.10", "active"), ("2.0", "draft")], 1
    ):
        resource = {**LETTERS, "version": text, "status": status}
        stored.take("CodeSystem", str(number), version_of(resource, str(number)))
    found = stored.by_url("CodeSystem", "urn:letters")
    assert found is not None
    assert found[0] == "2"
    assert newest_first({"version": "1.10"}) > newest_first({"version": "1.9"})
    draft = stored.system("urn:letters", "2.0")
    assert draft is not None
    assert draft.source == "CodeSystem/3"


def test_older_version_that_comes_late_changes_nothing() -> None:
    stored = Stored()
    second = {**LETTERS, "concept": [{"code": "new"}]}
    stored.take("CodeSystem", "1", version_of(second, "1", 2))
    stored.take("CodeSystem", "1", version_of(LETTERS, "1", 1))
    system = stored.system("urn:letters")
    assert system is not None
    assert system.find("new") is not None
    stored.take("CodeSystem", "1", replace(version_of(second, "1", 3, "DELETE"), body=b""))
    assert stored.system("urn:letters") is None


def test_record_outranks_hl7_only_where_it_holds_all(bare: Terminology) -> None:
    url = "http://hl7.org/fhir/administrative-gender"
    empty = {**LETTERS, "url": url, "content": "not-present", "concept": []}
    bare.stored.take("CodeSystem", "1", version_of(empty, "1"))
    assert bare.system(url).find("male") is not None
    named = {**LETTERS, "url": url, "concept": [{"code": "male", "display": "Male"}]}
    bare.stored.take("CodeSystem", "1", version_of(named, "1", 2))
    found = bare.system(url).find("male")
    assert found is not None
    assert found.display == "Male"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<<123456", ("<<", "123456")), (" * ", ("*", "")), ("^ 1234567 |x|", ("^", "1234567"))],
)
def test_constraint_of_one_operator_is_read(text: str, expected: tuple[str, str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", ["", "<< 123456 : 1=2", "<123456 OR <234567", "!123456", "<!9"])
def test_constraint_of_more_is_refused(text: str) -> None:
    with pytest.raises(NotDone):
        read(text)


def test_map_passes_unmapped_codes_as_it_says() -> None:
    group = {"source": "urn:a", "target": "urn:b", "element": [{"code": "1", "target": [
        {"code": "x", "equivalence": "equal"}]}]}  # fmt: skip
    other = Asked("urn:a", "2")
    for unmapped, expected in (
        ({"mode": "provided"}, [("equal", "2")]),
        ({"mode": "fixed", "code": "none"}, [("inexact", "none")]),
        (None, []),
    ):
        made_map = {"group": [{**group, **({"unmapped": unmapped} if unmapped else {})}]}
        found = [(m.equivalence, m.code) for m in translated(made_map, other)]
        assert found == expected
    with pytest.raises(NotDone):
        [*translated({"group": [{**group, "unmapped": {"mode": "other-map"}}]}, other)]


def test_tokens_of_a_search(terms: Terminology) -> None:
    expand = expander(terms)
    below = set(expand(Modifier.BELOW, f"{SNOMED}|{made.HEART}"))
    assert below == {Token(SNOMED, c) for c in (made.HEART, made.ANGINA, made.FAILURE)}
    assert Token(SNOMED, made.DISEASE) in expand(Modifier.ABOVE, f"{SNOMED}|{made.HEART}")
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"
    assert len(expand(Modifier.IN, gender)) == 4
    leafless = f"{SNOMED}?fhir_vs=ecl/<{made.ANGINA}"
    assert expand(Modifier.IN, leafless) == (NOTHING,)  # an empty set finds nothing


@pytest.mark.parametrize(
    ("modifier", "text"),
    [
        (Modifier.IN, "https://example.org/none"),
        (Modifier.IN, "ValueSet/none"),
        (Modifier.BELOW, "http://loinc.org|1-8"),
        (Modifier.BELOW, made.HEART),
        (Modifier.BELOW, f"{SNOMED}|{made.code(98)}"),
        (Modifier.BELOW, "http://hl7.org/fhir/administrative-gender|male"),
    ],
)
def test_tokens_that_are_not_known_are_refused(
    terms: Terminology, modifier: Modifier, text: str
) -> None:
    with pytest.raises(Refused):
        expander(terms)(modifier, text)


def test_search_for_too_many_codes_is_refused(bare: Terminology) -> None:
    many = {**LETTERS, "concept": [{"code": str(n)} for n in range(MOST + 1)]}
    bare.stored.take("CodeSystem", "1", version_of(many, "1"))
    every = {"resourceType": "ValueSet", "url": "urn:v", "status": "active",
             "compose": {"include": [{"system": "urn:letters"}]}}  # fmt: skip
    bare.stored.take("ValueSet", "1", version_of(every, "1"))
    with pytest.raises(Refused) as caught:
        expander(bare)(Modifier.IN, "urn:v")
    assert caught.value.rule == "limit"


def coded(system: str, code: str) -> Json:
    return {"resourceType": "Observation", "status": "final",
            "code": {"coding": [{"system": system, "code": code}]}}  # fmt: skip


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (SNOMED, made.HEART, []),
        (SNOMED, made.VMP, []),  # dm+d's products are concepts of SNOMED CT too
        (SNOMED, made.code(98), ["error"]),
        (SNOMED, made.GONE, ["warning"]),
        (SNOMED, made.sctid(9, "10", "1000124"), []),  # of a namespace that is not loaded
        (SNOMED, "105590001:2=3", []),  # an expression
        (DMD, made.AMP, []),
        (DMD, made.OLD_AMP, ["warning"]),
        (DMD, made.code(98), ["error"]),
        ("http://loinc.org", "1-8", []),
    ],
)
def test_check_says_what_does_not_exist_and_nothing_where_it_cannot_know(
    terms: Terminology, system: str, code: str, expected: list[str]
) -> None:
    checker = CodesChecker(BASE, terms, Mode.REFUSE)
    found = [i for i in checker.check(coded(system, code)) if i.rule == "binding"]
    assert [i.severity for i in found] == expected
    warned = CodesChecker(BASE, terms, Mode.WARN).check(coded(system, code))
    assert all(i.severity is Severity.WARNING for i in warned if i.rule == "binding")
    assert len(WARNED.get()) == len(expected)


def test_setting_names_a_mode() -> None:
    assert mode_of("") is Mode.WARN
    assert mode_of(" Refuse ") is Mode.REFUSE
    with pytest.raises(UsageError):
        mode_of("maybe")
