"""What the page of the API allows and what it does not, asked without a token: nothing is given."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.making.desk_time import seconds
from tests.making.server import server

SECONDS = 30
CLOSED = {"401", "403", "404", "405", "406", "414", "415", "400", "413", "429", "431"}
OFF = {"GARROD_RATE_FAILED": "off", "GARROD_RATE_UNKNOWN": "off", "NO_COLOR": "1"}
PERSON = {"resourceType": "Patient", "name": [{"family": "Unmistakable"}]}


@pytest.mark.slow
@pytest.mark.parametrize("shown", ["", "Authorization: Bearer of-nobody"], ids=["none", "wrong"])
def test_nothing_falls_over_and_nothing_is_given_without_a_token(
    tmp_path: Path, shown: str
) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [str(schemathesis), "run", "--max-time", seconds(SECONDS), "--seed", "2"]
    command += ["--checks", "not_a_server_error", "--suppress-health-check", "all"]
    command += ["--warnings", "off", "--no-shrink", "--generation-database", "none"]
    command += ["-H", shown] if shown else []
    with server(tmp_path / "data", settings=OFF) as running:
        assert running.ask("POST", "/fhir/Patient", json=PERSON).status_code == 201
        before = counted(running.client.get(f"{running.base}/metrics").text)
        ran = subprocess.run(
            [*command, f"{running.base}/openapi.json"],
            capture_output=True, text=True, timeout=240, check=False, cwd=tmp_path,
            env={**os.environ, **OFF},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-8000:]
        assert "Unmistakable" not in ran.stdout
        done = counted(running.client.get(f"{running.base}/metrics").text)
        new = {key: done[key] - before.get(key, 0) for key in done}
        assert sum(new.values()) > 100, "hardly anything was asked"
        given = {key: many for key, many in new.items() if many and key[1] not in CLOSED}
        # The pages that are open, by GET and HEAD, and (OPTIONS) which methods they have.
        assert set(given) <= {("GET", "200"), ("HEAD", "200"), ("other", "204")}
        total = running.ask("GET", "/fhir/Patient?_summary=count").json()["total"]
        assert total == 1


def counted(page: str) -> dict[tuple[str, str], int]:
    """Return how many requests the FHIR door had, by method and status."""
    found = re.findall(r'garrod_requests_total\{method="(\w+)",status="(\d+)"\} ([\d.]+)', page)
    return {(method, status): int(float(many)) for method, status, many in found}
