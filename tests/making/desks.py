"""A care setting at the door of a server: reads and writes a person's medication list by HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx2 as httpx

from tests.making.server import Server

Line = dict[str, Any]
ROLES = {"gp": "doctor", "hospital": "doctor", "community-pharmacy": "pharmacist"}
LINE_MARK = "/medication-line"


@dataclass
class Desk:
    """A setting, and the person whose list it works on."""

    server: Server
    setting: str
    patient: str

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the FHIR door in the name of the setting."""
        role = ROLES.get(self.setting, self.setting)
        headers = {"X-Garrod-Setting": self.setting, "X-Garrod-Role": role}
        headers |= more.pop("headers", {})
        return self.server.ask(method, f"/fhir/{path}", headers=headers, **more)

    def read(self, question: str = "") -> tuple[str, dict[str, Line], list[str]]:
        """Return the entity tag of the list, its lines by medicine, and what is said of it."""
        found = self.ask("GET", f"Patient/{self.patient}/$medication-list{question}")
        assert found.status_code == 200, found.text
        return found.headers["etag"], lines_in(found), notes_in(found)

    def line(self, etag: str, **parts: Any) -> httpx.Response:
        """Do one act to one line."""
        return self.operate("line", etag, **parts)

    def operate(self, name: str, etag: str = "", key: str = "", **parts: Any) -> httpx.Response:
        """Ask an operation of the person."""
        headers = {"If-Match": etag} if etag else {}
        headers |= {"Idempotency-Key": key} if key else {}
        path = f"Patient/{self.patient}/${name}"
        return self.ask("POST", path, json=parameters(**parts), headers=headers)

    def write(self, resource: dict[str, Any]) -> None:
        """Write a resource past the list's acts, as other systems do."""
        path = f"{resource['resourceType']}/{resource['id']}"
        done = self.ask("PUT", path, json=resource)
        assert done.status_code in (200, 201), done.text

    def order(self, id: str, medicine: str, directions: str, **more: Any) -> None:
        """Write a prescription."""
        self.write(
            {
                "resourceType": "MedicationRequest",
                "id": id,
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": {"text": medicine},
                "subject": {"reference": f"Patient/{self.patient}"},
                "dosageInstruction": [{"text": directions}],
                **more,
            }
        )

    def supply(self, id: str, of: str, medicine: str, status: str = "completed") -> None:
        """Write a supply of a prescription."""
        self.write(
            {
                "resourceType": "MedicationDispense",
                "id": id,
                "status": status,
                "medicationCodeableConcept": {"text": medicine},
                "subject": {"reference": f"Patient/{self.patient}"},
                "performer": [{"actor": {"display": "The Corner Pharmacy"}}],
                "authorizingPrescription": [{"reference": f"MedicationRequest/{of}"}],
            }
        )


def lines_in(found: httpx.Response) -> dict[str, Line]:
    """Return the lines of an answer by medicine, superseded ones left out."""
    return {
        line["medicationCodeableConcept"]["text"]: line
        for line in every_line(found)
        if not said_of(line, "supersededBy")
    }


def every_line(found: httpx.Response) -> list[Line]:
    """Return all lines of an answer."""
    entries = [e["resource"] for e in found.json()["entry"]]
    return [e for e in entries if e["resourceType"] == "MedicationStatement"]


def said_of(line: Line, name: str) -> str:
    """Return what a line says of itself beside FHIR's own elements; "" for nothing."""
    (mark,) = [e for e in line["extension"] if e["url"].endswith(LINE_MARK)]
    found = [e for e in mark["extension"] if e["url"] == name]
    return next((str(e.get("valueString", e.get("valueCode"))) for e in found), "")


def notes_in(found: httpx.Response) -> list[str]:
    """Return what is said of a list: its sources, gaps and what followed from a write."""
    return [i["details"]["text"] for i in found.json()["entry"][-1]["resource"]["issue"]]


def parameters(**parts: Any) -> dict[str, Any]:
    """Return Parameters: a text is a value, a dict a parameter of parts, a list repeats."""
    return {"resourceType": "Parameters", "parameter": _parts(parts)}


def _parts(parts: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, value in parts.items():
        for one in value if isinstance(value, list) else [value]:
            held = {"part": _parts(one)} if isinstance(one, dict) else {"valueString": one}
            found.append({"name": name, **held})
    return found
