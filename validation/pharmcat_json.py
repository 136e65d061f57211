"""A peer's JSON in: the same phenotypes as its own.

Reference: the published example of PharmCAT 3.1.0, and the rows of its test cases (3.1.1) written
in the shapes of its files of versions 2 and 3. Each is read twice: whole, and by its diplotypes
alone, so that the phenotype is ours. Tolerance: none; each difference is explained.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from garrod.adapters.outside import pharmcat
from garrod.adapters.outside.content import read_content
from garrod.adapters.outside.read import read_results
from garrod.core.finding import GeneFinding
from garrod.science.pgx.outside import OutsideRow, findings_from
from validation.calling import PEER, caller
from validation.data import PGX, rows
from validation.figures import Figure, none_of, share, show
from validation.peer import NOTHING, explanations
from validation.writing import alternatives, strands

NAME = "pharmcat_json"
EXAMPLES = ("pharmcat.example.phenotype.json", "pharmcat.example.report.json.gz")
NO_WORD = NOTHING | {"Indeterminate"}  # the peer says nothing there that could be wrong


@dataclass(frozen=True, slots=True)
class Compared:
    """One gene of one file: what the peer says of it, and our finding."""

    case: str
    gene: str
    theirs: frozenset[str]
    finding: GeneFinding | None

    @property
    def ours(self) -> frozenset[str]:
        """Return every phenotype that our candidates have."""
        found = self.finding.candidates if self.finding else ()
        return frozenset(part for c in found for part in c.phenotype.split(";") if part)

    @property
    def agrees(self) -> bool:
        """Return whether both say the same, or the peer says nothing that could be wrong."""
        said = {p for p in self.ours if p not in NO_WORD}
        return said == {p for p in self.theirs if p not in NO_WORD}

    @property
    def shown(self) -> str:
        """Return the difference in one line."""
        names = [c.name for c in self.finding.candidates] if self.finding else []
        reasons = self.finding.reasons[:2] if self.finding else ()
        return f"- {self.case} {self.gene} {names}: theirs {sorted(self.theirs)}, ours " + (
            f"{sorted(self.ours)} {reasons} | {reason(self)}"
        )


def reason(one: Compared) -> str:
    """Return why a gene differs, where that is known."""
    return explanations().get((NAME, one.case, one.gene, "phenotype"), "")


def findings_of(given: Iterable[OutsideRow], *, by_diplotype: bool) -> dict[str, GeneFinding]:
    """Return the findings of rows, whole or by their diplotypes alone."""
    made = caller(PEER)
    told = [
        replace(r, phenotype="", activity_score="") if by_diplotype and r.diplotype else r
        for r in given
    ]
    return findings_from(told, made.definitions, made.phenotyping)


def published(*, by_diplotype: bool) -> list[Compared]:
    """Return each gene that the published files call."""
    found = []
    for name in EXAMPLES:
        path = PGX / "full_report_example" / name
        called = findings_of(read_results(path), by_diplotype=by_diplotype)
        listed = pharmcat._genes(read_content(path).data)
        for gene, report in listed.items():
            told = frozenset(p for d in report["sourceDiplotypes"] for p in d["phenotypes"])
            if gene in called and told:
                found.append(Compared(name, gene, told, called.get(gene)))
    return found


def written(version: int, *, by_diplotype: bool) -> list[Compared]:
    """Return each gene of the peer's cases, written as its files of a version are."""
    cases: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(PGX / "pipeline_cases" / "expected.tsv"):
        cases[f"{row['case']} {row['sample']}".strip()].append(row)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.json"
        for case, listed in cases.items():
            reports = {row["gene"]: _report(row) for row in listed}
            path.write_text(json.dumps(_file(version, reports)), encoding="utf-8")
            is_called = any(r["sourceDiplotypes"] for r in reports.values())
            given = read_results(path) if is_called else ()
            called = findings_of(given, by_diplotype=by_diplotype)
            found += [
                Compared(case, row["gene"], _said(row), called.get(row["gene"])) for row in listed
            ]
    return [one for one in found if one.theirs]  # the tables of some genes were not at hand


def _file(version: int, reports: Mapping[str, Any]) -> dict[str, Any]:
    genes = {"CPIC": reports, "DPWG": {}} if version == 2 else reports
    return {"pharmcatVersion": f"v{version}", "genes": genes}


def _said(row: Mapping[str, str]) -> frozenset[str]:
    return frozenset(alternatives(row["expected_phenotype"])) - NOTHING


def _report(row: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return a gene's report, its phenotype beside a diplotype that is the only one."""
    told = [d for d in alternatives(row["expected_diplotypes"]) if d not in NOTHING]
    inferred = alternatives(row["expected_recommendation_diplotypes"])
    return {
        "sourceDiplotypes": [_diplotype(row, name, is_only=len(told) == 1) for name in told],
        "recommendationDiplotypes": [
            _diplotype(row, name, is_only=len(inferred) == 1) for name in inferred
        ],
    }


def _diplotype(row: Mapping[str, str], name: str, *, is_only: bool) -> dict[str, Any]:
    is_words = any(name.startswith(said) for said in _said(row))  # no diplotype: words alone
    alleles = [] if is_words else [{"name": allele} for allele in strands(name)]
    first, second = (*alleles, None, None)[:2]
    return {
        "allele1": first,
        "allele2": second,
        "phenotypes": sorted(_said(row)) if is_only else [],
        "activityScore": row["expected_activity_score"] if is_only else None,
    }


def _figures(name: str, found: list[Compared]) -> tuple[list[Figure], list[str]]:
    differing = [one for one in found if not one.agrees]
    known = [one for one in differing if reason(one)]
    total = len(found)
    figures = [
        share(f"{name}: same phenotypes", total - len(differing), total),
        share(f"{name}: differ, explained", len(known), total),
        none_of(f"{name}: differ, unexplained", len(differing) - len(known), total),
    ]
    return figures, [one.shown for one in differing]


def main() -> int:
    """Print the figures and each difference."""
    figures: list[Figure] = []
    notes: list[str] = []
    for alone in (False, True):
        how = "by diplotypes alone" if alone else "whole"
        sets = {
            f"published example, {how}": published(by_diplotype=alone),
            f"cases as version 3, {how}": written(3, by_diplotype=alone),
            f"cases as version 2, {how}": written(2, by_diplotype=alone),
        }
        for name, found in sets.items():
            more, differences = _figures(name, found)
            figures += more
            notes += [f"\n{name}:", *differences] if differences else []
    return show(NAME, figures, notes)


if __name__ == "__main__":
    raise SystemExit(main())
