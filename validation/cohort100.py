"""48 people, unphased, with gaps, against the output of a peer program.

Reference: PharmCAT 3.1.1 (not biology); prior: flat.  Tolerance: 98 % of rows.
"""

from __future__ import annotations

from validation.calling import PEER, POPULATION, call_file
from validation.data import PGX, rows
from validation.figures import show
from validation.peer import Row, by_default, measure, row_of

NAME = "cohort100"


def cases(rules: str = PEER) -> list[Row]:
    """Return every gene of every person beside its finding."""
    folder = PGX / NAME
    called = call_file(folder / "cohort.vcf.gz", rules=rules)
    return [row_of(r, called[r["sample"]][r["gene"]]) for r in rows(folder / "expected.tsv")]


def main() -> int:
    """Print the figures and what differs."""
    figures, notes = measure(NAME, cases())
    return show(NAME, [*figures, by_default(cases(POPULATION))], notes)


if __name__ == "__main__":
    raise SystemExit(main())
