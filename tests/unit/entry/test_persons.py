"""A person for a command: medicine lists as people save them, results of genes not known here."""

from pathlib import Path

import pytest

from garrod.adapters.fhir.person import Read
from garrod.core.errors import InputError
from garrod.core.person import Person
from garrod.entry.cli.persons import person_from, without_genome
from garrod.entry.wire import Services
from garrod.science.pgx.outside import OutsideRow


@pytest.mark.parametrize(
    "written",
    [b"\xef\xbb\xbf# list\nPlavix\ncodeine", b"  # list\r\nPlavix\r\n\r\n  codeine  \r\n"],
    ids=["byte order mark", "CRLF, blanks"],
)
def test_medicine_list_is_read_as_editors_save_it(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(written)
    lines = person_from(path, sex="").person.medicines
    assert [line.text for line in lines] == ["Plavix", "codeine"]


def test_medicine_list_is_read_with_route_and_daily_dose(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("clopidogrel 75 mg od\nOramorph by mouth prn\n")
    lines = person_from(path, sex="").person.medicines
    assert [(line.route, line.daily_mg) for line in lines] == [("", 75), ("oral", None)]


@pytest.mark.parametrize("written", [b"caf\xe9 Plavix", "Plavix".encode("utf-16")])
def test_medicine_list_in_another_encoding_is_refused_without_its_words(
    tmp_path: Path, written: bytes
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(written)
    with pytest.raises(InputError) as raised:
        person_from(path, sex="")
    assert raised.value.code == "INP030"
    assert "save it as UTF-8" in raised.value.message
    assert "Plavix" not in raised.value.message


def test_medicine_list_with_an_endless_line_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"Plavix\n{'x' * 5000}\n")
    with pytest.raises(InputError, match="line 2 has 5000 characters"):
        person_from(path, sex="")


def test_result_of_an_unknown_gene_is_said_and_hides_no_other() -> None:
    rows = tuple(OutsideRow(gene, "*2/*2", line=1) for gene in ("BRCA1", "cyp2c19"))
    person = without_genome(Services(), Read(Person("Patient/1"), rows), ())
    assert [f.gene for f in person.findings] == ["CYP2C19"]
    assert "BRCA1" in person.notes[0]
