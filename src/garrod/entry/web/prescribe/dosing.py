"""What the dose builder offers: units, how often, by which way, where, and how it is done.

Counted units (a puff, a drop, a patch) are UCUM annotations and units of the record at once, so
that an order is read back as what was chosen. Own choice of words and of what goes together.
Source: UCUM, 2.4.4 (annotations), https://ucum.org/ucum (unchecked); FHIR R4 Timing (unchecked);
the fingertip unit: Long & Finlay, Clin Exp Dermatol 1991;16:444-447 (unchecked; no amount is made
of it here)
"""

from __future__ import annotations

from dataclasses import dataclass

# UCUM code: as it is written on the page
MEASURED = {"mg": "mg", "ug": "micrograms", "g": "g", "mL": "mL", "[iU]": "units"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit that is counted: one, several, the routes that it goes by, and whether it has a
    strength of its own, without which nobody knows how much one is."""

    one: str
    many: str
    routes: tuple[str, ...]
    needs_strength: bool = True


APPLY = "{application}"
PIECES = {
    "{puff}": Piece("puff", "puffs", ("inhaled", "nasal", "sublingual", "buccal")),
    "{spray}": Piece("spray", "sprays", ("nasal", "sublingual", "buccal", "topical")),
    "{drop}": Piece("drop", "drops", ("ocular", "otic", "nasal", "oral")),
    "{patch}": Piece("patch", "patches", ("transdermal", "topical")),
    "{suppository}": Piece("suppository", "suppositories", ("rectal",)),
    "{pessary}": Piece("pessary", "pessaries", ("vaginal",)),
    APPLY: Piece(
        "application", "applications",
        ("topical", "ocular", "otic", "nasal", "rectal", "vaginal"), needs_strength=False,
    ),
    "{fingertip_unit}": Piece(
        "fingertip unit", "fingertip units", ("topical",), needs_strength=False
    ),
}  # fmt: skip
OFFERED = {APPLY: "apply (cream, ointment, gel)"}  # where the list says more than the plural
UNITS = {**MEASURED, **{code: OFFERED.get(code, p.many) for code, p in PIECES.items()}}

# How often, by the code of the page: "w" for a week, "h" for hours, "n" behind it when needed
TIMES = {
    **{"1": "once a day", "2": "twice a day", "3": "three times a day", "4": "four times a day"},
    **{"5": "five times a day", "morning": "in the morning", "night": "at night"},
    **{"h2": "every 2 hours", "h4": "every 4 hours", "h6": "every 6 hours"},
    **{"h8": "every 8 hours", "h12": "every 12 hours"},
    **{"d2": "every other day", "d3": "every 3 days", "d4": "every 4 days"},
    **{"w": "once a week", "2w": "twice a week", "w2": "every 2 weeks"},
    **{"w4": "every 4 weeks", "w12": "every 12 weeks"},
    **{"1n": "up to once a day when needed", "2n": "up to twice a day when needed"},
    **{"3n": "up to three times a day when needed", "4n": "up to four times a day when needed"},
    **{"h4n": "every 4 hours when needed", "h6n": "every 6 hours when needed"},
}
WEEK = 7
_MOMENTS = {"night": "NIGHT", "morning": "MORN"}
_SPANS = {"h": "h", "d": "d", "w": "wk"}

# How it gets into the body, by core.dosage.ROUTES: as it is written on the page
WAYS = {
    **{"oral": "by mouth", "sublingual": "under the tongue", "buccal": "inside the cheek"},
    **{"inhaled": "by inhalation", "nasal": "into the nose", "topical": "on the skin"},
    **{"transdermal": "through the skin (patch)", "ocular": "into the eye"},
    **{"otic": "into the ear", "rectal": "into the rectum", "vaginal": "into the vagina"},
    **{"subcutaneous": "under the skin (injection)", "intramuscular": "into a muscle"},
    **{"intravenous": "into a vein", "intrathecal": "into the spinal fluid"},
}
SAID = {**WAYS, "transdermal": "through the skin", "subcutaneous": "under the skin"}

# Where, as the record names sites: the routes that it goes with
SITES = {
    **dict.fromkeys(("left eye", "right eye", "both eyes"), ("ocular",)),
    **dict.fromkeys(("left ear", "right ear", "both ears"), ("otic",)),
    **dict.fromkeys(("left nostril", "right nostril", "each nostril"), ("nasal",)),
    **dict.fromkeys(("affected area", "affected areas", "face", "scalp"), ("topical",)),
}
# How it is done, beside the amount: the routes that it goes with
NOTES = {
    "thinly": ("topical",),
    "generously": ("topical",),
    "with a spacer": ("inhaled",),
    "to clean, dry skin at a new place each time": ("transdermal",),
}


def repeat_of(times: str) -> dict[str, object]:
    """Return how often by a code of TIMES, as FHIR's Timing.repeat; nothing for another code."""
    if times not in TIMES:
        return {}
    if times in _MOMENTS:
        return {"frequency": 1, "period": 1, "periodUnit": "d", "when": [_MOMENTS[times]]}
    code = times.removesuffix("n")
    if code.isdecimal():
        return {"frequency": int(code), "period": 1, "periodUnit": "d"}
    if code == "w":
        return {"frequency": 1, "period": WEEK, "periodUnit": "d"}
    if code == "2w":
        return {"frequency": 2, "period": 1, "periodUnit": "wk"}
    return {"frequency": 1, "period": int(code[1:]), "periodUnit": _SPANS[code[0]]}


def amount_words(amount: str, unit: str) -> str:
    """Return an amount as it is read: "75 mg", "1 puff", "2 puffs"."""
    piece = PIECES.get(unit)
    if piece is None:
        return f"{amount} {MEASURED.get(unit, unit)}"
    return f"{amount} {piece.one if amount == '1' else piece.many}"


def way_words(route: str, site: str) -> str:
    """Return how and where it goes: "by mouth", "into the left eye", "into both eyes"."""
    if route not in SAID or not site:
        return SAID.get(route, "")
    article = "" if site.startswith(("both", "each")) else "the "
    start = "to" if route == "topical" else "into"
    return f"{start} {article}{site}"


def mismatches(unit: str, route: str, site: str, note: str) -> tuple[tuple[str, str], ...]:
    """Return what does not go together of what was chosen, by its field, with what to do."""
    found = []
    piece = PIECES.get(unit)
    if piece is not None and route in WAYS and route not in piece.routes:
        *first, last = (SAID[r] for r in piece.routes)
        ways = f"{', '.join(first)} or {last}" if first else last
        found.append(("unit", f"{piece.many.capitalize()} go {ways}: choose another unit or way"))
    if site and (site not in SITES or route not in ("", *SITES[site])):
        found.append(("site", "Choose a place that goes with how it is given"))
    if note and (note not in NOTES or route not in ("", *NOTES[note])):
        found.append(("note", "Choose how it is done so that it goes with how it is given"))
    return tuple(found)
