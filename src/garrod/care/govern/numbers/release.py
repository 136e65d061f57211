"""What was given out about people, to whom and why: a line of the ledger, and what it decides.

what is asked, what was given before -> a line that says given or refused, and what is spent
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from fractions import Fraction

from garrod.core.errors import AccessDenied

GIVEN, REFUSED = "given", "refused"
COUNTS, NOISE, RECORDS = "counts", "counts with noise", "pseudonymous records"
BUDGET = Fraction(1)  # Not clinical: epsilon an analyst may spend on a data set, unless told

SPENT = (
    "what this analyst may spend on this data set is spent, or less is left than is asked for: "
    "ask for less, or ask who governs the data to raise it."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what, for which project and purpose, on what legal basis."""

    analyst: str
    project: str
    purpose: str
    basis: str
    data_set: str
    deed: str
    what: str
    epsilon: str = ""  # a fraction, where it is asked for with noise


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger. `people`: how many, rounded; "" where it is small or refused."""

    id: int
    at: str
    asked: Asked
    outcome: str
    because: str = ""
    people: str = ""

    @property
    def is_given(self) -> bool:
        """Return whether the answer may be given."""
        return self.outcome == GIVEN

    def given(self) -> Line:
        """Return the line of an answer that may be given.

        Raises: AccessDenied REL001 (too near what was given), REL002 (the budget is spent).
        """
        if not self.is_given:
            raise AccessDenied(self.because, code="REL002" if self.because == SPENT else "REL001")
        return self

    def told(self) -> dict[str, str | int]:
        """Return it as plain values."""
        rest = {"outcome": self.outcome, "because": self.because, "people": self.people}
        return {"id": self.id, "at": self.at, **asdict(self.asked), **rest}

    def sha256(self) -> str:
        """Return the hash of what it says: the audit log holds it too."""
        said = json.dumps(self.told(), separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def is_spent(total: Fraction, before: Fraction, asked: Fraction) -> bool:
    """Return whether more is asked for than is left."""
    return before + asked > total
