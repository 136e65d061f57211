"""Every published DPWG recommendation against our coded rows.

Reference: the 529 DPWG rows of the guideline tables. Ours must exist, be told apart on one axis
only, have the same strength, and actions and dose factors that a coarse reading of the text
allows. Tolerance: every difference is explained in EXPLAINED.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Guidance, Recommendation, load_guidance, matching
from validation.data import PGX, rows
from validation.dpwg_text import actions_of, factors_in

PACK = "pgx-guidance-dpwg"
NEWER = ("atazanavir", "mavacamten", "rosuvastatin")  # rows from a newer report
STRENGTHS = {"N/A": "n/a", "": "n/a"}
TWO_REDUCED = "c.2846A>T/c.2846A>T"  # one of the genotypes that "1.0 (Phenotyping)" stands for
BOTH = "*15:02 and *15:11 positive"

# Where our row names another factor than the text, or none: the factor that we have, and why.
EXPLAINED = {
    ("dpwg-aripiprazole-cyp2d6", ""): "a share of the maximum dose: the limit and a note say so",
    ("dpwg-citalopram-cyp2c19", ""): "a share of the maximum dose: the limit says it",
    ("dpwg-escitalopram-cyp2c19", ""): "a share of the maximum dose: the limit says it",
    ("dpwg-pimozide-cyp2d6", ""): "a share of the maximum dose: the limit says it",
    ("dpwg-clomipramine-cyp2d6", ""): "in anxiety and OCD only with side effects: a note",
    ("dpwg-efavirenz-cyp2b6", ""): "doses found in studies of children: notes say so",
    ("dpwg-clopidogrel-cyp2c19", ""): "not doubled outside intervention, stroke and TIA",
    ("dpwg-eliglustat-cyp2d6", "0.5"): "84 mg once instead of twice a day is half",
    ("dpwg-flecainide-cyp2d6", ""): "no other dose in the Brugada test",
    (
        "dpwg-metoprolol-cyp2d6",
        "",
    ): "where no slow heart matters, or where the maximum fails: notes",
    ("dpwg-lansoprazole-cyp2c19", ""): "if necessary, outside Helicobacter: a note says so",
    ("dpwg-omeprazole-cyp2c19", ""): "if necessary, outside Helicobacter: a note says so",
    ("dpwg-pantoprazole-cyp2c19", ""): "if necessary, outside Helicobacter: a note says so",
    ("dpwg-quetiapine-cyp3a4", ""): "none in depression, where an alternative is chosen",
    ("dpwg-tacrolimus-cyp3a5", ""): "none where the donor liver has another genotype",
    ("dpwg-tamoxifen-cyp2d6", "1.5-2"): "the text says: by a factor of",
    ("dpwg-tegafur-dpyd", ""): "doses of other medicines: notes say so",
    ("dpwg-venlafaxine-cyp2d6", ""): "150 % only if needed: a note says so",
    ("dpwg-zuclopenthixol-cyp2d6", ""): "1.5 times is the limit of a trial: a note says so",
}


@dataclass(frozen=True, slots=True)
class Published:
    """One source row: its number in the table, drug, gene, key as findings spell it, and text."""

    number: int
    drug: str
    gene: str
    key: str
    strength: str
    text: str

    @property
    def label(self) -> str:
        """Return how the row is called in lists."""
        return f"{self.drug}, {self.gene} {self.key}"


def published() -> Iterator[Published]:
    """Yield DPWG's rows in the order of the table."""
    table = rows(PGX / "knowledge" / "recommendations_flat.csv.gz", tabs=False)
    for number, row in enumerate(table, start=1):
        if row["source"] == "DPWG":
            ((gene, value),) = json.loads(row["lookup_key"]).items()
            strength = STRENGTHS.get(row["classification"], row["classification"])
            yield Published(
                number, row["drugs"], gene, key_of(value), strength, row["recommendation"]
            )


def key_of(value: str | Mapping[str, float]) -> str:
    """Return a source key as a finding would spell it."""
    if not isinstance(value, str):
        return "/".join(allele for allele, count in value.items() for _ in range(int(count)))
    if value == "1511 and 1502":
        return BOTH
    score, _, word = value.partition(" (")
    if word and score == "1.0" and word.startswith("Phenotyping"):
        return TWO_REDUCED
    return score if word else value


def coded_for(guidance: Guidance, one: Published) -> tuple[Recommendation, ...]:
    """Return our rows for a source row, one per circumstance that it tells apart."""
    return matching(guidance, one.drug, {one.gene: (one.key,)})


def reason_against(guidance: Guidance, one: Published) -> str:
    """Return why our rows differ from a source row, or nothing."""
    found = coded_for(guidance, one)
    if not found:
        return "no row"
    axes = {guidance.populations[row.population].axis for row in found}
    if len(axes) != 1:
        return f"told apart on several axes: {sorted(axes)}"
    return next((reason for row in found if (reason := differs(row, one, len(found)))), "")


def differs(row: Recommendation, one: Published, rows_of_it: int) -> str:
    """Return why one of our rows differs from the source row, or nothing."""
    if row.strength != one.strength:
        return f"{row.id}: strength {row.strength}, published {one.strength}"
    allowed = actions_of(one.text, tells_apart=rows_of_it > 1)
    if row.action.value not in allowed:
        return f"{row.id}: action {row.action}, the text reads {sorted(allowed) or 'unread'}"
    if not is_factor_named(row, one.text) and (row.guideline, row.dose_factor) not in EXPLAINED:
        named = sorted(factors_in(one.text))
        return f"{row.id}: dose factor {row.dose_factor or 'none'}, the text {named}"
    return ""


def is_factor_named(row: Recommendation, text: str) -> bool:
    """Return whether a text names the factor of our row, or none where our row has none."""
    named = factors_in(text)
    return row.dose_factor in named or (not named and not row.dose_factor)


def stale(guidance: Guidance, every: list[Published]) -> list[tuple[str, str]]:
    """Return explanations that explain nothing."""
    needed = {
        (row.guideline, row.dose_factor)
        for one in every
        for row in coded_for(guidance, one)
        if not is_factor_named(row, one.text)
    }
    return sorted(EXPLAINED.keys() - needed)


def main() -> int:
    """Print agreement; return 1 where a row differs."""
    guidance = load_guidance(load_shelf(), PACK)
    every = list(published())
    reasons = Counter[str]()
    reached: set[str] = set()
    for one in every:
        reached.update(row.id for row in coded_for(guidance, one))
        reason = reason_against(guidance, one)
        if reason:
            reasons[f"{one.label}: {reason}"] += 1
    newer = [row.id for row in guidance.recommendations if row.id not in reached]
    drugs = len({one.drug for one in every})
    print("| rows | drugs | agree | different | our rows | of them newer |\n|" + "---|" * 6)
    print(
        f"| {len(every)} | {drugs} | {len(every) - reasons.total()} | {reasons.total()} "
        f"| {len(guidance.recommendations)} | {len(newer)}: {', '.join(newer)} |"
    )
    for reason in reasons:
        print(f"  differs: {reason}")
    idle = stale(guidance, every)
    for explanation in idle:
        print(f"  explains nothing: {explanation}")
    return int(bool(reasons) or bool(idle) or len(newer) != len(NEWER))


if __name__ == "__main__":
    raise SystemExit(main())
