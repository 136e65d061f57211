"""Whether somebody may approve a pack, and whether a pack may take force.

ledger, content, who signed, which T1 rules it lowers -> nothing, or a KnowledgeError
"""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.govern.ledger import Ledger, person_of
from garrod.care.govern.model import Approved, Content, Rules, Trusted
from garrod.core.errors import KnowledgeError

SHOWN = 5  # Not clinical: lowered rules that an error lists


def check_approval(
    ledger: Ledger, content: Content, given: Approved, *, signer: Trusted | None
) -> None:
    """Return nothing when the approval may be given.  Raises: KnowledgeError KNO027."""
    if signer is not None and person_of(signer.holder) == person_of(given.by):
        raise KnowledgeError(
            f"{content.pack}: {given.by} holds the key that signed it; "
            "whoever signs a pack cannot approve it: ask somebody else",
            code="KNO027",
        )
    for earlier in ledger.approvals(content):
        if person_of(earlier.by) == person_of(given.by) and set(given.lowers) <= set(
            earlier.lowers
        ):
            raise KnowledgeError(
                f"{content.pack}: {given.by} approved this content already, at {earlier.at}; "
                "the second approval must be another person's",
                code="KNO027",
            )


def check_activation(
    ledger: Ledger, content: Content, signer: Trusted, lowered: Sequence[str], rules: Rules
) -> None:
    """Return nothing when the pack may take force.  Raises: KnowledgeError KNO026, KNO028."""
    mine = tuple(
        a for a in ledger.approvals(content) if person_of(a.by) != person_of(signer.holder)
    )
    if wanting := _wanting(mine, rules):
        void = ledger.void(content)
        told = (
            f"; {len(void)} more were of another content of it, and are void since it changed"
            if void
            else ""
        )
        raise KnowledgeError(
            f"{content.pack}: {wanting}{told}. Nothing was activated: "
            f"`garrod packs approve {content.pack} --as PERSON --role ROLE`",
            code="KNO026",
        )
    agreed = tuple(a for a in mine if set(lowered) <= set(a.lowers))
    if lowered and _wanting(agreed, rules):
        raise KnowledgeError(
            f"{content.pack} lowers {len(lowered)} rule(s) of tier T1, and "
            f"{len(agreed)} of {rules.approvals} approvers agreed to that by name: "
            f"{listed(lowered)}. Nothing was activated: correct the pack, or let each approve "
            "again with --approve-lowering and --reason",
            code="KNO028",
        )


def _wanting(approvals: Sequence[Approved], rules: Rules) -> str:
    """Return what the approvals lack, in words; "" when they suffice."""
    if len(approvals) < rules.approvals:
        who = ", ".join(a.by for a in approvals)
        return (
            f"has {len(approvals)} of the {rules.approvals} approvals of different people that "
            f"it needs{f' ({who})' if who else ''}"
        )
    clinical = {person_of(role) for role in rules.clinical_roles}
    if not any(person_of(a.role) in clinical for a in approvals):
        return (
            "no approver has a clinical role; at least one must be: "
            f"{', '.join(rules.clinical_roles)}"
        )
    return ""


def listed(rules: Sequence[str]) -> str:
    """Return the first lowered rules in words, and how many more there are."""
    more = len(rules) - SHOWN
    return "; ".join(rules[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
