"""The full published example report: each recommendation there has its counterpart here.

Reference: PharmCAT 3.1.0's example (data of 2025-11-05): 83 CPIC, 63 DPWG, 16 FDA label and 19 FDA
table annotations. Its own VCF and outside calls are read and called by us; the row that our
guidance then finds must speak of the same genes, have the same strength, and an action that a
coarse reading of the text allows. Tolerance: none; every difference has a reason in REASONS.

Run: python -m validation.full_report   (writes validation/full_report.csv, without their texts)
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from garrod.adapters.outside.read import read_results
from garrod.core.finding import GeneFinding
from garrod.science.pgx.guidance import Guidance, Recommendation, load_guidance, matching
from garrod.science.pgx.outside import findings_from
from garrod.science.pgx.recommend import meaning_of
from validation import dpwg_text, guidance_reading
from validation.calling import PEER, call_file, caller, shelf
from validation.data import PGX
from validation.figures import Figure, none_of, share, show
from validation.guidance_rows import POPULATIONS, STRENGTHS

NAME = "full_report"
FOLDER = PGX / "full_report_example"
RESULT = Path(__file__).with_suffix(".csv")
SAME, STATED, DIFFERS = "same", "stated", "differs"


@dataclass(frozen=True, slots=True)
class Source:
    """A source of the report: our name for it, our pack, and how its guidelines' ids start."""

    name: str
    pack: str
    start: str
    annotations: int


SOURCES = {
    "CPIC Guideline Annotation": Source("CPIC", "pgx-guidance", "cpic-", 83),
    "DPWG Guideline Annotation": Source("DPWG", "pgx-guidance-dpwg", "dpwg-", 63),
    "FDA Label Annotation": Source("FDA label", "pgx-guidance-fda", "fda-label-", 16),
    "FDA PGx Association": Source("FDA table", "pgx-guidance-fda", "fda-table-", 19),
}
# Where our row differs from the annotation, or is not there, and why.
CHANGED = "the source changed its text after our version (March 2024): "
ONE_GENE = "the text turns on HLA-B*15:02 alone; CYP2C9*3, which it names too, has a row of its own"
REASONS = {
    ("CPIC", "warfarin"): "printed as a chart, without key or text; ours is the chart's row",
    ("DPWG", "carbamazepine"): f"{CHANGED}an alternative where possible became “avoid”",
    ("DPWG", "eliglustat"): f"{CHANGED}liver and kidney function instead of co-medication",
    ("FDA label", "fosphenytoin"): ONE_GENE,
    ("FDA label", "phenytoin"): ONE_GENE,
}
# Guidelines that the reader of CPIC's texts of 2024 does not know.
NEWER_READING = (
    (re.compile(r"starting total daily dose of at least"), frozenset(("start-higher",))),
)
# The first that is found in an FDA text -> the actions that it allows.
FDA_READING = tuple(
    (re.compile(pattern, re.I), frozenset(actions.split()))
    for pattern, actions in (
        (r"suspected (genetic )?suscept", "avoid ask"),
        (r"consider avoiding", "prefer-alternative"),
        (r"dosages are based|recommended dose of|range of expected|adjust dosage", "adjust"),
        (r"contraindicated|should not be used|should be avoided|do not use|avoid use", "avoid"),
        (r"recommended (maintenance )?dosage", "standard"),
        (r"titrated", "adjust"),
        (r"caution is|monitor|vigilance", "monitor"),
        (r"systemic (active metabolite )?concentrations", "no-recommendation"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    """One annotation of the report, as it is printed."""

    source: Source
    drug: str
    population: str
    keys: Mapping[str, str]
    strength: str
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One annotation beside our row; what full_report.csv holds."""

    drug: str
    source: str
    gene: str
    key: str
    population: str
    our_rows: str
    our_actions: str
    status: str
    reason: str


def printed() -> Iterator[Printed]:
    """Yield every annotation of the report."""
    path = FOLDER / "pharmcat.example.report.json.gz"
    report = json.loads(gzip.decompress(path.read_bytes()))
    for name, source in SOURCES.items():
        for drug, said in report["drugs"][name].items():
            for guideline in said["guidelines"]:
                for annotation in guideline["annotations"]:
                    yield from _printed(source, drug, annotation)


def _printed(source: Source, drug: str, annotation: Mapping[str, Any]) -> Iterator[Printed]:
    strength = annotation["classification"] or ""
    for keys in annotation["lookupKey"] or [{}]:
        yield Printed(
            source=source,
            drug=drug,
            population=_population(source, annotation["population"]),
            keys={gene: _key(gene, value) for gene, value in keys.items()},
            strength=STRENGTHS.get(strength, strength),
            text=plain(annotation["drugRecommendation"] or ""),
        )


def _population(source: Source, written: str | None) -> str:
    """Return our population; nothing where a text tells circumstances apart in itself."""
    return POPULATIONS[written or "n/a"] if source.name == "CPIC" else ""


def plain(text: str) -> str:
    """Return a text without its tags and quotation marks."""
    bare = re.sub(r"\s*\n\s*", "\n", re.sub(r"<[^>]+>", " ", text))
    return unescape(bare).strip(' "\n')


def _key(gene: str, value: str | Mapping[str, float]) -> str:
    """Return a key as a finding would spell it: a pair of alleles as "*1/*1"."""
    if gene == "VKORC1" and not isinstance(value, str):
        return {"rs9923231 reference (C)": "-1639 GG"}[next(iter(value))]
    if isinstance(value, str):
        return value
    return "/".join(allele for allele, count in value.items() for _ in range(int(count)))


@cache
def findings() -> dict[str, GeneFinding]:
    """Return our findings from the example's VCF and its outside calls."""
    made = caller(PEER)
    path = FOLDER / "pharmcat.example.phenotype.json"
    reports = json.loads(path.read_text(encoding="utf-8"))["geneReports"]
    outside = {gene for gene, told in reports.items() if told["callSource"] == "OUTSIDE"}
    rows = [row for row in read_results(path) if row.gene in outside]
    given = findings_from(rows, made.definitions, made.phenotyping)
    called = call_file(FOLDER / "pharmcat.example.vcf", rules=PEER, outside=given)
    return next(iter(called.values()))


@cache
def guidance_of(pack: str) -> Guidance | None:
    """Return the guidance of a pack, or None where the wheel has no such pack."""
    return load_guidance(shelf(), pack) if pack in shelf().names() else None


def compare(one: Printed) -> Compared:
    """Return an annotation beside our rows."""
    rows, reason = counterparts(one)
    known = REASONS.get((one.source.name, one.drug), "") if rows else ""
    populations = dict.fromkeys(row.population for row in rows)
    return Compared(
        drug=one.drug,
        source=one.source.name,
        gene="; ".join(sorted(one.keys)),
        key="; ".join(one.keys[gene] for gene in sorted(one.keys)),
        population="; ".join(populations) or one.population,
        our_rows="; ".join(row.id for row in rows),
        our_actions="; ".join(dict.fromkeys(row.action.value for row in rows)),
        status=(STATED if known else DIFFERS) if reason else SAME,
        reason=known if reason and known else reason,
    )


def counterparts(one: Printed) -> tuple[tuple[Recommendation, ...], str]:
    """Return our rows for an annotation, and why one of them is not the same, or nothing.

    There are several where a text tells circumstances apart, and we have a row for each.
    """
    guidance = guidance_of(one.source.pack)
    if guidance is None:
        return (), f"no pack {one.source.pack}"
    keys = {gene: _ours(gene) for gene in one.keys or guidance.genes_of(one.drug)}
    strange = [gene for gene, value in one.keys.items() if value not in keys[gene]]
    if strange:
        return (), f"our finding gives {', '.join(keys[strange[0]])} for {strange[0]}"
    found = tuple(
        row
        for row in matching(guidance, one.drug, keys, one.population or None)
        if row.guideline.startswith(one.source.start) and set(row.genes) <= keys.keys()
    )
    if not found:
        return (), "no row"
    return found, next((r for row in found if (r := differs(row, one, len(found)))), "")


def beyond() -> Iterator[tuple[str, str, Recommendation]]:
    """Yield source, medicine and row where we advise and the report prints nothing.

    The peer does not know the allele of MT-RNR1 as its example's laboratory writes it.
    """
    known = {(one.source.name, one.drug) for one in printed()}
    for source in SOURCES.values():
        guidance = guidance_of(source.pack)
        if guidance is None:
            continue
        for drug in guidance.drugs():
            keys = {g: _ours(g) for g in guidance.genes_of(drug) if not g.startswith("rs")}
            for row in matching(guidance, drug, keys):
                if row.guideline.startswith(source.start) and (source.name, drug) not in known:
                    yield source.name, drug, row


def _ours(gene: str) -> Sequence[str]:
    return meaning_of(gene, findings())[0].keys


def differs(row: Recommendation, one: Printed, rows: int) -> str:
    """Return why one of our rows is not what an annotation says, or nothing."""
    if set(row.genes) != set(one.keys):
        return f"our row speaks of {', '.join(row.genes)} alone"
    if row.strength != one.strength:
        return f"our strength is {row.strength}, printed {one.strength}"
    allowed = reading(one, tells_apart=rows > 1)
    if row.action.value not in allowed:
        return f"the text reads {', '.join(sorted(allowed)) or 'as nothing known'}"
    return ""


def reading(one: Printed, *, tells_apart: bool) -> frozenset[str]:
    """Return the actions that a coarse reading of an annotation's text allows."""
    if one.source.name == "DPWG":
        return dpwg_text.actions_of(one.text, tells_apart=tells_apart)
    known = guidance_reading.actions_of(one.text, one.drug) if one.source.name == "CPIC" else None
    table = NEWER_READING if one.source.name == "CPIC" else FDA_READING
    return known or next((acts for shape, acts in table if shape.search(one.text)), frozenset())


def write(compared: Sequence[Compared], path: Path = RESULT) -> None:
    """Write the comparison, row by row, without any text of the report."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f.name for f in fields(Compared)])
        writer.writerows([getattr(one, f.name) for f in fields(Compared)] for one in compared)


def figures_of(compared: Sequence[Compared]) -> Iterator[Figure]:
    """Yield the counts of each source, and what nothing explains."""
    for source in SOURCES.values():
        mine = Counter(one.status for one in compared if one.source == source.name)
        yield Figure(
            f"{source.name}: annotations", str(mine.total()), str(source.annotations),
            mine.total() == source.annotations,
        )  # fmt: skip
        yield share(f"{source.name}: the same here", mine[SAME], mine.total())
        yield share(f"{source.name}: different, with a reason", mine[STATED], mine.total())
        yield none_of(f"{source.name}: different without one", mine[DIFFERS], mine.total())


@cache
def comparison() -> tuple[Compared, ...]:
    """Return every annotation of the report beside our rows."""
    return tuple(compare(one) for one in printed())


def main() -> int:
    """Print the counts and every difference; return 1 where one is open."""
    compared = comparison()
    told = [one for one in compared if one.status != SAME]
    notes = [f"- {o.source}, {o.drug}, {o.gene} {o.key}: {o.reason} ({o.status})" for o in told]
    notes += [
        f"- ours alone: {name}, {drug}: {row.action} ({row.id})" for name, drug, row in beyond()
    ]
    explained = {(one.source, one.drug) for one in told}
    idle = [f"- explains nothing: {key}" for key in REASONS if key not in explained]
    return show(NAME, figures_of(compared), [*notes, *idle]) or int(bool(idle))


if __name__ == "__main__":
    write(comparison())
    raise SystemExit(main())
