"""A prescriber's system over HTTP: genomes read by the command, stored, asked about by hooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import garrod.entry.story as story
from tests.making.hooks import call, order, person
from tests.making.server import Server
from tests.making.site import garrod

Resource = dict[str, Any]
STORY = Path(story.__path__[0])
GENOME = STORY / "genome.vcf"


def changed_genome(folder: Path, **cells: str) -> Path:
    """Return the story's genome with other genotypes: rs123="0/1", or "T 0/1" with the ALT."""
    lines = []
    for line in GENOME.read_text().splitlines(keepends=True):
        parts = line.split("\t")
        told = cells.pop(parts[2], "") if len(parts) > 9 else ""
        if told:
            alt, _, genotype = told.rpartition(" ")
            parts[4] = alt or parts[4]
            parts[9] = f"{genotype}:99:34\n"
        lines.append("\t".join(parts))
    assert not cells, cells
    found = folder / "changed.vcf"
    found.write_text("".join(lines))
    return found


def results_of(genome: Path, patient: str) -> list[Resource]:
    """Return what the command reads in a genome, as resources of a person of the record."""
    text = _report(genome, genome.read_bytes())
    for entry in json.loads(text)["entry"]:
        kind, id = entry["resource"]["resourceType"], entry["resource"].get("id", "")
        own = str(uuid5(NAMESPACE_OID, f"{patient} {id}"))  # the same genome of another person
        there = f"Patient/{patient}" if kind == "Patient" else f"{kind}/{own}"
        text = text.replace(f'"{entry["fullUrl"]}"', f'"{there}"')
        text = text.replace(f'"id":"{id}"', f'"id":"{own}"').replace(
            f'"id": "{id}"', f'"id":"{own}"'
        )
    found = [entry["resource"] for entry in json.loads(text)["entry"]]
    return [r for r in found if r["resourceType"] not in ("Patient", "Task")]


@cache
def _report(genome: Path, _: bytes) -> str:
    return garrod("genome", "report", genome, "--format", "fhir", "--sex", "female")


@dataclass
class Clinic:
    """A prescriber's system: writes a record, calls hooks, accepts suggestions."""

    server: Server
    user: str = "Practitioner/gp"

    def write(self, *resources: Resource) -> None:
        """Write resources by their ids."""
        for one in resources:
            told = self.server.ask("PUT", f"/fhir/{one['resourceType']}/{one['id']}", json=one)
            assert told.status_code in (200, 201), told.text

    def read(self, question: str) -> list[Resource]:
        """Return what a search finds."""
        told = self.server.ask("GET", f"/fhir/{question}")
        assert told.status_code == 200, told.text
        return [e["resource"] for e in told.json().get("entry", [])]

    def hook(self, name: str, *orders: Resource, **context: Any) -> Resource:
        """Return the answer to a hook about Patient/p1, or whom the context names."""
        service = f"garrod-{name}"
        body = call(service, *orders, context={"userId": self.user, **context})
        told = self.server.client.post(f"{self.server.base}/cds-services/{service}", json=body)
        assert told.status_code == 200, told.text
        return dict(told.json())

    def tell(self, name: str, card: Resource, **more: Any) -> Resource:
        """Send feedback on a card."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        said = {"card": card["uuid"], "outcomeTimestamp": now, **more}
        path = f"{self.server.base}/cds-services/garrod-{name}/feedback"
        told = self.server.client.post(path, json={"feedback": [said]})
        assert told.status_code == 200, told.text
        return dict(told.json())


def answers(told: Resource) -> list[Resource]:
    """Return what was answered to each draft."""
    return list(told["extension"]["health.garrod.answer"]["orders"])


__all__ = ["GENOME", "Clinic", "answers", "changed_genome", "order", "person", "results_of"]
