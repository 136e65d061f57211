"""What the manifests of the review packs say, their sources, and lists that questions share."""

from __future__ import annotations

VASCULAR = (
    "ischaemic_heart_disease|myocardial_infarction|acute_coronary_syndrome|coronary_stent|stroke|"
    "ischaemic_stroke|tia|peripheral_arterial_disease"
)
MACROS = {
    "VASC": VASCULAR,
    "HYPERTENSION": "has hypertension",
    "FLUID": "heart_failure|hfref|cardiomyopathy|pulmonary_hypertension|liver_disease|cirrhosis|"
    "severe_liver_disease|nephrotic_syndrome|ckd|ckd_3|ckd_4_5|dialysis|aki",
    "QT_LONG": "(sex male and measure qtc > 450 within 365d) or "
    "(sex female and measure qtc > 470 within 365d)",
    "ANTICOAGULATED": "atrial_fibrillation|mechanical_valve|thrombophilia|factor_v_leiden|"
    "antiphospholipid_syndrome|cancer|active_chemotherapy",
    "PPI_LONG": "taken for 56d and has peptic_ulcer ever and not has "
    "gi_bleed|oesophageal_stricture|gord ever and not taking "
    "@nsaid|@antiplatelet|@anticoagulant|@systemic-corticosteroid|@ssri",
}
STOPP = {
    "source": "O'Mahony 2023, STOPP/START version 3, Eur Geriatr Med 14:625-632, "
    "doi:10.1007/s41999-023-00777-y, restated in own words",
    "version": "3",
    "locus": "read in a public transcription (rhavekost/clinical-toolkit), whose counts, 133 and "
    "57, are those of the article; the appendix itself was not opened",
    "pmid": "37256475",
    "url": "https://pmc.ncbi.nlm.nih.gov/articles/PMC10447584",
    "licence": "CC-BY-4.0",
}
PINCER = {
    "source": "PINCER prescribing safety indicators, as defined in OpenSAFELY pincer-measures, "
    "study_definition.py, restated",
    "version": "2e15894",
    "locus": "study_definition.py read (not measure_definition.py, which has errors)",
    "pmid": "",
    "url": "https://github.com/opensafely/pincer-measures",
    "licence": "MIT",
}
TITLES = {
    "review-stopp-start": (
        "Medicines to stop and to start from 65 years on (STOPP/START version 3)",
        "CC-BY-4.0",
    ),
    "review-pincer": ("Prescribing safety indicators (PINCER)", "Apache-2.0"),
    "medication-review": (
        "Medication review: what is said once, usual reasons, plans to taper",
        "Apache-2.0",
    ),
}
COVERS = {
    "review-stopp-start": [
        "after O'Mahony D. et al., STOPP/START version 3, Eur Geriatr Med 2023;14:625-632, "
        "CC BY 4.0; changed: restated in own words and as questions to a record",
        "STOPP: A3 (thirteen classes), B1-B19 and B21, C1-C16, D1-D4, D6-D20, D22-D25, E1-E10, "
        "F1-F8, G1-G4, H1-H9, I1-I7, J1-J5, J7, J8, J10 (J6 is C15), K1-K9, K11, K12 (K10 with "
        "K9), L2, L4-L6, M1",
        "START: B1-B8, B10, B11, C1, C2, D1, D3, D4, E2, E4, F1-F3, F5, G1, G2, H1-H9, I3, J1, K2",
    ],
    "review-pincer": ["indicators A, B, C, D, E, F, G, I, K, AC, ME, LI, AM"],
    "medication-review": [
        "findings of STOPP, START, PINCER, interactions and other advisers that say the same",
        "usual reasons of eighteen kinds of medicine, for “no reason on record” (STOPP A1)",
        "plans to taper: proton pump inhibitors, benzodiazepines and z-drugs, opioids, "
        "antidepressants, gabapentinoids, corticosteroids, antipsychotics in dementia, "
        "anticholinergics",
    ],
}
UNSIGNED = "review by a clinician: nobody has signed these rows"
NOT_COVERED = {
    "review-stopp-start": [
        "STOPP A1 (see pack medication-review), A2, B20, D5, D21, I8, J9, L1, L3: what they ask "
        "(length agreed, severity, review done, urine culture, first result, pain score, release "
        "form) is on no record that is read",
        "START A1, B9, D2, D5-D7, E1, E3, F4, F6, F7, G3, I1, I2, I4, I5, K1, K3, L1-L4 (vaccines)",
        "B2: NYHA class (a low ejection fraction counts); B16: life expectancy; C3: carotid "
        "stenosis; B15: medicines on the list that are not sold here; D13, D23: why it was given",
        "“long-term” where the criteria name no time: 90 days; “first-line”: no other "
        "medicine of the kind on record; “severe hypertension” in C2: above 180 mmHg: own choices",
        "START B1 asks only where nothing for blood pressure is taken; B4 takes a nitrate for "
        "angina",
        UNSIGNED,
    ],
    "review-pincer": [
        "code lists (UK SNOMED CT and dm+d licence): medicines by ingredient, conditions by the "
        "pack clinical-terms",
        "the three months that the national counts leave for diagnoses and eGFR to be recorded: "
        "they count from the first day",
        "issues of a medicine in the last three months that are no longer on the list; use in two "
        "windows is read as taken since before the longer one",
        "NSAIDs by injection count as those by mouth",
        UNSIGNED,
    ],
    "medication-review": [
        "doses in the tablets that exist: a step is a fraction of the first dose, to be rounded",
        "plans that were not read in full are marked (unchecked)",
        UNSIGNED,
    ],
}
