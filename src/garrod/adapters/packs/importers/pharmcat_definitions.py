"""Restates PharmCAT's allele definition files as the tables of pgx-definitions.

*_translation.json + exemptions.json (+ a table of both builds) -> genes, positions, alleles,
priorities

A definition file is on GRCh38. The place on GRCh37 comes from a table that has both builds; where
it does not have a position, from the offset of its neighbours, and it is said to be unverified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from garrod.adapters.packs.importers.reading import read_json, read_table
from garrod.adapters.packs.importers.writing import Rows
from garrod.core.errors import KnowledgeError

NAME = "pgx-definitions"
BUILD = "GRCh38"
MINUS = {"ABCG2", "CYP2C8", "CYP2D6", "CYP3A4", "CYP3A5", "CYP4F2", "DPYD", "F5", "TPMT", "VKORC1"}
COMPONENTS = ("DPYD", "RYR1")  # called variant by variant. Source: PMID 29152729, 30499100
X_LINKED = "G6PD"
WOBBLE = "RYSWKM"  # two bases fit. Source: IUPAC-IUB, PMID 2582368
# An allele of the same function as the reference allele, told from it only by the base that the
# build happens to carry: GRCh38 has *38, GRCh37 has *1. Source: pypgx 0.27.0 gene-table.
TWINS = {"CYP2C19": "*1"}
# Variants without which nobody is called normal; rows of one name stand for each other (the tag of
# HapB3 for its cause). Source: PMID 29152729 (DPYD), 34032273 (MT-RNR1); G6PD: the commonest
# deficiencies of Africa and the Mediterranean; c.557A>G: added in England for African ancestry.
DECIDES = {
    ("DPYD", "rs3918290"): "c.1905+1G>A (*2A)", ("DPYD", "rs55886062"): "c.1679T>G (*13)",
    ("DPYD", "rs67376798"): "c.2846A>T", ("DPYD", "rs75017182"): "HapB3",
    ("DPYD", "rs56038477"): "HapB3", ("DPYD", "rs115232898"): "c.557A>G",
    ("G6PD", "rs1050828"): "202G>A (A-)", ("G6PD", "rs5030868"): "563C>T (Mediterranean)",
    ("MT-RNR1", "rs267606617"): "m.1555A>G",
}  # fmt: skip
PLACES = ("Gene", "rsID", "GRCh37Position", "GRCh38Position", "GRCh37Allele", "GRCh38Allele")
COLUMNS = {
    "priorities": ("gene", "candidates", "pick", "evidence"),
}
Anchor = Mapping[tuple[str, int, str], Mapping[str, str]]
Tables = dict[str, Rows]


def anchors_of(path: Path) -> Anchor:
    """Return rows of a table of both builds by gene, GRCh38 position and GRCh38 allele.

    Raises: InputError INP051.
    """
    return {
        (row["Gene"], int(row["GRCh38Position"]), row["GRCh38Allele"]): row
        for row in read_table(path, PLACES)
        if row["GRCh37Position"].isdecimal() and row["GRCh38Position"].isdecimal()
    }


def offset_of(data: Mapping[str, Any], anchors: Anchor) -> int | None:
    """Return GRCh37 - GRCh38 of a gene where all anchors among its positions agree on one."""
    positions = [variant["position"] for variant in data["variants"]]
    inside = range(min(positions), max(positions) + 1)
    shifts = {
        int(row["GRCh37Position"]) - pos38
        for (gene, pos38, _), row in anchors.items()
        if gene == data["gene"] and pos38 in inside
    }
    return shifts.pop() if len(shifts) == 1 else None


def grch37_of(
    gene: str, variant: Mapping[str, Any], anchors: Anchor, offset: int | None
) -> dict[str, str]:
    """Return pos37, ref37 and how sure they are."""
    ref = variant["ref"]
    row = anchors.get((gene, variant["position"], ref))
    known = [ref, *variant["alts"]] if len(ref) == 1 else [ref]
    if row and row["GRCh37Allele"] in known:
        return {
            "pos37": row["GRCh37Position"], "ref37": row["GRCh37Allele"], "status37": "verified",
        }  # fmt: skip
    if offset is not None:
        pos = variant["position"] + offset
        return {"pos37": str(pos), "ref37": ref, "status37": "unverified"}
    return {"pos37": "", "ref37": "", "status37": "absent"}


def position_row(
    gene: str, variant: Mapping[str, Any], where: Mapping[str, str], **flags: str
) -> dict[str, str]:
    """Return one row of positions.csv."""
    return {
        "gene": gene, "position_id": f"{gene}:{variant['position']}",
        "rsid": variant["rsid"] or "", "hgvs": variant["chromosomeHgvsName"],
        "role": flags.get("role", "defining"), "pos38": str(variant["position"]),
        "ref38": variant["ref"], "alts38": "/".join(variant["alts"]), **where,
        "required": flags.get("required", "no"), "ignored": flags.get("ignored", "no"),
        "decides": DECIDES.get((gene, variant["rsid"] or ""), ""),
        "evidence": flags.get("evidence", "definitions"),
    }  # fmt: skip


def allele_rows(data: Mapping[str, Any], ignored: set[str]) -> Rows:
    """Return a gene's rows of alleles.csv."""
    rows = []
    for allele in data["namedAlleles"]:
        cells = zip(data["variants"], allele["alleles"], strict=True)
        # the reference allele's own base is blank in the pack; where it may show two, that is kept
        defines = [
            f"{v['position']}={b}"
            for v, b in cells
            if b and (not allele["reference"] or b in WOBBLE)
        ]
        rows.append({
            "gene": data["gene"], "allele": allele["name"],
            "reference": "yes" if allele["reference"] else "no", "defines": ";".join(defines),
            "fold_into": data["suballelesMap"].get(allele["name"], ""),
            "ignored": "yes" if allele["name"] in ignored else "no", "evidence": "definitions",
        })  # fmt: skip
    return rows


def add_gene(
    data: Mapping[str, Any], rules: Mapping[str, Any], tables: Tables, anchors: Anchor
) -> None:
    """Append one definition file's gene, positions, alleles and priorities to the tables."""
    gene = data["gene"]
    ignored = {(p["position"], p["ref"]) for p in rules.get("ignoredPositions", [])}
    required = set(rules.get("requiredPositions", []))
    reference = next(a["name"] for a in data["namedAlleles"] if a["reference"])
    tables["genes"].append({
        "gene": gene, "chromosome": data["chromosome"].removeprefix("chr"),
        "strand": "-" if gene in MINUS else "+",
        "mode": "components" if gene in COMPONENTS else "diplotype",
        "ploidy": "x-linked" if gene == X_LINKED else "autosomal",
        "reference_allele": reference, "twin": TWINS.get(gene, ""), "evidence": "definitions",
    })  # fmt: skip
    offset = offset_of(data, anchors)
    for variant in data["variants"]:
        flags = {
            "required": "yes" if variant["position"] in required else "no",
            "ignored": "yes" if (variant["position"], variant["ref"]) in ignored else "no",
        }
        where = grch37_of(gene, variant, anchors, offset)
        tables["positions"].append(position_row(gene, variant, where, **flags))
    for variant in rules.get("extraPositions", []):
        where = grch37_of(gene, variant, anchors, offset)
        tables["positions"].append(position_row(gene, variant, where, role="extra"))
    tables["alleles"] += allele_rows(data, set(rules.get("ignoredAlleles", [])))
    for group in rules.get("unphasedDiplotypePriorities", []):
        tables["priorities"].append({
            "gene": gene, "candidates": "|".join(group["list"]), "pick": group["pick"],
            "evidence": "definitions",
        })  # fmt: skip


def definition_tables(paths: Iterable[Path], exemptions: Path, anchors: Anchor) -> Tables:
    """Return the tables of all definition files.

    Raises: InputError INP051, KnowledgeError KNO009 (naming file and allele or position).
    """
    rules = read_json(exemptions)
    tables: Tables = {"genes": [], "positions": [], "alleles": [], "priorities": []}
    known: dict[str, Path] = {}
    places: dict[tuple[str, int], tuple[str, Path]] = {}
    for path in paths:
        data = read_json(path)
        check_definition(data, path)
        _check_once(data, path, known, places)
        add_gene(data, rules.get(data["gene"], {}), tables, anchors)
    return tables


def check_definition(data: Any, path: Path) -> None:
    """Return nothing when a definition file is what it should be.  Raises: KnowledgeError KNO009.

    Builds, alleles and positions are checked, each named with its file.
    """
    needed = ("gene", "chromosome", "genomeBuild", "variants", "namedAlleles", "suballelesMap")
    missing = [k for k in needed if not isinstance(data, dict) or k not in data]
    if missing:
        raise _wrong(path, f"lacks {', '.join(missing)}; is it a definition file of version 2?")
    if not str(data["genomeBuild"]).startswith(BUILD):
        raise _wrong(path, f"is on {data['genomeBuild']}; definitions are read on {BUILD} alone")
    if not data["variants"]:
        raise _wrong(path, "has no variants; a gene without positions cannot be called")
    names: set[str] = set()
    for number, allele in enumerate(data["namedAlleles"], 1):
        what = f"namedAlleles {number} ({allele['name']})"
        if allele["name"] in names:
            raise _wrong(path, f"{what} is there twice; leave one")
        names.add(allele["name"])
        if len(allele["alleles"]) != len(data["variants"]):
            raise _wrong(
                path,
                f"{what} has {len(allele['alleles'])} bases for {len(data['variants'])} positions",
            )
        _check_bases(data["variants"], allele, f"{path}: {what}")
    if sum(bool(a["reference"]) for a in data["namedAlleles"]) != 1:
        raise _wrong(path, "must name exactly one reference allele")


def _check_bases(
    variants: Iterable[Mapping[str, Any]], allele: Mapping[str, Any], where: str
) -> None:
    for variant, base in zip(variants, allele["alleles"], strict=True):
        if base and base not in (variant["ref"], *variant["alts"], *WOBBLE):
            raise KnowledgeError(
                f"{where}: shows {base} at {variant['position']}, where the file knows "
                f"{variant['ref']} and {'/'.join(variant['alts'])}; correct one of them",
                code="KNO009",
            )


def _check_once(
    data: Mapping[str, Any],
    path: Path,
    known: dict[str, Path],
    places: dict[tuple[str, int], tuple[str, Path]],
) -> None:
    gene = data["gene"]
    if known.setdefault(gene, path) != path:
        raise _wrong(path, f"defines {gene}, as {known[gene]} does; leave one of them")
    seen: set[tuple[int, str]] = set()
    for number, variant in enumerate(data["variants"], 1):
        pos, ref = variant["position"], variant["ref"]
        what = f"variants {number} ({data['chromosome']}:{pos})"
        if (pos, ref) in seen:
            raise _wrong(path, f"{what} is there twice; leave one")
        seen.add((pos, ref))
        first = places.setdefault((data["chromosome"], pos), (ref, path))
        if first[0][0] != ref[0]:
            raise _wrong(path, f"{what} has REF {ref}, and {first[0]} in {first[1]}; one is wrong")


def _wrong(path: Path, what: str) -> KnowledgeError:
    return KnowledgeError(f"{path}: {what}", code="KNO009")
