"""Restates the FDA table of pharmacogenetic associations as the pack pgx-guidance-fda.

saved page, CSV or JSON -> associations -> keys and coded acts -> a pack, and what was left out

The table is a work of the United States government; still, only codes are kept, in our words. What
the pack in force says of FDA labels, which the table does not, is carried over with its licence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from garrod.adapters.packs.importers.carry import Wish, citation, citation_of
from garrod.adapters.packs.importers.fda_table import Association, read_associations
from garrod.adapters.packs.importers.fda_words import CPIC, Coded, coded_for, genes_of, keys_of
from garrod.adapters.packs.importers.writing import Draft, Rows, write_draft
from garrod.knowledge.pack import Pack

NAME = "pgx-guidance-fda"
URL = "https://www.fda.gov/medical-devices/precision-medicine/table-pharmacogenetic-associations"
LICENCE = "LicenseRef-US-Government-Work"
TABLE, OWN, LABEL = "fda-table", "own", "fda-label-"
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


def import_fda(
    source: Path, target: Path, *, retrieved: date, version: str = "", base: Pack | None = None
) -> Path:
    """Return the folder of the pack made of a saved FDA table; its version is the date, or given.

    Raises: InputError INP051 (not the table), INP050 (version), KnowledgeError KNO008 (there
    already).
    """
    named = version or f"{retrieved:%Y.%m.%d}"
    return write_draft(target, fda_draft(read_associations(source), retrieved, named, base))


def fda_drafts(source: Path, wish: Wish) -> tuple[list[Draft], dict[str, Rows]]:
    """Return the pack of a saved FDA table, as other importers do.  Raises: InputError INP051."""
    retrieved = date.fromisoformat(wish.retrieved)
    base = wish.base.pack(NAME) if NAME in wish.base.names() else None
    version = wish.version or f"{retrieved:%Y.%m.%d}"
    return [fda_draft(read_associations(source), retrieved, version, base)], {}


def fda_draft(
    associations: Iterable[Association], retrieved: date, version: str, base: Pack | None = None
) -> Draft:
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
    labels = _labels(base)
    tables = {
        "guidelines": [*_guidelines(rows, retrieved), *labels["guidelines"]],
        "recommendations": [*rows, *labels["recommendations"]],
        "populations": [GENERAL],
        "phrases": _once([*_phrases(rows), *labels["phrases"]], "code"),
        "genes": _genes([*rows, *labels["recommendations"]]),
        "left_out": left_out,
    }
    notes = [f"{r['place']}: {r['drug']}, {r['gene']}: {r['reason']}" for r in left_out]
    if base and labels["recommendations"]:
        notes.append(f"{NAME}: what labels say is carried over from {base.manifest.reference}")
    return Draft(
        name=NAME,
        version=version,
        manifest=_manifest(tables["recommendations"], labels["evidence"], retrieved),
        tables={name: table for name, table in tables.items() if table},
        evidence=[*_evidence(retrieved, version), *labels["evidence"]],
        notes=tuple(notes),
    )


def _labels(base: Pack | None) -> dict[str, Rows]:
    """Return the rows of a pack that speak of labels, and what those rows need."""
    old = base.tables if base else {}
    rows = [
        {column: row.get(column, "") for column in RECOMMENDATION}
        for row in old.get("recommendations", ())
        if row["guideline"].startswith(LABEL)
    ]
    guidelines = {row["guideline"] for row in rows}
    codes, cited = _codes(rows), {row["evidence"] for row in rows}
    known = base.evidence.items() if base else ()
    return {
        "recommendations": rows,
        "guidelines": [dict(r) for r in old.get("guidelines", ()) if r["guideline"] in guidelines],
        "phrases": [{**r, "evidence": OWN} for r in old.get("phrases", ()) if r["code"] in codes],
        "evidence": [citation_of(key, told) for key, told in known if key in cited],
    }


def _once(rows: Rows, *columns: str) -> Rows:
    """Return rows without those that repeat the columns of an earlier one."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in columns), row)
    return list(found.values())


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
    found = [
        {"drug": row["drugs"], "gene": gene, "role": "decides", "evidence": row["evidence"]}
        for row in rows
        for gene in (cell.partition("=")[0] for cell in row["keys"].split(";"))
    ]
    return _once(found, "drug", "gene")


def _phrases(rows: Rows) -> Rows:
    used = _codes(rows)
    return [
        {"code": code, "kind": kind, "text": text, "evidence": OWN}
        for kind, words in PHRASES.items()
        for code, text in words.items()
        if code in used
    ]


def _codes(rows: Rows) -> set[str]:
    cells = [row[name] for row in rows for name in ("implication", "notes", "monitoring")]
    return {code for cell in cells for code in cell.split("|")}


def _manifest(rows: Rows, labels: Rows, retrieved: date) -> dict[str, object]:
    licences = dict.fromkeys((LICENCE, "Apache-2.0", *(row["licence"] for row in labels)))
    return {
        "title": "The FDA table of pharmacogenetic associations, coded by fixed patterns",
        "licence": " AND ".join(licences), "retrieved": retrieved.isoformat(),
        "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted({row["drugs"] for row in rows}),
        "does_not_cover": ["what FDA labels say beyond the table and the rows carried over",
                           "associations in table left_out, each with its reason",
                           "doses by genotype, and rules for children or with other medicines"],
    }  # fmt: skip


def _evidence(retrieved: date, version: str) -> Rows:
    day = retrieved.isoformat()
    return [
        citation(TABLE, day, source="FDA table of pharmacogenetic associations", version=day,
                 locus="the row of the drug and gene, in the section named", url=URL,
                 licence=LICENCE),
        citation(OWN, day, source="Garrod's own words and codes", version=version,
                 licence="Apache-2.0"),
    ]  # fmt: skip
