"""Proofs as JSON: how one is written, and whether one that was given holds.

{"leafIdx","treeSize","leafHash","root","proof"} or {"size1","size2","root1","root2","proof"}, with
hashes in base64; proof null is a proof without a hash. Other fields are not read.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from garrod.care.govern.merkle import verify_consistency, verify_inclusion
from garrod.core.errors import InputError

INCLUSION = ("leafIdx", "treeSize", "leafHash", "root", "proof")
CONSISTENCY = ("size1", "size2", "root1", "root2", "proof")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LARGEST = 2**64 - 1  # RFC 6962: sizes and indexes have 64 bits


def holds(content: bytes) -> bool:
    """Return whether the proof in a JSON document holds.

    Raises: InputError AUD022, naming the field that is missing or cannot be read.
    """
    try:
        document = msgspec.json.decode(content.removeprefix(BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_proof("it is no JSON document") from error
    if not isinstance(document, dict):
        raise _no_proof("it is no JSON object")
    if "leafIdx" in document and "size1" in document:
        raise _no_proof("it has leafIdx and size1, so nobody can tell which proof it is")
    if "leafIdx" in document:
        index, size, leaf, root, proof = _fields(document, INCLUSION)
        return verify_inclusion(index, size, leaf, root, proof)
    if "size1" in document:
        size1, size2, root1, root2, proof = _fields(document, CONSISTENCY)
        return verify_consistency(size1, size2, root1, root2, proof)
    raise _no_proof("it has neither leafIdx (a proof of inclusion) nor size1 (of consistency)")


def inclusion_document(
    index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]
) -> dict[str, Any]:
    """Return a proof that an entry is in a tree, ready to be written as JSON."""
    values = (index, size, encoded(leaf), encoded(root), [encoded(h) for h in proof])
    return dict(zip(INCLUSION, values, strict=True))


def consistency_document(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> dict[str, Any]:
    """Return a proof that a tree begins with an earlier one, ready to be written as JSON."""
    values = (*sizes, *(encoded(r) for r in roots), [encoded(h) for h in proof])
    return dict(zip(CONSISTENCY, values, strict=True))


def encoded(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode("ascii")


def _fields(document: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    readers: tuple[Callable[[str, Any], Any], ...] = (_number, _number, _hash, _hash, _hashes)
    found = []
    for name, read in zip(names, readers, strict=True):
        if name not in document:
            raise _no_proof(f"{name} is missing")
        found.append(read(name, document[name]))
    return tuple(found)


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise _no_proof(f"{name} is no whole number from 0 to 2^64 - 1")
    return value


def _hash(name: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise _no_proof(f"{name} is not base64") from error


def _hashes(name: str, value: Any) -> list[bytes]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _no_proof(f"{name} is no list")
    return [_hash(f"{name}[{number}]", one) for number, one in enumerate(value)]


def _no_proof(why: str) -> InputError:
    return InputError(f"no proof can be read: {why}.", code="AUD022")
