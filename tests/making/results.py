"""Results of other programs, synthetic, as files that a reader is given."""

import zipfile
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "outside"
METADATA = "Gene=CYP2D6\nAssembly=GRCh38\nSemanticType=SampleTable[Results]\n"
TABLE = (
    "\tGenotype\tPhenotype\tHaplotype1\tHaplotype2\tAlternativePhase\tVariantData\tCNV\n"
    "SYNTHETIC-1\t*1/*4\tIntermediate Metabolizer\t*1;\t*4;*10;\t;\t*4:22-42128945-C-T\tNormal\n"
    "SYNTHETIC-2\tIndeterminate\tIndeterminate\t\t\t\t\tUnknown\n"
)


def pypgx_archive(
    path: Path, *, metadata: str = METADATA, table: str | None = TABLE, method: int = 8
) -> Path:
    """Write an archive as PyPGx does: two files in a folder."""
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("synthetic/metadata.txt", metadata)
        if table is not None:
            archive.writestr("synthetic/data.tsv", table)
    return path


def examples(folder: Path) -> dict[str, Path]:
    """Return an example of each format by name, the archive written into `folder`."""
    found = {path.name: path for path in sorted(DATA.iterdir()) if path.suffix != ".md"}
    return {**found, "results.zip": pypgx_archive(folder / "results.zip")}
