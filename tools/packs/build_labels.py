"""Writes the pack security-labels: which codes mean that a resource is sensitive.

Rows are hand-written (labels/*.csv); conditions and medicines are named by their ids in the packs
clinical-terms and drugs, whose codes and words then count. A code is here when it stands, with
that meaning, in the source that its row cites.
Run: python tools/packs/build_labels.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from guidance_source import table
from writing import PACKS, write_pack

from garrod.core.identifiers import Atc, is_verhoeff

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "labels"
CITED = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
UTG = "input/sourceOfTruth/v3/codeSystems/v3-ActCode.xml"
EVIDENCE = (
    ("own", "Garrod policy", VERSION, "awaiting sign-off by an information governance officer", "",
     "", "Apache-2.0", RETRIEVED),
    ("act-code", "HL7 terminology: v3-ActCode, sensitivities", "HL7/UTG 0424d963",
     f"{UTG} (BH, MH, PSY, PSYTHPN, SUD, ETHUD, OPIOIDUD read there; the others in HL7's list of "
     "ActInformationSensitivityPolicy)", "",
     "https://terminology.hl7.org/CodeSystem-v3-ActCode.html", "CC0-1.0", RETRIEVED),
    ("icd-10", "WHO ICD-10, tabular list", "2019", "titles of blocks and categories, restated; "
     "blocks A50-A64 and B20-B24 were looked at, the others are from general knowledge "
     "(unchecked)", "", "https://icd.who.int/browse10/2019/en", "facts", RETRIEVED),
    ("atc", "WHO ATC/DDD index", "2026", "names of classes (unchecked)", "",
     "https://atcddd.fhi.no/atc_ddd_index/", "facts", RETRIEVED),
    ("loinc-hiv", "Rwanda HIV implementation guide (Jembi)", "0.1.0", "value set of HIV test "
     "types", "", "https://build.fhir.org/ig/jembi/Rwanda-HIV/ValueSet-vs-test-types.html",
     "facts", RETRIEVED),
    ("loinc-hiv-test", "Ethiopia HIV implementation guide (Jembi)", "1.0.1", "value set of HIV "
     "test types", "",
     "https://build.fhir.org/ig/jembi/ethiopia-hiv/ValueSet-hiv-test-type-value-set.html", "facts",
     RETRIEVED),
    ("us-core", "HL7 US Core", "7.0.0", "example AUDIT-C-item-example-75626-2", "",
     "https://hl7.org/fhir/us/core/Observation-AUDIT-C-item-example-75626-2.html", "CC0-1.0",
     RETRIEVED),
    ("ihe-pcf", "IHE Privacy Consent on FHIR", "3fefea1", "example ex-alcoholUse, which is "
     "labelled ETHUD and R", "", "https://github.com/IHE/ITI.PCF", "CC-BY-4.0", RETRIEVED),
    ("shift", "SHIFT Task Force, SLS value sets", "05d6924d",
     "input/fsh/valuesets/SensitiveKindCodes.fsh", "",
     "https://github.com/SHIFT-Task-Force/SLS-ValueSets", "facts", RETRIEVED),
    ("shift-sdv", "SLS value sets (J. Moehrke)", "0.1.0", "ShiftMinSDVCodes", "",
     "https://build.fhir.org/ig/JohnMoehrke/SLSValueSets/ValueSet-ShiftMinSDVCodes.html", "facts",
     RETRIEVED),
    ("ch-ekm", "CH EKM, manifestations of HIV", "0.0.1", "value set ChEkmHIVManifestation", "",
     "https://build.fhir.org/ig/ahdis/ch-ekm/ValueSet-ChEkmHIVManifestation.json", "facts",
     RETRIEVED),
    ("genomics-reporting", "HL7 Genomics Reporting", "3.0.0", "profile variant", "",
     "https://hl7.org/fhir/uv/genomics-reporting/", "CC0-1.0", RETRIEVED),
)  # fmt: skip
# Whose use is so narrow that the medicine tells the condition.
CLASSES = {"antiretroviral": "HIV"}
MEDICINES = {
    "disulfiram": "ETH|SUD|ETHUD", "acamprosate": "ETH|SUD|ETHUD", "clozapine": "MH|PSY",
    "mifepristone": "SEX",
}  # fmt: skip
COVERS = [
    "HIV", "sexually transmitted infections", "abortion", "gender identity", "mental illness",
    "alcohol and drug dependence", "abuse and maltreatment", "variants and sequences",
]  # fmt: skip
NOT_COVERED = [
    "whole hierarchies of SNOMED CT: only the codes that are listed, here and in clinical-terms",
    "read codes, CPT, HCPCS and local codes",
    "what is written in free text, but for whole names of the conditions and medicines listed",
    "medicines that many conditions share: antidepressants, methadone for pain, contraceptives",
    "safeguarding of children beyond maltreatment",
    "diplotypes and phenotypes: decisions see those, and no variants",
    "findings that were not looked for: nobody knows by a code that they were not",
]


def medicines() -> list[dict[str, str]]:
    """Return the medicines that tell a condition, by their id in the pack drugs."""
    path = max((PACKS / "drugs").iterdir()) / "drugs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        drugs = list(csv.DictReader(file))
    found = {r["drug"]: CLASSES[r["class"]] for r in drugs if r["class"] in CLASSES}
    unknown = set(MEDICINES) - {r["drug"] for r in drugs}
    if unknown:
        raise SystemExit(f"no such medicines: {sorted(unknown)}")
    found |= MEDICINES
    return [{"drug": drug, "labels": found[drug], "evidence": "own"} for drug in sorted(found)]


def check(codes: list[dict[str, str]], labels: set[str]) -> None:
    """Fail on a wrong check digit, the wrong shape of a class, or a label without a row."""
    for row in codes:
        if row["system"] == "http://snomed.info/sct" and not is_verhoeff(row["code"]):
            raise SystemExit(f"wrong check digit: {row['code']}")
        if row["system"] == Atc.system:
            Atc(row["code"])
        if unknown := set(row["labels"].split("|")) - labels:
            raise SystemExit(f"{row['code']}: no such label: {sorted(unknown)}")


def main() -> None:
    """Write the pack."""
    tables = {name: table(name, FOLDER) for name in ("labels", "conditions", "codes", "kinds")}
    check(tables["codes"], {row["label"] for row in tables["labels"]})
    tables["medicines"] = medicines()
    manifest = {
        "title": "Security labels: which codes mean that a resource is sensitive",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": COVERS, "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    evidence = [dict(zip(CITED, row, strict=True)) for row in EVIDENCE]
    print(
        write_pack("security-labels", VERSION, manifest=manifest, tables=tables, evidence=evidence)
    )


if __name__ == "__main__":
    main()
