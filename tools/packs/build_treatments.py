"""Writes the pack treatment-options: what an indication is treated with, and usual doses.

The rows are in treatments/*.csv, restated from the formularies and guidance that each names; how
much a thing weighs in the ranking is the project's own choice, for a clinician to sign.
Run: python tools/packs/build_treatments.py
"""

from __future__ import annotations

from pathlib import Path

from build_sets import shipped
from guidance_source import table
from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "treatments"


def cite(key: str, source: str, locus: str, url: str) -> dict[str, str]:
    """Return one row of evidence.csv."""
    return {"id": key, "source": source, "version": "as stored", "locus": locus, "pmid": "",
            "url": url, "licence": "facts", "retrieved": RETRIEVED}  # fmt: skip


EVIDENCE = [
    cite("own", "Garrod policy", "weights of the ranking; awaiting clinical sign-off",
         "docs/explanation/tiers.md"),
    cite("ng196", "NICE NG196, atrial fibrillation", "anticoagulants (unchecked)",
         "https://www.nice.org.uk/guidance/ng196"),
    cite("ng238", "NICE NG238, lipid modification", "after atorvastatin (unchecked)",
         "https://www.nice.org.uk/guidance/ng238"),
    cite("highland-stroke", "NHS Highland therapeutic guidelines",
         "secondary prevention after TIA or ischaemic stroke",
         "https://therapeuticportal.nhsh.scot/home/therapeutic-guidelines/stroke/"
         "secondary-prevention-post-tia-or-ischaemic-stroke/"),
    cite("ta210", "NICE TA210, as summarised by Pharmacy Notebook (April 2018)",
         "clopidogrel and modified-release dipyridamole; read in the summary alone",
         "https://pharmacy-notebook.com/en-gb/simplepage.cfm?ID=362414160&linkID=74159"),
    cite("ng136", "Pharmacy Network, blood pressure screening and management (2019)",
         "steps 1 to 3 of starting antihypertensives; medicines of each class (unchecked)",
         "https://pharmacy-network.co.uk/clinical/437956-blood-pressure-screening-and-management-"
         "2019/starting-antihypertensive-treatment-733695"),
    cite("highland-bp", "NHS Highland therapeutic guidelines", "hypertension: ACE inhibitor",
         "https://tam.nhsh.scot/for-healthcare-professionals/therapeutic-guidelines/"
         "cardiovascular/hypertension/"),
    cite("ni-depression", "Northern Ireland Formulary", "4.3.1 first choices and doses",
         "https://niformulary.hscni.net/formulary/4-0-central-nervous-system/"
         "4-3-antidepressant-drugs/4-3-a-mild-moderate-and-severe-depression/"),
    cite("iow-depression", "Isle of Wight NHS eFormulary", "4.3 second and third choices",
         "https://www.iow.nhs.uk/Pharmacy/eFormulary/0403-antidepressant-drugs.htm"),
    cite("highland-uti", "NHS Highland antimicrobial guidance",
         "acute lower urinary tract infection in adults",
         "https://tam.nhsh.scot/therapeutic-guidelines/antimicrobial-guidance/urinary-tract-uti/"
         "acute-lower-urinary-tract-infection-in-adults-no-fever-or-flank-pain/"),
    cite("valley-uti", "NHS Forth Valley antimicrobial companion",
         "lower UTI without sepsis, not pregnant",
         "https://antimicrobialcompanion.scot/nhs-forth-valley/hospital-guidance/"
         "genito-urinary-infections/urinary-tract-infections/"
         "lower-uti-without-sepsis-female-not-pregnant/"),
    cite("ni-ppi", "Northern Ireland Formulary", "1.3.5 proton pump inhibitors",
         "https://niformulary.hscni.net/formulary/1-0-gastro-intestinal-system/"
         "1-3-antisecretory-drugs-and-mucosal-protectants/1-3-5-proton-pump-inhibitors/"),
    cite("east-gord", "East Region Formulary, NHS Scotland", "H2-receptor antagonist of choice",
         "https://staging.formulary.nhs.scot/east/pharmacy-first-minor-ailments/"
         "gastro-intestinal/gastro-oesophageal-reflux"),
    cite("cg181", "NICE CG181, key priorities for implementation", "atorvastatin first",
         "https://www.nice.org.uk/guidance/cg181/chapter/Key-priorities-for-implementation"),
    cite("devon-pain", "South and West Devon Formulary", "4.7.1 paracetamol first",
         "https://southwest.devonformularyguidance.nhs.uk/formulary/chapters/"
         "4.-central-nervous-system/4-7-analgesics/"
         "4-7-1-non-opioid-analgesics-and-compound-analgesic"),
    cite("hpft-pain", "Hertfordshire Partnership NHS Trust formulary", "chapter 4, pain: NSAIDs",
         "https://www.hpft.nhs.uk/information-and-resources/pharmacy-and-medicines-optimisation/"
         "medicines-formulary/bnf-chapter-4-central-nervous-system/6-pain/"),
]  # fmt: skip


def main() -> None:
    """Write the pack."""
    names = ("treatments", "doses", "weights")
    tables = {name: [dict(row) for row in table(name, FOLDER)] for name in names}
    known = {row["drug"] for row in shipped("drugs", "drugs")}
    unknown = {row["drug"] for rows in tables.values() for row in rows if "drug" in row} - known
    if unknown:
        raise SystemExit(f"no such medicine in the pack drugs: {', '.join(sorted(unknown))}")
    used = {row["evidence"] for rows in tables.values() for row in rows}
    indications = dict.fromkeys(row["indication"] for row in tables["treatments"])
    manifest = {
        "title": "Alternatives for common indications, and usual starting doses",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [f"first choices for adults with {name.replace('_', ' ')}" for name in
                   indications],
        "does_not_cover": [
            "indications that are not listed: their orders are not ranked",
            "children, pregnancy (urinary infection), dialysis: no dose is proposed",
            "local formularies and prices: cost classes are rough and unchecked; a site replaces "
            "the pack by its own",
            "combinations, titration after the first dose, maximum doses",
        ],
    }  # fmt: skip
    evidence = [row for row in EVIDENCE if row["id"] in used]
    folder = write_pack(
        "treatment-options", VERSION, manifest=manifest, tables=tables, evidence=evidence
    )
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
