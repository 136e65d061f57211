"""Writes the demo's synthetic person: a VCF over every position, a Bundle and a draft order.

Nobody real: the genome is written from the definitions pack. Run: python tools/demo/build_story.py
"""

from __future__ import annotations

import json
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.vcf.assembly import LENGTHS, NAMES
from garrod.core.variant import Assembly, Position
from garrod.science.pgx.definitions import load_definitions

STORY = Path(__file__).resolve().parents[2] / "src" / "garrod" / "entry" / "story"
HOM, HET = "1/1", "0/1"
# Chosen variants: CYP2C19 *2/*2, SLCO1B1 *1/*5, CYP2C9 *1/*2, VKORC1 c.-1639 heterozygous.
VARIANTS = {"rs4244285": HOM, "rs12769205": HOM, "rs3758581": HOM, "rs4149056": HET,
            "rs1799853": HET, "rs9923231": HET}  # fmt: skip
LEFT_OUT = ("NUDT15",)  # a gene that this test did not read
WEAK = ("rs116855232", "rs4986893")  # one position of doubtful quality


def genome() -> str:
    """Return the VCF."""
    places: dict[tuple[str, int], Position] = {}
    for definition in load_definitions(load_shelf()).values():
        if definition.gene in LEFT_OUT or definition.ploidy == "mitochondrial":
            continue
        for position in (*definition.positions, *definition.extra):
            places[position.chromosome, position.grch38.pos] = position
    order = {name: i for i, name in enumerate(NAMES)}
    used = sorted({c for c, _ in places}, key=lambda c: order[c])
    lengths = dict(zip(NAMES, LENGTHS[Assembly.GRCH38], strict=True))
    head = ["##fileformat=VCFv4.3", "##source=synthetic person of the Garrod demo; nobody real",
            '##FILTER=<ID=PASS,Description="All filters passed">',
            '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
            '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">',
            '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth">']  # fmt: skip
    head += [f"##contig=<ID=chr{c},length={lengths[c]},assembly=GRCh38>" for c in used]
    head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSYNTHETIC-1")
    lines = []
    for (chromosome, pos), position in sorted(
        places.items(), key=lambda i: (order[i[0][0]], i[0][1])
    ):
        genotype = VARIANTS.get(position.rsid, "0/0")
        alt = position.alleles[1] if genotype != "0/0" else "."
        quality = "12:5" if position.rsid in WEAK else "99:34"
        lines.append("\t".join([f"chr{chromosome}", str(pos), position.rsid or ".",
                                position.grch38.ref, alt, "50", "PASS", ".", "GT:GQ:DP",
                                f"{genotype}:{quality}"]))  # fmt: skip
    return "\n".join([*head, *lines]) + "\n"


def medicine(number: int, words: str, atc: str) -> dict[str, object]:
    """Return a current MedicationStatement."""
    return {
        "resourceType": "MedicationStatement", "id": f"med-{number}", "status": "active",
        "subject": {"reference": "Patient/demo-1"},
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": atc}], "text": words,
        },
    }  # fmt: skip


def person() -> dict[str, object]:
    """Return the Bundle of the synthetic person."""
    patient = {
        "resourceType": "Patient", "id": "demo-1",
        "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                               "code": "HTEST", "display": "test health data"}]},
        "name": [{"text": "Ada Example-Synthetic"}], "gender": "female", "birthDate": "1958-03-14",
    }  # fmt: skip
    condition = {
        "resourceType": "Condition", "id": "cond-1", "subject": {"reference": "Patient/demo-1"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "394659003",
                             "display": "Acute coronary syndrome"}],
                 "text": "Acute coronary syndrome, stent placed"},
    }  # fmt: skip
    resources = [patient, condition,
                 medicine(1, "Simvastatin 40 mg tablets", "C10AA01"),
                 medicine(2, "Omeprazole 20 mg gastro-resistant capsules", "A02BC01"),
                 medicine(3, "Amlodipine 5 mg tablets", "C08CA01")]  # fmt: skip
    entries = [{"fullUrl": f"urn:demo:{r['resourceType']}/{r['id']}", "resource": r}
               for r in resources]  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def order() -> dict[str, object]:
    """Return the draft order."""
    return {
        "resourceType": "MedicationRequest", "id": "order-1", "status": "draft",
        "intent": "order", "subject": {"reference": "Patient/demo-1"},
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": "B01AC04"}],
            "text": "Clopidogrel 75 mg tablets",
        },
        "reasonCode": [{"text": "Acute coronary syndrome"}],
    }  # fmt: skip


def main() -> None:
    """Write the three files."""
    STORY.mkdir(parents=True, exist_ok=True)
    (STORY / "genome.vcf").write_text(genome(), encoding="utf-8")
    for name, resource in (("person.json", person()), ("order.json", order())):
        (STORY / name).write_text(json.dumps(resource, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
