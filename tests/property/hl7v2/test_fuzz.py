"""Whatever an HL7 v2 file holds: rows, or an error of ours that shows no patient."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.outside.content import Content
from garrod.adapters.outside.oru import is_it, told
from garrod.core.errors import GarrodError

WHOLE = (
    "MSH|^~\\&|LIS|LAB|||20260102||ORU^R01|1|P|2.5.1\r"
    "PID|1||SECRET-1^^^H||Hidden^Person\r"
    "OBR|1|P1|F1|51969-4^Report^LN\r"
    "OBX|1|CWE|48018-6^Gene studied^LN|1|HGNC:2621^CYP2C19^HGNC||||||F\r"
    "OBX|2|ST|84413-4^Genotype display name^LN|1|*2/*17||||||F\r"
    "OBX|3|CWE|53040-2^Effect on drug metabolism^LN|1|LA10317-8^IM^LN||||||C\r"
)
PIECES = st.sampled_from(
    ["|", "^", "~", "\\", "&", "\r", "\n", "OBX|", "PID|", "MSH|^~\\&|", "\\X2A\\", "C", "", "*"]
)


def check(text: str) -> None:
    content = Content(Path("x.hl7"), text)
    if not is_it(content):
        return
    said = ""
    try:
        assert all(t.row.gene for t in told(content))
    except GarrodError as error:
        said = str(error)
    assert not any(word in said for word in ("SECRET", "Hidden"))


@given(st.integers(0, len(WHOLE)), st.integers(0, 30), PIECES)
def test_message_with_a_piece_cut_out_or_put_in(place: int, length: int, piece: str) -> None:
    check(WHOLE[:place] + piece + WHOLE[place + length :])


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=40))
def test_anything_after_a_header(pieces: list[str]) -> None:
    check(WHOLE.split("\r")[0] + "\r" + "".join(pieces))
