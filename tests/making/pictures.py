"""Small pictures: a PNG as a browser makes it, with at most 256 colours.

Source: PNG (W3C Recommendation, third edition), https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

MARK = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
SHADES = 0xF8  # five bits of each channel tell colours apart: letters have few


def smaller(png: bytes) -> bytes:
    """Return a picture with a palette of its most frequent colours.

    Raises: ValueError for what is not eight bits of RGB or RGBA a point, line by line.
    """
    points = _points(png)
    height, width, _ = points.shape
    red, green, blue = ((points & SHADES)[..., n].astype(np.uint32) for n in range(3))
    keys = (red << 16) | (green << 8) | blue
    _, first, places, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    kept = np.argsort(-counts, kind="stable")[:COLOURS]
    palette = points.reshape(-1, 3)[first[kept]].astype(np.int32)
    of_all = points.reshape(-1, 3)[first].astype(np.int32)
    nearest = np.array(
        [int(np.argmin(((palette - colour) ** 2).sum(axis=1))) for colour in of_all], np.uint8
    )
    rows = nearest[places.reshape(height, width)]
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.astype(np.uint8).tobytes()),
             (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))  # fmt: skip
    return MARK + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(MARK)
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


def _points(png: bytes) -> np.ndarray:
    """Return the points of a picture, (height, width, 3)."""
    parts = list(_chunks(png))
    width, height, depth, sort, _, _, laced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or sort not in (2, 6) or laced:
        raise ValueError("only eight bits of RGB or RGBA, line by line, are read here")
    size = 3 if sort == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    lines = np.frombuffer(raw, np.uint8).reshape(height, 1 + width * size)
    above = np.zeros(width * size, np.uint8)
    found = np.empty((height, width * size), np.uint8)
    for number, line in enumerate(lines):
        above = found[number] = _unfiltered(int(line[0]), line[1:], above, size)
    return found.reshape(height, width, size)[..., :3]


def _unfiltered(sort: int, line: np.ndarray, above: np.ndarray, size: int) -> np.ndarray:
    if sort == 0:
        return line
    if sort == 2:
        return line + above
    if sort == 1:
        return line.reshape(-1, size).cumsum(axis=0, dtype=np.uint8).reshape(-1)
    made = bytearray(line.tobytes())
    up = above.tobytes()
    for at in range(len(made)):
        left = made[at - size] if at >= size else 0
        if sort == 3:
            made[at] = (made[at] + (left + up[at]) // 2) & 255
        else:
            made[at] = (made[at] + _paeth(left, up[at], up[at - size] if at >= size else 0)) & 255
    return np.frombuffer(bytes(made), np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    off = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return (left, up, corner)[off.index(min(off))]
