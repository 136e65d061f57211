"""Imports a PharmCAT download: definitions, phenotypes, and guidance as facts.

folder -> pgx-definitions, pgx-phenotypes (other genes carried over), facts of guidance, uncoded.csv
"""

from __future__ import annotations

import re
from pathlib import Path

from garrod.adapters.packs.importers import pharmcat_definitions as definitions
from garrod.adapters.packs.importers import pharmcat_guidance as guidance
from garrod.adapters.packs.importers import pharmcat_phenotypes as phenotypes
from garrod.adapters.packs.importers.carry import Wish, citation, update_of
from garrod.adapters.packs.importers.reading import find_file, find_files, read_json
from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.errors import InputError, KnowledgeError
from garrod.knowledge.shelf import Shelf

PHARMCAT = "https://github.com/PharmGKB/PharmCAT"
CLINPGX = "https://www.clinpgx.org"
LICENCE = "CC0-1.0 AND MIT"
FACTS_LICENCE = "LicenseRef-facts (CPIC: CC0-1.0; annotations of others: CC-BY-SA-4.0)"
TRANSLATIONS, EXEMPTIONS = "*_translation.json", "exemptions.json"
PLACES = "variant-table.csv"  # pypgx's: both builds
UNCODED = "uncoded.csv"
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def pharmcat_drafts(source: Path, wish: Wish) -> tuple[list[Draft], dict[str, Rows]]:
    """Return the packs that a download gives, and the reports to be written beside them.

    Raises: InputError INP051, KnowledgeError KNO009.
    """
    translations = find_files(source, TRANSLATIONS)
    tables, versions = phenotypes.tables_of(source)
    annotations = guidance.guidance_files(source)
    if not translations and not versions and not annotations:
        raise InputError(
            f"{source}: holds no {TRANSLATIONS}, phenotype table or guideline annotation "
            "(CPIC_*.json); name the folder with PharmCAT's files",
            code="INP051",
        )
    drafts = [_definitions(source, translations, wish)] if translations else []
    _check_defined(set(versions), [*drafts], wish, source)
    drafts += [_phenotypes(tables, versions, wish)] if versions else []
    if not annotations:
        return drafts, {}
    rows = list(guidance.fact_rows(annotations, wish.base))
    return [*drafts, _guidance(rows, annotations, wish)], {UNCODED: guidance.uncoded_rows(rows)}


def _check_defined(genes: set[str], made: list[Draft], wish: Wish, source: Path) -> None:
    """Raise KnowledgeError KNO009 where a phenotype table is of a gene that nobody defines."""
    defined = {r["gene"] for r in wish.base.rows(definitions.NAME, "genes")}
    defined |= {r["gene"] for draft in made for r in draft.tables["genes"]}
    unknown = sorted(genes - defined)
    if unknown:
        raise KnowledgeError(
            f"{source}: phenotype tables of {', '.join(unknown)}, which no pack and no "
            f"{TRANSLATIONS} here defines; add the definition, or leave the table out",
            code="KNO009",
        )


def _definitions(source: Path, paths: list[Path], wish: Wish) -> Draft:
    version = _one_version(paths, wish.version)
    anchors = _anchors(source, wish.base)
    tables = definitions.definition_tables(paths, find_file(source, EXEMPTIONS), anchors)
    evidence = citation(
        "definitions",
        wish.retrieved,
        source="ClinPGx allele definitions (CPIC, PharmVar)",
        version=version,
        locus=f"allele definition tables of {len(paths)} genes; GRCh37 from pypgx or the pack "
        "in force",
        url=PHARMCAT,
        licence="CC0-1.0",
    )
    return update_of(
        wish.base.pack(definitions.NAME),
        tables,
        [evidence],
        version=wish.version or imported_version(version),
        retrieved=wish.retrieved,
        licence=LICENCE,
    )


def _one_version(paths: list[Path], told: str) -> str:
    """Return the version that all definition files have.  Raises: KnowledgeError KNO009."""
    found: dict[str, Path] = {}
    for path in paths:
        data = read_json(path)
        found.setdefault(str(data.get("version")) if isinstance(data, dict) else "none", path)
    if len(found) > 1 and not told:
        shown = ", ".join(f"{p.name} has {v}" for v, p in found.items())
        raise KnowledgeError(
            f"{paths[0].parent}: the definition files are of different versions ({shown}); "
            "download them together, or name the pack's own --version",
            code="KNO009",
        )
    return next(iter(found))


def _anchors(source: Path, base: Shelf) -> definitions.Anchor:
    """Return places on both builds: of the download's table, else of the pack in force."""
    tables = find_files(source, PLACES)
    if tables:
        return definitions.anchors_of(tables[0])
    return {
        (row["gene"], int(row["pos38"]), row["ref38"]): {
            "GRCh37Position": row["pos37"],
            "GRCh37Allele": row["ref37"],
        }
        for row in base.rows(definitions.NAME, "positions")
        if row["status37"] == "verified"
    }


def imported_version(text: str) -> str:
    """Return "2025.11.5.import" for a date in a source's version.  Raises: InputError INP050."""
    match = _DATE.match(text)
    if match is None:
        raise InputError(
            f"the download's version is {text!r}, which is no date; name the pack's --version",
            code="INP050",
        )
    return ".".join([*(str(int(part)) for part in match.groups()), "import"])


def _phenotypes(tables: dict[str, Rows], versions: dict[str, str], wish: Wish) -> Draft:
    evidence = [
        citation(
            f"table-{gene.lower()}",
            wish.retrieved,
            source="CPIC allele functionality and phenotype tables",
            version=version or "not stated",
            locus=gene,
            url=PHARMCAT,
            licence="CC0-1.0",
        )
        for gene, version in versions.items()
    ]
    return update_of(
        wish.base.pack(phenotypes.NAME),
        tables,
        evidence,
        version=wish.version or imported_version(max(versions.values(), key=_date_first)),
        retrieved=wish.retrieved,
        licence=LICENCE,
    )


def _date_first(version: str) -> tuple[bool, str]:
    return _DATE.match(version) is not None, version


def _guidance(rows: Rows, paths: list[Path], wish: Wish) -> Draft:
    version = str(read_json(paths[0]).get("version", ""))
    evidence = citation(
        "annotations",
        wish.retrieved,
        source="ClinPGx guideline annotations (CPIC, DPWG)",
        version=version,
        locus="keys, population, strength and citations; no sentence",
        url=CLINPGX,
        licence=FACTS_LICENCE,
    )
    open_rows = sum(not row["action"] for row in rows)
    manifest = {
        "title": "Facts of guideline annotations, for coding; never read as advice",
        "licence": FACTS_LICENCE, "retrieved": wish.retrieved, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": sorted({row["drug"] for row in rows}),
        "does_not_cover": [f"acts of {open_rows} rows that nobody has coded yet"],
    }  # fmt: skip
    notes = (f"{guidance.NAME}: {open_rows} of {len(rows)} rows need coding by a clinician",)
    chosen = wish.version or imported_version(version)
    return Draft(guidance.NAME, chosen, manifest, {"facts": rows}, [evidence], notes)
