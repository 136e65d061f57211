"""Text of documents is only ever words: no tag, link, picture or script comes through."""

from __future__ import annotations

from base64 import b64encode

import pytest

from garrod.entry.web.documents.narrative import LOST, Block, blocks_of_data, blocks_of_markup
from garrod.entry.web.documents.presenter import (
    BROKEN,
    ELSEWHERE,
    EMPTY,
    UNDATED,
    UNSHOWN,
    UNSIGNED,
    UNTITLED,
    opened_of,
    row_of,
)

HOSTILE = [
    "<script>alert(1)</script>seen",
    "<p onclick='alert(1)'>seen</p>",
    "<img src=x onerror=alert(1)>seen",
    "<a href='javascript:alert(1)'>seen</a>",
    "<style>body{display:none}</style>seen",
    "<svg><script>alert(1)</script></svg>seen",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>seen",
    "<div><!-- <script>alert(1)</script> -->seen</div>",
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_hostile_markup_leaves_words_alone(markup: str) -> None:
    assert [b.words for b in blocks_of_markup(markup)] == ["seen"]


def test_blocks_keep_heads_items_and_cells() -> None:
    markup = "<h2>Plan</h2><ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr>"
    assert blocks_of_markup(markup) == (
        Block("head", "Plan"),
        Block("item", "one"),
        Block("item", "two"),
        Block("text", "a | b"),
    )


def test_text_behind_what_never_ends_is_said_to_be_lost() -> None:
    assert [b.words for b in blocks_of_markup("<p>seen</p><svg><p>lost")] == ["seen", LOST]


def test_words_that_look_like_markup_stay_words() -> None:
    assert blocks_of_markup("<p>&lt;script&gt;</p>")[0].words == "<script>"


@pytest.mark.parametrize(
    ("media", "data", "found"),
    [
        ("text/plain", "Line one\nLine two", 2),
        ("text/html; charset=utf-8", "<p>a</p><p>b</p>", 2),
        ("application/pdf", "%PDF-1.7", None),
        ("", "x", None),
    ],
)
def test_only_text_is_shown_as_text(media: str, data: str, found: int | None) -> None:
    blocks = blocks_of_data(b64encode(data.encode()).decode(), media)
    assert (None if blocks is None else len(blocks)) == found


def test_data_that_is_no_base64_is_not_shown() -> None:
    assert blocks_of_data("***", "text/plain") is None


def test_what_is_lacking_is_said() -> None:
    row = row_of({"resourceType": "Composition", "id": "c"}, {})
    assert (row.title, row.date, row.author) == (UNTITLED, UNDATED, UNSIGNED)
    shown = opened_of({"resourceType": "Composition", "id": "c"}, {}, ())
    assert shown.notes == (EMPTY,)


def test_attachment_elsewhere_is_not_fetched_and_said() -> None:
    contents = [
        {"attachment": {"contentType": "text/plain", "url": "https://elsewhere.example/x"}},
        {"attachment": {"contentType": "application/pdf", "data": "JVBERg=="}},
        {"attachment": {"contentType": "text/plain", "data": "IA=="}},
    ]
    shown = opened_of({"resourceType": "DocumentReference", "content": contents}, {}, ())
    notes = [part.note for part in shown.parts]
    assert [n[: len(s)] for n, s in zip(notes, (ELSEWHERE, UNSHOWN, BROKEN), strict=True)] == [
        ELSEWHERE,
        UNSHOWN,
        BROKEN,
    ]
    assert "elsewhere.example" not in str(shown)


def test_report_shows_its_conclusion_and_results() -> None:
    report = {"resourceType": "DiagnosticReport", "conclusion": "All well", "status": "preliminary"}
    value = {"value": 210, "unit": "µmol/L"}
    result = {"code": {"text": "creatinine"}, "valueQuantity": value}
    shown = opened_of(report, {}, (result,))
    assert shown.parts[0].blocks[0].words == "All well"
    assert shown.results == (("Creatinine", "210 µmol/L"),)
    assert shown.row.is_doubted


def test_sections_within_sections_are_shown_and_empty_ones_say_why() -> None:
    inner = {"title": "Inner", "text": {"div": "<div>deep</div>"}}
    empty = {"title": "Allergies", "emptyReason": {"text": "not asked"}}
    body = {
        "resourceType": "Composition",
        "section": [{"title": "Outer", "section": [inner]}, empty],
    }
    shown = opened_of(body, {}, ())
    assert [p.title for p in shown.parts] == ["Outer: Inner", "Allergies"]
    assert "not asked" in shown.parts[1].note
