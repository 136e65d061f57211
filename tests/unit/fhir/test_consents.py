"""Consent resources read: what has the wrong shape is refused by name, what is odd is unread."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.consents import (
    closed,
    consent_of,
    consents_of,
    named_in,
    reaching,
)
from garrod.adapters.fhir.consents_read import bound_of, logical, moment_of
from garrod.care.govern.consent.evaluate import ruling
from garrod.care.govern.consent.house import OPT_OUT_CATEGORY, OPT_OUT_PROVISION
from garrod.care.govern.consent.model import (
    ActorRule,
    Datum,
    Features,
    Kind,
    Meaning,
    Request,
    Span,
    Status,
)
from garrod.core.errors import FhirError

Json = dict[str, Any]
NOW = datetime(2022, 7, 1, tzinfo=UTC)
CODED: Json = {"coding": [{"system": "http://example.org/roles", "code": "IRCP"}]}
ASKED = Request("Practitioner/a", frozenset(), "TREAT", NOW)


def consent(provision: Any = None, **members: Any) -> Json:
    found: Json = {
        "resourceType": "Consent", "id": "x", "status": "active",
        "patient": {"reference": "Patient/p"}, **members,
    }  # fmt: skip
    return found if provision is None else {**found, "provision": provision}


def test_every_part_is_read() -> None:
    read = consent_of(
        consent(
            {
                "type": "permit", "period": {"start": "2022", "end": "2022-06"},
                "actor": [{"role": {"coding": [{"code": "IRCP"}]},
                           "reference": {"reference": "https://here/fhir/Group/g"}}],
                "action": [{"coding": [{"system": "s", "code": "access"}]}],
                "securityLabel": [{"code": "N"}], "purpose": [{"system": "s", "code": "p"}],
                "class": [{"code": "Observation"}], "code": [{"coding": [{"code": "c"}]}],
                "dataPeriod": {"end": "2022-01-01T10:00:00Z"},
                "data": [{"meaning": "related", "reference": {"reference": "Encounter/e"}}],
                "provision": [{"type": "deny"}],
            },
            dateTime="2022-03", scope={"coding": [{"code": "patient-privacy"}]},
            category=[{"coding": [{"system": "s", "code": "k"}]}],
            performer=[{"reference": "Patient/p"}], organization=[{"reference": "Organization/o"}],
            policy=[{"uri": "u"}, {"authority": "a"}],
            policyRule={"coding": [{"code": "OPTIN"}]},
        )
    )  # fmt: skip
    assert (read.reference, read.status, read.patient) == ("Consent/x", Status.ACTIVE, "p")
    assert read.scope == "patient-privacy"
    assert read.categories == {("s", "k")}
    assert read.dated[0] == datetime(2022, 3, 1, tzinfo=UTC)
    assert read.dated[1] == datetime(2022, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert (read.performers, read.organisations) == ({"Patient/p"}, {"Organization/o"})
    assert (read.policies, read.policy_rule) == ({"u", "a"}, {("", "OPTIN")})
    root = read.provision
    assert root is not None
    assert (root.path, root.kind, root.unread) == ("provision", Kind.PERMIT, ())
    assert root.period == Span(date(2022, 1, 1), date(2022, 6, 30))
    assert root.actors == (ActorRule("Group/g", frozenset({("", "IRCP")})),)
    assert (root.actions, root.labels) == ({("s", "access")}, {("", "N")})
    assert (root.purposes, root.classes) == ({("s", "p")}, {("", "Observation")})
    assert root.codes == {("", "c")}
    assert root.data_period == Span(None, datetime(2022, 1, 1, 10, 0, 0, 999_999, tzinfo=UTC))
    assert root.data == (Datum(Meaning.RELATED, "Encounter/e"),)
    assert [p.path for p in root.provisions] == ["provision.provision[0]"]


MALFORMED: list[tuple[Json, str]] = [
    ({"resourceType": "Patient"}, "resourceType"),
    (consent(status="given"), "Consent/x.status"),
    (consent(status=None), "Consent/x.status"),
    (consent(id=5), "Consent.id"),
    (consent(patient="Patient/p"), "Consent/x.patient"),
    (consent(dateTime=2022), "Consent/x.dateTime"),
    (consent(scope=[]), "Consent/x.scope"),
    (consent(category={}), "Consent/x.category"),
    (consent(category=[]), "Consent/x.category"),
    (consent(category=[{"coding": [{"code": 5}]}]), "Consent/x.category[0].coding[0].code"),
    (consent(performer=["Patient/p"]), "Consent/x.performer[0]"),
    (consent([]), "Consent/x.provision"),
    (consent({"type": "maybe"}), "Consent/x.provision.type"),
    (consent({"type": 1}), "Consent/x.provision.type"),
    (consent({"type": "permit", "provision": [{}]}), "Consent/x.provision.provision[0].type"),
    (consent({"type": "permit", "period": "2022"}), "Consent/x.provision.period"),
    (consent({"type": "permit", "actor": []}), "Consent/x.provision.actor"),
    (consent({"type": "permit", "purpose": "TREAT"}), "Consent/x.provision.purpose"),
    (
        consent({"type": "permit", "data": [{"meaning": "instance", "reference": "x"}]}),
        "Consent/x.provision.data[0].reference",
    ),
]


@pytest.mark.parametrize(("resource", "field"), MALFORMED, ids=[field for _, field in MALFORMED])
def test_wrong_shape_is_refused_by_the_name_of_its_field(resource: Json, field: str) -> None:
    with pytest.raises(FhirError) as refused:
        consent_of(resource)
    assert refused.value.code == "FHR170"
    assert str(refused.value).startswith(f"{field}: expected ")


def test_consents_off_one_form_are_each_of_their_own_person_and_date() -> None:
    said = {"type": "permit", "provision": [{"type": "deny", "actor": [{"role": CODED}]}]}
    first, second = (
        consent_of(
            {**consent(said), "id": id, "dateTime": at, "patient": {"reference": f"Patient/{id}"}}
        )
        for id, at in (("a", "2026-01-01"), ("b", "2026-02-02"))
    )
    assert (first.reference, first.patient) == ("Consent/a", "a")
    assert (second.reference, second.patient) == ("Consent/b", "b")
    assert first.dated[0] != second.dated[0]
    assert first.provision == second.provision
    other = consent_of(consent({**said, "type": "deny"}))
    assert other.provision != first.provision


def test_a_form_is_read_by_the_address_of_each_server() -> None:
    actor = [{"role": CODED, "reference": {"reference": "https://a.example/fhir/Practitioner/1"}}]
    form = consent({"type": "permit", "actor": actor})
    found = [
        consent_of(form, base) for base in ("https://a.example/fhir", "https://b.example", None)
    ]
    assert [c.provision.actors[0].reference for c in found if c.provision] == [
        "Practitioner/1",
        "https://a.example/fhir/Practitioner/1",
        "Practitioner/1",
    ]


def test_a_fault_is_named_by_the_consent_that_has_it_though_its_form_was_read_before() -> None:
    for id in ("first", "second"):
        with pytest.raises(FhirError, match=f"^Consent/{id}.provision.type: "):
            consent_of({**consent({"type": "maybe"}), "id": id})


def test_exceptions_without_end_are_refused() -> None:
    tree: Json = {"type": "permit"}
    for _ in range(20):
        tree = {"type": "permit", "provision": [tree]}
    with pytest.raises(FhirError, match="no more than 16 provisions"):
        consent_of(consent(tree))


UNREAD: list[tuple[Json, str]] = [
    ({"period": {"start": "soon"}}, "period"),
    ({"period": {}}, "period"),
    ({"period": {"start": "2022", "end": "2022-13"}}, "period"),
    ({"dataPeriod": {"end": "31/12/2022"}}, "data period"),
    ({"actor": [{}]}, "actor"),
    ({"actor": [{"reference": {"reference": "#inside"}}]}, "actor"),
    ({"actor": [{"reference": {"display": "Dr Smith"}}]}, "actor"),
    ({"action": [{"text": "look"}]}, "action"),
    ({"securityLabel": [{"display": "secret"}]}, "security label"),
    ({"purpose": [{"system": "s"}]}, "purpose"),
    ({"class": [{}]}, "class"),
    ({"code": [{"text": "my weight"}]}, "code"),
    ({"data": [{"meaning": "similar", "reference": {"reference": "Observation/o"}}]}, "data"),
    ({"data": [{"meaning": "instance", "reference": {"display": "that one"}}]}, "data"),
    ({"data": [{"reference": {"reference": "Observation/o"}}]}, "data"),
    ({"modifierExtension": [{"url": "u"}]}, "modifier"),
    ({"resourceType": [{"code": "Observation"}]}, "modifier"),  # R5's name of class
]


@pytest.mark.parametrize(("constraint", "name"), UNREAD, ids=[str(c) for c, _ in UNREAD])
def test_what_nobody_can_read_never_permits_and_always_denies(constraint: Json, name: str) -> None:
    features = Features("Observation/other", "Observation", ("p",))
    for kind in ("permit", "deny"):
        read = consent_of(consent({"type": kind, **constraint}))
        assert read.provision is not None
        assert name in read.provision.unread
        ruled = ruling([read], features, ASKED)
        assert ruled is not None
        assert not ruled.is_permitted
        assert "cannot be judged" in ruled.because[0]
        assert name in ruled.because[0]


def test_unread_root_lets_no_exception_deny_less() -> None:
    tree = {"type": "deny", "code": [{"text": "?"}], "provision": [{"type": "permit"}]}
    base = {"type": "deny", "provision": [tree]}
    features = Features("Observation/o", "Observation", ("p",))
    ruled = ruling([consent_of(consent(base))], features, ASKED)
    assert ruled is not None
    assert not ruled.is_permitted  # were the middle one not to match, the base would deny


def test_a_modifier_of_the_whole_consent_lets_nothing_be_permitted() -> None:
    tree = {"type": "deny", "purpose": [{"code": "HRESCH"}], "provision": [{"type": "permit"}]}
    read = consent_of(consent(tree, implicitRules="https://example.org/rules"))
    assert read.unread == ("modifier",)
    ruled = ruling([read], Features("Observation/o", "Observation", ("p",)), ASKED)
    assert ruled is None or not ruled.is_permitted


def test_an_identifier_names_an_actor_who_has_it() -> None:
    actor = {"reference": {"identifier": {"system": "https://ods", "value": "RX1"}}}
    features = Features("Observation/o", "Observation", ("p",))
    permit = consent_of(consent({"type": "permit", "actor": [actor]}))
    deny = consent_of(
        consent({"type": "permit", "provision": [{"type": "deny", "actor": [actor]}]})
    )
    member = Request("Practitioner/a", frozenset({"https://ods|RX1"}), "TREAT", NOW)
    words = [
        ruled.is_permitted
        for read, asked in ((permit, member), (permit, ASKED), (deny, member), (deny, ASKED))
        if (ruled := ruling([read], features, asked))
    ]
    assert words == [True, False, False, False]


def test_scopes_as_they_are_written() -> None:
    assert consent_of(consent()).scope == ""
    assert consent_of(consent(scope={"text": "sharing"})).scope == "unknown"
    two = {"coding": [{"code": "a"}, {"code": "patient-privacy"}]}
    assert consent_of(consent(scope=two)).scope == "patient-privacy"


def test_opt_out_says_without_provision_what_the_national_one_says() -> None:
    system, code = OPT_OUT_CATEGORY
    read = consent_of(consent(category=[{"coding": [{"system": system, "code": code}]}]))
    assert read.provision == OPT_OUT_PROVISION
    assert read.yields_to == "actor and purpose"
    assert consent_of(consent()).provision is None


def test_a_malformed_consent_denies_all_of_its_person_and_of_nobody_else() -> None:
    (read,) = consents_of([consent({"type": "maybe"})])
    mine, other = Features("Observation/o", "Observation", ("p",)), Features("A/b", "A", ("q",))
    ruled = ruling([read], mine, ASKED)
    assert ruled is not None
    assert not ruled.is_permitted
    assert "provision.type: expected permit or deny" in ruled.because[0]
    assert ruling([read], other, ASKED) is None
    assert closed({"patient": 5}, "odd").patient == ""


def test_what_related_reaches_is_handed_in() -> None:
    named = {"meaning": "related", "reference": {"reference": "Encounter/e"}}
    tree = {"type": "permit", "provision": [{"type": "deny", "data": [named]}]}
    read = consent_of(consent(tree))
    assert named_in(read) == {"Encounter/e"}
    assert named_in(consent_of(consent())) == frozenset()
    condition = Features("Condition/c", "Condition", ("p",))
    before, after = read, reaching(read, {"Encounter/e": frozenset({"Condition/c"})})
    rulings = [ruling([one], condition, ASKED) for one in (before, after)]
    assert [r and r.is_permitted for r in rulings] == [True, False]
    assert reaching(read, {}) is read


REFERENCES = [
    ("Patient/p", None, "Patient/p"),
    ("Patient/p/_history/3", None, "Patient/p"),
    ("https://here/fhir/Patient/p", "https://here/fhir/", "Patient/p"),
    ("https://there/fhir/Patient/p", "https://here/fhir", "https://there/fhir/Patient/p"),
    ("https://there/fhir/Patient/p", None, "Patient/p"),
    ("urn:uuid:1", None, "urn:uuid:1"),
    ("#p", None, "#p"),
    ("patient/p", None, "patient/p"),
]


@pytest.mark.parametrize(("written", "base", "named"), REFERENCES)
def test_references_to_here_are_logical(written: str, base: str | None, named: str) -> None:
    assert logical(written, base) == named


def test_consent_of_somebody_elsewhere_is_of_nobody_here() -> None:
    there = consent({"type": "permit"}, patient={"reference": "https://there/fhir/Patient/p"})
    assert consent_of(there, "https://here/fhir").patient == ""
    assert consent_of(there).patient == "p"


ENDS = [
    ("2022", date(2022, 12, 31)),
    ("2024-02", date(2024, 2, 29)),
    ("2022-02-03", date(2022, 2, 3)),
    ("2022-02-03T10:20Z", datetime(2022, 2, 3, 10, 20, 59, 999_999, UTC)),
    ("2022-02-03T10:20:30Z", datetime(2022, 2, 3, 10, 20, 30, 999_999, UTC)),
    ("2022-02-03T10:20:30.5Z", datetime(2022, 2, 3, 10, 20, 30, 500_000, UTC)),
    ("2022-02-03T10:20:30", datetime(2022, 2, 3, 10, 20, 30, 999_999, UTC)),
    ("2022-02-30", None),
    ("2022-02-03T25:00:00Z", None),
    ("0000", None),
    ("20220203", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "end"), ENDS)
def test_the_end_of_a_period_holds_all_that_it_is_written_to(
    written: str, end: date | datetime | None
) -> None:
    assert bound_of(written, is_end=True) == end


def test_moments_are_whole_days_where_no_time_is_written() -> None:
    assert moment_of("2022-02-03") == datetime(2022, 2, 3, tzinfo=UTC)
    assert moment_of("2022-02-03", is_end=True) == datetime(2022, 2, 3, 23, 59, 59, 999_999, UTC)
    assert moment_of("tomorrow") is None


def test_a_policy_alone_is_the_base_of_a_consent_without_provisions() -> None:
    for code, is_root in (("OPTIN", True), ("OPTOUT", True), ("OPTOUTE", False)):
        read = consent_of(consent(None, policyRule={"coding": [{"code": code}]}))
        assert (read.provision is not None) is is_root
    empty = consent_of(consent({}, policyRule={"coding": [{"code": "OPTOUT"}]}))
    assert empty.provision is not None
    assert (empty.provision.path, empty.provision.kind) == ("policyRule", None)
