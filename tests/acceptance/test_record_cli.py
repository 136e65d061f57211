"""garrod record through the real door: import, export, verify, and what is bad input."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.json import LARGEST
from tests.acceptance.conftest import Ran, Run
from tests.contract import servers
from tests.unit.fhir.ingest import messages as m
from tests.unit.hl7v2 import lab

Json = dict[str, Any]
WEIGHT = (
    '{"resourceType": "Observation",\n  "id":"w","status":"final",  "code":{"text":"weight"},\n'
    '"subject":{"reference":"Patient/p"}, "valueQuantity":{"value":70.50,"unit":"kg"}}'
)
PERSON = {**m.patient(), "id": "p"}


@pytest.fixture
def take(run: Run, tmp_path: Path) -> Any:
    """Return what imports contents by file name, with options."""

    def taken(files: dict[str, bytes | str | Json], *options: str) -> Ran:
        folder = tmp_path / "sent"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in files.items():
            body = json.dumps(content) if isinstance(content, dict) else content
            (folder / name).write_bytes(body.encode() if isinstance(body, str) else body)
        return run("record", "import", folder, "--data", tmp_path / "data", *options)

    return taken


def exported(run: Run, tmp_path: Path, *options: str) -> dict[str, list[str]]:
    """Return the lines of each type that an export writes."""
    out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
    ran = run("record", "export", "--data", tmp_path / "data", "-o", out, *options)
    assert ran.code == 0, ran.err
    return {p.stem: p.read_text().splitlines() for p in out.iterdir()}


def test_every_form_is_stored_and_comes_out_as_it_was_sent(
    take: Any, run: Run, tmp_path: Path
) -> None:
    xml = '<Basic xmlns="http://hl7.org/fhir"><id value="b"/><code><text value="x"/></code></Basic>'
    lines = json.dumps(PERSON) + "\n\n" + json.dumps({**m.practice(), "id": "o"}) + "\n"
    ran = take(
        {
            "a.json": WEIGHT,
            "b.xml": xml,
            "c.ndjson.gz": gzip.compress(lines.encode()),
            "d.json": m.order(),
            "notes.txt": "not read",
        }
    )
    assert ran.code == 0, ran.err
    assert "stored 8 (8 new, 0 new versions), there already 2, refused 0." in ran.err
    found = exported(run, tmp_path)
    (weight,) = found["Observation"]
    meta = weight[weight.index(',"meta"') if ',"meta"' in weight else 0 :]
    assert '"value":70.50' in weight
    assert '"versionId":"1"' in meta
    assert set(found) == {
        *("Basic", "Bundle", "MedicationRequest", "MessageHeader", "Observation"),
        *("Organization", "Patient", "Provenance"),
        *("MedicationStatement", "List"),  # the person's list followed from the order
    }


def test_results_in_hl7_v2_go_in_behind_the_people_they_are_of(
    take: Any, run: Run, tmp_path: Path
) -> None:
    files = {"a.hl7": lab.message(lab.obx(lab.K, "4.0", unit="mmol/L")), "b.json": lab.PATIENT}
    ran = take(files)
    assert ran.code == 0, ran.err
    assert "stored 6 (6 new, 0 new versions), there already 0, refused 0." in ran.err
    (result,) = exported(run, tmp_path, "--type", "Observation")["Observation"]
    assert json.loads(result)["subject"] == {"reference": "Patient/syn-1"}
    assert "stored 0 (0 new" in take(files).err


def test_what_comes_out_goes_in_again_and_twice_changes_nothing(
    take: Any, run: Run, tmp_path: Path
) -> None:
    take({"a.json": m.order(), "b.json": m.dispensed(), "c.json": m.cancel()})
    first = exported(run, tmp_path)
    out = next(p for p in tmp_path.iterdir() if p.name.startswith("out"))
    for expected in ("there already 0, refused 0.", "stored 0 (0 new"):
        ran = run("record", "import", out, "--data", tmp_path / "copy")
        assert (ran.code, expected in ran.err) == (0, True), ran.err
    ran = run("record", "export", "--data", tmp_path / "copy", "-o", tmp_path / "again")
    assert {p.stem for p in (tmp_path / "again").iterdir()} == set(first)
    again = take({"a.json": m.order(), "b.json": m.dispensed(), "c.json": m.cancel()})
    assert "stored 0" in again.err


def test_an_export_of_types_and_people(take: Any, run: Run, tmp_path: Path) -> None:
    other = {**m.patient(m.BEN), "id": "q"}
    take({"a.ndjson": "\n".join((WEIGHT.replace("\n", ""), json.dumps(PERSON), json.dumps(other)))})
    assert set(exported(run, tmp_path, "--type", "Patient")) == {"Patient"}
    of_one = exported(run, tmp_path, "--patient", "p")
    assert [json.loads(line)["id"] for line in of_one["Patient"]] == ["p"]
    where = ("--data", tmp_path / "data", "-o", tmp_path / "no")
    assert (
        "'Pateint' is no resource type" in run("record", "export", "--type", "Pateint", *where).err
    )
    assert run("record", "export", "--patient", "nobody", *where).code == 10
    full = run("record", "export", "--data", tmp_path / "data", "-o", tmp_path / "sent")
    assert "is not empty" in full.err


def test_refusals_are_named_and_the_rest_is_stored(take: Any) -> None:
    lines = [json.dumps(PERSON), '{"resourceType":"Patient","gender":"robot"}', "{nonsense"]
    ran = take({"a.ndjson": "\n".join(lines), "b.json": '{"a": 1}', "c.xml": "<a/>"})
    assert ran.code == 10
    for said in (
        "a.ndjson:2: GARROD-FHR140: the Patient is not valid: Patient.gender",
        "a.ndjson:3: GARROD-FHR100: ",
        "b.json: GARROD-FHR105",
        "c.xml: GARROD-FHR15",
        "stored 1 (1 new, 0 new versions), there already 0, refused 4.",
    ):
        assert said in ran.err
    assert "Traceback" not in ran.err


def test_strict_dry_and_stop(take: Any, run: Run, tmp_path: Path) -> None:
    borne = m.order()
    borne["entry"][0]["resource"]["focus"] = []
    checked = take({"a.json": borne}, "--dry-run")
    assert checked.code == 0
    assert "checked 1, refused 0; nothing stored." in checked.err
    assert not (tmp_path / "data").exists()
    assert "Bundle.entry[0].resource.focus" in take({"a.json": borne}, "--strict").err
    stopped = take({"a.json": "{", "b.json": PERSON}, "--stop")
    assert "stopped at the first refusal" in stopped.err
    assert "stored 0" in stopped.err
    ran = run("record", "import", tmp_path / "nowhere", "--data", tmp_path / "data")
    assert (ran.code, "there is no such file" in ran.err) == (10, True)


def deep(levels: int) -> bytes:
    """Return extensions within extensions."""
    opened = b'{"url":"urn:x","extension":[' * levels
    inner = b'{"url":"urn:x","valueString":"x"}'
    return b'{"resourceType":"Basic","extension":[' + opened + inner + b"]}" * levels + b"]}"


BROKEN = m.order("9990548600")
UNKNOWN_TYPE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [{"resource": m.patient(""), "request": {"method": "PUT", "url": "Practitioner/1"}}],
}
TWICE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {"resource": {**m.patient(""), "id": "x"}, "request": {"method": "PUT", "url": "Patient/x"}}
    ]
    * 2,
}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (deep(60), "FHR103: objects and lists lie more than 100 deep"),
        (b"[" * 100_000, "FHR103"),
        (BROKEN, "an NHS number is"),
        (UNKNOWN_TYPE, "is of type 'Patient', and the url names Practitioner"),
        (TWICE, "two entries of the transaction write Patient/x"),
        ({**PERSON, "id": "no id at all!"}, "Patient.id"),
        (b"\x1f\x8b binary", "INP081"),
        (b"{\xff}", "FHR101"),
    ],
)
def test_bad_input_is_told_and_nothing_of_it_is_stored(take: Any, content: Any, said: str) -> None:
    ran = take({"bad.json": content})
    assert ran.code == 10
    assert said in ran.err
    assert "stored 0" in ran.err
    assert "Traceback" not in ran.err


def test_a_broken_archive_is_told(take: Any) -> None:
    ran = take({"a.ndjson.gz": gzip.compress(json.dumps(PERSON).encode() * 50)[:-9]})
    assert "INP081: the file cannot be read" in ran.err
    assert "INP081" in take({"a.ndjson.gz": b"\x1f\x8b\x08\x00" + b"\xff" * 99}).err


def test_what_is_too_large_is_told_and_the_lines_behind_it_are_stored(take: Any) -> None:
    large = b" " * (LARGEST + 1)
    ran = take({"a.json": large, "b.ndjson": large + b"\n" + json.dumps(PERSON).encode()})
    assert "a.json: GARROD-FHR104: the file has more than 67,108,864 bytes" in ran.err
    assert "b.ndjson:1: GARROD-FHR104: the line has more" in ran.err
    assert "stored 1 (1 new" in ran.err


def test_a_circle_of_references_is_stored(take: Any) -> None:
    """Two resources that refer to each other are no fault; a transaction resolves both."""
    one = {"resourceType": "Basic", "code": {"text": "a"}, "subject": m.to("2")}
    two = {"resourceType": "Basic", "code": {"text": "b"}, "subject": m.to("1")}
    post = {"method": "POST", "url": "Basic"}
    entries = [{**m.entry("1", one), "request": post}, {**m.entry("2", two), "request": post}]
    ran = take({"a.json": {"resourceType": "Bundle", "type": "transaction", "entry": entries}})
    assert "stored 2" in ran.err


def test_verify_finds_a_changed_byte_and_a_missing_version(
    take: Any, run: Run, tmp_path: Path
) -> None:
    take({"a.json": PERSON, "b.json": WEIGHT})
    take({"a.json": {**PERSON, "active": True}})
    good = run("record", "verify", "--data", tmp_path / "data")
    assert (good.code, "is intact" in good.err) == (0, True)
    with sqlite3.connect(tmp_path / "data" / "record.db") as raw:
        raw.execute("UPDATE version SET body = CAST(replace(body, '70.50', '70.51') AS BLOB)")
        raw.execute("DELETE FROM version WHERE kind = 'Patient' AND number = 1")
    bad = run("record", "verify", "--data", tmp_path / "data")
    assert bad.code == 19
    assert "Observation/w version 1 has other bytes" in bad.err
    assert "Patient/p version 2 is the first there is" in bad.err


def test_a_backup_is_put_back_and_never_over_anything(take: Any, run: Run, tmp_path: Path) -> None:
    take({"a.json": PERSON, "b.json": m.order(m.BEN)})
    file = tmp_path / "kept"
    assert run("record", "backup", file, "--data", tmp_path / "data").code == 0
    assert run("record", "backup", file, "--data", tmp_path / "data").code == 2
    assert run("record", "restore", file, "--data", tmp_path / "data").code == 2
    assert "GARROD-AUD019" in run("record", "restore", file, "--data", tmp_path / "again").err
    (tmp_path / "again" / "audit.key").write_bytes((tmp_path / "data" / "audit.key").read_bytes())
    (tmp_path / "again" / "audit.key").chmod(0o600)
    ran = run("record", "restore", file, "--data", tmp_path / "again")
    assert ran.code == 0, ran.err
    assert run("record", "verify", "--data", tmp_path / "again").code == 0
    assert (
        "stored 0 (0 new"
        in run("record", "import", tmp_path / "sent", "--data", tmp_path / "again").err
    )
    broken = tmp_path / "broken"
    broken.write_bytes(file.read_bytes()[:-5000])
    assert run("record", "restore", broken, "--data", tmp_path / "new").code in (10, 14)


def test_the_same_on_postgresql_and_its_backup_enters_sqlite(run: Run, tmp_path: Path) -> None:
    for name, sent in (("a", m.dispensed()), ("b", m.order()), ("c", m.cancel())):
        (tmp_path / f"{name}.json").write_text(json.dumps(sent))
    people = [{**m.patient("", name), "id": f"p{n}"} for n, name in enumerate("xyz")]
    lines = [*map(json.dumps, people), json.dumps({**PERSON, "id": "again"})]
    (tmp_path / "d.ndjson").write_text("\n".join(lines))  # the last has a number that is taken
    files = sorted(tmp_path.glob("*.*"))
    with servers.server() as own:
        servers.run(own, "CREATE DATABASE garrod_record_cli")
        try:
            url = servers.named(own, "garrod_record_cli")
            there = ("--database", url, "--data", tmp_path / "data")
            first = run("record", "import", *files, *there)
            assert "refused 1." in first.err, first.err
            assert "stored 0 (0 new" in run("record", "import", *files, *there).err
            assert run("record", "verify", *there).code == 0
            assert run("record", "backup", tmp_path / "kept", *there).code == 0
        finally:
            servers.run(own, "DROP DATABASE garrod_record_cli WITH (FORCE)")
    again = tmp_path / "again"
    (tmp_path / "kept.audit").unlink()  # the record alone, with a log of its own
    ran = run("record", "restore", tmp_path / "kept", "--data", again)
    assert (ran.code, "kept.audit is not there" in ran.err) == (0, True)
    assert "stored 0 (0 new" in run("record", "import", *files, "--data", again).err


@pytest.mark.shared
def test_the_messages_of_the_nhs_are_taken_in_once(run: Run, tmp_path: Path, shared: Path) -> None:
    sent = shared / "fhir" / "nhs-eps" / "spec" / "prescribing"
    first = run("record", "import", sent, "--data", tmp_path / "data")
    again = run("record", "import", sent, "--data", tmp_path / "data")
    assert (first.code, again.code) == (0, 0), first.err
    assert "stored 0 (0 new" in again.err


def test_verify_finds_wrong_search_rows_and_makes_them_anew(
    take: Any, run: Run, tmp_path: Path
) -> None:
    take({"a.json": PERSON, "b.json": m.order(), "c.json": WEIGHT})
    there = ("--data", tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "record.db") as raw:
        raw.execute("DELETE FROM token WHERE code = 'final'")
        raw.execute("UPDATE string SET exact = 'Somebody' WHERE exact LIKE 'Ben%'")
    bad = run("record", "verify", *there)
    assert (bad.code, "GARROD-REC206: " in bad.err) == (19, True)
    assert (
        "search: Observation/w version 1 is not found by what its bytes say: parameter status "
        "(token): stored nothing, recomputed [http://hl7.org/fhir/observation-status, final]"
    ) in bad.err
    assert run("record", "verify", "--rebuild-search", *there).code == 0
    assert "what is stored is intact." in run("record", "verify", *there).err


def test_verify_finds_a_list_that_names_other_lines_than_there_are(
    take: Any, run: Run, tmp_path: Path
) -> None:
    take({"a.json": m.order()})
    there = ("--data", tmp_path / "data")
    assert run("record", "verify", *there).code == 0
    with sqlite3.connect(tmp_path / "data" / "record.db") as raw:
        line = "SELECT key FROM head WHERE kind = 'MedicationStatement' ORDER BY key LIMIT 1"
        raw.execute(f"DELETE FROM head WHERE key = ({line})")
    bad = run("record", "verify", *there)
    assert bad.code == 19
    assert "version 1 lists MedicationStatement/" in bad.err.replace("version 2", "version 1")
    assert "which is not there" in bad.err
    assert "GARROD-REC203" in bad.err
