"""Where the reference data lies, and how its tables are read."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

PGX = (
    Path(os.environ.get("GARROD_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    / "data"
    / "pgx"
)


def rows(path: Path, *, tabs: bool = True) -> Iterator[dict[str, str]]:
    """Yield the rows of a table, gzipped or not."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from csv.DictReader(file, delimiter="\t" if tabs else ",")
