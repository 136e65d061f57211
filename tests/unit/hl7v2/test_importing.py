"""Files of HL7 v2 that are imported: by the character set they name, each message by itself."""

from __future__ import annotations

import asyncio

import pytest

from garrod.adapters.fhir.ingest.intake import Told
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.hl7v2.importing import imported, is_message
from tests.unit.hl7v2.lab import PID, Desk, K, at_desk, message, obx

VALUE = obx(K, "4.0", unit="mmol/L")
NAMED = "|2.5.1||||||{}\r"


async def told_of(desk: Desk | None, body: bytes) -> list[Told]:
    taker = desk.taker if desk else None
    return [told async for told in imported(taker, Source("a.hl7", body))]


def test_each_message_of_a_batch_is_told_by_itself() -> None:
    wrong = message(VALUE, number="M2").replace("U1^Urea and electrolytes^L", "")
    other = message(VALUE, number="M3", pid=PID.replace("^Ada", "^Eve"), order="P3|F3")
    batch = f"BHS|^~\\&|\r{message(VALUE)}{wrong}{message(VALUE)}{other}BTS|4\r"

    async def work(desk: Desk) -> None:
        told = await told_of(desk, batch.encode())
        assert [len(one.taken.written) for one in told] == [5, 0, 0, 2]
        assert told[1].entry == "message 2: OBR-4 on line 8"
        assert told[1].fault is not None
        assert (told[2].entry, told[2].taken.known) == ("message 3", 1)
        assert "waits for a human" in told[3].taken.notes[-1]

    at_desk(work)


def test_messages_are_checked_and_nothing_stored_without_a_taker() -> None:
    (told,) = asyncio.run(told_of(None, message(VALUE).encode()))
    assert (told.fault, told.taken.written) == (None, [])
    (cut,) = asyncio.run(told_of(None, b"PID|1"))
    assert cut.fault is not None


@pytest.mark.parametrize(
    ("name", "encoding", "is_read"),
    [("8859/1", "latin-1", True), ("UNICODE UTF-8", "utf-8", True), ("UNICODE UTF-8", "latin-1",
     False), ("ISO IR87", "latin-1", False)],
)  # fmt: skip
def test_bytes_are_read_by_the_character_set_that_is_named(
    name: str, encoding: str, is_read: bool
) -> None:
    text = message(VALUE, pid=PID.replace("Ada", "Zoë")).replace("|2.5.1\r", NAMED.format(name))
    (told,) = asyncio.run(told_of(None, text.encode(encoding)))
    assert (told.fault is None) is is_read


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (Source("a", message(VALUE).encode()), True),
        (Source("a", b"\x0b" + message(VALUE).encode()), True),
        (Source("a", b'{"resourceType":"Patient"}'), False),
        (Source("a", b"MSH", is_line=True), False),
        (Source("a", b"\xff\xfe"), False),
    ],
)
def test_messages_are_known_by_their_beginning(source: Source, wanted: bool) -> None:
    assert is_message(source) is wanted
