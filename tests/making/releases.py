"""Small made releases of SNOMED CT (RF2) and dm+d (XML) in the published layouts, for tests.

Every concept, name and strength is made up; identifiers of metadata are those of the layouts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from garrod.core.identifiers import is_verhoeff

FSN, SYNONYM = "900000000000003001", "900000000000013009"
IS_A, ROOT = "116680003", "138875005"
CORE, GB = "900000000000207008", "900000000000508004"
PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
DAY = "20260401"
HEADS = {
    "Concept": "id effectiveTime active moduleId definitionStatusId",
    "Description": "id effectiveTime active moduleId conceptId languageCode typeId term "
    "caseSignificanceId",
    "Relationship": "id effectiveTime active moduleId sourceId destinationId relationshipGroup "
    "typeId characteristicTypeId modifierId",
    "member": "id effectiveTime active moduleId refsetId referencedComponentId",
}


def sctid(number: int, partition: str = "00", namespace: str = "") -> str:
    """Return the identifier of a number, with its check digit."""
    stem = f"{number}{namespace}{partition}"
    return next(f"{stem}{d}" for d in range(10) if is_verhoeff(f"{stem}{d}"))


def code(number: int) -> str:
    """Return the code of the made concept of a number."""
    return sctid(100_000 + number)


Concepts = Mapping[str, tuple[str, ...]]  # code -> parents


def tsv(path: Path, head: str, rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(head.split()) + "\r\n")
        file.writelines("\t".join(str(cell) for cell in row) + "\r\n" for row in rows)


def terms_of(concepts: Iterable[str], names: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return description id, concept, type and term: a full name and a synonym of each."""
    found = []
    for number, concept in enumerate(concepts):
        name = names.get(concept, f"concept {concept}")
        found.append((sctid(10_000 + 2 * number, "01"), concept, FSN, f"{name} (finding)"))
        found.append((sctid(10_001 + 2 * number, "01"), concept, SYNONYM, name))
    return found


def rf2(
    folder: Path,
    concepts: Concepts,
    *,
    names: Mapping[str, str] = {},
    inactive: frozenset[str] = frozenset(),
    members: Iterable[tuple[str, str]] = (),
    maps: Iterable[tuple[str, str, str]] = (),
    replaced: Iterable[tuple[str, str]] = (),
) -> Path:
    """Write a snapshot; the root is added.  `maps` are refset, source, target."""
    every = {ROOT: (), **concepts}
    terms = terms_of(every, names)
    end = f"_INT_{DAY}.txt"
    base = folder / "Snapshot" / "Terminology"
    tsv(base / f"sct2_Concept_Snapshot{end}", HEADS["Concept"], (
        (c, DAY, int(c not in inactive), CORE, "900000000000074008") for c in every))  # fmt: skip
    tsv(base / f"sct2_Description_Snapshot-en{end}", HEADS["Description"], (
        (id, DAY, 1, CORE, concept, "en", type, term, "900000000000448009")
        for id, concept, type, term in terms))  # fmt: skip
    tsv(base / f"sct2_Relationship_Snapshot{end}", HEADS["Relationship"], (
        (sctid(20_000 + n, "02"), DAY, 1, CORE, child, parent, 0, IS_A, "900000000000011006",
         "900000000000451002")
        for n, (child, parent) in enumerate(
            (c, p) for c, parents in every.items() for p in parents)))  # fmt: skip
    refsets = folder / "Snapshot" / "Refset"
    start = ("uuid", DAY, 1, CORE)
    tsv(refsets / "Language" / f"der2_cRefset_LanguageSnapshot-en{end}",
        HEADS["member"] + " acceptabilityId",
        ((*start, GB, id, PREFERRED) for id, *_ in terms))  # fmt: skip
    tsv(refsets / "Content" / f"der2_Refset_SimpleSnapshot{end}", HEADS["member"],
        ((*start, refset, member) for refset, member in members))  # fmt: skip
    tsv(refsets / "Map" / f"der2_sRefset_SimpleMapSnapshot{end}", HEADS["member"] + " mapTarget",
        ((*start, refset, source, target) for refset, source, target in maps))  # fmt: skip
    tsv(refsets / "Content" / f"der2_cRefset_AssociationSnapshot{end}",
        HEADS["member"] + " targetComponentId",
        ((*start, "900000000000526001", old, new) for old, new in replaced))  # fmt: skip
    return folder


# A small medicine: one moiety, one product, one brand, their packs. All made up.
VTM, VMP, AMP = code(501), sctid(502, "10", "1000001"), sctid(503, "10", "1000001")
VMPP, AMPP = sctid(504, "10", "1000001"), sctid(505, "10", "1000001")
INGREDIENT, OLD_VMP = code(506), code(507)
FORM, ROUTE, MG, TABLET = code(508), code(509), code(510), code(511)
SUPPLIER, OLD_AMP = sctid(512, "10", "1000001"), sctid(513, "10", "1000001")


def record(tag: str, **fields: object) -> str:
    inside = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in fields.items())
    return f"<{tag}>{inside}</{tag}>"


def dmd_files() -> dict[str, str]:
    """Return the content of each file of a small release."""
    lookups = {
        "FORM": [(FORM, "Tablet")], "ROUTE": [(ROUTE, "Oral")],
        "UNIT_OF_MEASURE": [(MG, "mg"), (TABLET, "tablet")],
        "SUPPLIER": [(SUPPLIER, "Made Up Pharma Ltd")],
        "BASIS_OF_STRNTH": [("0001", "Based on Ingredient Substance")],
        "VIRTUAL_PRODUCT_PRES_STATUS": [("0001", "Valid as a prescribable product")],
    }  # fmt: skip
    lookup = "".join(
        f"<{s}>{''.join(record('INFO', CD=cd, DESC=words) for cd, words in rows)}</{s}>"
        for s, rows in lookups.items()
    )
    vmps = record("VMP", VPID=VMP, VPIDDT="2020-01-02", VPIDPREV=OLD_VMP, VTMID=VTM,
                  NM="Fictamol 50mg tablets", PRES_STATCD="0001", SUG_F="0001",
                  UDFS="1.000", UDFS_UOMCD=TABLET)  # fmt: skip
    strength = record("VPI", VPID=VMP, ISID=INGREDIENT, BASIS_STRNTCD="0001",
                      STRNT_NMRTR_VAL="50", STRNT_NMRTR_UOMCD=MG)  # fmt: skip
    amps = record("AMP", APID=AMP, VPID=VMP, NM="Fictanol 50mg tablets", SUPPCD=SUPPLIER,
                  DESC="Fictanol 50mg tablets (Made Up Pharma Ltd)")  # fmt: skip
    amps += record("AMP", APID=OLD_AMP, INVALID=1, VPID=VMP, NM="Oldanol", DESC="Oldanol (Gone)")
    return {
        "lookup": f"<LOOKUP>{lookup}</LOOKUP>",
        "ingredient": f"<INGREDIENT_SUBSTANCES>{record('ING', ISID=INGREDIENT, NM='Fictamol')}"
        "</INGREDIENT_SUBSTANCES>",
        "vtm": f"<VIRTUAL_THERAPEUTIC_MOIETIES>{record('VTM', VTMID=VTM, NM='Fictamol')}"
        "</VIRTUAL_THERAPEUTIC_MOIETIES>",
        "vmp": f"<VIRTUAL_MED_PRODUCTS><VMPS>{vmps}</VMPS><VIRTUAL_PRODUCT_INGREDIENT>{strength}"
        f"</VIRTUAL_PRODUCT_INGREDIENT><DRUG_FORM>{record('DFORM', VPID=VMP, FORMCD=FORM)}"
        f"</DRUG_FORM><DRUG_ROUTE>{record('DROUTE', VPID=VMP, ROUTECD=ROUTE)}</DRUG_ROUTE>"
        "</VIRTUAL_MED_PRODUCTS>",
        "amp": f"<ACTUAL_MEDICINAL_PRODUCTS><AMPS>{amps}</AMPS></ACTUAL_MEDICINAL_PRODUCTS>",
        "vmpp": "<VIRTUAL_MED_PRODUCT_PACK><VMPPS>"
        + record("VMPP", VPPID=VMPP, NM="Fictamol 50mg tablets 28 tablet", VPID=VMP, QTYVAL="28",
                 QTY_UOMCD=TABLET)
        + "</VMPPS></VIRTUAL_MED_PRODUCT_PACK>",
        "ampp": "<ACTUAL_MEDICINAL_PROD_PACKS><AMPPS>"
        + record("AMPP", APPID=AMPP, NM="Fictanol 50mg tablets (Made Up) 28 tablet", VPPID=VMPP,
                 APID=AMP)
        + "</AMPPS></ACTUAL_MEDICINAL_PROD_PACKS>",
    }  # fmt: skip


def dmd(folder: Path, files: Mapping[str, str] | None = None, end: str = "3010426") -> Path:
    """Write a release of dm+d."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (files or dmd_files()).items():
        text = f'<?xml version="1.0" encoding="utf-8"?>\n{content}'
        (folder / f"f_{name}2_{end}.xml").write_text(text, encoding="utf-8")
    return folder


# A small SNOMED CT: heart disease with two kinds, a reference set, a map, one that was replaced.
DISEASE, HEART, ANGINA, FAILURE, GONE = (code(n) for n in (1, 2, 3, 4, 5))
REFSET, MAP = code(20), code(21)
NAMES = {DISEASE: "Disease", HEART: "Heart disease", ANGINA: "Angina", FAILURE: "Heart failure",
         GONE: "Dropsy of the heart", REFSET: "Cardiac list", MAP: "Made map"}  # fmt: skip


def small_rf2(folder: Path) -> Path:
    """Write a small snapshot."""
    return rf2(
        folder,
        {DISEASE: (ROOT,), HEART: (DISEASE,), ANGINA: (HEART,), FAILURE: (HEART, DISEASE),
         GONE: (), REFSET: (ROOT,), MAP: (ROOT,)},
        names=NAMES,
        inactive=frozenset((GONE,)),
        members=[(REFSET, ANGINA), (REFSET, FAILURE)],
        maps=[(MAP, ANGINA, "I20.9")],
        replaced=[(GONE, FAILURE)],
    )  # fmt: skip
