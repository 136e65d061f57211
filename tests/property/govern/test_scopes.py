"""Scopes: what is granted is what was written, never more by what stands beside it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.care.govern.scopes import (
    NEEDS,
    Grant,
    InsufficientScope,
    Whose,
    allows,
    granted_to,
    grants,
    queries,
    scope_of,
    scopes_in,
)

KINDS = ("Observation", "MedicationRequest", "Patient", "*")
LETTERS = ["".join(some) for n in range(1, 6) for some in combinations("cruds", n)]
WRITTEN = st.builds(
    lambda whose, kind, letters, question: f"{whose}/{kind}.{letters}{question}",
    st.sampled_from(("patient", "user", "system")),
    st.sampled_from(KINDS),
    st.sampled_from(LETTERS),
    st.sampled_from(("", "?category=laboratory", "?code=http://loinc.org|29463-7&status=final")),
)
GRANTED = st.frozensets(st.one_of(WRITTEN, st.sampled_from(("openid", "launch", "x/y.z"))))
DEEDS = st.sampled_from(list(Deed))


@given(WRITTEN)
def test_scope_is_read_as_it_is_written(text: str) -> None:
    scope = scope_of(text)
    assert scope is not None
    whose, _, rest = text.partition("/")
    name, _, question = rest.partition("?")
    assert (scope.whose, scope.kind) == (whose, name.partition(".")[0])
    assert "".join(c for c in "cruds" if c in scope.letters) == name.partition(".")[2]
    assert len(scope.parameters) == question.count("=")


@given(st.text(max_size=60))
def test_rubbish_grants_nothing_and_breaks_nothing(text: str) -> None:
    for granted in (text, f"patient/{text}", f"user/Observation.{text}", f"user/*.rs?{text}"):
        scope = scope_of(granted)
        assert scope is None or scope.letters <= frozenset("cruds")


@pytest.mark.parametrize(
    "text",
    [
        "user/Observation.sr", "user/Observation.rr", "user/Observation.", "user/Observation",
        "user/observation.r", "group/Observation.r", "user/Observation.r?", "user/*.r?a=&b=1",
        "user/Observation.r?=1", "user/Observation.read?category=x", "User/Observation.r",
        "user/Observation.rx", "user/**.r", "user/Observation.r user/*.r", "user/Observation.r\n",
        "user/Observation.r?category=%FF", "user/Observation.r?category=%0A",
        "user/*.r?" + "&".join(f"a{n}=1" for n in range(21)), "user/*.r?a=" + "x" * 1000,
    ],
)  # fmt: skip
def test_scope_that_cannot_be_read_is_none(text: str) -> None:
    assert scope_of(text) is None


@pytest.mark.parametrize(
    ("text", "letters"), [("read", "rs"), ("write", "cud"), ("*", "cruds"), ("cruds", "cruds")]
)
def test_version_1_is_read_as_version_2(text: str, letters: str) -> None:
    scope = scope_of(f"patient/*.{text}")
    assert scope is not None
    assert scope.letters == frozenset(letters)


def test_percent_signs_are_undone() -> None:
    scope = scope_of("user/Observation.rs?category=http%3A%2F%2Fx.example%7Clab%C3%A9")
    assert scope is not None
    assert scope.parameters == (("category", "http://x.example|labé"),)


@given(GRANTED, DEEDS, st.sampled_from(KINDS[:3]))
def test_granted_is_what_one_condition_grants_wholly(
    granted: frozenset[str], deed: Deed, kind: str
) -> None:
    """Against a plain reading: for whom, and under which condition, are all letters given?"""
    given: dict[tuple[str, str], set[str]] = {}
    for text in granted:
        left, _, question = text.partition("?")
        whose, _, rest = left.partition("/")
        name, _, letters = rest.partition(".")
        if whose in ("patient", "user", "system") and name in (kind, "*"):
            given.setdefault((whose, f"{name}?{question}"), set()).update(letters)
    expected = any(set(NEEDS[deed]) <= letters for letters in given.values())
    assert allows(granted, deed, kind) is expected


@given(GRANTED, GRANTED, DEEDS, st.sampled_from(KINDS[:3]))
def test_more_scopes_never_grant_less(
    some: frozenset[str], more: frozenset[str], deed: Deed, kind: str
) -> None:
    if allows(some, deed, kind):
        assert allows(some | more, deed, kind)
    if allows(some, deed, kind) and queries(some, deed, kind) is None:
        assert queries(some | more, deed, kind) is None


@given(GRANTED, DEEDS, st.sampled_from(KINDS[:3]))
def test_what_every_kind_may_one_kind_may(granted: frozenset[str], deed: Deed, kind: str) -> None:
    if allows(granted, deed, ""):
        assert allows(granted, deed, kind)


@given(GRANTED, DEEDS, st.sampled_from(KINDS[:3]))
def test_conditions_are_none_exactly_where_a_way_has_none(
    granted: frozenset[str], deed: Deed, kind: str
) -> None:
    found, asked = grants(granted, deed, kind), queries(granted, deed, kind)
    assert (asked is None) == any(not grant.parameters for grant in found)
    if asked is not None:
        assert list(asked) == [grant.parameters for grant in found]


def test_scopes_of_one_condition_are_put_together() -> None:
    both = frozenset(("user/Observation.r", "user/Observation.s"))
    assert len(scopes_in(both)) == 1
    assert allows(both, Deed.LISTEN, "Observation")
    apart = frozenset(("user/Observation.r?category=a", "user/Observation.s"))
    assert not allows(apart, Deed.LISTEN, "Observation")


def test_no_scopes_are_no_limit_and_an_empty_set_is_one() -> None:
    assert allows(None, Deed.DELETE, "Patient")
    assert queries(None, Deed.DELETE, "Patient") is None
    assert not allows(frozenset(), Deed.READ, "Patient")
    assert granted_to(LOCAL, Deed.DELETE, "Patient") is None


LAB = ("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")


@pytest.mark.parametrize(
    ("parameters", "is_fitted"),
    [
        ((), True),
        ((("category", "laboratory"),), True),
        ((("category", f"{LAB[0]}|laboratory"),), True),
        ((("category", f"{LAB[0]}|"),), True),
        ((("category", "vital-signs,laboratory"),), True),
        ((("category", "vital-signs"),), False),
        ((("category", "|laboratory"),), False),
        ((("category", "https://other.example|laboratory"),), False),
        ((("category", "laboratory"), ("status", "final")), True),
        ((("category", "laboratory"), ("status", "amended")), False),
        ((("category:not", "vital-signs"),), False),
        ((("subject", "Patient/p"),), False),
    ],
)
def test_resource_fits_all_or_nothing(
    parameters: tuple[tuple[str, str], ...], is_fitted: bool
) -> None:
    tokens = {"category": [LAB], "status": [("", "final")], "code": []}
    assert Grant(Whose.USER, parameters).fits(tokens) is is_fitted


@pytest.mark.parametrize(
    ("actor", "needed"),
    [
        (Actor("a", "nurse", scopes=frozenset(("patient/*.rs",))), "user/Observation.r"),
        (Actor("a", "nurse", scopes=frozenset(("system/*.rs",))), "user/Observation.r"),
        (Actor("a", "system", scopes=frozenset(("user/*.rs",))), "system/Observation.r"),
        (Actor("a", "nurse", scopes=frozenset(), patient="p"), "patient/Observation.r"),
    ],
)
def test_what_is_granted_to_others_is_refused_with_the_scope_that_would_do(
    actor: Actor, needed: str
) -> None:
    with pytest.raises(InsufficientScope) as caught:
        granted_to(actor, Deed.READ, "Observation")
    assert caught.value.scope == needed


def test_launch_user_and_system_scopes_reach_those_they_are_for() -> None:
    launched = Actor("a", "nurse", scopes=frozenset(("patient/*.rs",)), patient="p")
    assert granted_to(launched, Deed.READ, "Observation") == (Grant(Whose.PATIENT),)
    robot = Actor("client/r", "system", scopes=frozenset(("system/*.rs",)))
    assert granted_to(robot, Deed.EXPORT, "") == (Grant(Whose.SYSTEM),)
