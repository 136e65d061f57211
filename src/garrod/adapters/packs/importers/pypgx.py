"""Imports pypgx's tables: genes that the packs in force lack, as packs that extend those.

gene-, allele- and variant-table -> pypgx-definitions, pypgx-phenotypes (functions as stated)

An allele that is structural, or that small variants cannot tell from another, is left out and said
to be; so is a gene that our definitions cannot hold. No phenotype rule is derived: none is stated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from garrod.adapters.packs.importers import pharmcat_definitions, pharmcat_phenotypes
from garrod.adapters.packs.importers.carry import Wish, citation
from garrod.adapters.packs.importers.reading import find_file, read_table
from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.errors import InputError, KnowledgeError

DEFINITIONS, PHENOTYPES = "pypgx-definitions", "pypgx-phenotypes"
URL, LICENCE = "https://github.com/sbslee/pypgx", "MIT"
NONE = "N/A"
GENES = ("Gene", "Target", "Variants", "GRCh38Default", "Strand", "GRCh38Region")
ALLELES = ("Gene", "StarAllele", "Function", "GRCh38Core", "SV")
VARIANTS = (
    *("Gene", "GRCh38Name", "rsID", "Chromosome", "GRCh37Position", "GRCh38Position"),
    *("GRCh37Allele", "GRCh38Allele", "Variant"),
)
Row = Mapping[str, str]


@dataclass(slots=True)
class _Made:
    """What was restated so far, and what was left out of it."""

    genes: Rows = field(default_factory=list)
    positions: Rows = field(default_factory=list)
    alleles: Rows = field(default_factory=list)
    functions: Rows = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def pypgx_drafts(source: Path, wish: Wish) -> list[Draft]:
    """Return the two packs that pypgx's tables give for the genes that the base lacks.

    Raises: InputError INP050, INP051, KnowledgeError KNO009, naming file and line.
    """
    if not wish.version:
        raise InputError("pypgx's tables bear no version; name one with --version", code="INP050")
    known = {r["gene"] for r in wish.base.rows(pharmcat_definitions.NAME, "genes")}
    variants = _variants(find_file(source, "variant-table.csv"))
    alleles_file = find_file(source, "allele-table.csv")
    alleles = _alleles(alleles_file, variants)
    made = _Made()
    for row in read_table(find_file(source, "gene-table.csv"), GENES):
        gene = row["Gene"]
        if row["Target"] == row["Variants"] == "TRUE" and gene not in known and gene in variants:
            _add(row, variants[gene], alleles.get(gene, []), made)
    if not made.genes:
        raise KnowledgeError(
            f"{source}: has no gene that the packs in force lack; there is nothing to import",
            code="KNO009",
        )
    return [_definitions(made, wish), _phenotypes(made, wish)]


def _variants(path: Path) -> dict[str, dict[str, Row]]:
    """Return the variants of each gene by their GRCh38 name."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for line, row in enumerate(read_table(path, VARIANTS), 2):
        if row["GRCh38Name"] in found[row["Gene"]]:
            raise _wrong(path, line, f"{row['Gene']} {row['GRCh38Name']} is there twice")
        found[row["Gene"]][row["GRCh38Name"]] = row
    return dict(found)


def _alleles(path: Path, variants: Mapping[str, Mapping[str, Row]]) -> dict[str, list[Row]]:
    """Return the alleles of each gene; every variant that they name must be known."""
    found: dict[str, list[Row]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for line, row in enumerate(read_table(path, ALLELES), 2):
        key = row["Gene"], row["StarAllele"]
        if key in seen:
            raise _wrong(path, line, f"{' '.join(key)} is there twice")
        seen.add(key)
        for name in _core(row):
            if name not in variants.get(row["Gene"], {}):
                raise _wrong(path, line, f"{' '.join(key)} names {name}, unknown to variant-table")
        found[row["Gene"]].append(row)
    return dict(found)


def _core(row: Row) -> list[str]:
    return [] if row["GRCh38Core"] == NONE else row["GRCh38Core"].split(",")


def _add(gene: Row, variants: Mapping[str, Row], alleles: list[Row], made: _Made) -> None:
    """Append a gene, or the reason why it is left out."""
    symbol, default = gene["Gene"], gene["GRCh38Default"]
    reference = next((a for a in alleles if a["StarAllele"] == default), None)
    named = {name: variants[name] for a in alleles for name in _core(a)}
    positions, reason = _positions(symbol, named)
    if reference is None or _core(reference) or reference["SV"] == "TRUE":
        reason = f"its reference allele {default} is not what GRCh38 shows"
    if reason or not positions:
        made.left_out.append(f"{symbol} ({reason or 'no allele has a variant'})")
        return
    made.genes.append({
        "gene": symbol, "chromosome": positions[0]["chromosome"], "strand": gene["Strand"],
        "mode": "diplotype", "ploidy": "autosomal", "reference_allele": default, "twin": "",
        "evidence": "pypgx",
    })  # fmt: skip
    made.positions += [{k: v for k, v in p.items() if k != "chromosome"} for p in positions]
    for row in _told_apart(alleles, default, made):
        cells = (named[name] for name in _core(row))
        made.alleles.append({
            "gene": symbol, "allele": row["StarAllele"],
            "reference": "yes" if row["StarAllele"] == default else "no",
            "defines": ";".join(f"{v['GRCh38Position']}={v['Variant']}" for v in cells),
            "fold_into": "", "ignored": "no", "evidence": "pypgx",
        })  # fmt: skip
        made.functions.append({
            "gene": symbol, "allele": row["StarAllele"],
            "function": "Unknown function" if row["Function"] == NONE
            else row["Function"].capitalize(),
            "activity_value": "", "evidence": "pypgx",
        })  # fmt: skip


def _told_apart(alleles: list[Row], default: str, made: _Made) -> Iterator[Row]:
    """Yield the alleles that small variants tell from every other, the reference among them."""
    known: dict[tuple[str, ...], str] = {(): default}
    for row in alleles:
        name, bases = row["StarAllele"], tuple(sorted(_core(row)))
        if row["SV"] == "TRUE":
            made.left_out.append(f"{row['Gene']} {name} (structural)")
        elif known.setdefault(bases, name) != name:
            made.left_out.append(f"{row['Gene']} {name} (has the bases of {known[bases]})")
        else:
            yield row


def _positions(gene: str, named: Mapping[str, Row]) -> tuple[Rows, str]:
    """Return a gene's positions, or the reason why they cannot be stated."""
    found: dict[str, dict[str, str]] = {}
    for row in named.values():
        pos = row["GRCh38Position"]
        if not pos.isdecimal() or row["Chromosome"] in ("X", "Y", "M"):
            return [], f"a variant at {row['Chromosome']}:{pos} of GRCh38"
        old = found.get(pos)
        if old is None:
            found[pos] = _position(gene, row)
        elif old["ref38"] != row["GRCh38Allele"]:
            return [], f"two REFs at {pos}"
        else:
            old["alts38"] += f"/{row['Variant']}"
            old["hgvs"] = ""
    return [found[pos] for pos in sorted(found, key=int)], ""


def _position(gene: str, row: Row) -> dict[str, str]:
    pos, ref, alt = row["GRCh38Position"], row["GRCh38Allele"], row["Variant"]
    is_base = len(ref) == len(alt) == 1
    known = (ref, alt) if is_base else (ref,)
    is_there = row["GRCh37Position"].isdecimal() and row["GRCh37Allele"] in known
    return {
        "chromosome": row["Chromosome"], "gene": gene, "position_id": f"{gene}:{pos}",
        "rsid": row["rsID"] if row["rsID"].startswith("rs") else "",
        "hgvs": f"g.{pos}{ref}>{alt}" if is_base else "", "role": "defining",
        "pos38": pos, "ref38": ref, "alts38": alt,
        "pos37": row["GRCh37Position"] if is_there else "",
        "ref37": row["GRCh37Allele"] if is_there else "",
        "status37": "verified" if is_there else "absent",
        "required": "no", "ignored": "no", "decides": "", "evidence": "pypgx",
    }  # fmt: skip


def _definitions(made: _Made, wish: Wish) -> Draft:
    tables = {"genes": made.genes, "positions": made.positions, "alleles": made.alleles}
    notes = (f"{DEFINITIONS}: left out: {'; '.join(made.left_out)}",) if made.left_out else ()
    manifest = {
        **_manifest(made, wish, pharmcat_definitions.NAME),
        "title": "Positions and alleles of further genes (pypgx)",
        "genome_builds": ["GRCh38", "GRCh37"],
        "does_not_cover": made.left_out,
    }
    return Draft(DEFINITIONS, wish.version, manifest, tables, _evidence(wish), notes)


def _phenotypes(made: _Made, wish: Wish) -> Draft:
    manifest = {
        **_manifest(made, wish, pharmcat_phenotypes.NAME),
        "title": "Allele functions of further genes (pypgx)",
        "genome_builds": [],
        "does_not_cover": ["phenotypes: no rule is stated"],
    }
    return Draft(PHENOTYPES, wish.version, manifest, {"functions": made.functions}, _evidence(wish))


def _manifest(made: _Made, wish: Wish, extended: str) -> dict[str, object]:
    return {
        "title": "", "extends": extended, "licence": LICENCE, "retrieved": wish.retrieved,
        "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted(row["gene"] for row in made.genes), "does_not_cover": [],
    }  # fmt: skip


def _evidence(wish: Wish) -> Rows:
    locus = "gene-, allele- and variant-table"
    return [citation("pypgx", wish.retrieved, source="pypgx", version=wish.version, locus=locus,
                     url=URL, licence=LICENCE)]  # fmt: skip


def _wrong(path: Path, line: int, what: str) -> KnowledgeError:
    return KnowledgeError(f"{path}: line {line}: {what}; correct the row", code="KNO009")
