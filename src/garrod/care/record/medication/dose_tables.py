"""The words of doses: units, methods, sites and reasons as they are written and as they are read.

Own choice of words throughout; abbreviations are those of NHS charts and the BNF (unchecked).
"""

from __future__ import annotations

from garrod.core.dosage import ROUTES

# A unit as the record names it -> its plural, and other spellings (regular expressions).
UNITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "tablet": ("tablets", ("tabs?",)),
    "capsule": ("capsules", ("caps?",)),
    "caplet": ("caplets", ()),
    "sachet": ("sachets", ()),
    "drop": ("drops", ()),
    "puff": ("puffs", ()),
    "spray": ("sprays", ()),
    "actuation": ("actuations", ()),
    "application": ("applications", ()),
    "fingertip unit": ("fingertip units", ("finger-tip units?", "ftus?")),
    "patch": ("patches", ()),
    "suppository": ("suppositories", ()),
    "pessary": ("pessaries", ()),
    "enema": ("enemas", ()),
    "lozenge": ("lozenges", ()),
    "pastille": ("pastilles", ()),
    "film": ("films", ()),
    "ampoule": ("ampoules", ("amps?",)),
    "vial": ("vials", ()),
    "syringe": ("syringes", ()),
    "cartridge": ("cartridges", ()),
    "pen": ("pens", ()),
    "implant": ("implants", ()),
    "blister": ("blisters", ()),
    "scoop": ("scoops", ()),
    "bottle": ("bottles", ()),
    "pad": ("pads", ()),
    "nebule": ("nebules", ()),
    "dose": ("doses", ("unit doses?",)),
    "unit": ("units", ()),
    "international unit": ("international units", (r"iu", r"i\.u\.")),
    "mL": ("mL", ("mls?", "millilitres?")),
    "L": ("L", ("litres?",)),
    "g": ("g", ("grams?",)),
    "mg": ("mg", ("milligrams?", "mgs")),
    "microgram": ("micrograms", ("mcgs?", "µg")),
    "nanogram": ("nanograms", ()),
    "mmol": ("mmol", ("millimoles?",)),
    "cm": ("cm", ()),
    "mg/kg": ("mg/kg", ()),
    "microgram/kg": ("microgram/kg", ("micrograms/kg", "mcg/kg", "µg/kg")),
    "unit/kg": ("unit/kg", ("units/kg",)),
    "mL/kg": ("mL/kg", ()),
    "mg/m2": ("mg/m2", ("mg/m²",)),
    "unit/m2": ("unit/m2", ("units/m2",)),
}

# Units of which half is written 0.5; of the others it is "half a tablet".
MEASURES = frozenset(
    {
        *("unit", "international unit", "mL", "L", "g", "mg", "microgram", "nanogram", "mmol"),
        *("cm", *(unit for unit in UNITS if "/" in unit)),
    }
)

# A method -> (verb at the start, passive behind the amount).
METHODS: dict[str, tuple[str, str]] = {
    "take": ("take", "to be taken"),
    "swallow": ("swallow", "to be swallowed"),
    "chew": ("chew", "to be chewed"),
    "suck": ("suck", "to be sucked"),
    "dissolve": ("dissolve", "to be dissolved"),
    "apply": ("apply", "to be applied"),
    "inhale": ("inhale", "to be inhaled"),
    "inject": ("inject", "to be injected"),
    "insert": ("insert", "to be inserted"),
    "instil": ("instil", "to be instilled"),
    "spray": ("spray", "to be sprayed"),
    "use": ("use", "to be used"),
    "give": ("give", "to be given"),
}
METHOD_SPELLINGS = {"put": "instil", "instill": "instil", "administer": "give"}

# A route -> how it is written; what else is read.
ROUTE_WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "oral": ("by mouth", ("orally", "oral", "po", r"p\.o\.")),
    "sublingual": ("under the tongue", ("sublingually", "sublingual", "sub-lingual")),
    "buccal": ("by the buccal route", ("buccally", "buccal", "inside the cheek")),
    "intravenous": ("intravenously", ("intravenous", "iv", r"i\.v\.", "into a vein")),
    "intramuscular": ("intramuscularly", ("intramuscular", "im", r"i\.m\.", "into a muscle")),
    "subcutaneous": (
        "subcutaneously",
        ("subcutaneous", "subcut", "sc", r"s\.c\.", "s/c", "under the skin"),
    ),
    "intrathecal": ("intrathecally", ("intrathecal", "into the spinal fluid")),
    "topical": ("to the skin", ("topically", "topical", "cutaneous", "on the skin")),
    "transdermal": ("through the skin", ("transdermally", "transdermal")),
    "inhaled": ("by inhalation", ("inhaled", "inhalation")),
    "nasal": ("into the nose", ("nasally", "nasal", "intranasally")),
    "ocular": ("into the eye", ("ocular", "ophthalmic")),
    "otic": ("into the ear", ("otic",)),
    "rectal": ("rectally", ("rectal", r"p\.r\.", "into the rectum")),
    "vaginal": ("vaginally", ("vaginal", r"p\.v\.", "into the vagina")),
}
assert set(ROUTE_WORDS) == set(ROUTES)

# Sites and reasons that are read without brackets; others are written within brackets.
SITES = (
    *("left eye", "right eye", "both eyes", "each eye", "left ear", "right ear", "both ears"),
    *("each ear", "left nostril", "right nostril", "both nostrils", "each nostril", "scalp"),
    *("affected area", "affected areas", "affected eye", "affected ear", "face", "abdomen"),
)
REASONS = (
    *("pain", "chest pain", "back pain", "rib pain", "angina", "migraine", "headache", "fever"),
    *("nausea", "vomiting", "nausea and vomiting", "nausea or vomiting", "pain or fever"),
    *("sickness", "constipation", "diarrhoea", "indigestion", "heartburn", "itching"),
    *("breathlessness", "wheeze", "cough", "anxiety", "agitation", "sleep", "restless legs"),
    *("hay fever", "allergy", "muscle spasm", "cramp", "swelling", "dizziness"),
)

NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
