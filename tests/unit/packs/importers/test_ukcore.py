"""A download of UK Core becomes a pack: what elements ask, without the texts that explain it."""

import json
from pathlib import Path

import pytest

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.run import run_import
from garrod.adapters.packs.load import load_pack, load_shelf
from garrod.core.errors import InputError

WISH = Wish(load_shelf(), "", "2026-11-28")
PROFILE = """<StructureDefinition xmlns="http://hl7.org/fhir"><url value="https://x.example/P"/>
<version value="1.0"/><name value="P"/><status value="active"/><date value="2024-07-23"/>
<kind value="resource"/><abstract value="false"/><type value="Patient"/>
<baseDefinition value="http://hl7.org/fhir/StructureDefinition/Patient"/>
<derivation value="constraint"/><differential><element id="Patient.{name}">
<path value="Patient.{name}"/><short value="words of theirs"/><min value="1"/>
<constraint><key value="x-1"/><severity value="error"/><human value="words of theirs"/>
<expression value="exists()"/></constraint></element></differential></StructureDefinition>"""
SYSTEM = {
    "resourceType": "CodeSystem", "url": "https://x.example/s", "status": "active",
    "content": "complete", "concept": [{"code": "a", "concept": [{"code": "b"}]}],
}  # fmt: skip
SET = {
    "resourceType": "ValueSet", "url": "https://x.example/v", "status": "active",
    "compose": {"include": [{"system": "https://x.example/s"}]},
}  # fmt: skip
FILTERED = {
    "resourceType": "ValueSet", "url": "https://x.example/f", "status": "active",
    "compose": {"include": [{"system": "http://snomed.info/sct", "filter": [
        {"property": "concept", "op": "is-a", "value": "1"}]}]},
}  # fmt: skip


def download(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        text = PROFILE.format(name=name).replace("example/P", f"example/P{number or ''}")
        (folder / f"p{number}.xml").write_text(text, encoding="utf-8")
    for number, resource in enumerate((SYSTEM, SET, FILTERED)):
        (folder / f"r{number}.json").write_text(json.dumps(resource), encoding="utf-8")
    (folder / "other.xml").write_text("<Other/>", encoding="utf-8")
    return folder


def test_import_restates_profiles_and_codes(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    made = run_import("ukcore", download(source, "name"), tmp_path / "packs", WISH)
    pack = load_pack(made.folders[0])
    assert pack.manifest.reference == "ukcore@2024.07.23"
    assert [row["url"] for row in pack.tables["profiles"]] == ["https://x.example/P"]
    element = json.loads(pack.tables["profile_elements"][0]["element"])
    rule = {"key": "x-1", "severity": "error", "expression": "exists()"}
    assert element == {
        "id": "Patient.name", "path": "Patient.name", "min": 1, "constraint": [rule],
    }  # fmt: skip
    assert [(r["value_set"], r["codes"]) for r in pack.tables["profile_codes"]] == [
        ("https://x.example/v", "a|b")
    ]
    assert made.notes[0].startswith("1 of 1 profiles")
    assert "1 value sets cannot be listed" in made.notes[-1]
    written = "".join(p.read_text(encoding="utf-8") for p in made.folders[0].iterdir())
    assert "words of theirs" not in written


def test_profile_that_gives_no_snapshot_is_named_and_left_out(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    made = run_import("ukcore", download(source, "name", "nothing"), tmp_path / "packs", WISH)
    assert len(load_pack(made.folders[0]).tables["profiles"]) == 1
    assert "left out: https://x.example/P1: Patient.nothing: is no element" in made.notes[1]


def test_folder_without_profiles_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no StructureDefinition") as caught:
        run_import("ukcore", tmp_path, tmp_path / "packs", WISH)
    assert caught.value.code == "INP051"


def test_file_that_is_no_fhir_xml_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.xml").write_text("<StructureDefinition", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.xml"):
        run_import("ukcore", tmp_path, tmp_path / "packs", WISH)


def test_slip_between_elements_is_left_out_and_said(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    path = download(source, "name") / "p0.xml"
    path.write_text(path.read_text(encoding="utf-8").replace("<name ", "c <name "), "utf-8")
    made = run_import("ukcore", source, tmp_path / "packs", WISH)
    assert made.notes[1].startswith("p0.xml: read without the text between its elements")
    assert len(load_pack(made.folders[0]).tables["profiles"]) == 1
