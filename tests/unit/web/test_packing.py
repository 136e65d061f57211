"""Pages are packed where nobody can learn from their size; files keep until they change."""

from __future__ import annotations

import gzip

import pytest
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse

from garrod.entry.web.files import YEAR, file_of, static, versioned
from garrod.entry.web.packing import packed, takes_gzip

LONG = "<p>" + "words of a page " * 400
TAKES = {"accept-encoding": "br;q=1.0, gzip;q=0.8"}


def test_long_page_is_packed_for_who_takes_it() -> None:
    answer = packed(HTMLResponse(LONG), TAKES)
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(answer.body) < len(LONG) / 5
    assert gzip.decompress(bytes(answer.body)).decode() == LONG
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (HTMLResponse("short"), TAKES),
        (HTMLResponse(LONG), {}),
        (HTMLResponse(LONG), {"accept-encoding": "gzip;q=0"}),
        (HTMLResponse(LONG), {**TAKES, "sec-fetch-site": "cross-site"}),
        (HTMLResponse(LONG), {**TAKES, "sec-fetch-site": "same-site"}),
        (JSONResponse({"words": LONG}), TAKES),
        (StreamingResponse(iter([LONG]), media_type="text/html"), TAKES),
    ],
    ids=["short", "not-taken", "refused", "led-from-elsewhere", "neighbour", "no-page", "stream"],
)
def test_other_answers_stay_as_they_are(answer: HTMLResponse, asked: dict[str, str]) -> None:
    assert "content-encoding" not in packed(answer, asked).headers


def test_encodings_are_read_as_they_are_written() -> None:
    assert takes_gzip("gzip, deflate, br")
    assert takes_gzip("GZIP")
    assert not takes_gzip("deflate, br")
    assert not takes_gzip("gzip; q=0")
    assert not takes_gzip("")


def test_file_keeps_for_a_year_under_its_version_alone() -> None:
    file = file_of("garrod.css")
    assert file is not None
    named = static("garrod.css", file.version, accepts="gzip")
    assert named is not None
    assert named.headers["cache-control"] == YEAR
    assert named.headers["content-encoding"] == "gzip"
    other = static("garrod.css", "000000000000")
    assert other is not None
    assert other.headers["cache-control"] == "no-cache"
    assert other.body == file.body


def test_file_that_is_known_already_is_not_sent_again() -> None:
    file = file_of("garrod.js")
    assert file is not None
    again = static("garrod.js", known=f'W/"{file.version}"')
    assert again is not None
    assert (again.status_code, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["door.py", "..", "", "nothing.css", "../door.py"])
def test_nothing_else_is_a_file(name: str) -> None:
    assert static(name) is None


def test_templates_get_versions_without_thinking_of_it() -> None:
    file = file_of("garrod.css")
    assert file is not None
    said = versioned('<link href="/static/garrod.css"><a href="/static/none.css">')
    assert said == f'<link href="/static/garrod.css?v={file.version}"><a href="/static/none.css">'
