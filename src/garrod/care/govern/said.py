"""What consent says of a resource, in the words of the policy; and what is said where nobody did.

ruling -> PERMITTED, DENIED or SILENT. Of somebody who gave no consent the same is said to all who
ask for one purpose: the house's rules ask of a request nothing but its purpose, and nor does the
local default where none is stated.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from garrod.care.govern.consent.default import default_ruling
from garrod.care.govern.consent.evaluate import Outline, outline
from garrod.care.govern.consent.model import Features, Request, Ruling
from garrod.care.govern.policy import DENIED, PERMITTED, SILENT

Said = tuple[str, tuple[str, ...]]  # what is said, and why
FEW = 256  # Not clinical: purposes kept, and purposes with a kind
EVER = datetime.max.replace(tzinfo=UTC)


def saying(ruled: Ruling | None) -> str:
    """Return what a ruling says to the policy."""
    if ruled is None:
        return SILENT
    return PERMITTED if ruled.is_permitted else DENIED


def with_house(said: Outline, usual: str) -> tuple[str, ...]:
    """Return what is said beside what usually is.

    The house's rules are about labels: they deny some, and make nothing of a denial.
    """
    return (usual,) if said.is_whole or usual == DENIED else (usual, DENIED)


@lru_cache(maxsize=FEW)
def unsaid(purpose: str) -> tuple[str, ...]:
    """Return what may be said of a resource of somebody who gave no consent."""
    usual, _ = unsaid_of(purpose, "")
    return with_house(outline((), _asked(purpose)), usual)


@lru_cache(maxsize=FEW)
def unsaid_of(purpose: str, kind: str) -> Said:
    """Return what is said of a resource of a kind, of somebody who gave no consent, and why."""
    asked, features = _asked(purpose), Features("", kind)
    said = outline((), asked)
    ruled = said.of(features) if purpose else default_ruling(features, asked)
    return saying(ruled), ruled.because if ruled else ()


def _asked(purpose: str) -> Request:
    return Request("", frozenset(), purpose, EVER)
