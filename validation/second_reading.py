"""Two readings of the same rows: what was coded first, what a second reader coded blind, and who
was right where they differed.

Two hundred CPIC rows and ninety DPWG rows, one of every medicine and the rest drawn by a fixed seed
(validation.readings). The second reader saw the whole texts and a code book, and nothing of ours; a
third, who did not know whose coding was whose, judged every difference by the text. The tables hold
the first coding as it was then. What was found wrong has been corrected since: here the pack of
today is held against the judgement. Nobody of the three is a clinician.
Run: python -m validation second_reading
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Recommendation, load_guidance, matching
from validation.dpwg_rows import PACK, key_of
from validation.figures import Figure, show
from validation.guidance_rows import POPULATIONS
from validation.readings import drawn

HERE = Path(__file__).resolve().parent
FIELDS = ("action", "dose", "alternatives", "circumstance")
Row = Mapping[str, str]
Coded = Callable[[Row], Sequence[Recommendation]]


def recorded(source: str) -> list[dict[str, str]]:
    """Return the recorded readings of one source."""
    path = HERE / f"{source.lower()}_second_reading.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cpic_today() -> Coded:
    """Return how today's pack codes a drawn CPIC row."""
    guidance = load_guidance(load_shelf())

    def coded(row: Row) -> Sequence[Recommendation]:
        keys = {gene: [value] for gene, value in json.loads(row["lookup_key"]).items()}
        return matching(guidance, row["drugs"], keys, POPULATIONS[row["population"]])[:1]

    return coded


def dpwg_today() -> Coded:
    """Return how today's pack codes a drawn DPWG row: one row for each circumstance."""
    guidance = load_guidance(load_shelf(), PACK)

    def coded(row: Row) -> Sequence[Recommendation]:
        ((gene, key),) = json.loads(row["lookup_key"]).items()
        return matching(guidance, row["drugs"], {gene: (key_of(key),)})

    return coded


def compare(source: str, coded: Coded) -> tuple[list[Figure], list[str]]:
    """Return the figures of one source, and what is wrong with the record or still uncorrected."""
    rows, found = recorded(source), dict(drawn(source))
    if [int(row["row"]) for row in rows] != list(found):
        return [], [f"{source}: the recorded rows are not the drawn ones"]
    wrong = [
        f"{source} row {row['row']} ({row['drug']}): judged {row['second_action']}, the pack says "
        f"{', '.join(r.action.value for r in coded(found[int(row['row'])])) or 'nothing'}"
        for row in rows
        if row["action"] == "second"
        and row["second_action"] not in [r.action.value for r in coded(found[int(row["row"])])]
    ]
    wrong += [
        f"{source} row {row['row']}: a difference without a reason"
        for row in rows
        if {row[name] for name in FIELDS} != {"same"} and not row["why"]
    ]
    return [Figure(f"{source}: rows read twice", str(len(rows))), *_figures(source, rows)], wrong


def _figures(source: str, rows: Sequence[Row]) -> list[Figure]:
    made = []
    for name in FIELDS:
        told = Counter(row[name] for row in rows)
        made.append(
            Figure(
                f"{source}, {name}: alike · both defensible · first right · second right · neither",
                " · ".join(
                    str(told[kind]) for kind in ("same", "both", "first", "second", "neither")
                ),
            )
        )
    return made


def main() -> int:
    """Print both readings; return 1 where a judged act is not what the pack says today."""
    cpic, open_cpic = compare("CPIC", cpic_today())
    dpwg, open_dpwg = compare("DPWG", dpwg_today())
    open_ones = [*open_cpic, *open_dpwg]
    last = Figure("acts judged wrong and not corrected", str(len(open_ones)), "0", not open_ones)
    return show("Two readings of guideline rows", [*cpic, *dpwg, last], open_ones)


if __name__ == "__main__":
    raise SystemExit(main())
