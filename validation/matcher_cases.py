"""One-gene files of a peer's own tests: 79 of 81 rows are asserted by its authors.

Reference: PharmCAT 3.1.1; prior: flat.  Tolerance: 99 % of asserted rows, 98 % of the rest.
"""

from __future__ import annotations

from validation.calling import PEER, POPULATION, call_file
from validation.data import PGX, rows
from validation.figures import show
from validation.peer import Row, by_default, measure, row_of

NAME = "matcher_cases"


def cases(rules: str = PEER) -> list[Row]:
    """Return every case beside its finding."""
    folder = PGX / NAME
    found = []
    for row in rows(folder / "expected.tsv"):
        called = call_file(folder / row["vcf"], rules=rules)
        found.append(row_of(row, next(iter(called.values()))[row["gene"]]))
    return found


def main() -> int:
    """Print the figures and what differs."""
    figures, notes = measure(NAME, cases())
    return show(NAME, [*figures, by_default(cases(POPULATION))], notes)


if __name__ == "__main__":
    raise SystemExit(main())
