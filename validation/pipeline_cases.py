"""Several-gene files of a peer's own tests, some with calls made outside.

Reference: PharmCAT 3.1.1; 71 of 1,591 rows are asserted by its authors; prior: flat.
Tolerance: 99 % of asserted rows, 98 % of the rest.
"""

from __future__ import annotations

from functools import cache

from garrod.core.errors import VcfError
from validation.calling import Findings, call_file
from validation.data import PGX, rows
from validation.figures import show
from validation.peer import Row, measure, row_of

NAME = "pipeline_cases"
FOLDER = PGX / NAME


@cache
def _called(vcf: str, outside: str) -> Findings:
    try:
        called = call_file(FOLDER / vcf, is_flat=True)
    except VcfError as error:
        print(vcf, error)
        return {}
    return next(iter(called.values()))


def cases() -> list[Row]:
    """Return every gene of every case beside its finding."""
    return [
        row_of(r, _called(r["vcf"], r["outside_calls"]).get(r["gene"]))
        for r in rows(FOLDER / "expected.tsv")
    ]


def main() -> int:
    """Print the figures and what differs."""
    figures, notes = measure(NAME, cases())
    return show(NAME, figures, notes)


if __name__ == "__main__":
    raise SystemExit(main())
