"""A profile is read whole, or refused in words that name the place."""

from pathlib import Path

import pytest

from garrod.adapters.world import load_profile
from garrod.adapters.world.chance import Odds
from garrod.adapters.world.load import SHIPPED
from garrod.core.errors import InputError
from tests.unit.world.small_world import profile, shelf

TEXT = SHIPPED.read_text(encoding="utf-8")
BROKEN = [
    ("female = 0.51", "female = 1.51", "sex.female: expected a number from 0 to 1"),
    ("female = 0.51", 'female = "half"', "sex.female: expected a number"),
    ("female = 0.51", "female = true", "sex.female: expected a number"),
    ("female = 0.51", "femail = 0.51", "sex.female: is missing"),
    ("female = 0.51", "female = 0.51\nmale = 0.49", "sex: has 'male', which nothing reads"),
    ("practices = 100", "practices = 5", "places.practices: expected a whole number"),
    ('letter = "B"', 'letter = "I"', "letter: expected one of"),
    ('"EUR EUR" },\n  { letter = "B"', '"EUR" },\n  { letter = "B"', "ancestry: expected two"),
    ('snomed = "38341003"', 'snomed = "38341004"', "condition[0].snomed: Snomed"),
    ('icd10 = "I10"', 'icd10 = "10"', "condition[0].icd10: Icd10"),
    ("tests = { bp = 2.0,", "tests = { bpm = 2.0,", "no panel 'bpm'"),
    ("choices = { amlodipine = 1.0 }", "choices = { amlodipin = 1.0 }", "is there for amlodipin"),
    ("choices = { amlodipine = 1.0 }", "choices = { amlodipine = 0 }", "weights of which one"),
    ("choices = { amlodipine = 1.0 }", "choices = 1", "expected names with numbers"),
    ("times = 1.3", "times = 3.1", "expected shares that sum to 1 and times of mean 1"),
    ('key = "stroke"', 'key = "tia"', "tia stand there more than once"),
    ("years_taken = [0, 12]", "years_taken = [12, 0]", "the smaller number first"),
    ("28 = 0.62", "many = 0.62", "expected numbers of days"),
    ('use = ["CYP2B6"', 'use = ["CYP9Z9"', "has no counts of CYP9Z9"),
    ("EUR = { \"rs9923231 variant (T)\" = 0.39 }", "EUR = { \"x\" = 1.39 }", "more than 1"),
    ("EUR = { \"rs9923231 variant (T)\" = 0.39 }", "", "is missing"),
    ('genes = ["DPYD"]', 'genes = ["DPYB"]', "knows no DPYB"),
    ('unit = "[iU]"', 'unit = "IU"', "expected a unit of"),
    ("strengths = [5, 10]", "strengths = [10, 5]", "expected ascending numbers"),
    ('atc = "M05BA04"', 'atc = "5BA04"', "alendronic acid.atc: Atc"),
    ('[medicine."simvastatin"]', '[medicine."simvastatim"]', "has no code here"),
    ('results = ["hba1c"]', 'results = ["hba1d"]', "no [result] table for hba1d"),
    ('type = "intolerance", severe', 'type = "dislike", severe', "expected allergy or intolerance"),
    ("reactions = { cough = 1.0 }", "reactions = { cogh = 1.0 }", "no code is there for cogh"),
    ('given = ["prednisolone"]', 'given = ["prednisolon"]', "is there for prednisolon"),
    ("least = 5", "least = 0", "polypharmacy[0].least: expected a whole number from 1"),
    ('form = "gel"', 'form = "jelly"', "a form of"),
    ("missed_share = 0.12", "missed_share = 12", "tests.missed_share: expected a number"),
    ("starts = [0, 5, 10,", "starts = [0, 10, 5,", "ages in ascending order"),
]  # fmt: skip


def test_shipped_profile_is_read() -> None:
    assert len(profile().conditions) > 30
    assert {"DPYD", "CYP2C19", "HLA-B"} <= set(profile().strands)


def test_every_table_of_the_shipped_profile_has_a_source() -> None:
    assert TEXT.count("source = ") > 60


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_fault_is_named_by_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in TEXT
    file = tmp_path / "mine.toml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(shelf(), file)
    assert said in caught.value.message
    assert str(file) in caught.value.message
    assert caught.value.code == "INP050"


def test_table_without_a_source_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    head, _, rest = TEXT.partition("[sex]\n")
    file.write_text(f"{head}[sex]\n{rest.partition(chr(10))[2]}", encoding="utf-8")
    with pytest.raises(InputError, match="sex: names no source"):
        load_profile(shelf(), file)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"title = ", b""])
def test_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(InputError):
        load_profile(shelf(), file)


def test_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_profile(shelf(), tmp_path / "none.toml")


def test_odds_choose_by_weight() -> None:
    odds = Odds.of({"a": 3.0, "b": 0.0, "c": 1.0})
    assert [odds.at(u) for u in (0.0, 0.74, 0.75, 0.999)] == ["a", "a", "c", "c"]
