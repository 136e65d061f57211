"""P4: labels are current. A code list changes; what it left stale is found, and made anew."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making.packs import site_copy
from tests.making.site import put_in_force, site_at

WEIGHT = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}
LOAD = {"coding": [{"system": "http://loinc.org", "code": "25836-8"}]}
ROW = "http://loinc.org,code,29463-7,SPI,body weight,own\n"


def observation(id: str, code: object) -> str:
    return json.dumps(
        {
            "resourceType": "Observation", "id": id, "status": "final", "code": code,
            "subject": {"reference": "Patient/p"},
        }
    )  # fmt: skip


@pytest.fixture
def data(run: Run, tmp_path: Path) -> Path:
    """Return the folder of a record with a weight and a viral load."""
    sent = tmp_path / "sent.ndjson"
    person = json.dumps({"resourceType": "Patient", "id": "p"})
    lines = [person, observation("weight", WEIGHT), observation("load", LOAD)]
    sent.write_text("\n".join(lines))
    ran = run("record", "import", sent, "--data", tmp_path / "data")
    assert ran.code == 0, ran.err
    return tmp_path / "data"


def bodies(data: Path) -> list[tuple[object, ...]]:
    """Return every stored version as it is stored."""
    file = data / "record.db"
    with sqlite3.connect(file) as store:
        found: list[tuple[object, ...]] = store.execute(
            "select body, sha256 from version order by 1"
        ).fetchall()
    return found


def test_labels_that_a_changed_list_leaves_stale_are_found_and_made_anew(
    run: Run, data: Path, tmp_path: Path
) -> None:
    fresh = run("record", "relabel", "--check", "--data", data)
    assert (fresh.code, fresh.out) == (0, "")
    assert fresh.err.startswith("every label is that of security-labels@")
    before = bodies(data)
    assert len(before) == 3

    site = site_at(tmp_path / "site")
    put_in_force(
        site, site_copy(site, "security-labels", "2027.1.0", {"codes.csv": lambda t: t + ROW})
    )
    checked = run("--packs", site, "record", "relabel", "--check", "--data", data)
    assert checked.code == 11
    assert checked.err.splitlines()[0] == "stale: Observation/weight"
    assert "GARROD-KNO060: 1 resources are found by other security labels" in checked.err
    assert "SPI" not in checked.err  # a label says what it is about

    done = run("--packs", site, "record", "relabel", "--data", data)
    assert done.code == 0
    assert "1 resources were relabelled by security-labels@2027.1.0" in done.err
    assert run("--packs", site, "record", "relabel", "--check", "--data", data).code == 0
    assert run("--packs", site, "record", "verify", "--data", data).code == 0
    assert bodies(data) == before  # no byte was touched
