"""A form with a file is streamed: whatever its pieces, and whoever sends it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.core.errors import AccessDenied, GarrodError, InputError
from garrod.entry.web import uploads
from garrod.entry.web.asked import Sent
from garrod.entry.web.uploads import PARTIAL, form_sent, is_multipart, swept

MARK = "x-boundary-x"
HEADERS = {"content-type": f"multipart/form-data; boundary={MARK}"}


def part(name: str, value: bytes, file: str | None = None) -> bytes:
    named = f'; filename="{file}"' if file is not None else ""
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def whole(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{MARK}--\r\n".encode()


def coming(body: bytes, step: int = 7, *, ends: bool = True) -> Callable[[], Awaitable[Any]]:
    """Return a body that comes in pieces; one that does not end is broken off."""
    pieces = [body[n : n + step] for n in range(0, len(body), step)] or [b""]
    told = [{"type": "http.request", "body": p, "more_body": True} for p in pieces]
    told[-1]["more_body"] = not ends

    async def receive() -> Any:
        return told.pop(0) if told else {"type": "http.disconnect"}

    return receive


def sent(
    folder: Path, body: bytes, step: int = 7, *, ends: bool = True, headers: Any = None
) -> tuple[dict[str, str], Sent | None, list[dict[str, str]]]:
    asked: list[dict[str, str]] = []

    async def admit(fields: dict[str, str]) -> Path:
        asked.append(dict(fields))
        if fields.get("csrf") != "right":
            raise AccessDenied("no")
        return folder

    given_headers = headers or HEADERS
    fields, file = asyncio.run(form_sent(coming(body, step, ends=ends), given_headers, admit))
    return fields, file, asked


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=300) | st.just(b"\r\n--x-boundary-\r\n--x-boundary-x"[:-1]),
    step=st.integers(1, 40),
)
def test_file_is_kept_as_it_was_sent_whatever_its_pieces(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, step: int
) -> None:
    if f"\r\n--{MARK}".encode() in content:
        return
    folder = tmp_path_factory.mktemp("sent")
    body = whole(part("csrf", b"right"), part("file", content, "a.vcf"), part("late", b"x"))
    fields, file, asked = sent(folder, body, step)
    assert file is not None
    assert file.path.read_bytes() == content
    assert (file.name, file.size) == ("a.vcf", len(content))
    assert asked == [{"csrf": "right"}]  # asked with what came before the file
    assert fields == {"csrf": "right", "late": "x"}
    assert file.path.stat().st_mode & 0o777 == 0o600


BAD: dict[str, tuple[bytes, dict[str, Any]]] = {
    "not theirs": (whole(part("csrf", b"wrong"), part("file", b"x", "a")), {}),
    "file before the token": (whole(part("file", b"x", "a"), part("csrf", b"right")), {}),
    "broken off": (part("csrf", b"right") + part("file", b"x" * 99, "a")[:-2], {"ends": False}),
    "never ends": (part("csrf", b"right") + part("file", b"x" * 99, "a")[:-2], {}),
    "two files": (whole(part("csrf", b"right"), part("file", b"x", "a"), part("f", b"y", "b")), {}),
    "long field": (whole(part("csrf", b"right" * 20_000), part("file", b"x", "a")), {}),
    "no boundary": (b"x", {"headers": {"content-type": "multipart/form-data"}}),
    "too large": (
        whole(part("csrf", b"right")), {"headers": {**HEADERS, "content-length": "9" * 18}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_form_leaves_no_file(tmp_path: Path, name: str) -> None:
    body, more = BAD[name]
    with pytest.raises(GarrodError):
        sent(tmp_path, body, **more)
    assert list(tmp_path.iterdir()) == []


def test_file_that_grows_too_large_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 50)
    with pytest.raises(InputError, match="more than 50 bytes"):
        sent(tmp_path, whole(part("csrf", b"right"), part("file", b"x" * 51, "a")))
    assert list(tmp_path.iterdir()) == []


def test_form_without_a_chosen_file_has_none(tmp_path: Path) -> None:
    fields, file, asked = sent(tmp_path, whole(part("csrf", b"right"), part("file", b"", "")))
    assert (fields, file, asked) == ({"csrf": "right"}, None, [])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fake\\a.vcf", "a.vcf"),
        ("a\x07\u202eb.vcf", "a??b.vcf"),
        ("%22a%22.vcf", '"a".vcf'),
        ("w" * 300, "w" * 80 + "…" + "w" * 30),
    ],
)
def test_name_of_a_file_is_words_alone(tmp_path: Path, name: str, shown: str) -> None:
    _, file, _ = sent(tmp_path, whole(part("csrf", b"right"), part("file", b"x", name)))
    assert file is not None
    assert file.name == shown
    assert file.path.parent == tmp_path


def test_what_a_killed_server_left_is_swept(tmp_path: Path) -> None:
    old, new, other = (tmp_path / n for n in (f"{PARTIAL}old", f"{PARTIAL}new", "kept"))
    for path in (old, new, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (time.time() - 9_999,) * 2)
    swept(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [new.name, other.name]


def test_only_a_form_with_a_file_is_one() -> None:
    assert is_multipart("POST", HEADERS)
    assert not is_multipart("GET", HEADERS)
    assert not is_multipart("POST", {"content-type": "application/x-www-form-urlencoded"})
