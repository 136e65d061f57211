"""Releases of SNOMED CT and dm+d become packs whole, or are refused with the reason."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from garrod.adapters.packs.importers.run import run_import
from garrod.adapters.packs.load import load_pack
from garrod.adapters.packs.show import check_citations
from garrod.adapters.terminology.packs import PackSystem
from garrod.adapters.terminology.service import open_packs
from garrod.core.errors import GarrodError, InputError, KnowledgeError
from garrod.entry.cli.packs import verify
from tests.making import releases as made
from tests.making.imports import wish

SNAP = "Snapshot/Terminology"


def system(name: str, source: Path, target: Path) -> PackSystem:
    (folder,) = run_import(name, source, target, wish("")).folders
    (found,) = open_packs({name: folder})
    return found


def refused(name: str, source: Path, target: Path) -> GarrodError:
    with pytest.raises((InputError, KnowledgeError)) as caught:
        run_import(name, source, target, wish(""))
    assert [p for p in target.rglob("*") if p.is_file()] == []
    return caught.value


def edit(folder: Path, name: str, change: Callable[[str], str]) -> None:
    (path,) = folder.rglob(name)
    before = path.read_bytes().decode()
    after = change(before)
    assert after != before
    path.write_bytes(after.encode())


def without(text: str) -> Callable[[str], str]:
    return lambda whole: "".join(x for x in whole.splitlines(True) if text not in x)


def test_pack_of_a_release_is_a_pack_like_any_other(tmp_path: Path) -> None:
    made.small_rf2(tmp_path / "in")
    (folder,) = run_import("snomed", tmp_path / "in", tmp_path / "out", wish("")).folders
    pack = load_pack(folder)
    assert check_citations(pack) == 1
    assert pack.manifest.reference == "snomed@2026.4.1"
    assert "licence" in pack.manifest.licence
    (store,) = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))["stores"]
    assert store.startswith("terminology.sqlite=")
    assert {p.name for p in folder.iterdir()} == {
        "pack.toml", "systems.csv", "evidence.csv", "terminology.sqlite"}  # fmt: skip


def test_snomed_shows_the_preferred_term_and_knows_what_is_gone(tmp_path: Path) -> None:
    made.small_rf2(tmp_path / "in")
    found = system("snomed", tmp_path / "in", tmp_path / "out")
    assert found.version.endswith("/version/20260401")
    angina = found.find(made.ANGINA)
    assert angina is not None
    assert (angina.display, angina.is_active) == ("Angina", True)
    gone = found.find(made.GONE)
    assert gone is not None
    assert not gone.is_active
    assert [d.use_display for d in found.designations(made.ANGINA)] == [
        "Fully specified name", "Synonym"]  # fmt: skip


def test_preferred_term_of_the_uk_outranks_others_in_any_order(tmp_path: Path) -> None:
    made.small_rf2(tmp_path / "in")
    words = [("900000000000509007", "American"), ("999001261000000100", "British")]
    for number, (refset, term) in enumerate(words):
        id = made.sctid(90_000 - number, "01")
        told = f"{id}\t{made.DAY}\t1\t{made.CORE}\t{made.ANGINA}\ten\t{made.SYNONYM}\t{term}\tx\r\n"
        edit(tmp_path / "in", "sct2_Description*", lambda text, row=told: text + row)
        row = f"u\t{made.DAY}\t1\t{made.CORE}\t{refset}\t{id}\t{made.PREFERRED}\r\n"
        edit(tmp_path / "in", "der2_cRefset_Language*", lambda text, row=row: text + row)
    release = system("snomed", tmp_path / "in", tmp_path / "out")
    found = release.find(made.ANGINA)
    assert found is not None
    assert found.display == "British"
    assert {d.term for d in release.designations(made.ANGINA)} == {
        "Angina (finding)", "Angina", "American", "British"}  # fmt: skip
    assert [c.code for c in release.worded("americ")] == [made.ANGINA]


def test_gzipped_files_are_read(tmp_path: Path) -> None:
    import gzip

    made.dmd(tmp_path / "in")
    (path,) = (tmp_path / "in").glob("f_vmp2_*")
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert system("dmd", tmp_path / "in", tmp_path / "out").find(made.VMP) is not None


@pytest.mark.parametrize(
    ("file", "change", "code", "told"),
    [
        ("sct2_Concept*", without(made.FAILURE), "KNO009", "concepts that are not there"),
        ("sct2_Description*", without(made.ANGINA), "KNO009", "without a fully specified name"),
        ("sct2_Relationship*", without(made.ANGINA), "KNO009", "without a parent"),
        ("sct2_Concept*", without(f"{made.ROOT}\t"), "KNO009", "not there"),
        ("sct2_Relationship*", lambda t: t[:-30], "INP051", "cut off or changed"),
        ("sct2_Concept*", lambda t: t.replace(f"{made.HEART}\t", "100002009\t"), "INP051", "digit"),
        ("sct2_Concept*", lambda t: t.replace("moduleId", "module"), "INP051", "right file"),
        ("sct2_Concept*", lambda t: t + t.splitlines(True)[-1], "KNO009", "twice"),
        ("der2_cRefset_Language*", lambda t: t.splitlines(True)[0], "KNO009", "language"),
    ],
)
def test_half_a_snapshot_is_refused(
    tmp_path: Path, file: str, change: Callable[[str], str], code: str, told: str
) -> None:
    made.small_rf2(tmp_path / "in")
    edit(tmp_path / "in", file, change)
    error = refused("snomed", tmp_path / "in", tmp_path / "out")
    assert (error.code, told in error.message) == (code, True), error.message


@pytest.mark.parametrize("kind", ["Concept", "Description", "Relationship"])
def test_snapshot_without_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    made.small_rf2(tmp_path / "in")
    (path,) = (tmp_path / "in").rglob(f"sct2_{kind}_*")
    path.unlink()
    error = refused("snomed", tmp_path / "in", tmp_path / "out")
    assert f"holds no sct2_{kind}" in error.message
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused("snomed", empty, tmp_path / "out").code == "INP051"


def test_dmd_links_products_and_keeps_what_was_replaced(tmp_path: Path) -> None:
    made.dmd(tmp_path / "in")
    found = system("dmd", tmp_path / "in", tmp_path / "out")
    assert found.version == "2026-04-01"
    assert found.is_below(made.AMP, made.VTM)
    assert found.is_below(made.AMPP, made.VMPP)
    assert not found.is_below(made.VMPP, made.VMP)  # a pack is no kind of its product
    old = found.find(made.OLD_VMP)
    assert old is not None
    assert not old.is_active
    new = [p.value for p in found.properties(made.OLD_VMP) if p.name == "replacedBy"]
    assert new == [made.VMP]
    invalid = found.find(made.OLD_AMP)
    assert invalid is not None
    assert not invalid.is_active
    brand = found.find(made.AMP)
    assert brand is not None
    assert (brand.kind, brand.display) == ("AMP", "Fictanol 50mg tablets (Made Up Pharma Ltd)")
    kinds = {c.code: c.kind for c in found.every()}
    assert kinds[made.TABLET] == "UNIT_OF_MEASURE"
    assert kinds[made.SUPPLIER] == "SUPPLIER"


def replacing(name: str, old: str, new: str) -> dict[str, str]:
    files = made.dmd_files()
    assert old in files[name]
    return {**files, name: files[name].replace(old, new)}


@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        (replacing("vmp", f"<VTMID>{made.VTM}", f"<VTMID>{made.code(9)}"), "KNO009", "links"),
        (replacing("vmp", f"<ISID>{made.INGREDIENT}", f"<ISID>{made.code(9)}"), "KNO009", "links"),
        (replacing("vmp", f"<DFORM><VPID>{made.VMP}", "<DFORM><VPID>100"), "KNO009", "statements"),
        (replacing("amp", "</AMPS></ACTUAL_MEDICINAL_PRODUCTS>", ""), "INP051", "cut off"),
        (replacing("vtm", "VIRTUAL_THERAPEUTIC_MOIETIES", "OTHER"), "INP051", "its root is OTHER"),
        (replacing("vtm", f"<VTMID>{made.VTM}", "<VTMID>x"), "INP051", "no whole number"),
        (replacing("vtm", f"<VTMID>{made.VTM}", "<VTMID>100501008"), "INP051", "check digit"),
        ({**made.dmd_files(), "vmpp": "<VIRTUAL_MED_PRODUCT_PACK/>"}, "INP051", "no record"),
    ],
)
def test_half_a_release_of_dmd_is_refused(
    tmp_path: Path, files: dict[str, str], code: str, told: str
) -> None:
    made.dmd(tmp_path / "in", files)
    error = refused("dmd", tmp_path / "in", tmp_path / "out")
    assert (error.code, told in error.message) == (code, True), error.message


def test_dmd_without_a_file_or_with_files_of_two_releases_is_refused(tmp_path: Path) -> None:
    files = made.dmd_files()
    made.dmd(tmp_path / "in", {k: v for k, v in files.items() if k != "ampp"})
    assert "f_ampp2" in refused("dmd", tmp_path / "in", tmp_path / "out").message
    made.dmd(tmp_path / "in", {"ampp": files["ampp"]}, "3020426")
    assert "different releases" in refused("dmd", tmp_path / "in", tmp_path / "out").message
    made.dmd(tmp_path / "in", {"ampp": files["ampp"]})
    assert "2 files" in refused("dmd", tmp_path / "in", tmp_path / "out").message


def test_file_that_was_changed_is_not_opened(tmp_path: Path) -> None:
    made.dmd(tmp_path / "in")
    (folder,) = run_import("dmd", tmp_path / "in", tmp_path / "out", wish("")).folders
    with (folder / "terminology.sqlite").open("ab") as file:
        file.write(b"x")
    with pytest.raises(KnowledgeError) as caught:
        open_packs({"dmd": folder})
    assert caught.value.code == "KNO003"


def test_verify_reads_the_file_of_a_release_too(tmp_path: Path) -> None:
    made.dmd(tmp_path / "in")
    (folder,) = run_import("dmd", tmp_path / "in", tmp_path / "out", wish("")).folders
    verify(tmp_path / "out")
    (folder / "terminology.sqlite").write_bytes(b"x")
    with pytest.raises(KnowledgeError):
        verify(tmp_path / "out")
