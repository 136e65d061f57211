"""What a report is made of: one person's advice, findings and gaps, as values.

Nothing here is worded or laid out; `presenter` words it, `html` and `json` write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from garrod.core.advice import Advice, NotAssessed
from garrod.core.finding import GeneFinding


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report of one person shows.

    `medicines` are spelled as the person takes them; where that hides the ingredient, it follows
    in brackets ("Plavix 75 mg (clopidogrel)"), because answers are matched by ingredient name.
    `clear` holds one text per medicine that needs no change: "omeprazole: why nothing changes".
    `now` and `next` are in the order of urgency.
    """

    title: str
    sample: str
    assembly: str
    source: str  # the file's name, without its folders
    source_sha256: str
    made_on: date
    software: str
    subject_note: str = ""  # e.g. "Synthetic person"
    medicines: tuple[str, ...] = ()
    now: tuple[Advice, ...] = ()
    clear: tuple[str, ...] = ()
    next: tuple[Advice, ...] = ()
    findings: tuple[GeneFinding, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    packs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
