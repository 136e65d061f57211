"""Every CPIC pair of level A and A/B has a row, or its reason by name."""

import csv
from pathlib import Path

import pytest

from tools.docs import coverage


def test_six_drugs_with_a_final_guideline_have_no_row_and_say_why() -> None:
    final = [row for row in coverage.read_pairs() if row["status"] == "final"]
    without = {row["drug"] for row in final if row["reason"]}
    assert len({row["drug"] for row in final}) == 76
    assert without == {
        *("dibekacin", "neomycin", "netilmicin", "ribostamycin"),
        *("peginterferon alfa-2a", "peginterferon alfa-2b"),
    }


def test_pair_with_row_and_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [{**row, "reason": "none"} for row in coverage.read_pairs()]
    monkeypatch.setattr(coverage, "read_pairs", lambda: pairs)
    with pytest.raises(SystemExit, match="exactly where"):
        coverage.page()


def test_page_counts_pairs_and_drugs() -> None:
    assert "| final | 96 | 88 | 76 | 70 |" in coverage.page()


@pytest.mark.shared
def test_pairs_are_those_of_the_source(shared: Path) -> None:
    path = shared / "pgx" / "knowledge" / "pypgx_tables" / "cpic-table.csv"
    with path.open(encoding="utf-8", newline="") as file:
        wanted = {
            (row["Drug"], row["Gene"], row["CPICLevel"], row["CPICLevelStatus"].lower())
            for row in csv.DictReader(file)
            if row["CPICLevel"] in ("A", "A/B")
        }
    pairs = coverage.read_pairs()
    assert {(row["drug"], row["gene"], row["level"], row["status"]) for row in pairs} == wanted


@pytest.mark.shared
def test_every_later_guideline_of_the_log_is_among_the_changes(shared: Path) -> None:
    path = shared / "pgx" / "knowledge" / "cpic_change_log.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        later = {
            row["Subject"]
            for row in csv.DictReader(file, delimiter="\t")
            if row["Type of Data"] == "RECOMMENDATION" and row["Date of Change"] > "2024-03-25"
        }
    told = {name for row in coverage.read_changes() for name in row["subjects"].split("|")}
    assert later
    assert later <= told
