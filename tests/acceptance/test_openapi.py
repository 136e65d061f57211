"""/openapi.json: whole, and true: what it allows and what it does not is asked of a server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.entry.api.openapi import described
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.routes import INSTANCE, SYSTEM, TYPE
from tests.making.desk_time import seconds
from tests.making.server import TOKEN, server

PAGE = described("1", ("Observation", "Patient"), OPERATIONS.values())
SECONDS = 70
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "ignored_auth",
)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from references(inner)


def test_every_reference_of_the_page_leads_somewhere() -> None:
    for reference in references(PAGE):
        here: Any = PAGE
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


def test_every_act_and_operation_is_on_the_page() -> None:
    paths = PAGE["paths"]
    for path, acts in {
        "/fhir": SYSTEM,
        "/fhir/{type}": TYPE,
        "/fhir/{type}/{id}": INSTANCE,
    }.items():
        assert set(paths[path]) == {method.lower() for method in acts}
    for named in OPERATIONS.values():
        asked = [told for path, told in paths.items() if path.endswith(f"/${named.name}")]
        assert asked
        assert all(set(told) == {m.lower() for m in named.methods} for told in asked)


@pytest.mark.slow
def test_server_does_what_the_page_says(tmp_path: Path) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [str(schemathesis), "run", "--max-time", seconds(SECONDS), "--seed", "1"]
    command += ["-H", f"Authorization: Bearer {TOKEN}", "--checks", ",".join(CHECKS)]
    command += ["--suppress-health-check", "all", "--warnings", "off", "--no-shrink"]
    command += ["--generation-database", "none", "--continue-on-failure"]
    with server(tmp_path / "data") as running:
        page = running.client.get(f"{running.base}/openapi.json").json()
        assert "Patient" in json.dumps(page["components"]["schemas"]["Kind"])
        ran = subprocess.run(
            [*command, f"{running.base}/openapi.json"],
            capture_output=True, text=True, timeout=240, check=False, cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-8000:]
        counts = running.client.get(f"{running.base}/metrics").text
        done = dict(
            re.findall(r'garrod_requests_total\{method="\w+",status="(\d+)"\} (\d+)', counts)
        )
        assert {"200", "201", "400", "404"} <= set(done), done
        assert not [status for status in done if status == "500"]
        assert running.ask("POST", "/fhir/Patient", json={"resourceType": "Patient"}).is_success
