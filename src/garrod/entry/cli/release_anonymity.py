"""Reports how well people are hidden among each other in files that are to be given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from garrod.adapters.govern.lines import Resource, files_of, resources
from garrod.adapters.govern.subjects import codes_in, subject_of
from garrod.care.govern.numbers.anonymity import anonymity
from garrod.core.errors import UsageError

KNOWN = ("sex", "birth-year", "birth-date", "ethnicity", "deprivation", "condition", "medicine")
_OF = {"Condition": "condition", "MedicationRequest": "medicine", "MedicationStatement": "medicine"}


def report_of(
    inputs: tuple[Path, ...], known: str, sensitive: str, *, least: int
) -> dict[str, Any]:
    """Return the report as plain values.  Raises: UsageError USE065, InputError INP201, INP202."""
    names = tuple(name.strip() for name in known.split(",") if name.strip())
    if not names or not {*names, sensitive} <= {*KNOWN}:
        raise UsageError(f"--known and --sensitive are of {', '.join(KNOWN)}", code="USE065")
    people = _people(files_of(inputs))
    report = asdict(anonymity(people, names, sensitive, wanted=least))
    worst = [
        {**dict(zip(names, group["values"], strict=True)), "people": group["size"],
         f"different_{sensitive}": group["diversity"]}
        for group in report.pop("worst")
    ]  # fmt: skip
    return {"known": list(names), "sensitive": sensitive, **report, "wanted": least, "worst": worst}


def _people(files: Iterable[Path]) -> Iterable[Mapping[str, Iterable[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for resource in resources(list(files)):
        kind, id = resource["resourceType"], str(resource.get("id", ""))
        if kind == "Patient":
            found.setdefault(id, {}).update(_known(resource, id))
        elif kind in _OF:
            whose = _whose(resource)
            if whose:
                found.setdefault(whose, {}).setdefault(_OF[kind], set()).update(codes_in(resource))
    return found.values()


def _known(patient: Resource, id: str) -> dict[str, set[str]]:
    subject = subject_of(patient, id)
    born = str(patient.get("birthDate", ""))
    return {
        "sex": {subject.sex},
        "birth-year": {born[:4]},
        "birth-date": {born},
        "ethnicity": {subject.ethnicity},
        "deprivation": {str(subject.deprivation)},
    }


def _whose(resource: Resource) -> str:
    subject = resource.get("subject")
    written = subject.get("reference") if isinstance(subject, dict) else None
    return written.removeprefix("Patient/") if isinstance(written, str) else ""
