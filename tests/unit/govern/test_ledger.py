"""Events add up: what is trusted, approved and active follows from them alone."""

import pytest

from garrod.care.govern.approval import check_activation, check_approval, listed
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import (
    Activated,
    Approved,
    Content,
    Deactivated,
    Distrusted,
    Rules,
    Trusted,
)
from garrod.core.errors import KnowledgeError

AT = "2026-11-25T10:00:00+00:00"
PACK = Content("p@1", "aa")
TWO = Rules()
SIGNER = Trusted(AT, "it", "k1", "AAAA", "maker")


def approved(by: str, role: str = "doctor", sha: str = "aa", *lowers: str) -> Approved:
    return Approved(AT, by, role, "p@1", sha, "", lowers)


def test_key_is_trusted_until_it_is_distrusted_and_may_be_trusted_again() -> None:
    ledger = Ledger((SIGNER,))
    assert dict(ledger.trusted()) == {"k1": SIGNER}
    gone = ledger.with_event(Distrusted(AT, "it", "k1", "lost"))
    assert dict(gone.trusted()) == {}
    assert gone.with_event(SIGNER).trusted()["k1"] is SIGNER
    assert dict(ledger.with_event(Distrusted(AT, "it", "k9", "?")).trusted()) == {"k1": SIGNER}


def test_last_activation_of_a_name_holds_until_its_end() -> None:
    one, two = Activated(AT, "it", "p@1", "aa", "k1"), Activated(AT, "it", "p@2", "bb", "k1")
    ledger = Ledger((one, two))
    assert dict(ledger.active()) == {"p": two}
    end = Deactivated(AT, "it", "p@2", "wrong")
    assert dict(ledger.with_event(SIGNER).trusted()) == {"k1": SIGNER}
    assert dict(ledger.with_event(SIGNER).active()) == {"p": two}
    assert dict(ledger.with_event(end).active()) == {}
    assert dict(ledger.with_event(end).with_event(one).active()) == {"p": one}


def test_approval_counts_once_a_person_and_only_for_its_content() -> None:
    late = approved("DR-A ", "doctor", "aa", "rule")
    ledger = Ledger((approved("dr-a"), late, approved("b", "nurse", "bb")))
    assert ledger.approvals(PACK) == (late,)
    assert [a.by for a in ledger.void(PACK)] == ["b"]
    assert ledger.approvals(Content("q@1", "aa")) == ()


def test_second_approval_of_one_person_is_refused_unless_it_agrees_to_more() -> None:
    ledger = Ledger((approved("a"),))
    with pytest.raises(KnowledgeError, match="already") as raised:
        check_approval(ledger, PACK, approved("A"), signer=None)
    assert raised.value.code == "KNO027"
    check_approval(ledger, PACK, approved("a", "doctor", "aa", "rule"), signer=SIGNER)
    check_approval(ledger, PACK, approved("b"), signer=SIGNER)
    with pytest.raises(KnowledgeError, match="holds the key"):
        check_approval(ledger, PACK, approved("Maker"), signer=SIGNER)


def code_of(ledger: Ledger, *lowered: str, rules: Rules = TWO) -> str:
    try:
        check_activation(ledger, PACK, SIGNER, lowered, rules)
    except KnowledgeError as error:
        return error.code
    return ""


def test_two_people_one_of_them_clinical_and_neither_the_signer_put_a_pack_in_force() -> None:
    a, b = approved("a"), approved("b", "manager")
    assert code_of(Ledger((a, b))) == ""
    assert code_of(Ledger((a,))) == "KNO026"
    assert code_of(Ledger((b, approved("c", "manager")))) == "KNO026"
    assert code_of(Ledger((a, approved("maker")))) == "KNO026"
    assert code_of(Ledger((a, approved("b", "nurse", "other")))) == "KNO026"
    assert code_of(Ledger((a, b)), rules=Rules(3)) == "KNO026"


def test_each_lowered_rule_needs_the_name_of_both() -> None:
    a, b = approved("a", "doctor", "aa", "r1", "r2"), approved("b", "manager", "aa", "r1")
    assert code_of(Ledger((a, b)), "r1") == ""
    assert code_of(Ledger((a, b)), "r1", "r2") == "KNO028"
    assert code_of(Ledger((a, b)), "r3") == "KNO028"
    no_doctor = (approved("a"), approved("b", "x", "aa", "r"), approved("c", "x", "aa", "r"))
    assert code_of(Ledger(no_doctor), "r") == "KNO028"


def test_long_list_of_rules_is_cut_and_counted() -> None:
    assert listed(("a", "b")) == "a; b"
    assert listed(tuple("abcdefg")).endswith("e; and 2 more")
