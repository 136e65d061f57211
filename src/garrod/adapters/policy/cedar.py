"""Judges questions by rules written in Cedar.

Source: cedarpy 4.12 (Apache-2.0, binding of the Cedar engine), https://github.com/k9securityio/cedar-py
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from garrod.care.govern.policy import OTHER, Question, Terms, Verdict
from garrod.core.errors import OutsideError

# Kinds that several rules speak of together. Source: the project's design
SETS = {"stated": ("stated", "consent"), "governed": ("consent", "audit")}


class PolicyFault(OutsideError):
    """The rules cannot be read, or not be judged by."""

    default_code = "POL001"


class CedarEngine:
    """Fills the port Engine."""

    def __init__(self, rules: str, terms: Terms, teams: Mapping[str, Sequence[str]]) -> None:
        """Raise PolicyFault POL001 where the rules are no Cedar, or Cedar is not installed."""
        self.rules = tuple(re.findall(r'@id\("([^"]*)"\)', rules))  # what each rule is called
        try:
            import cedarpy

            self._cedar: Any = cedarpy
            self._rules = cedarpy.PolicySet.from_str(rules)
            self._entities = cedarpy.Entities.from_json_str(json.dumps(_entities(terms, teams)))
        except (ImportError, ValueError) as error:
            raise PolicyFault(f"the access policy cannot be read: {error}") from error

    def judge(self, questions: Sequence[Question]) -> Sequence[Verdict]:
        """Return an answer to each question.  Raises: PolicyFault POL001."""
        try:
            asked = [_request(question) for question in questions]
            found = self._cedar.is_authorized_batch(asked, self._rules, self._entities)
        except Exception as error:
            raise PolicyFault(
                f"the access policy cannot be judged by ({type(error).__name__})."
            ) from error
        return [_verdict(one) for one in found]


def _request(question: Question) -> dict[str, Any]:
    return {
        "principal": f'Role::"{question.role}"',
        "action": f'Action::"{question.deed}"',
        "resource": f'Kind::"{question.kind}"',
        "context": {
            "relation": question.relation,
            "purpose": question.purpose,
            "label": question.label,
            "consent": question.consent,
        },
    }


def _verdict(found: Any) -> Verdict:
    if found.diagnostics.errors:
        raise PolicyFault("a rule of the access policy fails.")
    named = found.diagnostics.id_annotations_by_reason
    because = tuple(sorted(named.get(reason, reason) for reason in found.diagnostics.reasons))
    return Verdict(bool(found.allowed), because or ("no rule permits it",))


def _entities(terms: Terms, teams: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    kinds = (*dict.fromkeys(terms.kinds.values()), OTHER)
    return [
        *(_entity("Team", team) for team in teams),
        *(_entity("KindSet", name) for name in SETS),
        *(
            _entity("Role", role, [("Team", t) for t, who in teams.items() if role in who])
            for role in terms.roles
        ),
        *(
            _entity("Kind", kind, [("KindSet", s) for s, of in SETS.items() if kind in of])
            for kind in kinds
        ),
    ]


def _entity(type: str, id: str, parents: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    above = [{"type": kind, "id": name} for kind, name in parents]
    return {"uid": {"type": type, "id": id}, "attrs": {}, "parents": above}
