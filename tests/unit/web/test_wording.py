"""Words of pages: places are filled with escaped values, one and many are told apart."""

import pytest

from garrod.entry.web.wording import Rooms, Saying, Words


@pytest.mark.parametrize(
    ("words", "values", "read"),
    [
        ("Back", (), "Back"),
        ("{} of {}", (1, 2), "1 of 2"),
        ("Sign {}", ("<script>",), "Sign &lt;script&gt;"),
        ("{} use | {} uses", (1,), "1 use"),
        ("{} use | {} uses", (0,), "0 uses"),
        ("{} use | {} uses", (2,), "2 uses"),
        ("Fish & chips for {}", ("<b>",), "Fish &amp; chips for &lt;b&gt;"),
    ],
)
def test_places_are_filled(words: str, values: tuple[object, ...], read: str) -> None:
    assert str(Saying(words)(*values)) == read


def test_words_are_had_by_name_and_a_wrong_name_is_told() -> None:
    found = Words(back="Back")
    assert found.back == "Back"
    with pytest.raises(AttributeError):
        _ = found.forth


def test_rooms_have_their_words_and_other_rooms_are_told() -> None:
    rooms = Rooms()
    assert rooms.review is rooms.review
    with pytest.raises(AttributeError):
        _ = rooms.nowhere
