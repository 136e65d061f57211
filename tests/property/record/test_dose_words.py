"""What is written of a dose is read back as that dose; any other text is read or not, no error."""

from hypothesis import given
from hypothesis import strategies as st

from garrod.care.record.medication.dose import Dose, Step, single
from garrod.care.record.medication.dose_reading import NotRead, read_words
from garrod.care.record.medication.dose_words import words_of
from tests.property.record.doses import DOSES, STEPS

PHRASES = st.sampled_from(
    (
        *("take", "1", "2", "one", "half a", "tablet", "5 ml", "10 mg", "twice", "a day", "daily"),
        *("3 times", "every", "6", "hours", "at night", "in the morning", "after food", "prn"),
        *("for pain", "and", "then", ",", ";", "(", ")", "for 5 days", "on monday", "at 8am", "od"),
        *("up to", "maximum", "in 24 hours", "-", "to", "½", "weekly", "not", "(note: x)", "1/2"),
    )
)


@given(DOSES)
def test_words_of_any_dose_are_read_back_exactly(dose: Dose) -> None:
    assert read_words(words_of(dose)) == dose


@given(DOSES)
def test_case_and_blanks_do_not_change_what_is_read(dose: Dose) -> None:
    said = words_of(dose)
    if "(" not in said:
        assert read_words(f"  {said.upper()}. ") == dose


@given(st.text(max_size=60) | st.lists(PHRASES, max_size=9).map(" ".join))
def test_any_text_is_a_dose_or_not_read_with_a_reason(text: str) -> None:
    found = read_words(text)
    if isinstance(found, NotRead):
        assert found.text == text
        assert found.reason
    else:
        assert read_words(words_of(found)) == found


@given(STEPS, st.sampled_from(["not", "avoid", "except", "without", "x", "alcohol", "never"]))
def test_no_word_is_passed_over(step: Step, word: str) -> None:
    said = words_of(single(step))
    assert isinstance(read_words(f"{said}, {word}"), NotRead)
    assert isinstance(read_words(f"{word} {said}"), NotRead)
