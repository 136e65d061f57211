"""A file of results is told by what it holds, and speaks of one person."""

import gzip
import shutil
from pathlib import Path

import pytest

from garrod.adapters.outside import content
from garrod.adapters.outside.read import read_results
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from tests.making.results import DATA, METADATA, examples, pypgx_archive

ONE = "SYNTHETIC-1"
STARPHASE = "pb-StarPhase 1.4.0-synthetic"
DRAGEN = "DRAGEN 4.3.6"
CAT = "PharmCAT, data 2025-11-05-00-25"
# file, sample -> (gene, diplotype, phenotype, activity score, source) of each row
EXPECTED = {
    ("cyrius.tsv", ONE): [("CYP2D6", "*1/*4", "", "", "Cyrius")],
    ("cyrius.tsv", "SYNTHETIC-2"): [
        ("CYP2D6", "*1/*46", "", "", "Cyrius"),
        ("CYP2D6", "*43/*45", "", "", "Cyrius"),
    ],
    ("cyrius.tsv", "SYNTHETIC-3"): [("CYP2D6", "", "", "", "Cyrius")],
    ("cyrius.tsv", "SYNTHETIC-4"): [
        ("CYP2D6", "*1/*2+*68", "", "", "Cyrius"),
        ("CYP2D6", "*1+*68/*2", "", "", "Cyrius"),
        ("CYP2D6", "*1+*2/*68", "", "", "Cyrius"),
    ],
    ("cyrius.tsv", "SYNTHETIC-5"): [("CYP2D6", "", "", "", "Cyrius")],
    ("cyrius.tsv", "SYNTHETIC-6"): [
        ("CYP2D6", "*1/*1x3", "", "", "Cyrius"),
        ("CYP2D6", "*1x2/*1x2", "", "", "Cyrius"),
    ],
    ("cyrius.json", None): [("CYP2D6", "*1/*2x2", "", "", "Cyrius")],
    ("solutions.aldy", None): [
        ("CYP2D6", "*1/*4+*4.021", "", "", "Aldy"),
        ("CYP2D6", "*1/*10", "", "", "Aldy"),
    ],
    ("aldy.vcf", None): [("CYP2C19", "*1/*2", "", "", "Aldy 4.4")],
    ("stellarpgx.alleles", ONE): [
        ("CYP2D6", "*4/*10", "Intermediate metaboliser", "0.25", "StellarPGx")
    ],
    ("results.zip", ONE): [("CYP2D6", "*1/*4", "Intermediate Metabolizer", "", "PyPGx")],
    ("results.zip", "SYNTHETIC-2"): [("CYP2D6", "", "", "", "PyPGx")],
    ("dragen.targeted.json", None): [
        ("CYP2C9", "*1/*3", "Intermediate Metabolizer", "", DRAGEN),
        ("UGT1A1", "*1/*80+*28", "", "", DRAGEN),
        ("UGT1A1", "*28/*80", "", "", DRAGEN),
        ("G6PD", "B (reference)/B (reference)", "Normal", "", DRAGEN),
        ("NUDT15", "", "", "", DRAGEN),
        ("BCHE", "reference/reference", "None", "", DRAGEN),
        ("CYP2D6", "*1/*4", "Intermediate Metabolizer", "", DRAGEN),
        ("CYP2B6", "", "", "", DRAGEN),
    ],
    ("starphase.json", None): [
        ("CYP2C19", "*1/*2", "", "", STARPHASE),
        ("CYP2D6", "*4.001 + *68/*1.001", "", "", STARPHASE),
        ("CYP2B6", "*1/*6", "", "", STARPHASE),
        ("CYP2B6", "*4/*9", "", "", STARPHASE),
        ("TPMT", "", "", "", STARPHASE),
        ("HLA-B", "57:01:01:01/07:02:01:01", "", "", STARPHASE),
        ("HLA-DRB1", "15:01:01:01/03:01:01:01", "", "", STARPHASE),
    ],
    ("pharmcat.v3.phenotype.json", ONE): [
        ("CYP2C19", "*1/*2", "Intermediate Metabolizer", "", CAT),
        ("CYP2C19", "*2/*38", "Intermediate Metabolizer", "", CAT),
        ("CYP2D6", "", "Poor Metabolizer", "0.0", CAT),
        ("DPYD", "c.1905+1G>A (*2A)/c.85T>C (*9A)", "Intermediate Metabolizer", "1.0", CAT),
        ("G6PD", "B (reference)", "Normal", "", CAT),
        ("HLA-B", "*07:02/*57:01", "*15:02 negative;*57:01 positive;*58:01 negative", "",
         "PharmCAT"),
    ],
    ("pharmcat.v2.report.json", None): [
        ("CYP2C9", "*1/*3", "Intermediate Metabolizer", "1.0", "PharmCAT 2.9.0")
    ],
    ("pharmcat.match.json", None): [
        ("CYP2C19", "*1/*2", "", "", "PharmCAT, data v1.31.0"),
        ("DPYD", "", "", "", "PharmCAT, data v1.31.0"),
    ],
    ("panel.csv", ONE): [
        ("CYP2D6", "*1/*10", "Normal Metabolizer", "1.25", "laboratory"),
        ("CYP2C19", "*1/*17", "Rapid Metaboliser", "", "laboratory"),
        ("CYP2C9", "", "", "", "laboratory"),
        ("COMT", "Val/Met", "", "", "laboratory"),
    ],
    ("panel.csv", "SYNTHETIC-2"): [
        ("CYP2D6", "*4/*4", "Poor Metabolizer", "0", "laboratory")
    ],
}  # fmt: skip


def written(folder: Path, text: str | bytes, name: str = "results.any") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path, sample: str | None = None) -> OutsideCallError:
    with pytest.raises(OutsideCallError) as raised:
        read_results(path, sample=sample)
    return raised.value


def told(rows: tuple[OutsideRow, ...]) -> list[tuple[str, ...]]:
    return [(r.gene, r.diplotype, r.phenotype, r.activity_score, r.source) for r in rows]


@pytest.mark.parametrize(("name", "sample"), EXPECTED, ids=lambda x: str(x))
def test_read_each_format_gives_its_rows(tmp_path: Path, name: str, sample: str | None) -> None:
    rows = read_results(examples(tmp_path)[name], sample=sample)
    assert told(rows) == EXPECTED[name, sample]
    assert all(r.is_optional for r in rows)
    assert all(r.diplotype or r.phenotype or r.note for r in rows)  # silence has its reason


def test_every_example_is_expected(tmp_path: Path) -> None:
    assert {name for name, _ in EXPECTED} == set(examples(tmp_path))


@pytest.mark.parametrize("name", sorted({name for name, _ in EXPECTED}))
def test_read_the_name_of_a_file_says_nothing(tmp_path: Path, name: str) -> None:
    other = Path(shutil.copy(examples(tmp_path)[name], tmp_path / "results.any"))
    sample = next(s for n, s in EXPECTED if n == name)
    assert told(read_results(other, sample=sample)) == EXPECTED[name, sample]


def test_read_packed_json_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress((DATA / "starphase.json").read_bytes())
    rows = read_results(written(tmp_path, packed))
    assert told(rows) == EXPECTED["starphase.json", None]


def test_read_plain_table_is_as_before_and_not_optional(tmp_path: Path) -> None:
    rows = read_results(written(tmp_path, "Gene\tDiplotype\nCYP2D6\t*1/*4\n"), sample="X")
    assert [(r.gene, r.diplotype, r.source, r.is_optional, r.line) for r in rows] == [
        ("CYP2D6", "*1/*4", "", False, 2)
    ]


@pytest.mark.parametrize("name", ["cyrius.tsv", "results.zip", "panel.csv"])
def test_read_several_people_and_none_chosen_is_refused(tmp_path: Path, name: str) -> None:
    error = refused(examples(tmp_path)[name])
    assert error.code == "OUT004"
    assert "SYNTHETIC-1, SYNTHETIC-2" in error.message
    assert "--sample" in error.message


def test_read_several_people_and_another_chosen_is_refused() -> None:
    error = refused(DATA / "cyrius.tsv", "SOMEBODY")
    assert (error.code, "none of them is 'SOMEBODY'" in error.message) == ("OUT004", True)
    assert "SYNTHETIC-5, …" in error.message


def test_read_one_person_of_another_name_asks_whose_it_is() -> None:
    (row,) = read_results(DATA / "cyrius.json", sample="SOMEBODY")
    assert row.note == (
        "the results name the sample SYNTHETIC-1, not SOMEBODY: are they one person's?"
    )
    dragen = read_results(DATA / "dragen.targeted.json", sample="SOMEBODY")
    assert all("are they one person's?" in r.note for r in dragen)
    assert any(r.note.startswith("DRAGEN's star-allele caller takes") for r in dragen)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("hello\n", "OUT003", "is of no format that is known here: HL7 v2 (ORU^R01), PyPGx "),
        ("", "OUT001", "holds no call"),
        ("\n# nothing\n", "OUT003", "no format"),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS\n", "OUT003", "A file of variants is given as the"),
        ('{"resourceType": "Bundle"}', "OUT003", "A FHIR resource is given as the person"),
        ('{"a": 1}', "OUT003", "no format"),
        ("[1, 2]", "OUT003", "no format"),
        ("{}", "OUT003", "no format"),
        ('{"a": ', "OUT003", "begins as JSON does and is none"),
        ("[" * 100_000, "OUT003", "begins as JSON does and is none"),
        ("CYP2D6\t*1/*4\nCYP2C19 *1/*2\n", "OUT003", "line 2 is not gene"),
        (b"CYP2D6\t*1/*\xff\n", "OUT001", "save it as UTF-8"),
        (b"PK\x03\x04 nothing", "OUT001", "cannot be unpacked"),
        (b"\x1f\x8b\x08 nothing", "OUT001", "cannot be unpacked"),
        (gzip.compress(b"CYP2D6\t*1/*4\n", mtime=0)[:-5], "OUT001", "cannot be unpacked"),
        ('{"pbstarphase_version": "1", "gene_details": {}}', "OUT001", "holds no call, though"),
    ],
)
def test_read_what_is_no_result_is_refused(
    tmp_path: Path, text: str | bytes, code: str, said: str
) -> None:
    error = refused(written(tmp_path, text))
    assert (error.code, error.exit_code) == (code, 10)
    assert said in error.message


def test_read_bad_paths_are_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none", "check the path")):
        assert said in refused(path).message
    assert "no path may hold" in refused(tmp_path / "a\0b").message


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip"])
def test_read_far_too_large_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(content, "LARGEST", 2_000)
    if kind == "zip":
        path = pypgx_archive(tmp_path / "a.zip", table="x" * 3_000)
    else:
        data = b"x" * 3_000
        path = written(tmp_path, data if kind == "plain" else gzip.compress(data))
    assert "too large" in refused(path).message


def test_read_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = pypgx_archive(tmp_path / "a.zip", metadata=METADATA)
    other = path.read_bytes().replace(b"metadata.txt", b"something.md")
    assert "no format" in refused(written(tmp_path, other)).message


def test_read_older_encodings_are_for_panels_alone(tmp_path: Path) -> None:
    panel = "gene;diplotype;phenotype\nCYP2D6;*1/*4;fréquent\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        (row,) = read_results(written(tmp_path, panel.encode(encoding)))
        assert (row.diplotype, row.phenotype) == ("*1/*4", "fréquent")
    cyrius = "Sample\tGenotype\tFilter\nÉ\t*1/*4\tPASS\n".encode("cp1252")
    assert refused(written(tmp_path, cyrius)).code == "OUT001"
