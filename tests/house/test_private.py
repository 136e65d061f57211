"""No person's name, number or birth date reaches stderr, which sites keep as a log."""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.core.identifiers import is_mod11
from tests.house.source_tree import SRC

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("garrod.entry.cli.app") is None,
    reason="the command line is not built yet",
)
NUMBER = "9000000009"
PERSON = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}],
    "name": [{"family": "Unmistakable", "given": ["Zebedee"]}],
    "birthDate": "1931-02-03",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Return what a command did, run as a person runs it."""
    start = "import sys; from garrod.entry.cli.app import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def personal(node: Any) -> Iterator[str]:
    """Yield every name, identifier and birth date of the patients in a bundle."""
    if isinstance(node, list):
        for part in node:
            yield from personal(part)
    elif isinstance(node, dict) and node.get("resourceType") == "Patient":
        for name in node.get("name", ()):
            yield from (name.get("text", "").split() or ())
            yield from (*name.get("given", ()), name.get("family", ""))
        yield from (i.get("value", "") for i in node.get("identifier", ()))
        yield node.get("birthDate", "")
    elif isinstance(node, dict):
        yield from personal(list(node.values()))


def nhs_numbers(text: str) -> list[str]:
    """Return whatever in a text could be an NHS number, written in any usual way."""
    found = re.findall(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)", text)
    return [f for f in found if is_mod11(re.sub(r"\D", "", f))]


def test_demo_keeps_its_synthetic_people_out_of_stderr() -> None:
    stories = [json.loads(p.read_bytes()) for p in (SRC / "entry").rglob("*.json")]
    words = {w for story in stories for w in personal(story) if w}
    assert words
    ran = run("demo", "--once")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert [w for w in words if w.lower() in ran.stderr.lower()] == []
    assert nhs_numbers(ran.stderr) == []


@pytest.mark.parametrize("people", [0, 1, 2])
def test_error_about_a_bundle_names_no_person(tmp_path: Path, people: int) -> None:
    bundle = tmp_path / "bundle.json"
    entries = [{"resource": {**PERSON, "id": f"p{i}"}} for i in range(people)]
    entries.append({"resource": {"resourceType": "MedicationStatement", "status": NUMBER}})
    document = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    bundle.write_text(json.dumps(document), encoding="utf-8")
    ran = run("advise", "--person", str(bundle), "--order", str(tmp_path / "absent.json"))
    assert ran.returncode == 10, ran.stderr
    assert ran.stderr.startswith("GARROD-FHR")
    assert "Traceback" not in ran.stderr
    assert [w for w in ("Zebedee", "Unmistakable", "1931") if w in ran.stderr] == []
    assert nhs_numbers(ran.stderr) == []
