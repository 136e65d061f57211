"""The published example report: every recommendation has its counterpart here, or a reason."""

from dataclasses import replace
from pathlib import Path

import pytest

from validation import full_report

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def compared(shared: Path) -> tuple[full_report.Compared, ...]:
    return full_report.comparison()


def test_every_annotation_is_the_same_here_or_has_a_reason(
    compared: tuple[full_report.Compared, ...],
) -> None:
    assert len(compared) == 83 + 63 + 16 + 19
    assert [one for one in compared if one.status == full_report.DIFFERS] == []
    assert [one.drug for one in compared if not one.our_rows] == []


def test_written_comparison_is_of_today(
    compared: tuple[full_report.Compared, ...], tmp_path: Path
) -> None:
    full_report.write(compared, tmp_path / "now.csv")
    assert (tmp_path / "now.csv").read_bytes() == full_report.RESULT.read_bytes()


def test_written_comparison_holds_no_text_of_the_report(shared: Path) -> None:
    kept = full_report.RESULT.read_text(encoding="utf-8")
    texts = {one.text for one in full_report.printed() if len(one.text) > 30}
    assert len(texts) > 50
    assert [text for text in texts if text[:30] in kept] == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"strength": "Optional"}, "our strength is Strong, printed Optional"),
        ({"text": "Start at the usual dose"}, "the text reads standard"),
        ({"text": "Quite another thing"}, "the text reads as nothing known"),
        ({"keys": {"HLA-B": "*57:01 negative"}}, "our finding gives"),
        ({"drug": "paracetamol"}, "no row"),
    ],
)
def test_a_difference_is_seen(shared: Path, change: dict[str, object], reason: str) -> None:
    one = next(p for p in full_report.printed() if p.drug == "abacavir")
    assert full_report.counterparts(one)[1] == ""
    assert reason in full_report.counterparts(replace(one, **change))[1]


def test_deafness_variant_that_the_peer_overlooks_is_acted_on(shared: Path) -> None:
    found = {(source, drug): row.action.value for source, drug, row in full_report.beyond()}
    assert set(found.values()) == {"avoid"}
    assert {drug for _, drug in found} == {
        *("amikacin", "gentamicin", "kanamycin", "paromomycin", "plazomicin"),
        *("streptomycin", "tobramycin"),
    }
