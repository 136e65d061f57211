"""Every code is checked when it is made, and says what was expected when it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.core import identifiers as ids
from garrod.core.errors import CodeError

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ids.NhsNumber, "9434765919"),
        (ids.NhsNumber, "9000000009"),
        (ids.Snomed, "22298006"),
        (ids.Snomed, "108979001"),
        (ids.Dmd, "108979001"),
        (ids.Icd10, "I63.9"),
        (ids.Icd10, "G45"),
        (ids.Icd10, "M05.30"),
        (ids.Hgvs, "NC_000010.11:g.94781859G>A"),
        (ids.Hgvs, "NM_000769.4(CYP2C19):c.681G>A"),
        (ids.Hgvs, "ENST00000371321.9:c.681="),
        (ids.Hgvs, "LRG_584t1:c.681G>A"),
        (ids.Hgnc, "HGNC:2621"),
        (ids.Hpo, "HP:0001250"),
        (ids.Mondo, "MONDO:0009061"),
        (ids.OdsCode, "RJ1"),
        (ids.RxNorm, "32968"),
        (ids.Atc, "B01AC04"),
        (ids.Atc, "B01"),
        (ids.Atc, "N"),
    ],
)
def test_code_of_the_right_shape_is_kept_as_written(kind: type[ids.Code], value: str) -> None:
    made = kind(value)
    assert str(made) == made.value == value
    assert made.system.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ids.NhsNumber, "9434765918"),
        (ids.NhsNumber, "943476591"),
        (ids.NhsNumber, "943 476 5919"),
        (ids.NhsNumber, "９434765919"),
        (ids.Snomed, "22298007"),
        (ids.Snomed, "022298006"),
        (ids.Snomed, "22298006\n"),
        (ids.Dmd, "108979002"),
        (ids.Vmp, ""),
        (ids.Icd10, "i63.9"),
        (ids.Icd10, "I6"),
        (ids.Hgvs, "g.94781859G>A"),
        (ids.Hgvs, "NC_000010:g.94781859G>A"),
        (ids.Hgvs, "NC_000010.11:g.94781859G>A "),
        (ids.Hgnc, "2621"),
        (ids.Hpo, "HP:1250"),
        (ids.Mondo, "OMIM:219700"),
        (ids.OdsCode, "r"),
        (ids.RxNorm, "0"),
        (ids.Atc, "B01A04"),
        (ids.Atc, "E01"),
    ],
)
def test_code_of_a_wrong_shape_or_digit_is_refused_by_name(
    kind: type[ids.Code], value: str
) -> None:
    with pytest.raises(CodeError, match=f"{kind.__name__} .*expected") as raised:
        kind(value)
    assert raised.value.code == "COD001"


def test_nhs_number_whose_check_digit_would_be_ten_is_refused() -> None:
    bodies = ("123456789", "100000000", "000000001", "100000001", "100000011", "000000005")
    sums = {b: sum(int(d) * (10 - i) for i, d in enumerate(b)) for b in bodies}
    tens = [b for b, total in sums.items() if total % 11 == 1]
    assert tens
    for body in tens:
        for digit in DIGITS:
            with pytest.raises(CodeError):
                ids.NhsNumber(body + digit)


def test_personal_identifier_is_masked_in_repr_and_in_errors() -> None:
    assert repr(ids.NhsNumber("9434765919")) == "NhsNumber(…5919)"
    with pytest.raises(CodeError) as raised:
        ids.NhsNumber("9434765918")
    assert "943476" not in raised.value.message


def test_other_codes_are_shown_whole() -> None:
    assert repr(ids.Hpo("HP:0001250")) == "Hpo('HP:0001250')"


def test_levels_of_dmd_are_distinct_though_the_number_is_the_same() -> None:
    assert ids.Vtm("108979001") != ids.Vmp("108979001")
    assert ids.Vtm("108979001") == ids.Vtm("108979001")
    assert len({ids.Vtm("108979001"), ids.Amp("108979001"), ids.Dmd("108979001")}) == 3


@pytest.mark.parametrize("text", ["943 476 5919", "943-476-5919", " 9434765919\n"])
def test_nhs_number_as_people_write_it_is_read(text: str) -> None:
    assert ids.read_nhs_number(text) == ids.NhsNumber("9434765919")


def with_check_digit(body: str, is_valid) -> str | None:  # type: ignore[no-untyped-def]
    return next((body + d for d in DIGITS if is_valid(body + d)), None)


@given(st.text(DIGITS, min_size=1, max_size=17), st.data())
def test_verhoeff_catches_every_single_digit_change(body: str, data: st.DataObject) -> None:
    number = with_check_digit(body, ids.is_verhoeff)
    assert number is not None
    place = data.draw(st.integers(0, len(number) - 1))
    for digit in set(DIGITS) - {number[place]}:
        assert not ids.is_verhoeff(number[:place] + digit + number[place + 1 :])


@given(st.text(DIGITS, min_size=1, max_size=17))
def test_verhoeff_catches_every_adjacent_transposition(body: str) -> None:
    number = with_check_digit(body, ids.is_verhoeff)
    assert number is not None
    for i in range(len(number) - 1):
        swapped = number[:i] + number[i + 1] + number[i] + number[i + 2 :]
        assert swapped == number or not ids.is_verhoeff(swapped)


@given(st.text(DIGITS, min_size=9, max_size=9))
def test_mod11_catches_single_changes_and_adjacent_transpositions(body: str) -> None:
    number = with_check_digit(body, ids.is_mod11)
    if number is None:  # the check digit would be ten: such numbers are not issued
        return
    changed = {
        number[:i] + d + number[i + 1 :] for i in range(10) for d in DIGITS if d != number[i]
    }
    swapped = {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(9)}
    assert not any(ids.is_mod11(n) for n in (changed | swapped) - {number})
