"""The page is one safe file: nothing fetched, nothing run, every value escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from garrod.adapters.report.html import page_label, render_html
from tests.unit.report.synthetic import PACKS, person

HOSTILE = "<script>alert('x')</script>"
VOID = {"meta", "link", "br", "img", "hr", "input", "path", "circle", "rect"}


class Outline(HTMLParser):
    """The elements, headings, anchors and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [v for name, v in attrs if name == "id" and v]
        self.targets += [v for name, v in attrs if name == "href" and v]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def test_page_hostile_sample_is_escaped_everywhere() -> None:
    page = render_html(person(sample=HOSTILE, source=HOSTILE, medicines=(HOSTILE,)))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4


def test_page_hostile_sample_cannot_leave_the_style() -> None:
    page = render_html(person(sample='"; } </style><script>alert(1)</script>'))
    assert page.count("</style>") == 1
    assert "script" not in Outline(page).tags


def test_page_label_keeps_only_letters_and_digits_unescaped() -> None:
    assert page_label('a"}') == (
        '@page { @top-right { content: "a\\000022\\00007d"; font: 8pt system-ui, sans-serif; } }\n'
    )


def test_page_holds_no_script_no_inline_style_and_no_handler() -> None:
    outline = Outline(render_html(person()))
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(outline.tags)
    assert "style" not in outline.attributes
    assert not [name for name in outline.attributes if name.startswith("on")]


def test_page_policy_allows_exactly_its_own_style() -> None:
    page = render_html(person())
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in page
    assert "default-src &#39;none&#39;" in page
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_page_elements_close_in_order_and_anchors_arrive() -> None:
    outline = Outline(render_html(person()))
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    inside = {t[1:] for t in outline.targets if t.startswith("#")}
    assert inside <= set(outline.ids)
    assert {t.split(":")[0] for t in outline.targets if not t.startswith("#")} == {"https"}


def test_page_answers_before_it_explains() -> None:
    page = render_html(person())
    order = [
        page.index(text)
        for text in (
            "2 of 5 medicines need a change",
            "is not a medical device",
            "Medicines taken now: what matters",
            "Checked, with nothing to change",
            ">Before the next prescription</h2>",
            ">The genes</h2>",
            ">Not tested or not callable</h2>",
            "Method, knowledge packs and licences",
        )
    ]
    assert order == sorted(order)


def test_page_proof_chain_is_also_there_for_paper() -> None:
    page = render_html(person())
    assert page.count("line 291") == 2 * len(person().now)


def test_page_names_every_pack_and_the_digest_of_the_file() -> None:
    page = render_html(person())
    for pack in PACKS:
        assert pack in page
    assert person().source_sha256 in page


def test_page_of_nothing_still_says_what_is_missing() -> None:
    bare = person(
        medicines=(), now=(), clear=(), next=(), findings=(), not_assessed=(), warnings=(),
        packs=(), subject_note="",
    )  # fmt: skip
    page = render_html(bare)
    assert "No medicines were listed" in page
    assert Outline(page).open == []


def test_page_same_report_gives_the_same_bytes() -> None:
    assert render_html(person()) == render_html(person())
