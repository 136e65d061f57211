"""Decisions on IHE's consents by the command that tries them, each asked in several ways.

Source of the consents: IHE ITI.PCF, commit 3fefea1 (CC BY 4.0); the decisions were derived by hand
from its text (shared data, trust/consent_pcf/decisions.json).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from validation.data import PGX
from validation.figures import Figure, at_least, show

CASES = PGX.parent / "trust" / "consent_pcf"
V3 = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
# The one resource that decisions.json names and no file has: it is described in INDEX.md.
NOT_LISTED = {
    "resourceType": "Observation", "id": "not-listed", "status": "final",
    "code": {"text": "named by no consent"}, "effectiveDateTime": "2020-01-01",
    "meta": {"security": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}
    ]},
    "subject": {"reference": "Patient/ex-patient"},
}  # fmt: skip


def resources() -> list[dict[str, Any]]:
    """Return IHE's resources, and the one that is made up."""
    files = sorted((*CASES.glob("ex-*.json"), *(CASES / "resources").glob("*.json")))
    return [*(json.loads(file.read_bytes()) for file in files), NOT_LISTED]


def ways(case: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return a request in each of the ways in which it may be written."""
    asked = {k: case[k] for k in ("consent", "resource", "requester", "purpose", "at")}
    whole = asked["purpose"] if "#" in asked["purpose"] else f"{V3}#{asked['purpose']}"
    return {
        "as it stands": asked,
        "bare ids": {
            **asked, **{k: asked[k].rpartition("/")[2] for k in ("resource", "requester")}
        },
        "whole addresses": {
            **asked,
            "consent": f"http://example.org/fhir/Consent/{asked['consent']}",
            "resource": f"http://example.org/fhir/{asked['resource']}/_history/1",
            "requester": f"http://example.org/fhir/{asked['requester']}",
        },
        "system#code, and a time": {**asked, "purpose": whole, "at": f"{asked['at']}T09:30:00Z"},
        "system and code by a bar": {**asked, "purpose": whole.replace("#", "|")},
    }  # fmt: skip


def decided(requests: list[dict[str, Any]]) -> dict[str, str]:
    """Return what the command decides, by the id of the request."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cases.json"
        file.write_text(json.dumps({"resources": resources(), "requests": requests}))
        command = Path(sys.executable).with_name("garrod")
        ran = subprocess.run(
            [command, "conformance", "consent", file, "--format", "json"],
            capture_output=True,
            check=True,
        )
    return {d["id"]: d["decision"] for d in json.loads(ran.stdout)["decisions"]}


def main() -> int:
    """Print how many decisions are right, asked in each way; return 1 where one is not."""
    cases = json.loads((CASES / "decisions.json").read_bytes())
    asked = {
        f"{way}: {number}": request
        for number, case in enumerate(cases)
        for way, request in ways(case).items()
    }
    found = decided([{**request, "id": id} for id, request in asked.items()])
    figures = []
    for way in ways(cases[0]):
        right = sum(found[f"{way}: {n}"] == case["expected"] for n, case in enumerate(cases))
        figures.append(at_least(f"decisions right, asked by {way}", right, len(cases), 100))
    denials = sum(case["expected"] == "deny" for case in cases)
    figures.append(Figure("of them, denials", f"{denials} of {len(cases)}"))
    return show("Consent: IHE privacy consents", figures)


if __name__ == "__main__":
    sys.exit(main())
