"""Folds coded rows of the same content into few: keys of each gene as lists of alternatives.

Coded rows -> rectangles of keys per drug -> drugs joined -> rows with stable ids
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from guidance_source import CONTENT, Coded, table

Rectangle = tuple[tuple[str, tuple[str, ...]], ...]
ORDER = ["Poor", "Likely Poor", "Intermediate", "Likely Intermediate", "Possible Intermediate",
         "Normal", "Rapid", "Ultrarapid"]  # fmt: skip
SHORT = {
    "general": "", "acs-pci": "acs", "cardiovascular-other": "cv", "neurovascular": "nv",
    "paediatrics": "children", "child-over-40kg-or-adult": "adults",
}  # fmt: skip
GENES = {"CYP2C19": "2c19", "CYP2D6": "2d6", "CYP2C9": "2c9", "CYP2B6": "2b6"}


def order_of(value: str) -> tuple[int, float, str]:
    """Return a key that sorts phenotypes by function, and scores by number."""
    word = value.removesuffix(" Metabolizer").removesuffix(" Function")
    if word in ORDER:
        return (0, float(ORDER.index(word)), value)
    number = value.lstrip("≥")
    if number.replace(".", "", 1).isdecimal():
        return (1, float(number) + 0.001 * value.startswith("≥"), value)
    return (2, 0.0, value)


def split_on(gene: int, points: frozenset[tuple[tuple[str, str], ...]]) -> list[Rectangle]:
    """Return rectangles that cover the points, made by grouping one gene's values."""
    genes = [g for g, _ in min(points)]
    rest: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for point in points:
        values = [v for _, v in point]
        rest[values[gene]].add(tuple(v for i, v in enumerate(values) if i != gene))
    groups: dict[frozenset[tuple[str, ...]], list[str]] = defaultdict(list)
    for value, others in rest.items():
        groups[frozenset(others)].append(value)
    found = []
    for others, values in groups.items():
        cells = {genes[gene]: values}
        for place, name in enumerate(g for i, g in enumerate(genes) if i != gene):
            cells[name] = sorted({o[place] for o in others})
        found.append(tuple((g, tuple(sorted(cells[g], key=order_of))) for g in genes))
    return found


def rectangles_of(points: Iterable[tuple[tuple[str, str], ...]]) -> list[Rectangle]:
    """Return the fewest rectangles found; at most two genes decide in CPIC's rows."""
    chosen = frozenset(points)
    width = len(min(chosen))
    if width > 2:
        raise SystemExit(f"more than two genes in {min(chosen)}: extend rectangles_of")
    return sorted(min((split_on(gene, chosen) for gene in range(width)), key=len))


def folded(coded: list[Coded]) -> list[dict[str, str]]:
    """Return rows for recommendations.csv, without evidence of their own kind."""
    points: dict[tuple[str, ...], dict[str, set[tuple[tuple[str, str], ...]]]] = {}
    for row in coded:
        what = (row.family, row.population, row.strength, *row.content)
        points.setdefault(what, defaultdict(set))[row.drug].add(row.keys)
    found: dict[tuple[tuple[str, ...], Rectangle], list[str]] = {}
    for what, by_drug in points.items():
        for drug, keys in by_drug.items():
            for rectangle in rectangles_of(keys):
                found.setdefault((what, rectangle), []).append(drug)
    return named([as_row(what, rectangle, drugs) for (what, rectangle), drugs in found.items()])


def as_row(what: tuple[str, ...], rectangle: Rectangle, drugs: list[str]) -> dict[str, str]:
    """Return one row, its id still to be given."""
    family, population, strength, *content = what
    cells = dict(zip(CONTENT, content, strict=True))
    return {
        "id": family, "guideline": f"cpic-{family}", "drugs": "|".join(sorted(drugs)),
        "population": population,
        "keys": ";".join(f"{gene}={'|'.join(values)}" for gene, values in rectangle),
        "action": cells["action"], "strength": strength, "dose_factor": cells["dose_factor"],
        "dose_limit": cells["dose_limit"], "alternatives": cells["alternatives"],
        "monitoring": cells["monitoring"], "implication": cells["implication"],
        "notes": cells["notes"], "evidence": f"cpic-{family}",
    }  # fmt: skip


def named(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows sorted, with ids that say what they are about; fails on a clash."""
    drugs_of = {f["family"]: set(f["drugs"].split("|")) for f in table("families")}
    slugs = {value: r["slug"] for r in table("values") if r["slug"] for value in [r["values"]]}
    groups = {row["drugs"]: row["group"] for row in table("groups")}
    order = list(drugs_of)
    given: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda r: (order.index(r["id"]), r["population"], r["keys"],
                                           r["drugs"])):  # fmt: skip
        drugs = set(row["drugs"].split("|"))
        every = drugs == drugs_of[row["id"]]
        who = (
            row["id"]
            if every
            else groups.get(row["drugs"]) or "-".join(sorted(d.replace(" ", "-") for d in drugs))
        )
        parts = ["cpic", who,
                 SHORT.get(row["population"], row["population"]),
                 *[slug_of(cell, slugs, many=";" in row["keys"]) for cell in
                   row["keys"].split(";")]]  # fmt: skip
        name = "-".join(p for p in parts if p)
        if name in given:
            raise SystemExit(f"two rows are called {name}")
        given[name] = {**row, "id": name}
    return list(given.values())


def slug_of(cell: str, slugs: dict[str, str], *, many: bool) -> str:
    """Return a short name for one gene's alternatives: "2c19pm", "2d6as0.25to1.0"."""
    gene, _, values = cell.partition("=")
    start = GENES.get(gene, gene.lower()) if many else ""
    words, scores = [], []
    for value in values.split("|"):
        if order_of(value)[0] == 1:
            scores.append(value.lstrip("≥"))
        else:
            words.append(slugs.get(value, clean(value)))
    words = [w for w in words if not (w[0] in "lp" and w[1:] in words and len(w) > 2)]
    if scores:
        words.append(f"as{scores[0]}" + (f"to{scores[-1]}" if len(scores) > 1 else ""))
    return start + "-".join(words)


def clean(value: str) -> str:
    """Return a value as a part of an id."""
    kept = "".join(c if c.isalnum() else "-" for c in value.lower().replace("n/a", "na"))
    return "-".join(p for p in kept.split("-") if p)[:40].rstrip("-")
