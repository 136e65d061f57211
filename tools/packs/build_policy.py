"""Writes the pack policy-england: how loudly advice speaks, which conditions mean what.

Own choices of the project, for a clinical safety officer to sign. Codes restated from the
terminologies named. Run: python tools/packs/build_policy.py
"""

from __future__ import annotations

from writing import write_pack

VERSION = "2026.11.0"

# (action, strength or *, tier): the first that fits holds.
TIERS = [
    ("avoid", "Strong", "T2"), ("avoid", "*", "T2"), ("prefer-alternative", "Strong", "T2"),
    ("prefer-alternative", "Moderate", "T2"), ("prefer-alternative", "*", "T3"),
    ("stop", "*", "T2"), ("test-first", "*", "T2"), ("start-lower", "Strong", "T2"),
    ("start-lower", "Moderate", "T2"), ("start-lower", "*", "T3"),
    ("start-higher", "Optional", "T3"), ("start-higher", "*", "T2"),
    ("adjust", "*", "T2"), ("taper", "*", "T2"), ("ask", "*", "T3"),
    ("monitor", "Strong", "T3"), ("monitor", "*", "T4"), ("consider-test", "*", "T3"),
    ("refer", "*", "T3"), ("standard", "*", "T5"), ("no-recommendation", "*", "T5"),
]  # fmt: skip

# Hard stops: a drug, a gene and the keys of the result, when the coded action is to change course.
AMINOGLYCOSIDES = "amikacin|gentamicin|kanamycin|paromomycin|plazomicin|streptomycin|tobramycin"
HARD_STOPS = [
    ("abacavir", "HLA-B", "*57:01 positive"),
    ("fluorouracil|capecitabine", "DPYD", "0.0|Poor Metabolizer"),
    ("azathioprine|mercaptopurine|thioguanine", "TPMT", "Poor Metabolizer"),
    ("azathioprine|mercaptopurine|thioguanine", "NUDT15", "Poor Metabolizer"),
    ("carbamazepine|oxcarbazepine|phenytoin|fosphenytoin", "HLA-B", "*15:02 positive"),
    ("codeine|tramadol", "CYP2D6", "Ultrarapid Metabolizer"),
    (AMINOGLYCOSIDES, "MT-RNR1", "increased risk of aminoglycoside-induced hearing loss"),
    ("rasburicase", "G6PD", "Deficient|Deficient with CNSHA"),
]

# Implications that do not interrupt, whatever the action: the usual result asks for nothing new.
QUIET = [("warfarin-usual", "T3")]

# What the look ahead leaves out, since it would hold for nearly everybody: (drugs or *, action).
LEFT_OUT = [
    ("*", "ask", "an uncertain result that most people have; the question belongs to the order"),
    ("ivacaftor", "avoid", "speaks only of people with cystic fibrosis"),
]

# (indication, words of it, SNOMED CT, ICD-10 prefixes)
INDICATIONS = [
    ("acs", "acute coronary syndrome|myocardial infarction|heart attack|nstemi|stemi|"
     "unstable angina", "394659003|22298006|57054005", "I20.0|I21|I22|I24"),
    ("pci", "percutaneous coronary intervention|coronary stent|coronary angioplasty", "415070008",
     "Z95.5"),
    ("stroke", "ischaemic stroke|ischemic stroke|stroke|cerebral infarction|"
     "cerebrovascular accident", "422504002|230690007", "I63|I64"),
    ("tia", "transient ischaemic attack|transient ischemic attack|tia", "266257000", "G45"),
    ("peripheral-arterial", "peripheral arterial disease|peripheral vascular disease|"
     "intermittent claudication", "399957001|400047006", "I70.2|I73.9"),
]  # fmt: skip


# What must not be given to whom: (drug, indications of the person's record, below which age, in
# words). Source: product information of prasugrel (EMA); MHRA on codeine for pain, June 2013.
CONTRAINDICATED = [
    ("prasugrel", "stroke|tia", "", "must not be used after a stroke or TIA"),
    ("codeine", "", "12", "must not be used for pain under 12 years of age"),
]


def main() -> None:
    """Write the pack."""
    own, terms = "own", "terminologies"
    tables = {
        "tiers": [{"action": a, "strength": s, "tier": t, "evidence": own} for a, s, t in TIERS],
        "hard_stops": [
            {"drugs": d, "gene": g, "keys": k, "tier": "T1", "evidence": "stops"}
            for d, g, k in HARD_STOPS
        ],
        "quiet": [{"implication": i, "tier": t, "evidence": own} for i, t in QUIET],
        "left_out": [{"drugs": d, "action": a, "why": w, "evidence": own} for d, a, w in LEFT_OUT],
        "contraindications": [
            {"drug": d, "conditions": c, "below_age": a, "why": w, "evidence": "labels"}
            for d, c, a, w in CONTRAINDICATED
        ],
        "indications": [
            {"indication": i, "words": w, "snomed": s, "icd10": c, "evidence": terms}
            for i, w, s, c in INDICATIONS
        ],
    }
    cells = {"version": VERSION, "pmid": "", "licence": "Apache-2.0", "retrieved": "2026-11-25"}
    here = "https://cpicpgx.org/guidelines/"
    evidence = [
        {"id": own, "source": "Garrod policy", "locus": "tiers; awaiting clinical sign-off",
         "url": "docs/explanation/tiers.md", **cells},
        {"id": "stops", "source": "Garrod policy on CPIC recommendations of strength Strong",
         "locus": "hard stops; awaiting clinical sign-off", "url": here, **cells},
        {"id": "labels", "source": "Product information (EMA) and drug safety updates (MHRA)",
         "locus": "contraindications (unchecked)", **cells,
         "url": "https://www.ema.europa.eu/en/medicines/human/EPAR/efient"},
        {"id": terms, "source": "SNOMED CT concept ids; ICD-10 (WHO)", "url":
         "https://icd.who.int/browse10", **cells, "locus": "codes named (unchecked)"},
    ]  # fmt: skip
    manifest = {
        "title": "Policy for England: tiers, hard stops, indications", "licence": "Apache-2.0",
        "retrieved": "2026-11-25", "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": ["tiers", "hard stops", "indications"],
        "does_not_cover": ["commissioning status", "other nations"],
    }  # fmt: skip
    print(write_pack("policy-england", VERSION, manifest=manifest, tables=tables,
                     evidence=evidence))  # fmt: skip


if __name__ == "__main__":
    main()
