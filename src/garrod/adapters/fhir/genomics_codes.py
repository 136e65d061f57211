"""The codes that Genomics Reporting bundles are written and read with.

Source: HL7 FHIR Genomics Reporting 3.0.0 (profiles, value sets, examples; CC0-1.0) and the LOINC
answer lists that it binds: LL3856-1 and the guide's therapeutic implications (metaboliser and
function words), LL1971-2 (presence of a variant), LL381-5 (allelic state), LL4049-4 (medication).
"""

from __future__ import annotations

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting"
PROFILE = f"{GUIDE}/StructureDefinition"
OWN = "https://garrod.example/fhir/StructureDefinition"  # where our own extensions are named
FINDING_URL, ADVICE_URL = f"{OWN}/gene-finding", f"{OWN}/advice"

LOINC = "http://loinc.org"
TBD = f"{GUIDE}/CodeSystem/tbd-codes-cs"
HGNC_SYSTEM = "http://www.genenames.org"
HGVS_SYSTEM = "http://varnomen.hgvs.org"
DBSNP = "http://www.ncbi.nlm.nih.gov/snp"
REFSEQ = "http://www.ncbi.nlm.nih.gov/refseq"
SNOMED = "http://snomed.info/sct"
ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ARTIFACT_URL = "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"

# What an observation is. Source: the guide's profiles.
GENOTYPE, HAPLOTYPE, VARIANT = "84413-4", "84414-2", "69548-6"
METABOLISM = "53040-2"  # gene effect on metabolism: the form of the guide's first version
IMPLICATION = "therapeutic-implication"
REPORT = "51969-4"

# Components. Source: the guide's profiles.
GENE_STUDIED, MEDICATION, EVIDENCE_LEVEL, CONTEXT = "48018-6", "51963-7", "93044-6", "81259-4"
CONCLUSION = "conclusion-string"
ASSEMBLY, GENOMIC_HGVS, VARIATION_CODE = "62374-4", "81290-9", "81252-9"
ALLELIC_STATE, REFERENCE_SEQUENCE, START_END, COUNTING = "53034-5", "48013-7", "81254-5", "92822-6"

INDETERMINATE_ANSWER, NO_CALL_ANSWER, PRESENT = "LA11884-6", "LA18198-4", "LA9633-4"
ONE_BASED, GRCH38 = "LA30102-0", "LA26806-2"
HOMOPLASMIC, HOMOZYGOUS, HETEROZYGOUS, HEMIZYGOUS = (
    ("LA6704-6", "Homoplasmic"),
    ("LA6705-3", "Homozygous"),
    ("LA6706-1", "Heterozygous"),
    ("LA6707-9", "Hemizygous"),
)

# LOINC answers of a phenotype, by CPIC's words. Source: the guide's value set
# genetic-therapeutic-implications-vs.
PHENOTYPE_ANSWERS = {
    "Ultrarapid Metabolizer": "LA10315-2",
    "Rapid Metabolizer": "LA25390-8",
    "Normal Metabolizer": "LA25391-6",
    "Intermediate Metabolizer": "LA10317-8",
    "Poor Metabolizer": "LA9657-3",
    "Increased Function": "LA25392-4",
    "Normal Function": "LA25393-2",
    "Decreased Function": "LA25395-7",
    "Poor Function": "LA25394-0",
}
PHENOTYPE_OF_ANSWER = {code: name for name, code in PHENOTYPE_ANSWERS.items()}

# What to do about a medicine. Source: LL4049-4 as the guide's own examples use it.
ALTERNATIVE = ("LA26421-0", "Consider alternative medication")
DECREASE = ("LA26422-8", "Decrease dose")
INCREASE = ("LA26423-6", "Increase dose")
MORE_TESTING = ("LA14022-0", "Additional testing recommended")  # LL1037-2

# Gene identifiers; a gene that is not here is written by its symbol. Source: HGNC, genenames.org.
HGNC = {
    "CACNA1S": "HGNC:1397",
    "CFTR": "HGNC:1884",
    "CYP2B6": "HGNC:2615",
    "CYP2C19": "HGNC:2621",
    "CYP2C9": "HGNC:2623",
    "CYP2D6": "HGNC:2625",
    "CYP3A4": "HGNC:2637",
    "CYP3A5": "HGNC:2638",
    "DPYD": "HGNC:3012",
    "F5": "HGNC:3542",
    "G6PD": "HGNC:4057",
    "HLA-A": "HGNC:4931",
    "HLA-B": "HGNC:4932",
    "IFNL3": "HGNC:18365",
    "MT-RNR1": "HGNC:7470",
    "NAT2": "HGNC:7646",
    "NUDT15": "HGNC:23063",
    "RYR1": "HGNC:10483",
    "SLCO1B1": "HGNC:10959",
    "TPMT": "HGNC:12014",
    "UGT1A1": "HGNC:12530",
    "VKORC1": "HGNC:23663",
}
SYMBOL_OF = {code: gene for gene, code in HGNC.items()}
