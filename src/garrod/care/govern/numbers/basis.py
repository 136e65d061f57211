"""What data about people is given for, by which law, and whom that leaves out.

legal basis, ruling of consent -> may this be in what is given?

The national data opt-out is honoured whatever the basis: what would outweigh it (a court, an
epidemic) is for people to decide, one by one, not for a command.
Source: field/trust.md of the project; UK GDPR Art 6 and 9; NHS Act 2006 s251 (unchecked)
"""

from __future__ import annotations

from dataclasses import dataclass

from garrod.care.govern.consent.model import Ruling
from garrod.care.govern.consent.purposes import PLANNING, RESEARCH, V3, purpose_of
from garrod.core.errors import AccessDenied, UsageError

ACTIONS = ("access", "use", "disclose")  # what consent is asked about: each must not be denied


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis. `needs_permit`: nobody is included who did not say yes."""

    code: str
    law: str
    needs_permit: bool


BASES = {
    basis.code: basis
    for basis in (
        Basis("consent", "UK GDPR Art 6(1)(a), 9(2)(a); common law: consent", True),
        Basis("section-251", "UK GDPR Art 6(1)(e), 9(2)(j); NHS Act 2006 s251", False),
        Basis("public-task", "UK GDPR Art 6(1)(e), 9(2)(h): managing health systems", False),
    )
}
PURPOSES = RESEARCH | PLANNING


def basis_of(code: str) -> Basis:
    """Return a legal basis.  Raises: UsageError USE062."""
    if code not in BASES:
        raise UsageError(f"--basis names the legal basis, one of {', '.join(BASES)}", code="USE062")
    return BASES[code]


def checked_purpose(text: str) -> str:
    """Return a purpose for which data may be given by these commands.

    Raises: AccessDenied ACC060 where it is neither research nor planning.
    """
    system, code = purpose_of(text)
    if system != V3 or code not in PURPOSES:
        raise AccessDenied(
            "data about people is given for research and planning alone "
            f"({', '.join(sorted(PURPOSES))}); what is asked for is none of these.",
            code="ACC060",
        )
    return code


def is_included(basis: Basis, rulings: tuple[Ruling | None, ...]) -> bool:
    """Return whether something may be in what is given; None: no consent speaks of it."""
    if any(ruling is not None and not ruling.is_permitted for ruling in rulings):
        return False
    return not basis.needs_permit or all(ruling is not None for ruling in rulings)
