"""The access policy on copies that are handed to a person of their own record."""

from garrod.care.govern.policy import CARE, DENIED, NOBODY, NONE, OTHER, Question
from tests.making.governed import policing


def may(role: str, deed: str, kind: str, relation: str, purpose: str, **more: str) -> bool:
    return policing().ask(Question(role, deed, kind, relation, purpose, **more)).is_permitted


def test_governance_officer_takes_a_copy_for_a_person_and_for_nothing_else() -> None:
    officer = "governance-officer"
    for kind in (OTHER, "person", "order", "raw", "audit"):
        assert may(officer, "export", kind, NONE, "own")
        assert may(officer, "export", kind, NONE, "own", consent=DENIED)
        assert may(officer, "export", kind, NONE, "own", label="raw")
        assert not may(officer, "export", kind, NONE, "own", label="secondary")
        for purpose in ("care", "operations", "payment", "research", OTHER):
            assert not may(officer, "export", kind, NONE, purpose)
    for deed in ("see", "write", "operate"):
        assert not may(officer, deed, OTHER, NONE, "own")
    assert not may(officer, "export", OTHER, NOBODY, "own")


def test_consent_takes_no_audit_entry_out_of_sight_of_those_who_oversee_it() -> None:
    assert may("governance-officer", "see", "audit", NONE, "operations", consent=DENIED)
    assert not may("governance-officer", "see", "consent", NONE, "operations", consent=DENIED)
    assert not may("prescriber", "see", "audit", CARE, "care", consent=DENIED)
