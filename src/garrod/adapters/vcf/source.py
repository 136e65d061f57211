"""Opens a variant file of any kind as lines of text: plain, gzip, bgzip, BCF; indexed or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysam

from garrod.adapters.vcf.header import chromosome_of
from garrod.adapters.vcf.record import shown
from garrod.core.errors import VcfError

GZIP = b"\x1f\x8b"
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
Stretch = tuple[str, int, int]  # chromosome as we spell it, first and last position, 1-based
STALE = (
    "VCF006: the index is older than the file and was not used; every line was read "
    "(make it again with tabix or bcftools index to read faster)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A variant file: what kind it is, and its index if there is one that can be trusted."""

    path: Path
    is_bcf: bool
    index: Path | None
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the file as messages name it."""
        return str(self.path)


def open_source(path: Path) -> Source:
    """Return what kind of file stands at a path.  Raises: VcfError VCF002-VCF005."""
    check_file(path)
    is_blocked = check_whole(path)
    is_binary = is_bcf(path)
    if not is_blocked:  # an index only speaks of bgzip blocks
        return Source(path, is_binary, None)
    index, is_stale = index_of(path)
    return Source(path, is_binary, index, (STALE,) if is_stale else ())


def check_file(path: Path) -> None:
    """Return nothing when the path is a readable, non-empty file.  Raises: VcfError."""
    if path.is_dir():
        raise VcfError(f"{path}: is a folder; name the VCF file inside it", code="VCF002")
    if not path.exists():
        raise VcfError(f"{path}: there is no such file; check the path", code="VCF003")
    try:
        with path.open("rb") as file:
            is_empty = not file.read(1)
    except OSError as error:
        raise VcfError(
            f"{path}: cannot be opened ({error.strerror}); check who may read it", code="VCF003"
        ) from error
    if is_empty:
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
        return file.read(2) == GZIP


def index_of(path: Path) -> tuple[Path | None, bool]:
    """Return the tabix or csi index beside the file, and whether one was too old to be used."""
    beside = [path.with_name(path.name + suffix) for suffix in (".tbi", ".csi")]
    found = [index for index in beside if index.exists()]
    made = path.stat().st_mtime
    fresh = [index for index in found if index.stat().st_mtime >= made]
    return (fresh[0], False) if fresh else (None, bool(found))


def check_whole(path: Path) -> bool:
    """Return whether the file is bgzipped; one that is must end as such.  Raises: VCF005."""
    with path.open("rb") as file:
        head = file.read(18)
        file.seek(max(0, path.stat().st_size - len(BGZF_END)))
        is_block = head[:2] == GZIP and len(head) == 18 and head[3] & 4 and head[12:14] == b"BC"
        if is_block and file.read() != BGZF_END:
            raise VcfError(
                f"{path}: the file is cut off (its last bgzip block is missing); copy it again",
                code="VCF005",
            )
    return bool(is_block)


def _cut_off(path: Path, error: Exception) -> VcfError:
    return VcfError(
        f"{path}: cannot be read to its end ({shown(str(error))}); copy the file again",
        code="VCF005",
    )


def _misled(path: Path, error: Exception) -> VcfError:
    return VcfError(
        f"{path}: cannot be read through its index ({shown(str(error))}), which may not be its "
        "own: make it again, or delete it",
        code="VCF006",
    )


@contextmanager
def _told(path: Path, refusal: Callable[[Path, Exception], VcfError]) -> Iterator[None]:
    """Turn what a library says of a broken file into one sentence; the library itself is mute."""
    spoken = pysam.set_verbosity(0)
    try:
        yield
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise refusal(path, error) from error
    finally:
        pysam.set_verbosity(spoken)


def lines_of(source: Source) -> Generator[bytes, None, None]:
    """Yield every line, without its end.  Raises: VcfError VCF005."""
    path = source.path
    with _told(path, _cut_off):
        if source.is_bcf:
            with pysam.VariantFile(str(path)) as file:
                yield from str(file.header).encode().splitlines()
                for record in file:
                    yield str(record).encode().rstrip(b"\n")
            return
        with gzip.open(path) if is_gzip(path) else path.open("rb") as text:
            for line in text:
                yield line.rstrip(b"\r\n")


def fetch_lines(source: Source, stretches: Iterable[Stretch]) -> Generator[bytes, None, None]:
    """Yield the records of some stretches through the index; a record may come twice."""
    path = source.path
    with _told(path, _misled):
        if source.is_bcf:
            with pysam.VariantFile(str(path), index_filename=str(source.index)) as binary:
                for region in _regions([str(c) for c in binary.header.contigs], stretches):
                    for record in binary.fetch(*region):
                        yield str(record).encode().rstrip(b"\n")
            return
        # Latin-1 gives every byte back as it was; what is not UTF-8 is found where it matters.
        with pysam.TabixFile(str(path), index=str(source.index), encoding="latin-1") as packed:
            for region in _regions(packed.contigs, stretches):
                for line in packed.fetch(*region):
                    yield line.encode("latin-1").rstrip(b"\r")


def _regions(contigs: list[str], stretches: Iterable[Stretch]) -> Iterator[tuple[str, int, int]]:
    """Yield the stretches in the file's own spelling of contigs, from 0 and half open."""
    spelled: dict[str, list[str]] = {}
    for contig in contigs:
        spelled.setdefault(chromosome_of(contig), []).append(contig)
    for chromosome, first, last in stretches:
        for contig in spelled.get(chromosome, ()):
            yield contig, max(0, first - 1), last
