"""What the manifests of the six packs say: titles, the adviser of a plain row, coverage."""

from __future__ import annotations

TITLES = {
    "renal-dosing": "Doses and kidney function",
    "hepatic-dosing": "Doses and the liver",
    "dose-ranges": "Daily doses and slips of unit",
    "monitoring": "Tests that medicines need",
    "contraindications": "When a medicine is not for this person",
    "lifestyle": "Smoking, alcohol, food and medicines",
}
ADVISERS = {
    "renal-dosing": "renal",
    "hepatic-dosing": "hepatic",
    "dose-ranges": "dose-range",
    "monitoring": "monitoring",
    "contraindications": "contraindication",
    "lifestyle": "lifestyle",
}
COVERS = {
    "renal-dosing": [
        "DOACs, low molecular weight heparins, digoxin, sotalol, atenolol, aldosterone antagonists "
        "by creatinine clearance or potassium",
        "metformin and other diabetes medicines by eGFR",
        "nitrofurantoin, trimethoprim, aminoglycosides, vancomycin, antivirals",
        "NSAIDs, opioids, gabapentinoids, baclofen, lithium, methotrexate, colchicine, allopurinol",
        "bisphosphonates; a creatinine that rises fast",
    ],
    "hepatic-dosing": [
        "liver disease, cirrhosis, Child–Pugh (recorded, or worked out from its five findings), "
        "bilirubin and ALT for about fifty medicines",
    ],
    "dose-ranges": [
        "methotrexate written for every day; micrograms and milligrams of levothyroxine, digoxin",
        "limits that regulators set: citalopram, escitalopram, domperidone, metoclopramide, "
        "simvastatin, paracetamol by weight",
        "opioids above 120 mg of morphine a day; usual maximum for adults of some 140 medicines",
        "totals of a week: methotrexate, alendronic acid, risedronate",
        "children by body weight: paracetamol, ibuprofen, naproxen, amoxicillin, cefalexin, "
        "pivmecillinam",
    ],
    "monitoring": [
        "amiodarone, lithium, methotrexate, thiopurines, warfarin, DOACs, renin–angiotensin "
        "medicines, levothyroxine, digoxin, clozapine, antipsychotics, metformin, antiepileptics",
        "results that stop treatment: lithium level, neutrophils, INR, digoxin and theophylline",
    ],
    "contraindications": [
        "pregnancy (NSAIDs by its weeks), breastfeeding and being able to conceive; age limits",
        "heart and vessels, hormones (UKMEC), brain and mind, stomach, bone, infection",
        "long QT syndrome or interval; malignant hyperthermia, G6PD deficiency, acute porphyria, "
        "clotting tendency, myasthenia and other variants that are on record as conditions",
    ],
    "lifestyle": [
        "smoking and stopping it (CYP1A2), alcohol, grapefruit, vitamin K, tyramine, sun",
    ],
}
SHARED = [
    "any medicine or condition without a row; the dose of products of several ingredients",
    "rows marked (unchecked) rest on general knowledge and never interrupt; no clinician has "
    "reviewed any row",
]
NOT_COVERED = {
    "renal-dosing": [
        *SHARED,
        "children; dialysis (clearance is not told apart from it); doses by indication except "
        "atrial fibrillation; ideal or adjusted weight (actual weight is used, and said)",
    ],
    "hepatic-dosing": [
        *SHARED,
        "Child–Pugh where one of its five findings is not known, or a medicine raises the INR",
    ],
    "dose-ranges": [
        *SHARED,
        "other doses by weight or age of children; other weekly totals; single doses; doses as "
        "needed; injections in units; cumulative doses; sums of several lines of one ingredient, "
        "but for paracetamol",
    ],
    "monitoring": [
        *SHARED,
        "ECG, chest X-ray, blood pressure, weight and eye tests (no measure says that they were "
        "done); a medicine whose start is not known",
    ],
    "contraindications": [
        *SHARED,
        "trimester, but for NSAIDs; breastfeeding apart from methotrexate and DOACs",
    ],
    "lifestyle": [*SHARED, "cannabis, caffeine, exercise"],
}
