"""Claims become who acts; what is not understood grants nothing."""

from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.identity.claims import ROLES, reading_of
from garrod.care.govern.access import Actor
from garrod.core.errors import InputError

BASE = "https://garrod.example/fhir"
NURSE = {
    "person_roleid": "555254240100",
    "org_code": "RBA",
    "role_code": "S8000:G8000:R8001",
    "activity_codes": ["B0428"],
}
CLERK = {"person_roleid": "555254240101", "org_code": "A99968", "role_code": "S8001:G8002:R8010"}


def actor(**claims: Any) -> Actor:
    return reading_of("", (BASE,)).actor({"sub": "u1", "jti": "j", "scope": "user/*.rs", **claims})


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("Practitioner/x", "Practitioner/x"),
        (f"{BASE}/Practitioner/x", "Practitioner/x"),
        ("https://elsewhere.example/Practitioner/x", "https://elsewhere.example/Practitioner/x"),
        (f"{BASE}/Practitioner/x/_history/1", "user/u1"),
        ("Observation/x", "user/u1"),
        ("Practitioner/../Patient/y", "user/u1"),
        ("javascript:Practitioner/x", "user/u1"),
        (f"{BASE}/Practitioner/x y", "user/u1"),
        (7, "user/u1"),
    ],
)
def test_user_is_a_resource_of_this_server_or_an_address_elsewhere(said: Any, id: str) -> None:
    assert actor(fhirUser=said).id == id


@pytest.mark.parametrize("sub", ["9434765919", "ann@example.org", "a b", "x" * 65])
def test_subject_that_may_be_a_number_or_a_name_is_hashed(sub: str) -> None:
    found = actor(sub=sub).id
    assert sub not in found
    assert found == actor(sub=sub).id
    assert found.startswith("user/")
    assert found != actor(sub=sub, iss="https://elsewhere.example").id


def test_nobody_has_no_name() -> None:
    assert actor(sub=None).id == "nobody"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_plain_role_is_read(role: str) -> None:
    assert actor(role=role).role == role
    assert actor(role=[role, "offline_access"]).role == role
    assert actor(realm_access={"roles": [role, "uma_authorization"]}).role == role


@pytest.mark.parametrize(
    "role", ["system", "admin", "", None, 7, {}, ["prescriber", "nurse"], [["nurse"]], "Nurse"]
)
def test_unknown_role_two_roles_and_system_are_no_role(role: Any) -> None:
    assert actor(role=role).role == ""


def test_national_job_gives_role_and_organisation() -> None:
    found = actor(nhsid_nrbac_roles=[NURSE])
    assert (found.role, found.organisation) == ("nurse", "RBA")


def test_selected_job_counts_and_without_selection_two_jobs_are_none() -> None:
    both = [NURSE, CLERK]
    chosen = actor(nhsid_nrbac_roles=both, selected_roleid="555254240100")
    assert (chosen.role, chosen.organisation) == ("nurse", "RBA")
    clerk = actor(nhsid_nrbac_roles=both, selected_roleid="555254240101")
    assert (clerk.role, clerk.organisation) == ("", "A99968")
    for claims in ({}, {"selected_roleid": "other"}):
        found = actor(nhsid_nrbac_roles=both, **claims)
        assert (found.role, found.organisation) == ("", "")


def test_national_job_is_not_overruled_by_a_plain_role() -> None:
    assert actor(nhsid_nrbac_roles=[CLERK], role="prescriber").role == ""
    assert actor(nhsid_nrbac_roles="rubbish", role="prescriber").role == ""


def test_patient_is_a_patient_whatever_else_is_said() -> None:
    found = actor(fhirUser="Patient/p", role="prescriber")
    assert (found.role, found.patient, found.purpose) == ("patient", "p", "PATRQT")
    elsewhere = actor(fhirUser="https://elsewhere.example/Patient/p", role="prescriber")
    assert (elsewhere.role, elsewhere.patient) == ("patient", "")


def test_patient_who_looks_at_another_person_is_a_proxy() -> None:
    found = actor(fhirUser="Patient/p", patient="q")
    assert (found.role, found.patient) == ("proxy", "q")
    assert actor(fhirUser="RelatedPerson/r", patient="q").role == "proxy"


@pytest.mark.parametrize("said", ["a b", "../x", "x" * 65, 7, ["p"]])
def test_launch_patient_that_is_no_id_is_none(said: Any) -> None:
    assert actor(patient=said).patient == ""


def test_launch_patient_may_be_a_reference() -> None:
    assert actor(patient="Patient/p").patient == "p"


@pytest.mark.parametrize(
    ("said", "purpose"),
    [
        ("ETREAT", "ETREAT"),
        (["HRESCH", "TREAT"], "HRESCH"),
        ([{"system": "urn:oid:2.16.840.1.113883.5.8", "code": "HPAYMT"}], "HPAYMT"),
        (
            {"system": "https://site.example/purposes", "code": "x"},
            "https://site.example/purposes#x",
        ),
        ({}, "HOPERAT"),
        (["a b"], "HOPERAT"),
        (None, "TREAT"),
    ],
)
def test_purpose_is_read_and_never_taken_for_treatment_where_it_is_rubbish(
    said: Any, purpose: str
) -> None:
    claims = {} if said is None else {"purpose_of_use": said}
    assert actor(role="nurse", **claims).purpose == purpose
    if said:
        inside = {"ihe_iua": {"purpose_of_use": said}}
        assert actor(role="nurse", extensions=inside).purpose == purpose


def test_client_without_user_is_a_system_and_says_what_for() -> None:
    found = actor(sub="robot", client_id="robot", scope="system/Observation.rs", role="prescriber")
    assert (found.id, found.role, found.purpose) == ("client/robot", "system", "HOPERAT")
    assert actor(scope="system/*.rs", purpose_of_use="TREAT").purpose == "TREAT"


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "system/*.rs user/*.rs"},
        {"scope": "system/*.rs", "fhirUser": "Practitioner/x"},
        {"scope": "openid"},
        {},
    ],
)
def test_user_is_no_system(claims: dict[str, Any]) -> None:
    assert actor(**claims).role != "system"


@pytest.mark.parametrize("said", [None, 7, {}, ""])
def test_token_without_scopes_is_granted_none(said: Any) -> None:
    assert actor(scope=said).scopes == frozenset()


def test_scopes_may_be_a_list() -> None:
    assert actor(scope=None, scp=["a", "b", 7]).scopes == frozenset("ab")


def test_groups_are_references() -> None:
    said = ["g1", "Group/g2", "Organization/o", "Practitioner/x", "a b", 7, "Group/../x"]
    assert actor(groups=said).groups == frozenset(("Group/g1", "Group/g2", "Organization/o"))
    assert actor(groups="g1").groups == frozenset()


def test_site_has_the_last_word(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(
        '[claims]\nrole = ["job"]\n[roles]\nR8010 = "analyst"\nR8001 = ""\n'
        '[purposes]\nrobot = "TREAT"\n'
    )
    reading = reading_of(str(path))
    assert reading.actor({"job": "geneticist", "role": "nurse"}).role == "geneticist"
    assert reading.actor({"nhsid_nrbac_roles": [CLERK]}).role == "analyst"
    assert reading.actor({"nhsid_nrbac_roles": [NURSE]}).role == ""
    assert reading.actor({"client_id": "robot", "scope": "system/*.rs"}).purpose == "TREAT"


@pytest.mark.parametrize(
    "text",
    ["[", "[roles]\nR1 = 'king'", "[rules]\n", "roles = 1", "[claims]\nrole = 'x'",
     "[claims]\nrule = ['x']", "[purposes]\nrobot = 1", "[claims]\nrole = [1]"],
)  # fmt: skip
def test_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        reading_of(str(path))
    assert caught.value.code == "IDP002"


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GARROD_CLAIMS"):
        reading_of(str(tmp_path / "none.toml"))
