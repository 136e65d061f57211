"""Whose data, and which of it, may be in what is given for research and planning.

Consents among the resources -> Screen -> is this resource included? The rules are those that guard
the record (care/govern/consent), asked for access, use and disclosure: none of them may be denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from garrod.adapters.fhir.consents import consents_of
from garrod.adapters.fhir.features import features_of
from garrod.adapters.govern.lines import Resource, resources
from garrod.care.govern.consent.evaluate import Outline, outline
from garrod.care.govern.consent.model import Consent, Features, Request
from garrod.care.govern.labels import Labels
from garrod.care.govern.numbers.basis import ACTIONS, Basis, is_included

KEPT = 50_000  # Not clinical: people whose consents are kept as rules, before they are made anew


@dataclass(frozen=True, slots=True)
class Purpose:
    """Who asks, what for, when, and on what legal basis."""

    requester: str
    purpose: str
    at: datetime
    basis: Basis


class Screen:
    """Says what is included; holds the consents, and nothing else of anybody."""

    def __init__(self, consents: Sequence[Consent], labels: Labels, purpose: Purpose) -> None:
        self._labels, self._basis = labels, purpose.basis
        self._consents: dict[str, list[Consent]] = {}
        for consent in consents:
            self._consents.setdefault(consent.patient, []).append(consent)
        asked = Request(purpose.requester, frozenset(), purpose.purpose, purpose.at, role="analyst")
        self._asked = [replace(asked, action=action) for action in ACTIONS]
        self._outlines: dict[str, list[Outline]] = {}

    def features(self, resource: Resource) -> Features:
        """Return what consent may ask of a resource."""
        kind, id = str(resource.get("resourceType", "")), str(resource.get("id", ""))
        return features_of(resource, kind, id, labels=self._labels)

    def includes(self, features: Features) -> bool:
        """Return whether a resource may be in what is given; what is nobody's is not."""
        rulings = tuple(
            found.of(features) for patient in features.patients for found in self._of(patient)
        )
        return bool(features.patients) and is_included(self._basis, rulings)

    def _of(self, patient: str) -> list[Outline]:
        found = self._outlines.get(patient)
        if found is None:
            if len(self._outlines) >= KEPT:
                self._outlines.clear()
            own = self._consents.get(patient, [])
            found = self._outlines[patient] = [outline(own, asked) for asked in self._asked]
        return found


def screen_of(files: Sequence[Path], labels: Labels, purpose: Purpose) -> Screen:
    """Return the screen of files, by every consent in them.  Raises: InputError INP201, INP202."""
    found = [r for r in resources(files, b'"Consent"') if r["resourceType"] == "Consent"]
    return Screen(consents_of(found), labels, purpose)
