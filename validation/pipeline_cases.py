"""Several-gene files of a peer's own tests, some with calls made outside.

Reference: PharmCAT 3.1.1; 71 of 1,591 rows are asserted by its authors; prior: flat.
Tolerance: 99 % of asserted rows, 98 % of the rest.
"""

from __future__ import annotations

from functools import cache

from garrod.adapters.outside.tsv import read_outside
from garrod.core.errors import VcfError
from garrod.science.pgx.outside import findings_from
from validation.calling import PEER, POPULATION, Findings, call_file, caller
from validation.data import PGX, rows
from validation.figures import show
from validation.peer import Row, by_default, measure, row_of

NAME = "pipeline_cases"
FOLDER = PGX / NAME
NOTHING_TO_READ = {"VCF018", "VCF019"}  # no record, or none of a pharmacogene


@cache
def _called(vcf: str, outside: str, rules: str) -> Findings:
    made = caller(rules)
    stated = [row for name in outside.split(";") if name for row in read_outside(FOLDER / name)]
    given = findings_from(stated, made.definitions, made.phenotyping)
    try:
        called = call_file(FOLDER / vcf, rules=PEER, outside=given)
    except VcfError as error:  # a file that is refused has nothing but its outside calls
        if error.code not in NOTHING_TO_READ:
            raise
        return given
    return next(iter(called.values()))


def cases(rules: str = PEER) -> list[Row]:
    """Return every gene of every case beside its finding."""
    return [
        row_of(r, _called(r["vcf"], r["outside_calls"], rules).get(r["gene"]))
        for r in rows(FOLDER / "expected.tsv")
    ]


def main() -> int:
    """Print the figures and what differs."""
    figures, notes = measure(NAME, cases())
    return show(NAME, [*figures, by_default(cases(POPULATION))], notes)


if __name__ == "__main__":
    raise SystemExit(main())
