"""The packs in the wheel: whole, cited, and true where a fact is known by hand."""

import shutil
from pathlib import Path

import pytest

import garrod.packs as shipped
from garrod.adapters.packs.load import load_shelf, version_key
from garrod.core.errors import KnowledgeError

SHELF = load_shelf()
IUPAC = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"}


@pytest.mark.parametrize("pack", SHELF.names())
def test_every_row_cites_evidence_that_exists(pack: str) -> None:
    tables = SHELF.pack(pack).tables
    assert tables
    for table in tables:
        for row in SHELF.rows(pack, table):
            for cited in row["evidence"].split("|"):
                assert SHELF.evidence(pack, cited).source


def test_definitions_hold_all_alleles_and_positions_of_the_twenty_genes() -> None:
    twenty = [r for r in SHELF.rows("pgx-definitions", "alleles") if r["evidence"] == "definitions"]
    assert len(twenty) == 1317
    positions = SHELF.rows("pgx-definitions", "positions")
    assert sum(r["evidence"] == "definitions" for r in positions) == 1202


def test_every_defining_base_is_an_allele_of_its_position() -> None:
    known = {
        (r["gene"], r["pos38"]): {r["ref38"], *r["alts38"].split("/")}
        for r in SHELF.rows("pgx-definitions", "positions")
    }
    for row in SHELF.rows("pgx-definitions", "alleles"):
        for cell in filter(None, row["defines"].split(";")):
            pos, base = cell.split("=")
            alleles = known[row["gene"], pos]
            assert base in alleles or set(IUPAC[base]) <= alleles, (row["allele"], cell)


@pytest.mark.parametrize(
    ("rsid", "pos38", "ref38", "alts38", "pos37", "ref37"),
    [
        ("rs4244285", "94781859", "G", "A", "96541616", "G"),
        ("rs3758581", "94842866", "A", "G", "96602623", "G"),
        ("rs9923231", "31096368", "C", "T", "31107689", "C"),
        ("rs776746", "99672916", "T", "C", "99270539", "C"),
        ("rs6025", "169549811", "C", "T", "169519049", "T"),
        ("rs1801265", "97883329", "A", "G", "98348885", "G"),
    ],
)
def test_positions_known_by_hand_stand_on_both_builds(
    rsid: str, pos38: str, ref38: str, alts38: str, pos37: str, ref37: str
) -> None:
    rows = SHELF.rows("pgx-definitions", "positions")
    row = next(r for r in rows if r["rsid"] == rsid)
    fields = ("pos38", "ref38", "alts38", "pos37", "ref37", "status37")
    assert tuple(row[f] for f in fields) == (pos38, ref38, alts38, pos37, ref37, "verified")


def test_frequencies_sum_to_the_resolved_total() -> None:
    sums: dict[tuple[str, str], int] = {}
    totals: dict[tuple[str, str], int] = {}
    for row in SHELF.rows("pgx-frequencies", "frequencies"):
        key = (row["gene"], row["population"])
        sums[key] = sums.get(key, 0) + int(row["count"])
        totals[key] = int(row["total"])
    assert sums == totals
    assert len(totals) == 9 * 6


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "packs"
    shutil.copytree(Path(shipped.__path__[0]), root)
    table = next(root.glob("pgx-frequencies/*/frequencies.csv"))
    table.write_bytes(table.read_bytes().replace(b"*1,", b"*9,", 1))
    with pytest.raises(KnowledgeError) as raised:
        load_shelf([root])
    assert raised.value.code == "KNO003"


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "p" / "1.0"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text("name = ")
    with pytest.raises(KnowledgeError, match=r"pack\.toml"):
        load_shelf([tmp_path])


def test_versions_sort_as_numbers() -> None:
    assert version_key("2025.11.5") < version_key("2025.11.10")
