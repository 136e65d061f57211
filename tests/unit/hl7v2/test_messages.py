"""HL7 v2 results: what is read, what stands, what is refused. All patients are synthetic."""

from pathlib import Path

import pytest

from garrod.adapters.outside.read import read_results
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow

MSH = r"MSH|^~\&|LIS|SYNTHLAB|EHR|H|{time}||ORU^R01^ORU_R01|1|P|2.5.1"
PID = "PID|1||SYN-77^^^H^MR||Synthetic^Person||19700101|F"
OBR = "OBR|1|P1|F1|51969-4^Genetic report^LN|||20260101|||||||||||||||20260102|||F"
TEST_NAMES = {
    "gene": "CWE|48018-6^Gene studied [ID]^LN",
    "geno": "ST|84413-4^Genotype display name^LN",
    "pheno": "CWE|53040-2^Genetic variation's effect on drug metabolism^LN",
    "2c9": "CWE|79716-7^CYP2C9 gene product metabolic activity interpretation^LN",
    "score": "NM|X1^CYP2D6 activity score^L",
}


def obx(what: str, value: str, *, sub: str = "1", status: str = "F", unit: str = "") -> str:
    return f"OBX|1|{TEST_NAMES.get(what, what)}|{sub}|{value}|{unit}||A|||{status}"


def message(*lines: str, time: str = "20260102", pid: str = PID, obr: str = OBR) -> str:
    return "\r".join((MSH.replace("{time}", time), pid, obr, *lines)) + "\r"


def read(tmp_path: Path, text: str | bytes, sample: str | None = None) -> tuple[OutsideRow, ...]:
    path = tmp_path / "result.hl7"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_results(path, sample=sample)


def cells(rows: tuple[OutsideRow, ...]) -> list[tuple[str, str, str, str]]:
    return [(r.gene, r.diplotype, r.phenotype, r.activity_score) for r in rows]


PGX = (
    obx("gene", "HGNC:2621^CYP2C19^HGNC"),
    obx("geno", "CYP2C19*2/*17"),
    obx("pheno", "LA10317-8^Intermediate metabolizer^LN"),
    obx("gene", "2623", sub="2"),
    obx("geno", "*1/*3", sub="2"),
)


@pytest.mark.parametrize("ends", ["\r", "\n", "\r\n"])
def test_groups_give_a_row_for_each_gene_whatever_ends_the_lines(tmp_path: Path, ends: str) -> None:
    rows = read(tmp_path, message(*PGX).replace("\r", ends))
    assert cells(rows) == [
        ("CYP2C19", "CYP2C19*2/*17", "Intermediate Metabolizer", ""),
        ("CYP2C9", "*1/*3", "", ""),
    ]
    assert (rows[0].source, rows[0].line, rows[0].is_optional) == ("SYNTHLAB", 5, True)


def test_frame_of_mllp_and_envelope_of_a_batch_are_taken_off(tmp_path: Path) -> None:
    framed = f"FHS|^~\\&\rBHS|^~\\&\r\x0b{message(*PGX)}\x1c\rBTS|1\rFTS|1\r"
    assert len(read(tmp_path, framed)) == 2


def test_batch_that_lost_a_message_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutsideCallError, match="says 2 messages, 1 are there"):
        read(tmp_path, f"BHS|^~\\&\r{message(*PGX)}BTS|2\r")


def test_delimiters_are_those_of_the_header(tmp_path: Path) -> None:
    table = str.maketrans({"|": "#", "^": "!", "~": "%", "\\": "?", "&": "$"})
    assert len(read(tmp_path, message(*PGX).translate(table))) == 2


def test_one_sub_id_for_all_genes_is_read_in_order(tmp_path: Path) -> None:
    lines = (obx("gene", "CYP2C19"), obx("geno", "*1/*2"), obx("gene", "TPMT"))
    rows = read(tmp_path, message(*lines, obx("geno", "*1/*3A")))
    assert cells(rows) == [("CYP2C19", "*1/*2", "", ""), ("TPMT", "*1/*3A", "", "")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (obx("2c9", "LA9657-3", sub=""), ("CYP2C9", "", "Poor Metabolizer", "")),
        (obx("CE|79715-9^CYP2D6 metabolic activity^LN", "^PM^L"), ("CYP2D6", "", "PM", "")),
        (obx("TX|CYPD^CYP2D6 genotype^L", "*1/*4"), ("CYP2D6", "*1/*4", "", "")),
        (obx("TX|CYPD^CYP2D6 DNA phenotype^L", "poor~metabolizer"), None),
        (obx("score", "1.25"), ("CYP2D6", "", "", "1.25")),
        (obx("score", "1.25", unit="{score}"), ("CYP2D6", "", "", "1.25")),
        (obx("score", "1.0", unit="mg"), ("CYP2D6", "", "", "1.0 mg")),
        (
            obx("SN|1^CYP2D6 activity score^L", "^1^.^5"),
            ("CYP2D6", "", "", "1.5"),
        ),
        (
            obx("CWE|50956-2^HLA-B*57:01 [Presence]^LN", "LA9633-4^Present^LN"),
            ("HLA-B", "", "*57:01 positive", ""),
        ),
        (obx("ST|84413-4^Genotype^LN", r"CYP2C19\X2A\2/\X2A\2"), ("CYP2C19", "*2/*2", "", "")),
        (obx("ST|84413-4^Genotype^LN", "HLA-B*57:01/*07:02"), ("HLA-B", "", "", "")),
    ],
)
def test_shapes_of_the_field_are_read(
    tmp_path: Path, line: str, expected: tuple[str, str, str, str] | None
) -> None:
    (row, *_) = read(tmp_path, message(line))
    if expected is None:
        assert (row.gene, row.phenotype) == ("CYP2D6", "poor")
    elif row.diplotype and not expected[1]:
        assert row.gene == expected[0]
    else:
        assert cells((row,))[0] == expected or row.diplotype.endswith(expected[1])


@pytest.mark.parametrize("status", ["X", "D", "W", "I", "S", "?"])
def test_status_that_is_not_usable_is_no_call_and_said(tmp_path: Path, status: str) -> None:
    (row,) = read(tmp_path, message(obx("geno", "CYP2C19*2/*2", status=status)))
    assert (row.diplotype, "not used" in row.note) == ("", True)
    assert ("is pending" in row.note) == (status == "I")


def test_status_left_out_is_the_order_s(tmp_path: Path) -> None:
    line = obx("geno", "CYP2C19*2/*2", status="")
    assert read(tmp_path, message(line + "|"))[0].diplotype
    assert not read(tmp_path, message(line, obr=OBR[:-1] + "I"))[0].diplotype


def test_correction_replaces_and_says_so(tmp_path: Path) -> None:
    lines = (obx("geno", "CYP2C19*1/*1"), obx("geno", "CYP2C19*2/*2", status="C"))
    (row,) = read(tmp_path, message(*lines))
    assert row.diplotype == "CYP2C19*2/*2"
    assert "line 5 replaces that on line 4: it is corrected" in row.note


@pytest.mark.parametrize(
    ("first", "second", "times", "why"),
    [
        ("P", "F", ("20260102", "20260102"), "it is final"),
        ("F", "F", ("20260102", "20260202"), "newer"),
        ("F", "F", ("20260102", "20260102"), ""),
    ],
)
def test_later_message_of_one_laboratory(
    tmp_path: Path, first: str, second: str, times: tuple[str, str], why: str
) -> None:
    one = message(obx("geno", "CYP2C19*1/*1", status=first), time=times[0])
    two = message(obx("geno", "CYP2C19*2/*2", status=second), time=times[1])
    rows = read(tmp_path, one + two)
    assert len(rows) == (1 if why else 2)
    assert why in rows[-1].note
    assert rows[-1].diplotype == "CYP2C19*2/*2"


def test_older_message_that_comes_later_replaces_nothing(tmp_path: Path) -> None:
    one = message(obx("geno", "CYP2C19*2/*2"), time="20260202")
    two = message(obx("geno", "CYP2C19*1/*1"), time="20260102")
    (row,) = read(tmp_path, one + two)
    assert row.diplotype == "CYP2C19*2/*2"


def test_two_laboratories_stand_side_by_side(tmp_path: Path) -> None:
    one = message(obx("geno", "CYP2C19*1/*1"))
    two = one.replace("SYNTHLAB", "OTHERLAB").replace("F1", "F2").replace("*1/*1", "*2/*2")
    assert [r.source for r in read(tmp_path, one + two)] == ["SYNTHLAB", "OTHERLAB"]


def test_withdrawn_result_is_gone(tmp_path: Path) -> None:
    one = message(obx("geno", "CYP2C19*2/*2"))
    two = message(obx("geno", "CYP2C19*2/*2", status="W"), time="20260301")
    (row,) = read(tmp_path, one + two)
    assert (row.diplotype, "withdrawn as wrong" in row.note) == ("", True)


def test_code_and_words_that_differ_are_not_used(tmp_path: Path) -> None:
    (row,) = read(tmp_path, message(obx("2c9", "LA9657-3^Normal metabolizer^LN", sub="")))
    assert (row.phenotype, "worded otherwise" in row.note) == ("", True)


def test_possibilities_are_rows(tmp_path: Path) -> None:
    named = obx("gene", "CYP2D6")
    geno = obx("geno", "CYP2D6*1/*4 or *2/*4")
    rows = read(tmp_path, message(named, geno, obx("pheno", "^IM")))
    assert [(r.diplotype, r.phenotype) for r in rows] == [("CYP2D6*1/*4", ""), ("*2/*4", "")]


PDF = "OBX|9|ED|PDF^Report^L||^application^pdf^Base64^JVBERi0||||||F"


def test_document_is_said_to_be_no_result(tmp_path: Path) -> None:
    with pytest.raises(OutsideCallError, match="document on line 4 cannot be computed on") as error:
        read(tmp_path, message(PDF))
    assert error.value.code == "OUT001"
    (row,) = read(tmp_path, message(obx("geno", "CYP2C19*2/*2"), PDF))
    assert "document that cannot be computed on" in row.note


def test_several_patients_need_one_named_and_none_is_shown(tmp_path: Path) -> None:
    other = message(obx("geno", "CYP2C19*1/*1")).replace("SYN-77", "SYN-88")
    text = message(*PGX) + other
    with pytest.raises(OutsideCallError, match="2 patients; name") as error:
        read(tmp_path, text)
    assert (error.value.code, "SYN" in str(error.value)) == ("OUT004", False)
    assert read(tmp_path, text, "SYN-88")[0].diplotype == "CYP2C19*1/*1"
    with pytest.raises(OutsideCallError, match="none of them"):
        read(tmp_path, text, "SYN-99")
    note = read(tmp_path, message(*PGX), "NA12878")[0].note
    assert ("one person's?" in note, "SYN" in note) == (True, False)


def test_two_patients_in_one_message_are_apart(tmp_path: Path) -> None:
    two = (PID.replace("77", "88"), OBR, obx("geno", "CYP2C19*1/*1"))
    rows = read(tmp_path, message(*PGX, *two), "SYN-88")
    assert cells(rows) == [("CYP2C19", "CYP2C19*1/*1", "", "")]


BAD = {
    "type": (message(*PGX).replace("ORU^R01", "ADT^A08"), "MSH on line 1 is of type ADT.A08"),
    "no type": (message(*PGX).replace("ORU^R01^ORU_R01", ""), "names no type"),
    "delimiters": (message(*PGX).replace("^~\\&", "^^^^"), "MSH on line 1 does not name its"),
    "other sign": (message(*PGX).replace("OBX|1|ST", "OBX;1;ST"), "OBX on line 5 is not followed"),
    "cut": (message(*PGX)[:-14], "OBX on line 8 ends after field"),
    "cut early": (message("OBX|1|ST"), "OBX on line 4 ends before it says what"),
    "broken": (message(obx("geno", "CYP2C19*1\r/*1")), "line 5, after OBX on line 4"),
    "headless": (message(*PGX)[message(*PGX).index("PID") :], "PID on line 1 stands before any"),
    "no id": (message(*PGX, pid="PID|1"), "PID on line 2 ends before the patient's"),
    "no pid": (message(*PGX) + message(*PGX).replace(PID + "\r", ""), "without a patient"),
    "value type": (message(obx("XX|84413-4^G^LN", "CYP2C19*1/*1")), "line 4 has a type of value"),
    "no gene": (message(obx("geno", "*1/*2")), "line 4 states a genotype and names no gene"),
    "loud words": (message(obx("pheno", "^POOR METABOLIZER")), "a phenotype and names no gene"),
    "two genes": (
        message(obx("gene", "TPMT"), obx("TX|1^CYP2D6 genotype^L", "*1/*4")),
        "line 5 names CYP2D6, its group .OBX-4. studies TPMT",
    ),
    "charset": (
        message(*PGX).replace("Person", "Pers\xf6n").replace("2.5.1", "2.5.1||||||UTF-8")
        .encode("latin-1"),
        "names a character set",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_with_segment_and_line(tmp_path: Path, name: str) -> None:
    text, expected = BAD[name]
    with pytest.raises(OutsideCallError, match=expected) as error:
        read(tmp_path, text)
    assert error.value.code == "OUT003"
    assert not any(word in str(error.value) for word in ("SYN-", "Synthetic", "1970"))


@pytest.mark.parametrize("charset", ["", "8859/1", "8859/15"])
def test_other_character_sets_are_read(tmp_path: Path, charset: str) -> None:
    text = message(*PGX).replace("Person", "Pers\xf6n").replace("2.5.1", f"2.5.1||||||{charset}")
    assert len(read(tmp_path, text.encode("latin-1"))) == 2


def test_genotype_of_a_virus_is_left_alone(tmp_path: Path) -> None:
    virus = obx("TX|5^Hepatitis C virus genotype^L", "1a", sub="")
    assert len(read(tmp_path, message(virus, *PGX))) == 2
