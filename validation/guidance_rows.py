"""Every published CPIC recommendation against our coded row.

Reference: 3,042 rows that another program printed for known cases, and the 1,996 rows of the
guideline tables. Ours must exist, have the same strength, and an action and dose factor that a
coarse reading of the text allows. Tolerance: every difference is explained.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import Guidance, Recommendation, load_guidance, matching
from validation.data import PGX, rows
from validation.guidance_reading import actions_of, factor_of

POPULATIONS = {
    "general": "general", "adults": "adults", "pediatrics": "paediatrics",
    "child >40kg_adult": "child-over-40kg-or-adult", "CVI ACS PCI": "acs-pci",
    "CVI non-ACS non-PCI": "cardiovascular-other", "NVI": "neurovascular",
    "CBZ naive": "cbz-naive", "CBZ use >3mos": "cbz-exposed",
    "CBZ-no alternatives": "cbz-no-alternatives", "OXC naive": "oxc-naive",
    "OXC use >3 mos": "oxc-exposed", "PHT naive": "pht-naive", "PHT use >3mos": "pht-exposed",
    "n/a": "general",
}  # fmt: skip
STRENGTHS = {"N/A": "n/a", "": "n/a", "Unspecified": "n/a"}
# Where we leave out, or put elsewhere, a factor that the text names.
FACTOR_ELSEWHERE = {
    "cpic-ppi": "for long treatment or certain diseases only: a note says so",
    "cpic-ssri": "a higher maintenance dose where it does not work: a note says so",
    "cpic-atomoxetine": "steps of titration: a note says so",
}


@dataclass(frozen=True, slots=True)
class Published:
    """One published recommendation: who, which keys, how strong, and its text."""

    drug: str
    population: str
    keys: Mapping[str, Sequence[str]]
    strength: str
    text: str


def published_cases() -> Iterator[Published]:
    """Yield what was printed for known cases; one per combination of results."""
    for row in rows(PGX / "expected_recommendations.tsv.gz"):
        for lookup in dict.fromkeys(row["lookup"].split(" || ")):
            yield _published(row, row["drug"], json.loads(lookup))


def published_tables() -> Iterator[Published]:
    """Yield the rows of the guideline tables, without those that explain copy numbers."""
    for row in rows(PGX / "knowledge" / "recommendations_flat.csv.gz", tabs=False):
        if row["source"] == "CPIC" and "xN combinations" not in row["lookup_key"]:
            keys = {gene: [value] for gene, value in json.loads(row["lookup_key"]).items()}
            yield _published(row, row["drugs"], keys)


def _published(row: Mapping[str, str], drug: str, keys: Mapping[str, Sequence[str]]) -> Published:
    strength = STRENGTHS.get(row["classification"], row["classification"])
    known = {gene: tuple(values) for gene, values in keys.items() if values}
    return Published(drug, POPULATIONS[row["population"]], known, strength, row["recommendation"])


def reason_against(guidance: Guidance, one: Published, *, once: bool) -> str:
    """Return why our row differs from a published one, or nothing; `once`: exactly one row."""
    found = matching(guidance, one.drug, one.keys, one.population)
    if one.drug == "warfarin":
        tested = any(v != ("No Result",) for v in one.keys.values())
        return "" if bool(found) == tested else "no row although a gene has a result"
    if not found:
        return "no row"
    if once and len(found) != 1:
        return f"{len(found)} rows: {', '.join(r.id for r in found)}"
    # Several alleles of one gene may each have a row: one of them must be the published one.
    reasons = [_differs(row, one) for row in found]
    return "" if "" in reasons else reasons[0]


def _differs(row: Recommendation, one: Published) -> str:
    allowed = actions_of(one.text, one.drug)
    if row.strength != one.strength:
        return f"{row.id}: strength {row.strength}, published {one.strength}"
    if row.action.value not in allowed:
        return f"{row.id}: action {row.action}, the text reads {sorted(allowed) or 'unread'}"
    factor = factor_of(one.text, one.drug)
    if factor != row.dose_factor and not (
        row.guideline in FACTOR_ELSEWHERE and not row.dose_factor
    ):
        return f"{row.id}: dose factor {row.dose_factor or 'none'}, the text {factor or 'none'}"
    return ""


def compare(guidance: Guidance, title: str, published: Iterator[Published], *, once: bool) -> int:
    """Print how many rows agree, and each kind of difference; return the number that differ."""
    total, reasons = 0, Counter[str]()
    drugs = set()
    for one in published:
        total += 1
        drugs.add(one.drug)
        reason = reason_against(guidance, one, once=once)
        if reason:
            reasons[f"{one.drug}, {one.population}, {dict(one.keys)}: {reason}"] += 1
    missing = sum(n for r, n in reasons.items() if r.endswith("no row"))
    differ = reasons.total()
    print(
        f"| {title} | {len(drugs)} | {total} | {total - differ} | {missing} | {differ - missing} |"
    )
    for reason, count in reasons.most_common():
        print(f"  differs ({count}): {reason}")
    return differ


def main() -> int:
    """Print agreement; return 1 where a row differs."""
    guidance = load_guidance(load_shelf())
    print("| rows | drugs | total | agree | missing | different |\n|---|---|---|---|---|---|")
    wrong = compare(guidance, "printed for known cases", published_cases(), once=False)
    wrong += compare(guidance, "guideline tables", published_tables(), once=True)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
