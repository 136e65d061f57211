"""Membership and expansion agree, and doubt is never a yes."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.terminology.model import DMD, SNOMED, NotDone, Unknown
from garrod.adapters.terminology.resources import ResourceSystem
from garrod.adapters.terminology.service import Terminology
from garrod.adapters.terminology.valuesets import ValueSets, Wish
from tests.making import releases as made

Json = dict[str, Any]
CODES = "abcdef"
ALL = Wish()


def codes(terms: Terminology, value_set: Json, wish: Wish = ALL) -> list[str]:
    return [c.code for c in terms.sets.codes(value_set, wish)]


def composed(*include: Json, **more: Any) -> Json:
    return {"compose": {"include": list(include), **more}}


def snomed(*filters: tuple[str, str, str]) -> Json:
    listed = [{"property": p, "op": o, "value": v} for p, o, v in filters]
    return composed({"system": SNOMED, "filter": listed})


@pytest.mark.parametrize(
    ("value_set", "expected"),
    [
        (snomed(("concept", "is-a", made.HEART)), {made.HEART, made.ANGINA, made.FAILURE}),
        (snomed(("concept", "descendent-of", made.HEART)), {made.ANGINA, made.FAILURE}),
        (snomed(("concept", "in", made.REFSET)), {made.ANGINA, made.FAILURE}),
        (snomed(("concept", "generalizes", made.HEART)), {made.HEART, made.DISEASE, made.ROOT}),
        (snomed(("parent", "=", made.DISEASE)), {made.HEART, made.FAILURE}),
        (snomed(("constraint", "=", f"<{made.HEART} |Heart disease|")),
         {made.ANGINA, made.FAILURE}),
        (snomed(("constraint", "=", f"^ {made.REFSET}")), {made.ANGINA, made.FAILURE}),
        (snomed(("constraint", "=", f">{made.HEART}")), {made.DISEASE, made.ROOT}),
        (snomed(("constraint", "=", made.HEART)), {made.HEART}),
        (snomed(("concept", "is-a", made.HEART), ("parent", "=", made.DISEASE)),
         {made.HEART, made.FAILURE}),
        (composed({"system": DMD, "filter": [
            {"property": "ISID", "op": "=", "value": made.INGREDIENT}]}), {made.VMP}),
        (composed({"system": DMD, "filter": [
            {"property": "kind", "op": "=", "value": "VTM"}]}), {made.VTM}),
        (composed({"system": DMD, "filter": [
            {"property": "concept", "op": "is-a", "value": made.VTM}]}),
         {made.VTM, made.VMP, made.AMP, made.OLD_AMP}),
        (composed({"system": DMD, "filter": [
            {"property": "concept", "op": "is-a", "value": made.VTM}]}, inactive=False),
         {made.VTM, made.VMP, made.AMP}),
    ],
)  # fmt: skip
def test_filters_and_membership_agree(
    terms: Terminology, value_set: Json, expected: set[str]
) -> None:
    assert set(codes(terms, value_set)) == expected
    part = value_set["compose"]["include"][0]["system"]
    for concept in terms.system(part).every():
        has = terms.sets.has(value_set, part, concept.code)
        assert (has is not None) == (concept.code in expected), concept


@pytest.mark.parametrize(
    "value_set",
    [
        composed({"system": "http://loinc.org"}),
        composed({"valueSet": ["https://example.org/none"]}),
        composed({"system": SNOMED, "version": "http://snomed.info/sct/1/version/20200101"}),
        snomed(("concept", "in", made.HEART)),
        snomed(("concept", "is-a", made.code(98))),
        {"url": "https://example.org/empty"},
    ],
)
def test_what_is_not_loaded_is_unknown(terms: Terminology, value_set: Json) -> None:
    with pytest.raises(Unknown):
        terms.sets.has(value_set, "", made.ANGINA)
    with pytest.raises(Unknown):
        codes(terms, value_set)


@pytest.mark.parametrize(
    "filter",
    [("constraint", "=", "<< 1 OR << 2"), ("term", "regex", ".*"), ("concept", "odd", "1")],
)
def test_filter_that_is_not_read_is_said(terms: Terminology, filter: tuple[str, str, str]) -> None:
    with pytest.raises(NotDone):
        codes(terms, snomed(filter))
    with pytest.raises(NotDone):
        terms.sets.has(snomed(filter), SNOMED, made.ANGINA)


def test_yes_of_one_part_stands_beside_a_part_that_is_unknown(terms: Terminology) -> None:
    value_set = composed({"system": "http://loinc.org"}, {"system": SNOMED})
    assert terms.sets.has(value_set, SNOMED, made.ANGINA) is not None
    assert terms.sets.has(value_set, SNOMED, made.code(98)) is None  # of loinc it cannot be
    with pytest.raises(Unknown):
        terms.sets.has(value_set, "", made.code(98))


def test_exclusion_that_is_unknown_makes_no_yes(terms: Terminology) -> None:
    out = [{"valueSet": ["https://example.org/none"]}]
    with pytest.raises(Unknown):
        terms.sets.has(composed({"system": SNOMED}, exclude=out), SNOMED, made.ANGINA)


def test_value_set_within_itself_is_refused(terms: Terminology) -> None:
    loop = {
        "url": "https://example.org/loop",
        **composed({"valueSet": ["https://example.org/loop"]}),
    }
    known = Known({}, {"https://example.org/loop": loop})
    with pytest.raises(NotDone):
        [*ValueSets(known).codes(loop, Wish())]
    with pytest.raises(NotDone):
        ValueSets(known).has(loop, "", "a")


def test_words_find_beginnings_in_one_term_alone(terms: Terminology) -> None:
    every = composed({"system": SNOMED})
    assert codes(terms, every, Wish("hea fail")) == [made.FAILURE]
    assert codes(terms, every, Wish("HEART")) == [made.HEART, made.FAILURE, made.GONE]
    assert codes(terms, every, Wish("heart", active_only=True)) == [made.HEART, made.FAILURE]
    assert codes(terms, every, Wish('"* OR')) == []
    assert codes(terms, every, Wish("--")) == []
    listed = composed({"system": "urn:own", "concept": [{"code": "x", "display": "Blue thing"}]})
    assert codes(terms, listed, Wish("thi")) == ["x"]
    assert codes(terms, listed, Wish("red")) == []


def test_expansion_alone_is_a_value_set(terms: Terminology) -> None:
    contains = [{"system": "urn:x", "code": "1", "contains": [{"system": "urn:x", "code": "2"}]}]
    whole = {"expansion": {"contains": contains}}
    assert codes(terms, whole) == ["1", "2"]
    assert terms.sets.has(whole, "urn:x", "2") is not None
    assert terms.sets.has(whole, "urn:x", "3") is None
    part = {"expansion": {"contains": contains, "total": 9}}
    with pytest.raises(Unknown):
        terms.sets.has(part, "urn:x", "3")


class Known:
    """Systems and value sets given as they are."""

    def __init__(self, systems: dict[str, ResourceSystem], sets: dict[str, Json]) -> None:
        self.systems, self.sets = systems, sets

    def system(self, url: str, version: str = "") -> ResourceSystem:
        if url not in self.systems:
            raise Unknown("none")
        return self.systems[url]

    def value_set(self, url: str, version: str = "") -> Json:
        if url not in self.sets:
            raise Unknown("none")
        return self.sets[url]


def nested(parents: list[int | None]) -> Json:
    concepts = [
        {"code": CODES[n], "property": [{"code": "parent", "valueCode": CODES[p]}]}
        if p is not None and p != n
        else {"code": CODES[n]}
        for n, p in enumerate(parents)
    ]
    return {"url": "urn:s", "content": "complete", "concept": concepts}


FILTERS = st.builds(
    lambda op, value: {"property": "concept", "op": op, "value": value},
    st.sampled_from(("is-a", "descendent-of", "is-not-a", "generalizes", "=", "in", "not-in")),
    st.sampled_from(CODES),
)
PARTS = st.one_of(
    st.just({"system": "urn:s"}),
    st.builds(lambda c: {"system": "urn:s", "concept": [{"code": x} for x in c]},
              st.lists(st.sampled_from(CODES + "z"))),
    st.builds(lambda f: {"system": "urn:s", "filter": f}, st.lists(FILTERS, max_size=2)),
    st.just({"valueSet": ["urn:v"]}),
    st.just({"system": "urn:s", "valueSet": ["urn:v"]}),
)  # fmt: skip


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=6, max_size=6),
    st.lists(PARTS, min_size=1, max_size=3),
    st.lists(PARTS, max_size=2),
)
def test_membership_and_expansion_always_agree(
    parents: list[int | None], include: list[Json], exclude: list[Json]
) -> None:
    inner = composed({"system": "urn:s", "concept": [{"code": c} for c in "abz"]})
    known = Known({"urn:s": ResourceSystem(nested(parents), "s")}, {"urn:v": inner})
    sets = ValueSets(known)
    value_set = composed(*include, exclude=exclude)
    listed = [c.code for c in sets.codes(value_set, Wish())]
    assert len(listed) == len(set(listed))
    member = {c for c in CODES + "z" if sets.has(value_set, "urn:s", c) is not None}
    assert member == set(listed)


@pytest.mark.shared
def test_value_sets_of_hl7_hold_what_another_reader_of_them_finds(shared: Path) -> None:
    resources: list[Json] = []
    for name in ("valuesets", "v3-codesystems"):
        path = shared / "fhir" / "r4-definitions" / f"{name}.json.gz"
        bundle = json.loads(gzip.decompress(path.read_bytes()))
        resources += [e["resource"] for e in bundle["entry"]]
    systems = {r["url"]: ResourceSystem(r, r["url"]) for r in resources
               if r["resourceType"] == "CodeSystem"}  # fmt: skip
    held = {r["url"]: r for r in resources if r["resourceType"] == "ValueSet"}
    other, sets = Definitions(resources), ValueSets(Known(systems, held))
    compared = 0
    for url, value_set in held.items():
        expected = other.codes(url)
        if expected is None:
            continue
        try:
            found = {(c.system, c.code) for c in sets.codes(value_set, Wish())}
        except (Unknown, NotDone):
            continue
        assert found <= expected, url
        lacking = {(s, c) for s, c in expected - found if s not in systems or systems[s].find(c)}
        assert not lacking, (url, sorted(lacking)[:3])  # but what its system surely does not have
        compared += 1
    assert compared > 500
