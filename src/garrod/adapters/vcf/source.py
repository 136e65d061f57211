"""Opens a variant file of any kind as lines of text: plain, gzip, bgzip, BCF; indexed or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pysam

from garrod.core.errors import VcfError

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
Region = tuple[str, int, int]  # contig as the file spells it, first and last position, 1-based


def check_file(path: Path) -> None:
    """Return nothing when the path is a readable, non-empty file.  Raises: VcfError."""
    if path.is_dir():
        raise VcfError(f"{path}: is a folder; name the VCF file inside it", code="VCF002")
    if not path.exists():
        raise VcfError(f"{path}: there is no such file; check the path", code="VCF003")
    if path.stat().st_size == 0:
        raise VcfError(f"{path}: the file is empty; ask its sender for it again", code="VCF004")


def is_bcf(path: Path) -> bool:
    """Return whether the file is BCF (inside bgzip)."""
    try:
        with gzip.open(path) as file:
            return file.read(3) == b"BCF"
    except (OSError, EOFError, zlib.error):
        return False


def is_gzip(path: Path) -> bool:
    """Return whether the file starts as gzip does."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def index_of(path: Path) -> Path | None:
    """Return the tabix or csi index that stands beside the file, if one does."""
    for suffix in (".tbi", ".csi"):
        index = path.with_name(path.name + suffix)
        if index.exists():
            return index
    return None


def check_whole(path: Path) -> None:
    """Return nothing when a bgzipped file ends as it must.  Raises: VcfError VCF005."""
    with path.open("rb") as file:
        head = file.read(18)
        file.seek(max(0, path.stat().st_size - len(BGZF_END)))
        is_block = len(head) == 18 and head[3] & 4 and head[12:14] == b"BC"
        if is_block and file.read() != BGZF_END:
            raise VcfError(
                f"{path}: the file is cut off (its last bgzip block is missing); copy it again",
                code="VCF005",
            )


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield every line, without its end.  Raises: VcfError VCF005."""
    try:
        if is_bcf(path):
            with pysam.VariantFile(str(path)) as file:
                yield from bytes(str(file.header), "utf-8").splitlines()
                for record in file:
                    yield bytes(str(record), "utf-8").rstrip(b"\n")
            return
        with gzip.open(path) if is_gzip(path) else path.open("rb") as text:
            for line in text:
                yield line.rstrip(b"\r\n")
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise VcfError(
            f"{path}: cannot be read to its end ({error}); copy the file again", code="VCF005"
        ) from error


def fetch_lines(path: Path, regions: list[Region]) -> Iterator[bytes]:
    """Yield the records of some regions through the index; the same record may come twice."""
    try:
        with pysam.TabixFile(str(path), encoding="utf-8") as file:
            known = set(file.contigs)
            for contig, first, last in regions:
                if contig in known:
                    for line in file.fetch(contig, first - 1, last):
                        yield line.encode()
    except (OSError, ValueError) as error:
        raise VcfError(
            f"{path}: its index cannot be used ({error}); make it again with tabix",
            code="VCF006",
        ) from error
