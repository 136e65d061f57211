"""Policy, relation, consent, scopes and labels, put together: what one actor may do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from garrod.adapters.fhir.consents import consent_of
from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.consent.model import Features
from garrod.care.govern.point import Rights, Seen, relations_permitted, rights_of
from garrod.care.govern.policy import CARE, EMERGENCY, NOBODY, NONE, PROXY, SELF
from garrod.care.govern.relation import Standing, Tie, relation_of
from tests.making.governed import (
    DOCTOR,
    STRANGER,
    consent,
    no_restricted,
    policing,
)

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEIGHT = Features("Observation/w", "Observation", ("p",), frozenset(("N",)))
HIDDEN = Features("Observation/r", "Observation", ("p",), frozenset(("R",)))


def standing(*consents: dict[str, object], **ties: Tie) -> Standing:
    named = {name.replace("_", "/"): [tie] for name, tie in ties.items()}
    named.setdefault(DOCTOR.id, [Tie(CARE)])
    return Standing("p", named, tuple(consent_of(c) for c in consents))


def rights(actor: Actor, of: Standing | None) -> Rights:
    return rights_of(policing(), actor, of, AT)


def may(actor: Actor, of: Standing, features: Features = WEIGHT, deed: Deed = Deed.READ) -> bool:
    return rights(actor, of).allows(deed, Seen(features)).is_permitted


RELATED = Actor("RelatedPerson/r", role="proxy", purpose="PATRQT")
PATIENT = Actor("Patient/p", role="patient", purpose="PATRQT")


@pytest.mark.parametrize(
    ("actor", "relation"),
    [
        (DOCTOR, CARE),
        (STRANGER, NONE),
        (PATIENT, SELF),
        (Actor("Patient/q", role="patient", patient="p"), SELF),
        (Actor("Patient/q", role="patient"), NONE),
        (Actor("Practitioner/x", role="nurse", organisation="Organization/o"), CARE),
        (Actor("Practitioner/x", role="nurse", organisation="RXX"), CARE),
        (Actor("Practitioner/x", role="nurse", groups=frozenset(("Organization/o",))), CARE),
        (Actor("Practitioner/late", role="nurse"), NONE),
        (Actor("Practitioner/early", role="nurse"), NONE),
        (RELATED, PROXY),
        (Actor("RelatedPerson/r", role="prescriber"), NONE),
        (Actor("Practitioner/d1", role="patient"), NONE),
        (Actor("Practitioner/x", role="nurse", emergency="unconscious"), NONE),
        (Actor("Practitioner/x", role="nurse", emergency="x", purpose="ETREAT"), EMERGENCY),
        (Actor("Practitioner/x", role="nurse", purpose="ETREAT"), NONE),
    ],
)
def test_relation_follows_from_what_ties_somebody_to_a_person(actor: Actor, relation: str) -> None:
    of = standing(
        Organization_o=Tie(CARE),
        RXX=Tie(CARE),
        Practitioner_late=Tie(CARE, None, AT),
        Practitioner_early=Tie(CARE, AT + DAY),
        RelatedPerson_r=Tie(PROXY),
    )
    assert rights(actor, of).relation == relation


def test_tie_holds_from_its_beginning_to_before_its_end() -> None:
    tie = Tie(CARE, AT, AT + DAY)
    assert [tie.holds(AT - DAY), tie.holds(AT), tie.holds(AT + DAY)] == [False, True, False]
    assert relation_of(DOCTOR, Standing("p"), AT) == NONE
    assert standing(RelatedPerson_r=Tie(PROXY)).has_proxies
    assert not standing().has_proxies


def test_care_sees_what_no_consent_keeps_from_it() -> None:
    assert may(DOCTOR, standing())
    assert may(DOCTOR, standing(), HIDDEN)
    assert not may(STRANGER, standing())
    kept = standing(no_restricted("c", "p"))
    assert may(DOCTOR, kept)
    assert not may(DOCTOR, kept, HIDDEN)
    assert not may(DOCTOR, standing(consent("c", "p", "deny")))
    assert may(DOCTOR, standing(consent("c", "p", "deny")), deed=Deed.UPDATE)


def test_person_sees_their_own_whatever_they_keep_from_others() -> None:
    dissent = standing(consent("c", "p", "deny"))
    assert may(PATIENT, dissent)
    assert may(PATIENT, dissent, HIDDEN)
    found = Features("Observation/s", "Observation", ("p",), frozenset(("SECONDARY-FINDING",)))
    assert not may(PATIENT, standing(), found)


def test_broken_glass_opens_what_dissent_closes_to_those_who_may_break_it() -> None:
    dissent = standing(consent("c", "p", "deny"))
    broken = Actor("Practitioner/x", role="prescriber", purpose="ETREAT", emergency="unconscious")
    assert may(broken, dissent)
    assert not may(Actor("L/1", role="geneticist", purpose="ETREAT", emergency="x"), dissent)


def test_what_can_be_said_before_any_resource_is_seen() -> None:
    nothing = rights(STRANGER, standing()).answer(Deed.READ, "Observation")
    assert (nothing.is_permitted, nothing.is_whole) == (False, True)
    dissent = rights(DOCTOR, standing(consent("c", "p", "deny")))
    assert dissent.answer(Deed.READ, "Observation").is_permitted is False
    some = rights(DOCTOR, standing()).answer(Deed.READ, "Observation")
    assert (some.is_permitted, some.is_whole) == (True, False)  # labels decide on the rest
    plain = rights(DOCTOR, standing()).plain(Deed.READ, "Observation")
    assert (plain.is_permitted, plain.is_whole) == (True, True)
    residual = rights(DOCTOR, standing(no_restricted("c", "p")))
    assert residual.plain(Deed.READ, "Observation").is_whole is False
    write = rights(DOCTOR, standing()).answer(Deed.UPDATE, "Observation")
    assert (write.is_permitted, write.is_whole) == (True, True)


def test_reasons_name_rule_and_consent_and_nothing_of_the_resource() -> None:
    found = rights(DOCTOR, standing(no_restricted("c", "p"))).allows(Deed.READ, Seen(HIDDEN))
    assert not found.is_permitted
    assert any("Consent/c" in reason for reason in found.because)
    assert not any("Observation" in reason for reason in found.because)


def scoped(*scopes: str, **more: str) -> Actor:
    return Actor(DOCTOR.id, role="prescriber", scopes=frozenset(scopes), **more)


def test_scopes_narrow_and_never_widen() -> None:
    assert may(scoped("user/*.rs"), standing())
    assert not may(scoped("user/*.rs"), standing(), deed=Deed.UPDATE)
    assert not may(scoped("user/Condition.rs"), standing())
    assert not may(scoped(), standing())
    other = Actor(STRANGER.id, role="prescriber", scopes=frozenset(("user/*.cruds",)))
    assert not may(other, standing())


def test_launch_is_about_one_person() -> None:
    assert may(scoped("patient/*.rs", patient="p"), standing())
    assert not may(scoped("patient/*.rs", patient="q"), standing())
    assert not may(scoped("user/*.rs", patient="q"), standing())
    assert not may(scoped("patient/*.rs"), standing())
    shared = rights(scoped("patient/*.rs", patient="q"), None)
    assert shared.answer(Deed.READ, "Medication").is_permitted


def test_granular_scope_looks_at_the_codes() -> None:
    actor = scoped("user/Observation.rs?category=laboratory")
    found = rights(actor, standing())
    tokens = {"category": {("http://x", "laboratory")}}
    assert found.answer(Deed.READ, "Observation").is_whole is False
    assert found.plain(Deed.READ, "Observation").is_whole is False
    assert found.allows(Deed.READ, Seen(WEIGHT, lambda: tokens)).is_permitted
    assert not found.allows(Deed.READ, Seen(WEIGHT)).is_permitted
    both = scoped("user/Observation.rs?category=laboratory", "user/Observation.rs")
    assert may(both, standing())


def test_what_is_nobodys_is_the_roles_affair() -> None:
    none = rights(DOCTOR, None)
    assert none.relation == NOBODY
    assert none.answer(Deed.READ, "Organization").is_permitted
    assert none.answer(Deed.CREATE, "Patient").is_permitted
    assert not none.answer(Deed.READ, "Binary").is_permitted


def test_relations_of_a_role_for_a_purpose() -> None:
    permitted = relations_permitted(policing(), DOCTOR, Deed.READ, "Observation")
    assert permitted == (CARE, EMERGENCY)
    analyst = Actor("Practitioner/r", role="analyst", purpose="HRESCH")
    study = relations_permitted(policing(), analyst, Deed.EXPORT, "Observation")
    assert NONE in study
    assert relations_permitted(policing(), Actor("x"), Deed.READ, "Observation") == ()
    assert NOBODY in relations_permitted(policing(), Actor("x"), Deed.READ, "")


# A consent that was entered in error says nothing: whoever gave it, gave none.
IN_ERROR = {**consent("c", "p", "deny"), "status": "entered-in-error"}
ASKING = (
    DOCTOR,
    STRANGER,
    PATIENT,
    RELATED,
    *(replace(DOCTOR, purpose=p) for p in ("", "HRESCH", "HPAYMT", "CLMATTCH", "FAMRQT", "other")),
    replace(DOCTOR, role="analyst", purpose="HRESCH"),
    replace(DOCTOR, role="prescriber", purpose="ETREAT", emergency="unconscious"),
)
LABELLED = ("N", "R", "RAW-GENOME", "SECONDARY-FINDING", "GDIS")


@pytest.mark.parametrize("actor", ASKING)
def test_nothing_said_is_answered_as_what_says_nothing(actor: Actor) -> None:
    nothing = standing(RelatedPerson_r=Tie(PROXY))
    silent = standing(IN_ERROR, RelatedPerson_r=Tie(PROXY))
    assert not nothing.consents
    assert silent.consents
    for deed in Deed:
        for kind in ("Observation", "MedicationRequest", "Consent", "Patient", "AuditEvent"):
            one, other = rights(actor, nothing), rights(actor, silent)
            assert one.answer(deed, kind) == other.answer(deed, kind)
            for label in LABELLED:
                seen = Seen(Features(f"{kind}/w", kind, ("p",), frozenset((label,))))
                assert one.allows(deed, seen) == other.allows(deed, seen)


def test_words_of_a_purpose_that_is_not_stated_are_those_of_the_default() -> None:
    unstated = rights(replace(DOCTOR, purpose=" "), standing()).answer(Deed.READ, "Observation")
    assert not unstated.is_permitted
    assert "a purpose that is not stated needs consent" in unstated.because[0]
