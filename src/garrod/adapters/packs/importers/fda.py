"""Restates the FDA table of pharmacogenetic associations as the pack pgx-guidance-fda.

saved page, CSV or JSON -> associations -> keys and coded acts -> a pack, and what was left out

The table is a work of the United States government; still, only codes are kept, in our words. It
replaces the shipped pack of that name, whose label rows come from another source and are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from garrod.adapters.packs.importers.fda_table import Association, read_associations
from garrod.adapters.packs.importers.fda_words import CPIC, Coded, coded_for, genes_of, keys_of
from garrod.adapters.packs.importers.writing import Draft, Rows, write_draft

NAME = "pgx-guidance-fda"
URL = "https://www.fda.gov/medical-devices/precision-medicine/table-pharmacogenetic-associations"
LICENCE = "LicenseRef-US-Government-Work"
TABLE, OWN = "fda-table", "own"
LEFT_OUT = ("drug", "gene", "section", "place", "reason", "evidence")
MANY = " and ", "/", ", "  # how a fixed combination is written where a medicine is named
RECOMMENDATION = ("id", "guideline", "drugs", "population", "keys", "action", "strength",
                  "dose_factor", "dose_limit", "alternatives", "monitoring", "implication",
                  "notes", "section", "evidence")  # fmt: skip
GENERAL = {
    "population": "general", "text": "everyone", "question": "", "axis": "", "min_age": "",
    "max_age": "", "min_weight_kg": "", "indications": "", "default": "yes", "sex": "",
    "pregnant": "", "routes": "", "min_daily_mg": "", "max_daily_mg": "", "taking": "",
    "exposure": "", "evidence": OWN,
}  # fmt: skip
PHRASES = {
    "implication": {
        "level-higher": "blood levels are raised",
        "level-higher-harm": "blood levels are raised and harm is more likely",
        "level-lower": "blood levels of what acts are lower",
        "level-lower-harm": "blood levels of what acts are lower and harm may follow",
        "level-differs": "blood levels may differ from the usual",
        "level-differs-harm": "blood levels may differ from the usual and harm is more likely",
        "harm": "harm is more likely",
        "weaker": "it may work less well",
        "result-matters": "the FDA names this result as one that matters",
    },
    "note": {
        "unless-benefit-outweighs": "only where the benefit clearly outweighs the risk",
        "label-has-more": "the product information says more, for some people or doses: read it",
        "or-alternative": "another medicine may be used instead",
    },
    "monitoring": {
        "skin": "skin and mucous membranes", "liver": "liver tests",
        "blood-count": "full blood count", "qt-interval": "QT interval", "inr": "INR",
        "drug-level": "drug level", "jaundice": "jaundice", "breathing": "breathing",
        "muscle-symptoms": "muscle pain or weakness", "side-effects": "side effects",
    },
}  # fmt: skip


def import_fda(source: Path, target: Path, *, retrieved: date, version: str = "") -> Path:
    """Return the folder of the pack made of a saved FDA table; its version is the date, or given.

    Raises: InputError INP051 (not the table), INP050 (version), KnowledgeError KNO008 (there
    already).
    """
    draft = fda_draft(read_associations(source), retrieved, version or f"{retrieved:%Y.%m.%d}")
    return write_draft(target, draft, {"left_out": LEFT_OUT})


def fda_draft(associations: Iterable[Association], retrieved: date, version: str) -> Draft:
    """Return the pack to be written, with a note for each association left out."""
    found: dict[str, dict[str, str]] = {}
    left_out: Rows = []
    for association in associations:
        reason = reason_to_leave_out(association)
        if reason:
            left_out.append(_left_out(association, reason))
        for row in () if reason else recommendations(association):
            found[_free(row["id"], found)] = row
    rows = [{**row, "id": name} for name, row in found.items()]
    notes = (f"{r['place']}: {r['drug']}, {r['gene']}: {r['reason']}" for r in left_out)
    return Draft(
        name=NAME,
        version=version,
        manifest=_manifest(rows, retrieved),
        tables={
            "guidelines": _guidelines(rows, retrieved),
            "recommendations": rows,
            "populations": [GENERAL],
            "phrases": _phrases(rows),
            "genes": _genes(rows),
            "left_out": left_out,
        },
        evidence=_evidence(retrieved, version),
        notes=tuple(notes),
    )


def reason_to_leave_out(row: Association) -> str:
    """Return why an association cannot be restated, or nothing."""
    if any(mark in row.drug for mark in MANY):
        return "a fixed combination of medicines"
    genes = genes_of(row.gene)
    if not genes:
        return "the gene is not named exactly"
    if not all(keys_of(gene, row.subgroup) for gene in genes):
        return "the subgroup is not one of the forms that can be read as a result"
    return ""


def recommendations(row: Association) -> Iterator[dict[str, str]]:
    """Yield the coded rows of an association: one for each gene and each act."""
    for gene in genes_of(row.gene):
        acts: dict[Coded, list[str]] = {}
        for key in keys_of(gene, row.subgroup):
            acts.setdefault(coded_for(row, key), []).append(key)
        for act, keys in acts.items():
            yield _recommendation(row, gene, act, keys)


def _recommendation(row: Association, gene: str, act: Coded, keys: list[str]) -> dict[str, str]:
    drug = row.drug.casefold()
    cells = {
        "id": f"fda-{_plain(drug)}-{_plain(gene)}-{'-'.join(_slug(key) for key in keys)}",
        "guideline": f"fda-table-{_plain(gene)}", "drugs": drug, "population": "general",
        "keys": f"{gene}={'|'.join(keys)}", "action": act.action, "strength": "n/a",
        "dose_factor": act.dose_factor, "dose_limit": act.dose_limit, "alternatives": "",
        "monitoring": "|".join(act.monitoring), "implication": act.implication,
        "notes": "|".join(act.notes), "section": row.section, "evidence": TABLE,
    }  # fmt: skip
    return {column: cells[column] for column in RECOMMENDATION}


def _free(name: str, taken: dict[str, dict[str, str]]) -> str:
    """Return the name, or with a number where two associations share drug, gene and subgroup."""
    if name not in taken:
        return name
    return next(n for i in range(2, len(taken) + 3) if (n := f"{name}-{i}") not in taken)


def _slug(key: str) -> str:
    initials = {phenotype: f"{word[0]}m" for word, phenotype in CPIC.items() if word != "extensive"}
    return initials.get(key) or _plain(key)


def _plain(text: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in text.casefold())
    return "-".join(part for part in kept.split("-") if part)


def _left_out(row: Association, reason: str) -> dict[str, str]:
    place = row.place.rpartition(": ")[2]
    cells = (row.drug.casefold(), row.gene, row.section, place, reason, TABLE)
    return dict(zip(LEFT_OUT, cells, strict=True))


def _guidelines(rows: Rows, retrieved: date) -> Rows:
    genes = dict.fromkeys(row["keys"].partition("=")[0] for row in rows)
    return [
        {"guideline": f"fda-table-{_plain(gene)}",
         "name": f"FDA table of pharmacogenetic associations: {gene}", "source": "FDA",
         "version": retrieved.isoformat(), "genes": gene, "pmid": "", "url": URL,
         "evidence": TABLE}
        for gene in genes
    ]  # fmt: skip


def _genes(rows: Rows) -> Rows:
    pairs = dict.fromkeys((row["drugs"], row["keys"].partition("=")[0]) for row in rows)
    return [
        {"drug": drug, "gene": gene, "role": "decides", "evidence": TABLE} for drug, gene in pairs
    ]


def _phrases(rows: Rows) -> Rows:
    used = {
        code
        for row in rows
        for cell in (row["implication"], row["notes"], row["monitoring"])
        for code in cell.split("|")
    }
    return [
        {"code": code, "kind": kind, "text": text, "evidence": OWN}
        for kind, words in PHRASES.items()
        for code, text in words.items()
        if code in used
    ]


def _manifest(rows: Rows, retrieved: date) -> dict[str, object]:
    return {
        "title": "The FDA table of pharmacogenetic associations, coded by fixed patterns",
        "licence": f"{LICENCE} AND Apache-2.0", "retrieved": retrieved.isoformat(),
        "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted({row["drugs"] for row in rows}),
        "does_not_cover": ["what FDA labels say beyond the table",
                           "associations in table left_out, each with its reason",
                           "doses by genotype, and rules for children or with other medicines"],
    }  # fmt: skip


def _evidence(retrieved: date, version: str) -> Rows:
    day = retrieved.isoformat()
    return [
        {"id": TABLE, "source": "FDA table of pharmacogenetic associations", "version": day,
         "locus": "the row of the drug and gene, in the section named", "pmid": "", "url": URL,
         "licence": LICENCE, "retrieved": day},
        {"id": OWN, "source": "Garrod's own words and codes", "version": version, "locus": "",
         "pmid": "", "url": "", "licence": "Apache-2.0", "retrieved": day},
    ]  # fmt: skip
