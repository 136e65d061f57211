"""The signed card that a person carries: what it says, and whether it is as it was signed.

facts -> JSON, packed, signed (Ed25519) -> text of a QR code; text, public keys -> facts or a fault
Nothing but the public keys is needed to check one: the text names the key that signed it.
Source: RFC 8032 (Ed25519); RFC 9285 (Base45); RFC 1950 (zlib)
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from garrod.adapters.audit.keys import SigningKey, is_signed, key_id
from garrod.core.errors import InputError

MARK = "GARROD1:"
DOMAIN = b"garrod card 1\n"  # a signature of this key on anything else is no card
GOOD = timedelta(days=180)  # Not clinical: as long as the medication list counts as fresh
ID, SIGNATURE = 8, 64  # bytes
LARGEST = 16_000  # Not clinical: bytes of the facts, unpacked
LONGEST = 4_296  # characters of the largest QR code. Source: ISO/IEC 18004 (unchecked)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PLACE = {letter: n for n, letter in enumerate(_ALPHABET)}


class Facts(msgspec.Struct, frozen=True, rename={"is_synthetic": "s"}):
    """What a card says. Each list is short; `left_out` counts what did not fit.

    A card of before medicines stood on it is read as one that does not say what is taken.
    """

    name: str
    born: str
    made: date  # the day on which it was signed: what is on it was so then
    until: date  # the last day on which it is to be relied on
    allergies: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # what could not be read then
    left_out: int = 0
    is_synthetic: bool = False
    medicines: tuple[str, ...] | None = None  # taken now; None: this card does not say
    more_medicines: int = 0  # taken too, which did not fit

    def is_past(self, today: date) -> bool:
        """Return whether it is too old to be relied on."""
        return today > self.until


@dataclass(frozen=True, slots=True)
class Checked:
    """A card that is as it was signed, and the id of the key that signed it."""

    facts: Facts
    key: str
    is_former: bool = False  # that key signs no more


def signed(facts: Facts, key: SigningKey) -> str:
    """Return the text of a card's QR code."""
    packed = zlib.compress(msgspec.json.encode(facts), 9)
    signature = key.signer().sign(DOMAIN + packed)
    return MARK + base45(bytes.fromhex(key.id) + signature + packed)


def checked(text: str, *publics: bytes) -> Checked:
    """Return what a card says. `publics`: the keys that may have signed it, that in force first.

    Raises: InputError CRD001 (no card), CRD002 (another key's), CRD003 (not as it was signed).
    """
    text = text.strip("\r\n\t ")
    if not text.startswith(MARK) or len(text) > LONGEST:
        raise InputError("that is not the text of a card.", code="CRD001")
    whole = unbase45(text.removeprefix(MARK))
    id, signature, packed = whole[:ID], whole[ID : ID + SIGNATURE], whole[ID + SIGNATURE :]
    public = next((one for one in publics if key_id(one) == id.hex()), None)
    if public is None:
        raise InputError(
            "another place, or a key that is good no longer, signed this card: ask for its key, "
            "or for a new card.",
            code="CRD002",
        )
    if not is_signed(public, DOMAIN + packed, signature):
        raise InputError("this card is not as it was signed: do not use it.", code="CRD003")
    try:
        opened = zlib.decompressobj().decompress(packed, LARGEST)
        facts = msgspec.json.decode(opened, type=Facts)
        return Checked(facts, id.hex(), is_former=public != publics[0])
    except (zlib.error, msgspec.MsgspecError) as error:
        raise InputError("that is not the text of a card.", code="CRD001") from error


def base45(data: bytes) -> str:
    """Return bytes in the letters that QR codes hold best."""
    found = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, letter = divmod(value, 45)
            found.append(_ALPHABET[letter])
    return "".join(found)


def unbase45(text: str) -> bytes:
    """Return the bytes of a text.  Raises: InputError CRD001."""
    found = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        places = [_PLACE.get(letter, -1) for letter in part]
        value = sum(place * 45**n for n, place in enumerate(places))
        size = len(part) - 1
        if min(places) < 0 or size < 1 or value >= 256**size:
            raise InputError("that is not the text of a card.", code="CRD001")
        found += value.to_bytes(size, "big")
    return bytes(found)
