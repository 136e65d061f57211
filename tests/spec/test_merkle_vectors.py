"""The tree of RFC 6962: small trees worked out by hand here, and the vectors of the shared data."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest

from garrod.adapters.audit.proofs import holds
from garrod.care.govern.merkle import (
    Frontier,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from garrod.core.errors import InputError

A, B, C = (sha256(b"\x00" + x).digest() for x in (b"a", b"b", b"c"))
AB = sha256(b"\x01" + A + B).digest()
ABC = sha256(b"\x01" + AB + C).digest()
TREES = ((b"", sha256(b"").digest()), (b"a", A), (b"ab", AB), (b"abc", ABC))


@pytest.mark.parametrize(("letters", "root"), TREES, ids=["none", "one", "two", "three"])
def test_root_of_a_small_tree(letters: bytes, root: bytes) -> None:
    tree = Frontier()
    for letter in letters:
        tree.add(leaf_hash(bytes((letter,))))
    assert tree.root() == root


def test_empty_tree_has_the_root_of_nothing_written_out() -> None:
    # Source: RFC 6962, section 2.1: the hash of an empty list is SHA-256 of the empty string
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root().hex() == nothing


def test_inclusion_in_three() -> None:
    assert verify_inclusion(0, 3, A, ABC, [B, C])
    assert verify_inclusion(1, 3, B, ABC, [A, C])
    assert verify_inclusion(2, 3, C, ABC, [AB])
    assert not verify_inclusion(2, 3, C, ABC, [C, AB])
    assert not verify_inclusion(0, 3, A, ABC, [B])
    assert not verify_inclusion(0, 3, A, node_hash(ABC, C), [B, C, C])


def test_growth_to_three() -> None:
    assert verify_consistency(1, 3, A, ABC, [B, C])
    assert verify_consistency(2, 3, AB, ABC, [C])
    assert verify_consistency(3, 3, ABC, ABC, [])
    assert not verify_consistency(3, 3, ABC, AB, [])
    assert not verify_consistency(3, 3, ABC, ABC, [C])
    assert not verify_consistency(2, 3, AB, ABC, [])
    assert not verify_consistency(2, 3, AB, ABC, [C, C])
    assert not verify_consistency(3, 2, ABC, AB, [C])


def test_of_an_empty_tree_nothing_is_proved() -> None:
    nothing = sha256(b"").digest()
    assert not verify_consistency(0, 0, nothing, nothing, [])
    assert not verify_consistency(0, 1, nothing, A, [])
    assert not verify_inclusion(0, 0, A, A, [])
    for first, second in ((0, 0), (0, 1), (2, 1)):
        with pytest.raises(InputError, match="grew out of") as raised:
            consistency_spans(first, second)
        assert raised.value.code == "AUD021"
    with pytest.raises(InputError, match="no entry 0") as raised:
        inclusion_spans(0, 0)
    assert raised.value.code == "AUD020"


@pytest.mark.shared
def test_leaves_and_root_of_the_shared_data(shared: Path) -> None:
    known = json.loads((shared / "trust/merkle_rfc6962/leaves_and_roots.json").read_bytes())
    tree = Frontier()
    leaves = [leaf_hash(bytes.fromhex(text)) for text in known["leaf_inputs_hex"]]
    for leaf in leaves:
        tree.add(leaf)
    assert [leaf.hex() for leaf in leaves] == known["leaf_hashes"]
    assert tree.root().hex() == known["root_of_8"]


@pytest.mark.shared
def test_all_vectors_of_the_shared_data_are_judged_rightly(shared: Path) -> None:
    files = sorted((shared / "trust/merkle_rfc6962").glob("*/*/*.json"))
    assert len(files) == 96
    wrong = [
        str(path)
        for path in files
        if holds(path.read_bytes()) is json.loads(path.read_bytes())["wantErr"]
    ]
    assert wrong == []


H = base64.b64encode(A).decode()
GOOD = {"leafIdx": 0, "treeSize": 1, "leafHash": H, "root": H, "proof": None}


def test_proof_without_a_hash_may_be_null() -> None:
    assert holds(json.dumps(GOOD).encode())
    assert not holds(json.dumps({**GOOD, "proof": [H]}).encode())


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\xff", "no JSON document"),
        (b"", "no JSON document"),
        (b"[]", "no JSON object"),
        (b"{}", "neither leafIdx"),
        (json.dumps({**GOOD, "leafIdx": -1}).encode(), "leafIdx"),
        (json.dumps({**GOOD, "leafIdx": True}).encode(), "leafIdx"),
        (json.dumps({**GOOD, "treeSize": "1"}).encode(), "treeSize"),
        (json.dumps({**GOOD, "treeSize": 2**64}).encode(), "treeSize"),
        (json.dumps({**GOOD, "root": 3}).encode(), "root"),
        (json.dumps({**GOOD, "root": "é"}).encode(), "root"),
        (json.dumps({**GOOD, "leafHash": "not base64"}).encode(), "leafHash"),
        (json.dumps({**GOOD, "proof": "x"}).encode(), "proof"),
        (json.dumps({**GOOD, "proof": [H, "*"]}).encode(), r"proof\[1\]"),
        (json.dumps({"leafIdx": 0, "treeSize": 1, "root": H}).encode(), "leafHash is missing"),
        (json.dumps({"size1": 0}).encode(), "size2 is missing"),
    ],
)
def test_what_is_no_proof_is_refused_with_the_field_named(content: bytes, named: str) -> None:
    with pytest.raises(InputError, match=named) as raised:
        holds(content)
    assert raised.value.code == "AUD022"
