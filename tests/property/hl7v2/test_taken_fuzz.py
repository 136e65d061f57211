"""Whatever a message holds, it is told of: resources that FHIR allows, faults, or an error of ours.

Nothing of what is told names the person.
"""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.fhir.ingest.wrap import checked
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.fhir.rest.patch import written
from garrod.adapters.hl7v2.acknowledging import acknowledged
from garrod.adapters.hl7v2.er7 import messages
from garrod.adapters.hl7v2.merging import merge
from garrod.adapters.hl7v2.orders import resources_of
from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.waiting import kept, text_of
from garrod.adapters.hl7v2.whose import difference, numbers_in
from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import OutsideCallError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CHECKER = CheckedCodec(load_shelf(), is_strict=False).checker
WHOLE = (
    "MSH|^~\\&|LIS|LAB|||20260102103000||ORU^R01|1|P|2.5.1\r"
    "PID|1||9449305552^^^NHS^NH||Hidden^Person||19700101|F\r"
    "ORC|RE|P1|F1\r"
    "OBR|1|P1|F1|U1^Urea^L||20260101|20260101|||||||||||||||20260102||CH|F\r"
    "OBX|1|NM|2823-3^Potassium^LN||4.0|mmol/l|3.5-5.3|H|||F\r"
    "NTE|1|L|A comment\r"
    "OBX|2|SN|X2^Titre^L||^1^:^128||||||C\r"
    "OBX|3|CWE|48018-6^Gene studied^LN|1|HGNC:2621^CYP2C19^HGNC||||||F\r"
    "OBX|4|ST|84413-4^Genotype display name^LN|1|*2/*17||||||F\r"
    "OBX|5|ED|R^Report^L||^a^pdf^Base64^JVBERi0=||||||F\r"
    "SPM|1|S1||BLD^Blood^L\r"
)
PIECES = st.sampled_from(
    ["|", "^", "~", "\\", "&", "\r", "\n", "OBX|", "OBR|1|", "PID|", "MSH|^~\\&|", "\\X2A\\", "C",
     "W", "", "*", "<", "\x00", "9" * 30, "\u202e", '""', "2026", "NTE|", "SPM|"]
)  # fmt: skip


def check(text: str) -> None:
    told = ""
    try:
        for report in read_reports(text):
            told += " ".join(f"{fault.where} {fault.words}" for fault in report.faults)
            (answer,) = messages(acknowledged(report, NOW, faults=report.faults), "x")
            told += " ".join(s.text(8) for s in answer.body if s.name == "ERR")
            assert text_of(parse(kept(report).body)) == report.text
            if report.person is None or report.faults:
                continue
            assert list(numbers_in(report.person)) is not None
            told += difference(report.person, {"birthDate": "1970-01-01"})
            made = resources_of(report, "p")
            merged = merge(made, {})
            assert {(one.kind, one.id) for one in made} == set(merged.resources)
            again = merge(made, merged.resources)
            for resource in (*merged.resources.values(), *again.resources.values()):
                checked(parse(written(resource)), CHECKER, is_strict=False)
    except OutsideCallError as error:
        told += str(error)
    assert not any(word in told for word in ("Hidden", "9449305552"))


@given(st.integers(0, len(WHOLE)), st.integers(0, 30), PIECES)
def test_message_with_a_piece_cut_out_or_put_in(place: int, length: int, piece: str) -> None:
    check(WHOLE[:place] + piece + WHOLE[place + length :])


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=40))
def test_anything_after_a_header(pieces: list[str]) -> None:
    check(WHOLE.split("\r")[0] + "\r" + "".join(pieces))


def test_whole_message_is_what_fhir_allows() -> None:
    (report,) = read_reports(WHOLE)
    assert report.faults == []
    kinds = [one.kind for one in resources_of(report, "p")]
    assert kinds.count("Observation") == 3
    for one in resources_of(report, "p"):
        checked(parse(written({**one.resource, "id": one.id})), CHECKER, is_strict=False)
