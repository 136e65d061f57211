"""HL7 v2 results: observations, statuses, corrections, and what is wrong with a message."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrod.adapters.outside.read import read_results
from garrod.core.errors import GarrodError, OutsideCallError

HEAD = "MSH|^~\\&|LIS|SYNTHETIC LAB|EHR|SITE|20261101120000||ORU^R01^ORU_R01|1|T|2.5.1"
PID = "PID|1||SYN-1^^^SITE||TESTPERSON^SYNTHETIC"
OBR = "OBR|1|ORD1|FIL1|PGX^Pharmacogene panel|||20261031"
GENE = "OBX|1|CWE|48018-6^Gene studied^LN|1a|HGNC:2625^CYP2D6^HGNC||||||F"
TYPE = "OBX|2|ST|84413-4^Genotype display name^LN|1a|*4/*4||||||F"
PHENO = "OBX|3|CWE|53040-2^Effect on drug metabolism^LN|1a|LA9657-3^Poor metabolizer^LN||||||F"


def written(tmp_path: Path, *lines: str, ending: str = "\r") -> Path:
    path = tmp_path / "result.hl7"
    path.write_bytes(ending.join(lines).encode())
    return path


def error_of(path: Path, **more: str) -> OutsideCallError:
    with pytest.raises(OutsideCallError) as raised:
        read_results(path, **more)  # type: ignore[arg-type]
    assert "TESTPERSON" not in raised.value.message
    assert "SYN-1" not in raised.value.message
    return raised.value


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n"])
def test_genotype_and_phenotype_of_a_group_are_one_row(tmp_path: Path, ending: str) -> None:
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, GENE, TYPE, PHENO, ending=ending))
    assert (row.gene, row.diplotype) == ("CYP2D6", "*4/*4")
    assert row.phenotype.lower().startswith("poor")
    assert row.source == "SYNTHETIC LAB"


def test_gene_may_be_named_in_the_observation(tmp_path: Path) -> None:
    obx = "OBX|1|ST|X1^CYP2C19 phenotype^L||Intermediate metaboliser||||||F"
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, obx))
    assert (row.gene, row.phenotype) == ("CYP2C19", "Intermediate metaboliser")


def test_hla_allele_found_or_not_is_a_status(tmp_path: Path) -> None:
    obx = "OBX|1|ST|50956-2^HLA-B*57:01 [Presence]^LN||Not detected||||||F"
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, obx))
    assert (row.gene, row.phenotype) == ("HLA-B", "*57:01 negative")


def test_correction_replaces_and_is_said(tmp_path: Path) -> None:
    fixed = "OBX|4|ST|84413-4^Genotype display name^LN|1a|*1/*4||||||C"
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, GENE, TYPE, fixed))
    assert row.diplotype == "*1/*4"
    assert "it is corrected" in row.note


@pytest.mark.parametrize(("status", "words"), [("X", "could not be obtained"), ("I", "is pending")])
def test_status_that_is_no_result_is_no_call_with_its_reason(
    tmp_path: Path, status: str, words: str
) -> None:
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, GENE, TYPE[:-1] + status))
    assert row.diplotype == ""
    assert words in row.note


def test_two_laboratories_stay_side_by_side(tmp_path: Path) -> None:
    other = HEAD.replace("SYNTHETIC LAB", "OTHER LAB")
    lines = (HEAD, PID, OBR, GENE, TYPE, other, PID, OBR, GENE, TYPE.replace("*4/*4", "*1/*1"))
    rows = read_results(written(tmp_path, *lines))
    assert {(r.source, r.diplotype) for r in rows} == {
        ("SYNTHETIC LAB", "*4/*4"), ("OTHER LAB", "*1/*1")
    }  # fmt: skip


def test_several_patients_need_a_choice_and_no_identifier_is_shown(tmp_path: Path) -> None:
    second = PID.replace("SYN-1", "SYN-2")
    path = written(tmp_path, HEAD, PID, OBR, GENE, TYPE, HEAD, second, OBR, GENE, TYPE)
    assert error_of(path).code == "OUT004"
    (row,) = read_results(path, sample="SYN-2")
    assert row.diplotype == "*4/*4"


def test_document_alone_cannot_be_computed_on(tmp_path: Path) -> None:
    paper = "OBX|1|ED|PDF^Report^L||^AP^^Base64^JVBERi0=||||||F"
    assert "cannot be computed on" in error_of(written(tmp_path, HEAD, PID, OBR, paper)).message


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((HEAD.replace("ORU^R01^ORU_R01", "ADT^A01"), PID), "is of type ADT^A01"),
        ((PID, OBR, GENE), "before any MSH"),
        ((HEAD, PID, OBR, "OBX|1|ST|84413-4^Genotype^LN|1a|*4/*4"), "before its status"),
        (("MSH|^^\\&|LIS", PID), "does not name its delimiters"),
        ((HEAD, PID, "OBR*1"), "is not followed by '|'"),
        ((HEAD, PID, OBR, "rest of a line"), "begins no HL7 segment"),
        ((HEAD, PID, OBR, TYPE.replace("|1a|", "||")), "names no gene"),
    ],
)
def test_broken_message_names_segment_and_line(
    tmp_path: Path, lines: tuple[str, ...], words: str
) -> None:
    error = error_of(written(tmp_path, *lines))
    assert (error.code, words in error.message) == ("OUT003", True), error.message


def test_batch_that_lost_a_message_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "FHS|^~\\&", "BHS|^~\\&", HEAD, PID, OBR, GENE, TYPE, "BTS|2", "FTS|1")
    assert "says 2 messages, 1 are there" in error_of(path).message


def test_score_with_a_unit_is_not_understood_as_a_number(tmp_path: Path) -> None:
    score = "OBX|3|NM|S^CYP2D6 activity score^L||1.0|mg|||||F"
    (row,) = read_results(written(tmp_path, HEAD, PID, OBR, score))
    assert row.activity_score == "1.0 mg"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_altered_message_ends_in_rows_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    text = "\r".join((HEAD, PID, OBR, GENE, TYPE, PHENO))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    put = data.draw(st.text(max_size=8))
    path = tmp_path / "altered.hl7"
    path.write_bytes((text[:start] + put + text[end:]).encode("utf-8", "surrogatepass"))
    with suppress(GarrodError):  # any other exception fails
        read_results(path)
