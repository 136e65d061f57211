"""What consents say of a resource that is asked for: pure; nowhere else is it decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from garrod.care.govern.consent.model import Consent, Features, Request, Ruling


class Outline(Protocol):
    """What can be said before any resource is seen; `of` says the rest, quickly."""

    @property
    def is_whole(self) -> bool:
        """Return whether the same holds of every resource of the person."""
        ...

    def of(self, features: Features) -> Ruling | None:
        """Return what is ruled of one resource; None: no consent speaks of it."""
        ...


def outline(consents: Sequence[Consent], request: Request) -> Outline:
    """Return what the consents of one person say to a request, before a resource is seen."""
    raise NotImplementedError


def ruling(consents: Sequence[Consent], features: Features, request: Request) -> Ruling | None:
    """Return what consents say of one resource; None: none speaks, so the local default holds."""
    raise NotImplementedError
