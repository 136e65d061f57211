"""Which of a person's consents count, and how: the newest of its sort, and what was withdrawn.

Consents are of one sort where scope, categories, policies and organisations are the same. Of each
sort the newest that is or was in force counts; with the same date, or with none, each does. Drafts
and what was entered in error never count. Withdrawn, refused and replaced ones (`inactive`,
`rejected`) are of no account where a newer one is in force. Where the newest itself is withdrawn,
what it permitted is denied, its denials are lifted, and of older ones only denials remain.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from garrod.care.govern.consent.model import Consent, Status

RESEARCH_SCOPE = "research"
KNOWN_SCOPES = frozenset(("", "patient-privacy", RESEARCH_SCOPE))
SILENT_SCOPES = frozenset(("treatment", "adr"))  # what is done to somebody, not what is seen of it
WITHDRAWN = frozenset((Status.INACTIVE, Status.REJECTED))


class Standing(Enum):
    """How a consent counts."""

    IN_FORCE = "in force"
    WITHDRAWN = "withdrawn"
    DENIES_ONLY = "overtaken"


def standing_of(consents: Iterable[Consent]) -> list[tuple[Consent, Standing]]:
    """Return the consents that count, in the order given, and how each does."""
    sorts: dict[object, list[Consent]] = {}
    for consent in consents:
        is_any = consent.status is Status.ACTIVE or consent.status in WITHDRAWN
        if is_any and consent.scope not in SILENT_SCOPES:
            sorts.setdefault(_sort_of(consent), []).append(consent)
    found: list[tuple[Consent, Standing]] = []
    for alike in sorts.values():
        found.extend(_of_one_sort(alike))
    return found


def _sort_of(consent: Consent) -> object:
    policies = (consent.policies, consent.policy_rule)
    return (
        consent.patient, consent.scope, consent.categories, consent.organisations, policies
    )  # fmt: skip


def _of_one_sort(alike: list[Consent]) -> list[tuple[Consent, Standing]]:
    if len(alike) == 1:
        only = alike[0]
        is_over = only.status in WITHDRAWN
        return [(only, Standing.WITHDRAWN if is_over else Standing.IN_FORCE)]
    found = []
    for consent in alike:
        newer = [other for other in alike if _is_newer(other, consent)]
        if any(other.status is Status.ACTIVE for other in newer):
            continue
        if consent.status in WITHDRAWN:
            if not newer:
                found.append((consent, Standing.WITHDRAWN))
        else:
            found.append((consent, Standing.DENIES_ONLY if newer else Standing.IN_FORCE))
    return found


def _is_newer(one: Consent, other: Consent) -> bool:
    """Return whether one is surely of a later time than the other."""
    first, last = one.dated[0], other.dated[1]
    return first is not None and last is not None and first > last
