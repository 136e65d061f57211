"""fhirclient (SMART's client-py): create, read, update, delete, search, transaction, metadata.

Run by validation.fhir_clients in an environment of its own: python with_fhirclient.py BASE TOKEN
"""

import sys

from fhirclient.models import bundle, humanname, observation, patient
from fhirclient.server import FHIRNotFoundException, FHIRServer
from requests import HTTPError


class Named(FHIRServer):
    """A server that is asked with a token, which client-py otherwise fetches by OAuth."""

    token = ""

    def _get(self, path, headers={}, nosign=False):  # noqa: B006
        return super()._get(path, {**headers, "Authorization": f"Bearer {self.token}"}, True)

    def put_json(self, path, resource_json, nosign=False):
        """Send a PUT with the token."""
        self.session.headers["Authorization"] = f"Bearer {self.token}"
        return super().put_json(path, resource_json, True)

    def post_json(self, path, resource_json, nosign=False):
        """Send a POST with the token."""
        self.session.headers["Authorization"] = f"Bearer {self.token}"
        return super().post_json(path, resource_json, True)

    def delete_json(self, path, nosign=False):
        """Send a DELETE with the token."""
        self.session.headers["Authorization"] = f"Bearer {self.token}"
        return super().delete_json(path, True)


def main(base: str, token: str) -> None:
    """Do it all; an assertion fails where the server is not understood."""
    server = Named(None, base_uri=base)
    server.token = token
    assert server.capabilityStatement.fhirVersion == "4.0.1"
    print("metadata")
    person = patient.Patient(
        {"name": [{"family": "Clientpy", "given": ["Ada"]}], "birthDate": "1950-02-03"}
    )
    told = person.create(server)
    assert told["id"], told
    print("create")
    held = patient.Patient.read(told["id"], server)
    assert held.name[0].family == "Clientpy"
    assert held.meta.versionId == "1"
    print("read")
    held.name = [humanname.HumanName({"family": "Clientpy", "given": ["Bea"]})]
    told = held.update(server)
    assert told["meta"]["versionId"] == "2", told
    print("update")
    searched(server, held)
    ended(server, held)


def searched(server: Named, held: patient.Patient) -> None:
    """Write several at once, and search for them page by page."""
    weight = {
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{held.id}"},
        "valueQuantity": {"value": 70.5, "unit": "kg"},
    }
    entry = {"request": {"method": "POST", "url": "Observation"},
             "resource": {"resourceType": "Observation", **weight}}  # fmt: skip
    several = bundle.Bundle({"type": "transaction", "entry": [entry, entry, entry]})
    done = bundle.Bundle(server.post_json("", several.as_json()).json())
    assert [e.response.status for e in done.entry] == ["201 Created"] * 3
    print("transaction")
    asked = observation.Observation.where({"subject": f"Patient/{held.id}", "_count": "2"})
    found = asked.perform(server)
    assert (found.total, len(found.entry)) in ((3, 2), (None, 2)), found.as_json()
    assert len(asked.perform_resources(server)) in (2, 3)
    following = next(link.url for link in found.link if link.relation == "next")
    rest = bundle.Bundle(server.request_json(following))
    assert len(rest.entry) == 1
    assert rest.entry[0].resource.valueQuantity.value == 70.5
    print("search, every page")


def ended(server: Named, held: patient.Patient) -> None:
    """Delete a person, who is then no longer read."""
    held.delete()
    try:
        patient.Patient.read(held.id, server)
    except FHIRNotFoundException:
        print("delete (FHIRNotFoundException)")
    except HTTPError as gone:
        if gone.response.status_code != 410:
            raise
        print("delete (HTTPError, 410)")
    else:
        raise AssertionError("what was deleted is still read")


main(*sys.argv[1:3])
