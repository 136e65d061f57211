"""Writes the pack pgx-doses: warfarin's equations with intervals, usual doses, maintenance doses.

The equations are published; how far real doses lie from them is measured here, by group, on the
IWPC's public table. Run: python tools/packs/build_doses.py
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from math import ceil, floor
from pathlib import Path

from writing import shared_data, write_pack

from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.dose import (
    DoseEstimate,
    WarfarinCase,
    load_warfarin,
    on_scale,
    warfarin_dose,
)

VERSION = "2026.11.0"
RETRIEVED = "2026-11-25"
FOLDER = Path(__file__).resolve().parent / "doses"
TAIL = 0.05  # on each side, so that nine of ten lie between
GROUPS = {"White": "white", "Asian": "asian", "Black or African American": "black"}
DRUGS = {
    "Amiodarone (Cordarone)": "amiodarone", "Carbamazepine (Tegretol)": "carbamazepine",
    "Phenytoin (Dilantin)": "phenytoin", "Rifampin or Rifampicin": "rifampicin",
}  # fmt: skip
THROMBOSIS = {"1", "2", "1 or 2"}  # deep vein thrombosis, pulmonary embolism
# The middle of each range that indications were given; where none is stated, 2 to 3.
RANGES = {"2-3": 2.5, "2-3.5": 2.75, "1.7-3.3": 2.5, "2.5-3.5": 3.0, "3-4": 3.5, "3.0-4.0": 3.5,
          "": 2.5}  # fmt: skip


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a hand-written table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases() -> Iterator[tuple[WarfarinCase, float]]:
    """Yield each person of the IWPC table with the stable dose, mg a week."""
    path = shared_data() / "predict" / "warfarin" / "iwpc_warfarin_dev.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield case_of(row), float(row["Therapeutic Dose of Warfarin"])


def case_of(row: dict[str, str]) -> WarfarinCase:
    """Return one person; the age is the middle of its decade."""
    decade = row["Age"][:2]
    alleles = tuple(row["CYP2C9 consensus"].split("/")) if row["CYP2C9 consensus"] else ()
    genotype = row["VKORC1 -1639 consensus"]
    inr = row["Target INR"]
    return WarfarinCase(
        age=int(decade) + 5 if decade else None,
        height_cm=float(row["Height (cm)"]) if row["Height (cm)"] else None,
        weight_kg=float(row["Weight (kg)"]) if row["Weight (kg)"] else None,
        ethnicity=GROUPS.get(row["Race (OMB)"], ""),
        cyp2c9=alleles,
        vkorc1_a=genotype.count("A") if genotype else None,
        drugs=frozenset(drug for column, drug in DRUGS.items() if row[column] == "1.0"),
        is_smoker={"1.0": True, "0.0": False}.get(row["Current Smoker"]),
        target_inr=float(inr)
        if inr
        else RANGES[row["Estimated Target INR Range Based on Indication"]],
        has_thrombosis=bool(
            THROMBOSIS
            & {part.strip() for part in row["Indication for Warfarin Treatment"].split(";")}
        ),
    )


def quantile(values: list[float], share: float) -> float:
    """Return an order statistic, the outer one where the rank falls between two."""
    ranked = sorted(values)
    rank = share * (len(ranked) + 1)
    place = floor(rank) if share < 0.5 else ceil(rank)
    return ranked[min(max(place - 1, 0), len(ranked) - 1)]


def spread_rows(people: list[tuple[WarfarinCase, float]]) -> list[dict[str, str]]:
    """Return for each equation and group how far real doses lay from it, on its scale."""
    tables = {name: tuple(table(name)) for name in ("models", "terms", "inducers")}
    none = [
        {"model": r["model"], "group": "unknown", "low": "0", "high": "0"} for r in table("models")
    ]
    shelf = Shelf([Pack(Manifest("pgx-doses", "0", "", "", "", "", "", (), {}),
                        {**tables, "spread": tuple(none)})])  # fmt: skip
    warfarin = load_warfarin(shelf)
    found = []
    for equation in warfarin.equations:
        gaps: dict[str, list[float]] = {group: [] for group in (*GROUPS.values(), "unknown")}
        for case, dose in people:
            told = warfarin_dose(warfarin, equation, case)
            is_complete = not equation.needs_genes or (case.cyp2c9 and case.vkorc1_a is not None)
            if isinstance(told, DoseEstimate) and is_complete:
                gap = on_scale(equation.scale, dose) - on_scale(equation.scale, told.mg_per_week)
                gaps[case.ethnicity or "unknown"].append(gap)
                if case.ethnicity:
                    gaps["unknown"].append(gap)
        found += [
            {"model": equation.model, "group": group, "low": f"{quantile(values, TAIL):.4f}",
             "high": f"{quantile(values, 1 - TAIL):.4f}", "people": str(len(values)),
             "evidence": "spread"}
            for group, values in gaps.items()
        ]  # fmt: skip
    return found


def evidence() -> list[dict[str, str]]:
    """Return evidence.csv."""
    order = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
    rows = [
        ("iwpc", "International Warfarin Pharmacogenetics Consortium", "2009",
         "pharmacogenetic and clinical equations (supplement)", "19228618",
         "https://doi.org/10.1056/NEJMoa0809329", "Apache-2.0"),
        ("gage", "Gage and others, Clin Pharmacol Ther 2008;84:326-331", "2008",
         "pharmacogenetic equation; each effect agrees with the abstract, the intercept with "
         "the IWPC table", "18305455",
         "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC2683977/", "Apache-2.0"),
        ("spread", "IWPC public table (PharmGKB PS206767)", "33e1bc59",
         "5th and 95th percentile of observed less predicted, by group, measured by this "
         "script on a table of PharmGKB",
         "", "https://www.pharmgkb.org/downloads", "Apache-2.0"),
        ("cpic-thiopurines", "CPIC guideline: TPMT, NUDT15 and thiopurines", "2018",
         "usual starting doses (unchecked)", "30447069", "https://cpicpgx.org/guidelines/",
         "CC0-1.0"),
        ("tacrolimus", "CPIC guideline: CYP3A5 and tacrolimus; product label", "2015",
         "most 0.3 mg/kg/day; usual starting dose of the label (unchecked)", "25801146",
         "https://cpicpgx.org/guidelines/", "CC0-1.0"),
        ("siponimod", "Product information of siponimod (EMA)", "2026.11.0",
         "maintenance dose by CYP2C9 genotype (unchecked)", "",
         "https://www.ema.europa.eu/en/medicines/human/EPAR/mayzent", "Apache-2.0"),
        ("own", "Garrod's own choice", VERSION, "fosphenytoin counts as phenytoin", "", "",
         "Apache-2.0"),
    ]  # fmt: skip
    return [dict(zip(order, (*row, RETRIEVED), strict=True)) for row in rows]


def main() -> None:
    """Write the pack."""
    tables = {name: table(name) for name in ("models", "terms", "inducers", "usual", "maintenance")}
    tables["spread"] = spread_rows(list(cases()))
    manifest = {
        "title": "Doses in milligrams: equations, usual and maintenance doses",
        "licence": "Apache-2.0 AND CC0-1.0", "retrieved": RETRIEVED, "reviewer": "",
        "review_date": "", "genome_builds": [],
        "covers": ["warfarin (weekly dose)", "azathioprine, mercaptopurine, thioguanine (start)",
                   "tacrolimus (start)", "siponimod (maintenance)"],
        "does_not_cover": ["warfarin with CYP2C9 alleles other than *1, *2 and *3",
                           "people under 18", "the loading dose and later steering of warfarin"],
    }  # fmt: skip
    print(write_pack("pgx-doses", VERSION, manifest=manifest, tables=tables,
                     evidence=evidence()))  # fmt: skip


if __name__ == "__main__":
    main()
