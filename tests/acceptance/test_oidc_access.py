"""What people and backends that a real OpenID provider signed in may see."""

from __future__ import annotations

import pytest

from tests.making.provider import PATIENT
from tests.making.signed_in import Site, signed_in_site

pytestmark = pytest.mark.slow
site = signed_in_site


def test_practitioner_reads_who_is_in_their_care_and_nobody_else(site: Site) -> None:
    token = site.tokens["access_token"]
    assert site.get("/fhir/Practitioner/ann", token).status_code == 200
    assert site.get("/fhir/Patient/p1", token).json()["id"] == "p1"
    assert site.get("/fhir/Patient/p2", token).status_code in (403, 404)


def test_scopes_limit_what_an_app_may_ask(site: Site) -> None:
    answer = site.provider.swapped(*site.provider.code("openid user/Patient.rs"))
    token = answer.json()["access_token"]
    assert site.get("/fhir/Patient/p1", token).status_code == 200
    beyond = site.get("/fhir/Practitioner/ann", token)
    assert beyond.status_code == 403
    assert 'error="insufficient_scope"' in beyond.headers["www-authenticate"]


def test_patient_reads_themselves(site: Site) -> None:
    code = site.provider.code("openid fhirUser patient/*.rs", hint=PATIENT)
    token = site.provider.swapped(*code).json()["access_token"]
    assert site.get("/fhir/Patient/p1", token).status_code == 200
    assert site.get("/fhir/Patient/p2", token).status_code in (403, 404)


def test_backend_that_signs_its_own_assertion_reads_by_system_scopes(site: Site) -> None:
    answer = site.provider.asserted()
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    assert site.get("/fhir/Observation?_count=1", token).status_code == 200
    assert site.get("/fhir/Condition?_count=1", token).status_code == 403


@pytest.mark.parametrize("path", ["/cds-services", "/fhir/Patient/p1", "/events?patient=p1"])
def test_every_door_knows_the_token_and_asks_for_one(site: Site, path: str) -> None:
    assert site.head(path, site.tokens["access_token"]).status_code == 200
    for token in ("", "rubbish", site.tokens["id_token"]):
        refused = site.head(path, token)
        assert refused.status_code == 401, token
        assert refused.headers["www-authenticate"].startswith('Bearer realm="garrod"')


def test_advice_is_given_on_who_is_in_their_care_alone(site: Site) -> None:
    for person, status in (("p1", 200), ("p2", 404)):
        asked = {"person": person, "medicine": "codeine"}
        answer = site.post("/advice", site.tokens["access_token"], asked)
        assert answer.status_code == status, answer.text
    assert site.post("/advice", "", asked).status_code == 401
