"""The easy sheet: what somebody takes home, in plain words and large print. Pure.

Person -> Sheet. What is not known is said; nothing is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from garrod.adapters.report.phrases import capital
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.web.dispense.view import Easy, Sheet
from garrod.entry.web.prescribe.banner import day

UNKNOWN_USE = "We do not know. Ask your pharmacist what it is for."
ASK = "Not sure? Ask us."
HOW = f"Take it the way the label says. {ASK}"
NEEDED = "Take it only when you need it."
NO_ALLERGY = "We have no allergy on our list. Tell us if you have one."
MADE_UP = "This is a made-up person."
UNSEEN = {
    "medicines": "We could not see all your medicines.",
    "allergies": "We could not see your allergies. Please tell us what they are.",
    "conditions": "We could not see all your health problems.",
    "results": "We could not see your test results.",
    "genetics": "We could not see your gene tests.",
    "requests": "We could not see which tests you wait for.",
}
ADVICE = (
    "Keep this sheet with you. Show it to each doctor, nurse or pharmacist.",
    "Do not stop a medicine by yourself. Talk to us first.",
    "Do you feel ill after a medicine? Tell us, or call 111. In danger, call 999.",
    "Do you buy a medicine or a herb in a shop? Ask us if it fits with yours.",
)


def sheet_of(person: Person, today: date, directions: Mapping[str, str]) -> Sheet:
    """Return the easy sheet of a person. `directions` are as written, by the line's reference."""
    active = [a for a in person.allergies if a.is_active]
    unseen = "allergies" in person.unseen
    made_up = (MADE_UP,) if person.is_synthetic else ()
    return Sheet(
        id=person.reference.rpartition("/")[2],
        name=person.name or "No name on our list",
        day=day(today),
        medicines=tuple(_easy(line, directions) for line in person.medicines),
        allergies=tuple(capital(a.text) for a in active),
        allergies_note="" if active else UNSEEN["allergies"] if unseen else NO_ALLERGY,
        advice=ADVICE,
        source=" ".join((f"From our list, as it was on {day(today)}.", *made_up)),
        gaps=tuple(UNSEEN[kind] for kind in sorted(person.unseen) if kind in UNSEEN),
    )


def _easy(line: MedicineLine, directions: Mapping[str, str]) -> Easy:
    reasons = [c.display for c in line.reasons if c.display]
    use = capital("; ".join(dict.fromkeys(reasons))) if reasons else UNKNOWN_USE
    since = f"You have it since {day(line.started)}." if line.started else ""
    named = (line.reference, *line.renews)
    said = next((directions[name] for name in named if name in directions), "")
    how = f"{capital(said)}. {ASK}" if said else HOW
    how = f"{how} {NEEDED}" if line.is_as_needed else how
    return Easy(capital(line.text) or "No name", use, how, since)
