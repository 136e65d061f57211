"""A request as the audit tells it: what it asks for, of whom, and no word that is not known."""

import pytest

from garrod.entry.audit_routes import asked_by

KNOWN = frozenset(("Patient", "Observation", "Group", "$everything", "$export", "order-select"))
NUMBER = "9000000009"
ROUTES = [
    ("GET", "/fhir/Patient/p1", "GET /fhir/Patient/{id}", "read"),
    ("HEAD", "/fhir/Patient/p1", "HEAD /fhir/Patient/{id}", "read"),
    ("GET", "/fhir/Patient", "GET /fhir/Patient", "search"),
    ("GET", "/fhir", "GET /fhir", "search"),
    ("GET", "/fhir/metadata", "GET /fhir/metadata", "read"),
    ("POST", "/fhir/Patient/_search", "POST /fhir/Patient/_search", "search"),
    ("POST", "/fhir", "POST /fhir", "operate"),
    ("POST", "/fhir/Patient", "POST /fhir/Patient", "create"),
    ("PUT", "/fhir/Patient/p1", "PUT /fhir/Patient/{id}", "update"),
    ("PATCH", "/fhir/Patient/p1", "PATCH /fhir/Patient/{id}", "update"),
    ("DELETE", "/fhir/Patient/p1", "DELETE /fhir/Patient/{id}", "delete"),
    ("GET", "/fhir/Patient/p1/_history", "GET /fhir/Patient/{id}/_history", "history"),
    ("GET", "/fhir/Patient/p1/_history/2", "GET /fhir/Patient/{id}/_history/{id}", "history"),
    ("GET", "/fhir/Patient/p1/$everything", "GET /fhir/Patient/{id}/$everything", "operate"),
    ("GET", "/fhir/$export", "GET /fhir/$export", "export"),
    ("GET", "/fhir/Patient/p1/Observation", "GET /fhir/Patient/{id}/Observation", "search"),
    ("GET", "/fhir/ws", "GET /fhir/ws", "listen"),
    ("GET", "/events", "GET /events", "listen"),
    ("POST", "/advice", "POST /advice", "decide"),
    ("POST", "/cds-services/order-select", "POST /cds-services/order-select", "decide"),
    ("GET", "/patients/p1/prescribe", "GET /patients/{id}/prescribe", "view"),
    ("GET", "/", "GET /", "view"),
    ("POST", "/sign-in", "POST /sign-in", "sign-in"),
    ("GET", "/audit/people/p1", "GET /audit/people/{id}", "audit"),
    ("SMITH", "/Smith/Jones", "OTHER /{id}/{id}", "view"),
    ("GET", "/fhir/Smith/$smith", "GET /fhir/{id}/{id}", "operate"),
    ("GET", f"/fhir/{'x/' * 50}", "GET /fhir" + "/{id}" * 7, "search"),
]


@pytest.mark.parametrize(("method", "path", "route", "deed"), ROUTES)
def test_route_and_deed(method: str, path: str, route: str, deed: str) -> None:
    found = asked_by(method, path, "", KNOWN)
    assert (found.route, found.deed) == (route, deed)


@pytest.mark.parametrize(
    ("path", "question", "people"),
    [
        ("/fhir/Patient/p1", "", ("p1",)),
        ("/fhir/Patient/p%2D1/$everything", "", ("p-1",)),
        ("/patients/p1/prescribe", "", ("p1",)),
        ("/audit/people/p1", "", ("p1",)),
        ("/fhir/Patient/$export", "", ()),
        ("/fhir/Patient/_search", "", ()),
        ("/fhir/Patient/Zebedee Smith", "", ()),
        (f"/fhir/Patient/{NUMBER}", "", ()),
        ("/fhir/Observation", "patient=Patient/p1,p2&code=x", ("p1", "p2")),
        ("/fhir/Observation", "subject:Patient=p1&subject=Patient/p1", ("p1",)),
        ("/fhir/Observation", "patient.name=Smith&patient.identifier=x|1", ()),
        ("/fhir/Observation", f"patient={NUMBER}&_id=o1", ()),
        ("/fhir/Patient", "_id=p1&name=Smith", ("p1",)),
        ("/fhir/Observation", "patient", ()),
        ("/events", "patient=p1", ("p1",)),
    ],
)
def test_people_asked_about(path: str, question: str, people: tuple[str, ...]) -> None:
    assert asked_by("GET", path, question, KNOWN).patients == people
