"""The access policy as data: what it rules, what it changes, and what holds while it is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from garrod.adapters.policy.cedar import PolicyFault
from garrod.adapters.policy.load import LAST, RULES, SHIPPED, TERMS, keep, load, policing_of
from garrod.adapters.policy.table import changes
from garrod.care.govern.policy import (
    CARE,
    DENIED,
    EMERGENCY,
    NOBODY,
    NONE,
    OTHER,
    PERMITTED,
    PROXY,
    SELF,
    SILENT,
    Policing,
    Question,
    Verdict,
)
from tests.making.governed import policing

CLINICAL = ("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist")
BROKEN = 'permit (principal, action, resource) when { context.nothing == "known" };\n'


def may(role: str, deed: str, kind: str, relation: str, purpose: str, **more: str) -> bool:
    return policing().ask(Question(role, deed, kind, relation, purpose, **more)).is_permitted


@pytest.mark.parametrize("role", CLINICAL)
def test_care_is_given_by_role_and_relation_together(role: str) -> None:
    assert may(role, "see", OTHER, CARE, "care")
    assert not may(role, "see", OTHER, NONE, "care")
    assert not may(role, "see", OTHER, CARE, "research")
    assert not may(role, "see", OTHER, CARE, "payment")
    assert not may(role, "export", OTHER, CARE, "care")
    assert may(role, "see", OTHER, EMERGENCY, "care")


@pytest.mark.parametrize(
    "role", ["", "analyst", "governance-officer", "receptionist", "cds-client"]
)
def test_other_roles_have_no_care_to_give(role: str) -> None:
    for relation in (CARE, NONE, EMERGENCY):
        for deed in ("see", "write", "operate", "export"):
            assert not may(role, deed, OTHER, relation, "care")


def test_consent_denies_all_but_the_person_and_whoever_breaks_the_glass() -> None:
    assert not may("prescriber", "see", OTHER, CARE, "care", consent=DENIED)
    assert may("patient", "see", OTHER, SELF, "own", consent=DENIED)
    assert may("prescriber", "see", OTHER, EMERGENCY, "care", consent=DENIED)
    assert not may("geneticist", "see", OTHER, EMERGENCY, "care", consent=DENIED)
    assert not may("system", "see", OTHER, NONE, "care", consent=DENIED)


@pytest.mark.parametrize("relation", [CARE, NONE, EMERGENCY, NOBODY])
def test_privileged_roles_alone_open_a_record_in_an_emergency(relation: str) -> None:
    roles = load().terms.roles
    may_open = {role for role in roles if may(role, "operate", "glass", relation, "care")}
    assert may_open == {"prescriber", "pharmacist", "nurse"}
    for purpose in ("own", "operations", "payment", "research", OTHER):
        assert not any(may(role, "operate", "glass", relation, purpose) for role in roles)
    for deed in ("see", "write", "export"):
        assert not any(may(role, deed, "glass", relation, "care") for role in roles)


def test_other_purposes_need_consent() -> None:
    for purpose in ("research", "payment", "operations", OTHER):
        assert may("analyst", "see", OTHER, NONE, purpose, consent=PERMITTED)
        assert not may("analyst", "see", OTHER, NONE, purpose, consent=SILENT)
        assert not may("patient", "see", OTHER, NONE, purpose, consent=PERMITTED)


def test_proxy_sees_what_was_agreed_to() -> None:
    assert not may("proxy", "see", OTHER, PROXY, "own")
    assert may("proxy", "see", OTHER, PROXY, "own", consent=PERMITTED)


def test_raw_genomes_and_what_was_not_looked_for_are_kept_apart() -> None:
    assert not may("prescriber", "see", OTHER, CARE, "care", label="raw")
    assert not may("prescriber", "see", "raw", CARE, "care")
    assert may("geneticist", "see", OTHER, CARE, "care", label="raw")
    assert not may("geneticist", "see", OTHER, CARE, "care", label="secondary")
    assert not may("patient", "see", OTHER, SELF, "own", label="secondary")
    assert may("patient", "see", OTHER, SELF, "own", label="secondary", consent=PERMITTED)


def test_orders_are_written_by_whoever_prescribes() -> None:
    assert may("prescriber", "write", "order", CARE, "care")
    assert may("pharmacist", "write", "order", CARE, "care")
    assert not may("nurse", "write", "order", CARE, "care")
    assert not may("patient", "write", "order", SELF, "own")
    assert may("patient", "write", "stated", SELF, "own")


def test_supplies_are_written_by_pharmacists_alone() -> None:
    assert may("pharmacist", "write", "supply", CARE, "care")
    assert may("system", "write", "supply", NONE, "operations")
    for role in set(load().terms.roles) - {"pharmacist", "system"}:
        for relation in (CARE, EMERGENCY, SELF, PROXY, NONE):
            assert not may(role, "write", "supply", relation, "care"), role
            assert not may(role, "write", "supply", relation, "own"), role
    for role in CLINICAL:
        assert may(role, "see", "supply", CARE, "care")
    assert may("patient", "see", "supply", SELF, "own")


def test_what_is_nobodys_is_read_by_all_and_written_by_few() -> None:
    assert may("", "see", "shared", NOBODY, "care")
    assert not may("prescriber", "write", "shared", NOBODY, "care")
    assert may("system", "write", "shared", NOBODY, "operations")
    assert may("nurse", "write", "person", NOBODY, "care")
    assert not may("prescriber", "see", OTHER, NOBODY, "care")


def test_answer_names_the_rules() -> None:
    denied = policing().ask(Question("prescriber", "see", OTHER, CARE, "care", "", DENIED))
    assert denied == Verdict(False, (next(r for r in load().engine.rules if "denies" in r),))
    none = policing().ask(Question("analyst", "see", OTHER, CARE, "care"))
    assert none == Verdict(False, ("no rule permits it",))


def test_those_who_answer_for_knowledge_alone_approve_it() -> None:
    roles = load().terms.roles
    for purpose in ("care", "operations"):
        approving = {r for r in roles if may(r, "operate", "knowledge", "nobody", purpose)}
        assert approving == {"pharmacist", "clinical-safety-officer", "governance-officer"}
        seeing = {r for r in roles if may(r, "see", "knowledge", "nobody", purpose)}
        clinical = {"prescriber", "nurse", "laboratory-scientist", "geneticist"}
        assert seeing == approving | clinical | {"system"}
        for deed in ("write", "export"):
            assert not any(may(r, deed, "knowledge", "nobody", purpose) for r in roles)
        for relation in ("self", "proxy", "care", "emergency", "none"):
            assert not any(may(r, "operate", "knowledge", relation, purpose) for r in roles)


def test_every_kind_purpose_and_label_has_a_class() -> None:
    terms = load().terms
    assert terms.reference == "access-england@1.3.0"
    assert (terms.kind("Observation"), terms.kind("Medication")) == (OTHER, "shared")
    assert (terms.purpose("TREAT"), terms.purpose("HRESCH")) == ("care", "research")
    assert terms.purpose("http://example.org#FooBar") == OTHER
    assert terms.label(frozenset(("N", "RAW-GENOME"))) == "raw"
    assert terms.label(frozenset(("N", "HIV"))) == ""
    assert terms.guarded("Observation") == ("", "raw", "secondary")


def folder_of(tmp_path: Path, *, rules: str = "", **terms: str) -> Path:
    """Return a copy of the shipped policy, its rules replaced or its terms edited."""
    folder = tmp_path / f"policy-{len(list(tmp_path.iterdir()))}"
    shutil.copytree(SHIPPED, folder)
    if rules:
        (folder / RULES).write_text(rules, encoding="utf-8")
    text = (folder / TERMS).read_text(encoding="utf-8")
    for old, new in terms.items():
        text = text.replace(old, new)
    (folder / TERMS).write_text(text, encoding="utf-8")
    return folder


def test_policy_says_how_long_an_emergency_opens_a_record(tmp_path: Path) -> None:
    said = "emergency_minutes = 60"
    assert load().terms.emergency_minutes == 60
    assert load(folder_of(tmp_path, **{said: ""})).terms.emergency_minutes == 60
    assert (
        load(folder_of(tmp_path, **{said: "emergency_minutes = 15"})).terms.emergency_minutes == 15
    )
    for wrong in ("0", "1441", "true", "1.5", '"60"'):
        with pytest.raises(PolicyFault, match="1 to 1440"):
            load(folder_of(tmp_path, **{said: f"emergency_minutes = {wrong}"}))


def test_difference_says_who_gains_and_who_loses(tmp_path: Path) -> None:
    small = (
        'name = "small"\nversion = "1"\nwarns_of_hidden = false\ncontact = "x"\n'
        'roles = ["nurse", "clerk"]\n[teams]\nclinical = ["nurse"]\n'
        '[kinds]\nshared = ["Medication"]\n[purposes]\ncare = ["TREAT"]\n'
    )
    sides = []
    for name, who in (("before", "nurse"), ("after", "clerk")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / TERMS).write_text(small, encoding="utf-8")
        rule = f'@id("only a {who}") permit (principal == Role::"{who}", action, resource) '
        (folder / RULES).write_text(rule + 'when { context.relation == "care" };', encoding="utf-8")
        sides.append(load(folder))
    found = list(changes(*sides))
    assert {(c.question.role, c.is_gain) for c in found} == {("nurse", False), ("clerk", True)}
    assert {c.question.relation for c in found} == {CARE}
    assert next(c.because for c in found if c.is_gain) == ("only a clerk",)
    assert list(changes(sides[0], sides[0])) == []


@pytest.mark.parametrize("spoilt", ["permit (", "rules = {", ""])
def test_policy_that_cannot_be_read_is_refused_by_name(tmp_path: Path, spoilt: str) -> None:
    folder = folder_of(tmp_path, rules=spoilt or "permit (principal, action, resource)")
    with pytest.raises(PolicyFault, match="cannot be read"):
        load(folder)
    with pytest.raises(PolicyFault, match="cannot be read"):
        policing_of(folder, None)
    with pytest.raises(PolicyFault, match="cannot be read"):
        policing_of(tmp_path / "nowhere", tmp_path)


ASKED = Question("prescriber", "see", OTHER, CARE, "care")
STUDY = Question("analyst", "see", OTHER, NONE, "research", "", PERMITTED)


def test_care_goes_on_by_the_last_policy_and_study_stops(tmp_path: Path) -> None:
    good = Policing(load().terms, load().engine)
    assert good.ask(ASKED).is_permitted
    assert good.ask(STUDY).is_permitted
    keep(good, tmp_path)
    kept = policing_of(folder_of(tmp_path, rules="permit ("), tmp_path)
    assert kept.is_stale
    assert kept.ask(ASKED).is_permitted
    assert not kept.ask(STUDY).is_permitted
    assert not kept.ask(ASKED._replace(role="nurse")).is_permitted  # it was never answered
    assert kept.terms == good.terms
    assert kept.learn(10) is False


def test_kept_policy_that_is_spoilt_is_none(tmp_path: Path) -> None:
    (tmp_path / LAST).write_text('{"terms": {}}', encoding="utf-8")
    with pytest.raises(PolicyFault):
        policing_of(folder_of(tmp_path, rules="permit ("), tmp_path)


def test_engine_that_fails_while_it_runs_stops_study_and_not_care(tmp_path: Path) -> None:
    broken = load(folder_of(tmp_path, rules=BROKEN)).engine
    before = Policing(load().terms, load().engine)
    assert before.ask(ASKED).is_permitted
    assert before.ask(STUDY).is_permitted
    before.engine = broken
    assert not before.is_stale
    assert not before.ask(ASKED._replace(relation=NONE)).is_permitted  # not asked before
    assert before.is_stale
    assert before.ask(ASKED).is_permitted
    assert not before.ask(STUDY).is_permitted
    before.engine = load().engine
    assert before.ask(ASKED._replace(relation=EMERGENCY, kind="order")).is_permitted
    assert not before.is_stale
    assert before.ask(STUDY).is_permitted


def test_answers_kept_together_are_those_given_one_by_one(tmp_path: Path) -> None:
    asks = Policing(load().terms, load().engine)
    labels, said = ("", "raw"), (SILENT, PERMITTED, DENIED)
    for question in (ASKED, STUDY, ASKED._replace(relation=NONE)):
        apart = [
            policing().ask(question._replace(label=x, consent=y)) for x in labels for y in said
        ]
        assert list(asks.ask_each(question, labels, said)) == apart
        assert list(asks.ask_each(question, labels, said)) == apart


def test_answers_kept_together_hold_for_care_alone_once_the_engine_fails(tmp_path: Path) -> None:
    asks = Policing(load().terms, load().engine)
    care, study = asks.ask_each(ASKED, ("",), (SILENT,)), asks.ask_each(STUDY, ("",), (PERMITTED,))
    assert care[0].is_permitted
    assert study[0].is_permitted
    asks.engine = load(folder_of(tmp_path, rules=BROKEN)).engine
    assert not asks.ask_each(ASKED._replace(relation=EMERGENCY), ("",), (SILENT,))[0].is_permitted
    assert asks.is_stale
    assert asks.ask_each(ASKED, ("",), (SILENT,)) == care
    assert not asks.ask_each(STUDY, ("",), (PERMITTED,))[0].is_permitted
    asks.engine = load().engine
    assert asks.ask_each(ASKED._replace(relation=EMERGENCY), ("",), (SILENT,))[0].is_permitted
    assert not asks.is_stale
    assert asks.ask_each(STUDY, ("",), (PERMITTED,)) == study


def test_whole_of_direct_care_is_learnt_bit_by_bit(tmp_path: Path) -> None:
    small = folder_of(tmp_path)
    terms = load(small).terms
    short = type(terms)(
        **{n: getattr(terms, n) for n in terms.__slots__} | {"roles": ("nurse",), "kinds": {}}
    )
    policing = Policing(short, load(small).engine)
    portions = 0
    while policing.learn(50):
        portions += 1
    assert portions > 1
    assert set(short.questions(direct=True)) == set(policing.known)
    assert Policing(short, None).learn(5) is False
