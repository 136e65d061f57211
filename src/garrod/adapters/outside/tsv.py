"""Reads a table of outside calls: gene, diplotype, phenotype, activity score, tab-separated.

Later columns are the caller's own and are ignored; lines that start with # are comments.
"""

from __future__ import annotations

from pathlib import Path

from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow

COLUMNS = 4
LARGEST = 10_000_000  # bytes; a table of calls of one person is a thousand times smaller
SHAPE = "gene, diplotype, phenotype, activity score, separated by tabs"


def read_outside(path: Path) -> tuple[OutsideRow, ...]:
    """Return the rows of a file of outside calls.  Raises: OutsideCallError OUT001, OUT003."""
    return rows_of(_text(path), path)


def rows_of(text: str, path: Path) -> tuple[OutsideRow, ...]:
    """Return the rows of a table's text.  Raises: OutsideCallError OUT001, OUT003."""
    rows: list[OutsideRow] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = [cell.strip().strip('"').strip() for cell in line.split("\t")]
        if not rows and cells[0].lower() == "gene":
            continue  # a row of column names
        if len(cells) < 2 or not cells[0]:
            raise OutsideCallError(
                f"{path}: line {number} is not {SHAPE}; write it so, or remove it",
                code="OUT003",
            )
        diplotype, phenotype, score = (*cells[1:COLUMNS], "", "")[: COLUMNS - 1]
        rows.append(OutsideRow(cells[0], diplotype, phenotype, score, number, str(path)))
    if not rows:
        raise OutsideCallError(f"{path}: holds no call; each line should be {SHAPE}", code="OUT001")
    return tuple(rows)


def _text(path: Path) -> str:
    """Return the file's text.  Raises: OutsideCallError OUT001."""
    if path.is_dir():
        raise OutsideCallError(f"{path}: is a folder; name the file inside it", code="OUT001")
    try:
        if path.stat().st_size > LARGEST:
            raise OutsideCallError(
                f"{path}: is too large for a table of calls; give {SHAPE}", code="OUT001"
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OutsideCallError(
            f"{path}: holds bytes that are not UTF-8 ({error.reason}); save it as UTF-8",
            code="OUT001",
        ) from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "a byte that no path may hold"
        raise OutsideCallError(
            f"{path}: cannot be read ({why}); check the path", code="OUT001"
        ) from error
