"""How consents are weighed, whose they are, which count, and what holds where none speaks."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from garrod.care.govern.consent.default import LOCAL_DEFAULT, default_ruling
from garrod.care.govern.consent.evaluate import outline, ruling
from garrod.care.govern.consent.house import (
    EMPLOYMENT,
    HOUSE_RULES,
    LABELS,
    OPT_OUT_CATEGORY,
    OPT_OUT_PROVISION,
    PURPOSES,
    RAW_GENOME,
    SECONDARY_FINDING,
    UNDERWRITING,
)
from garrod.care.govern.consent.model import (
    ActorRule,
    Code,
    Consent,
    Features,
    Kind,
    Provision,
    Request,
    Ruling,
    Status,
)
from garrod.care.govern.consent.purposes import V3, covers, purpose_of
from garrod.care.govern.consent.rules import STUDY
from garrod.care.govern.consent.standing import Standing, standing_of

NOW = datetime(2022, 7, 1, tzinfo=UTC)
OBSERVATION = Features("Observation/o", "Observation", ("p",))


def consent(kind: Kind = Kind.PERMIT, *purposes: str, id: str = "x", year: int = 2022) -> Consent:
    dated = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)
    stated = frozenset((V3, code) for code in purposes)
    provision = Provision("provision", kind, purposes=stated)
    return Consent(f"Consent/{id}", Status.ACTIVE, "p", dated=dated, provision=provision)


def asked(purpose: str = "TREAT", requester: str = "Practitioner/a") -> Request:
    return Request(requester, frozenset(), purpose, NOW)


def said(*consents: Consent, features: Features = OBSERVATION, **of: str) -> bool | None:
    ruled = ruling(consents, features, asked(**of))
    return ruled.is_permitted if ruled else None


def test_nobody_speaks_of_a_person_without_consents() -> None:
    assert ruling([], OBSERVATION, asked()) is None
    assert said(replace(consent(), patient="q")) is None
    assert said(replace(consent(), patient="")) is None
    assert said(consent(), features=replace(OBSERVATION, patients=())) is None
    assert said(replace(consent(), provision=None)) is None


def test_because_names_consent_and_provision_and_nothing_of_the_resource() -> None:
    permit = ruling([consent()], OBSERVATION, asked())
    assert permit == Ruling(True, ("Consent/x, provision (permit)",))
    denial = ruling([consent(Kind.PERMIT, "HRESCH")], OBSERVATION, asked())
    assert denial == Ruling(
        False, ("Consent/x, provision (permit) does not cover this purpose",)
    )  # fmt: skip


def test_of_two_people_one_denial_denies_and_both_must_permit() -> None:
    both = replace(OBSERVATION, patients=("p", "q"))
    other = replace(consent(id="y"), patient="q")
    refusal = replace(consent(Kind.DENY, id="z"), patient="q")
    assert said(consent(), features=both) is None  # of the other nobody speaks
    assert said(consent(), other, features=both) is True
    assert said(consent(), refusal, features=both) is False
    assert said(refusal, features=both) is False


def test_the_outline_is_whole_where_no_resource_can_change_it() -> None:
    hiv = frozenset({("", "HIV")})
    tree = replace(
        consent(), provision=Provision("provision", Kind.PERMIT, labels=hiv)
    )  # fmt: skip
    assert not outline([tree], asked()).is_whole
    assert not outline([consent()], asked()).is_whole  # secondary findings are asked of each
    refused = outline([consent(Kind.PERMIT, "HRESCH")], asked())
    assert refused.voices[0].rule.is_whole
    assert refused.of(OBSERVATION) == refused.of(OBSERVATION)


def standings(*consents: Consent) -> dict[str, str]:
    return {c.reference[8:]: how.value for c, how in standing_of(consents)}


def test_the_newest_of_a_sort_counts() -> None:
    old, new = consent(id="old", year=2020), consent(id="new", year=2022)
    same = consent(id="same", year=2022)
    assert standings(old, new) == {"new": "in force"}
    assert standings(new, old, same) == {"new": "in force", "same": "in force"}
    undated = replace(consent(id="undated"), dated=(None, None))
    assert standings(old, undated) == {"old": "in force", "undated": "in force"}


@pytest.mark.parametrize(
    "other",
    [
        {"scope": "research"},
        {"patient": "q"},
        {"categories": frozenset({("s", "c")})},
        {"organisations": frozenset({"Organization/o"})},
        {"policies": frozenset({"https://example.org"})},
        {"policy_rule": frozenset({("s", "OPTIN")})},
    ],
)
def test_consents_of_other_sorts_stand_beside_one_another(other: dict[str, object]) -> None:
    old = replace(consent(id="old", year=2020), **other)  # type: ignore[arg-type]
    assert standings(old, consent(id="new")) == {"old": "in force", "new": "in force"}


def test_drafts_and_errors_never_count_nor_take_the_place_of_others() -> None:
    for status in (Status.DRAFT, Status.PROPOSED, Status.IN_ERROR):
        newer = replace(consent(id="newer", year=2023), status=status)
        assert standings(consent(id="x"), newer) == {"x": "in force"}


def test_a_withdrawn_consent_denies_what_it_permitted_and_lifts_what_it_denied() -> None:
    over = replace(consent(Kind.PERMIT, "TREAT"), status=Status.INACTIVE)
    assert said(over) is False
    assert said(over, purpose="HRESCH") is None  # of that it never spoke
    assert said(replace(consent(Kind.DENY), status=Status.INACTIVE)) is None
    ruled = ruling([replace(over, status=Status.REJECTED)], OBSERVATION, asked())
    assert ruled is not None
    assert "Consent/x was withdrawn or refused" in ruled.because[0]


def test_of_what_a_withdrawn_consent_overtook_only_denials_remain() -> None:
    over = replace(consent(Kind.PERMIT, "HPAYMT", id="over"), status=Status.INACTIVE)
    permit = consent(Kind.PERMIT, "TREAT", id="permit", year=2020)
    denial = consent(Kind.DENY, "TREAT", id="denial", year=2020)
    assert standings(over, permit)["permit"] == Standing.DENIES_ONLY.value
    assert said(over, permit) is None
    assert said(over, denial) is False
    newer = consent(Kind.PERMIT, "TREAT", id="newer", year=2023)
    assert said(over, newer) is True
    older = replace(over, dated=permit.dated, reference="Consent/older")
    assert standings(over, older) == {"over": "withdrawn"}


def test_a_withdrawn_consent_yields_to_another_that_is_in_force() -> None:
    over = replace(consent(Kind.PERMIT, "TREAT"), status=Status.INACTIVE)
    other = replace(consent(id="other"), policies=frozenset({"https://example.org/new"}))
    assert said(over, other) is True


def test_a_consent_of_the_scope_of_research_says_nothing_of_care() -> None:
    study = replace(consent(Kind.PERMIT, "HRESCH"), scope="research")
    assert said(study) is None
    assert said(study, purpose="HRESCH") is True
    assert said(consent(Kind.PERMIT, "HRESCH")) is False  # of the scope of privacy it does


@pytest.mark.parametrize("scope", ["treatment", "adr"])
def test_consents_to_what_is_done_say_nothing_of_what_is_seen(scope: str) -> None:
    assert said(replace(consent(), scope=scope)) is None
    assert said(replace(consent(Kind.DENY), scope=scope)) is None


def test_a_scope_that_nobody_knows_permits_nothing_and_denies() -> None:
    assert said(replace(consent(), scope="odd")) is False
    assert said(replace(consent(Kind.DENY), scope="odd")) is False


def test_a_policy_is_the_base_where_a_root_says_no_more() -> None:
    root = Provision("provision", None)
    for code, purpose, word in (
        ("OPTIN", "TREAT", True), ("OPTIN", "HRESCH", None), ("OPTOUT", "TREAT", False),
        ("OTHER", "TREAT", None),
    ):  # fmt: skip
        rule = frozenset({("s", code)})
        assert said(replace(consent(), provision=root, policy_rule=rule), purpose=purpose) is word
    rule = frozenset({("s", "OPTIN")})
    shut = replace(consent(Kind.DENY, "HRESCH"), policy_rule=rule)
    assert said(shut) is True
    assert said(replace(shut, policy_rule=frozenset({("s", "OPTOUT")}))) is False
    elsewhere = Provision("provision", None, purposes=frozenset({(V3, "HPAYMT")}))
    assert said(replace(consent(), provision=elsewhere, policy_rule=rule)) is None


def genetic(label: str) -> Features:
    return replace(OBSERVATION, labels=frozenset({label, "R"}))


INSURERS: list[Code] = [
    (V3, "COVERAGE"), (V3, "ELIGDTRM"), (PURPOSES, UNDERWRITING), (PURPOSES, EMPLOYMENT)
]  # fmt: skip


@pytest.mark.parametrize("purpose", [f"{system}#{code}" for system, code in INSURERS])
@pytest.mark.parametrize("label", [RAW_GENOME, SECONDARY_FINDING, "GDIS"])
def test_genetic_results_serve_no_insurer_and_no_employer(purpose: str, label: str) -> None:
    everything = Provision(
        "provision", Kind.PERMIT, actors=(ActorRule("Practitioner/a"),),
        purposes=frozenset({(V3, "COVERAGE"), *INSURERS}), labels=frozenset({("", label)}),
    )  # fmt: skip
    agreed = replace(consent(), provision=everything)
    ruled = ruling([agreed], genetic(label), asked(purpose))
    assert ruled is not None
    assert not ruled.is_permitted
    assert "genetic results serve no insurer and no employer" in ruled.because[0]


def test_secondary_findings_are_told_to_those_who_asked_for_them_by_name() -> None:
    found = genetic(SECONDARY_FINDING)
    assert said(features=found) is False
    assert said(consent(), features=found) is False
    by_level = Provision("provision", Kind.PERMIT, labels=frozenset({("", "V")}))
    assert said(replace(consent(), provision=by_level), features=found) is False
    by_name = replace(by_level, labels=frozenset({(LABELS, SECONDARY_FINDING)}))
    assert said(replace(consent(), provision=by_name), features=found) is True
    refusal = consent(Kind.DENY, id="no")
    assert said(replace(consent(), provision=by_name, policies=frozenset({"u"})), refusal,
                features=found) is False  # fmt: skip


@pytest.mark.parametrize("purpose", ["FAMRQT", "SUPNWK"])
def test_relatives_see_what_the_person_said_that_they_may(purpose: str) -> None:
    sister = "RelatedPerson/sister"
    assert said(purpose=purpose, requester=sister) is False
    assert said(consent(), purpose=purpose, requester=sister) is False
    named = Provision("provision", Kind.PERMIT, actors=(ActorRule(sister),))
    told = replace(consent(), provision=named)
    assert said(told, purpose=purpose, requester=sister) is True
    assert said(told, purpose=purpose, requester="RelatedPerson/brother") is False


OPT_OUT = Consent(
    "Consent/ndoo", Status.ACTIVE, "p", categories=frozenset({OPT_OUT_CATEGORY}),
    provision=OPT_OUT_PROVISION, yields_to=STUDY,
)  # fmt: skip


@pytest.mark.parametrize("purpose", ["HRESCH", "CLINTRCH", "MLTRAINING", "CAREMGT", "s#new", "odd"])
def test_opted_out_persons_are_in_no_research_and_no_planning(purpose: str) -> None:
    assert said(OPT_OUT, purpose=purpose) is False
    assert said(OPT_OUT, consent(), purpose=purpose) is False


@pytest.mark.parametrize("purpose", ["TREAT", "ETREAT", "BTG", "COC"])
def test_the_opt_out_never_touches_care(purpose: str) -> None:
    assert said(OPT_OUT, purpose=purpose) is None
    assert said(OPT_OUT, consent(), purpose=purpose) is True


def test_consent_to_a_study_by_name_goes_before_the_opt_out() -> None:
    named = Provision(
        "provision", Kind.PERMIT, actors=(ActorRule("Organization/study"),),
        purposes=frozenset({(V3, "HRESCH")}),
    )  # fmt: skip
    study = replace(consent(), provision=named)
    assert said(OPT_OUT, study, purpose="HRESCH", requester="Organization/study") is True
    assert said(OPT_OUT, study, purpose="HRESCH", requester="Organization/other") is False
    by_body = replace(consent(), provision=replace(named, purposes=frozenset()))
    assert said(OPT_OUT, by_body, purpose="HRESCH", requester="Organization/study") is False
    over = replace(OPT_OUT, status=Status.INACTIVE)
    assert said(over, consent(Kind.PERMIT, "HRESCH"), purpose="HRESCH") is True


def test_house_rules_deny_and_never_permit() -> None:
    assert len(HOUSE_RULES) == 3
    for rule in HOUSE_RULES:
        assert rule.provision is not None
        assert rule.provision.kind is Kind.DENY
        assert rule.provision.provisions == ()


PURPOSES_AS_WRITTEN: list[tuple[str, Code]] = [
    ("TREAT", (V3, "TREAT")),
    (" TREAT ", (V3, "TREAT")),
    ("FooBar", ("", "FooBar")),
    (f"{V3}|TREAT", (V3, "TREAT")),
    ("http://hl7.org/fhir/v3/ActReason#TREAT", (V3, "TREAT")),
    ("http://example.org/a#b|c", ("http://example.org/a#b", "c")),
    ("|TREAT", (V3, "TREAT")),
    ("", ("", "")),
]


@pytest.mark.parametrize(("text", "code"), PURPOSES_AS_WRITTEN)
def test_purposes_as_they_are_written(text: str, code: Code) -> None:
    assert purpose_of(text) == code


COVERED = [
    ("TREAT", "TREAT", True, True),
    ("TREAT", "BTG", True, True),
    ("TREAT", "CLINTRL", False, True),
    ("TREAT", "POPHLTH", False, True),
    ("ETREAT", "TREAT", False, False),
    ("HRESCH", "PRECLINTRCH", True, True),
    ("HPAYMT", "ELIGVER", False, True),
    ("HOPERAT", "MLTRAINING", False, True),
    ("PATRQT", "FAMRQT", False, True),
    ("TREAT", "HRESCH", False, False),
]


@pytest.mark.parametrize(("stated", "wanted", "permits", "denies"), COVERED)
def test_a_permit_covers_little_more_than_it_says_and_a_denial_all_below(
    stated: str, wanted: str, permits: bool, denies: bool
) -> None:
    assert covers((V3, stated), (V3, wanted), is_permit=True) is permits
    assert covers((V3, stated), (V3, wanted), is_permit=False) is denies


def test_systems_of_purposes() -> None:
    assert covers(("", "TREAT"), (V3, "TREAT"), is_permit=True)
    assert covers(("s", "TREAT"), ("s", "TREAT"), is_permit=True)
    assert not covers(("s", "TREAT"), (V3, "TREAT"), is_permit=True)
    assert not covers(("s", "TREAT"), ("s", "ETREAT"), is_permit=False)
    assert not covers(("s", ""), ("s", ""), is_permit=True)


def test_the_local_default_permits_care_and_a_persons_own_data() -> None:
    words = {
        (purpose, requester): default_ruling(OBSERVATION, asked(purpose, requester)).is_permitted
        for purpose in (
            "TREAT",
            "BTG",
            "PATRQT",
            "FAMRQT",
            "HRESCH",
            "HPAYMT",
            "HOPERAT",
            "s#x",
            "",
        )
        for requester in ("Practitioner/a", "Patient/p")
    }
    assert {key for key, is_permitted in words.items() if is_permitted} == {
        ("TREAT", "Practitioner/a"), ("TREAT", "Patient/p"),
        ("BTG", "Practitioner/a"), ("BTG", "Patient/p"), ("PATRQT", "Patient/p"),
    }  # fmt: skip
    shared = replace(OBSERVATION, patients=("p", "q"))
    assert not default_ruling(shared, asked("PATRQT", "Patient/p")).is_permitted
    said_of_nothing = default_ruling(OBSERVATION, asked(""))
    assert said_of_nothing.because[0].endswith("a purpose that is not stated needs consent")


def test_the_local_default_is_said_in_words() -> None:
    assert len(LOCAL_DEFAULT) == 6
    assert all(line.endswith(".") for line in LOCAL_DEFAULT)


def test_of_a_group_that_nobody_can_look_into_a_denial_reaches_everybody() -> None:
    of_group = (ActorRule("Group/described"),)
    denial = Provision("provision", Kind.DENY, actors=of_group)
    permit = Provision("provision", Kind.PERMIT, actors=of_group)
    request = replace(asked(), unsure=frozenset({"Group/described"}))
    for provision in (denial, permit):
        ruled = ruling([replace(consent(), provision=provision)], OBSERVATION, request)
        assert ruled is not None
        assert not ruled.is_permitted
        assert "actor" in ruled.because[0]
    member = replace(request, groups=frozenset({"Group/described"}), unsure=frozenset())
    ruled = ruling([replace(consent(), provision=permit)], OBSERVATION, member)
    assert ruled is not None
    assert ruled.is_permitted


def test_where_nobody_says_what_for_nothing_is_permitted() -> None:
    assert said(consent(Kind.PERMIT, "TREAT"), purpose="") is False
    assert said(consent(Kind.DENY, "TREAT"), purpose="") is False
    ruled = ruling([consent()], OBSERVATION, asked(""))
    assert ruled is not None
    assert not ruled.is_permitted
    assert "house rule: relatives see" in ruled.because[0]  # it may be one of them who asks


def test_a_modifier_of_a_provision_may_turn_all_the_rest_of_it_round() -> None:
    turned = Provision(
        "provision", Kind.DENY, purposes=frozenset({(V3, "HRESCH")}),
        codes=frozenset({("", "other")}), unread=("modifier",),
    )  # fmt: skip
    assert said(replace(consent(), provision=turned)) is False
    permit = replace(turned, kind=Kind.PERMIT)
    assert said(replace(consent(), provision=permit), purpose="HRESCH") is False


def test_actions_are_those_of_consent_and_of_no_other_system() -> None:
    look: Code = ("http://terminology.hl7.org/CodeSystem/consentaction", "access")
    for action, word in ((look, True), (("", "access"), True), (("s", "access"), False)):
        actions = Provision("provision", Kind.PERMIT, actions=frozenset({action}))
        assert said(replace(consent(), provision=actions)) is word
