"""A variant is the same allele however its record is trimmed, padded or shifted."""

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.vcf.alleles import Window, spoken, window_of
from garrod.core.genotype import UNDOCUMENTED
from garrod.core.variant import Assembly
from tests.making.readings import positions

WINDOWS: list[Window] = [
    window
    for build in Assembly
    for index, position in enumerate(positions())
    if (window := window_of(index, position, build)) is not None
]
INDELS = [w for w in WINDOWS if not w.is_single]
LEFT = st.text("ACGT", max_size=6)


def common(one: str, other: str) -> int:
    """Return how many letters two words share from the start."""
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


@given(data=st.data(), left=LEFT)
def test_indel_is_read_the_same_in_every_spelling(data: st.DataObject, left: str) -> None:
    """Written out over its surroundings, then trimmed anywhere that leaves a base of each."""
    window = data.draw(st.sampled_from(INDELS))
    others = [a for a in window.position.alleles if a != window.ref]
    allele = data.draw(st.sampled_from(others))
    ref = left + window.context
    alt = left + allele + window.context[len(window.ref) :]
    head = data.draw(st.integers(0, min(common(ref, alt), len(ref) - 1, len(alt) - 1)))
    ref, alt = ref[head:], alt[head:]
    tail = common(ref[::-1], alt[::-1])
    cut = data.draw(st.integers(0, min(tail, len(ref) - 1, len(alt) - 1)))
    ref, alt = ref[: len(ref) - cut], alt[: len(alt) - cut]
    pos = window.start - len(left) + head
    found = spoken(window, pos, ref, (alt,))
    assert found == (window.ref, allele)


@given(data=st.data(), left=LEFT, right=LEFT)
def test_single_base_is_read_the_same_in_every_spelling(
    data: st.DataObject, left: str, right: str
) -> None:
    window = data.draw(st.sampled_from([w for w in WINDOWS if w.is_single]))
    base = data.draw(st.sampled_from("ACGT"))
    ref, alt = left + window.ref + right, left + base + right
    found = spoken(window, window.start - len(left), ref, (alt,))
    expected = base if base in window.position.alleles else UNDOCUMENTED
    assert found == (window.ref, expected)
