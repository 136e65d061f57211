"""The tree against the plain recursion of RFC 6962, section 2.1, as it is defined there."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from garrod.care.govern.merkle import (
    WIDTH,
    Address,
    Frontier,
    consistency_spans,
    hashes_made,
    inclusion_spans,
    last_leaf,
    leaf_hash,
    needed,
    place_in_row,
    proof_of,
    root_of,
    subtrees_of,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 70)


def entries_of(size: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(size)]


def middle(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def plain_root(entries: list[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = middle(len(entries))
    return sha256(b"\x01" + plain_root(entries[:k]) + plain_root(entries[k:])).digest()


def plain_path(index: int, entries: list[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = middle(len(entries))
    if index < k:
        return [*plain_path(index, entries[:k]), plain_root(entries[k:])]
    return [*plain_path(index - k, entries[k:]), plain_root(entries[:k])]


def plain_growth(first: int, entries: list[bytes], *, is_whole: bool = True) -> list[bytes]:
    if first == len(entries):
        return [] if is_whole else [plain_root(entries)]
    k = middle(len(entries))
    if first <= k:
        return [*plain_growth(first, entries[:k], is_whole=is_whole), plain_root(entries[k:])]
    return [*plain_growth(first - k, entries[k:], is_whole=False), plain_root(entries[:k])]


def rows_of(entries: list[bytes]) -> tuple[Frontier, list[bytes]]:
    tree = Frontier()
    return tree, [tree.add(leaf_hash(entry)) for entry in entries]


class Kept:
    """Hashes as a store keeps them: with the last leaf of each subtree; counts what is read."""

    def __init__(self, entries: list[bytes]) -> None:
        self.rows = rows_of(entries)[1]

    def read(self, addresses: tuple[Address, ...]) -> dict[Address, bytes]:
        return {a: self.rows[last_leaf(a)][place_in_row(a)] for a in addresses}


@given(st.integers(0, 70))
def test_root_is_that_of_the_recursion(size: int) -> None:
    entries = entries_of(size)
    tree, rows = rows_of(entries)
    assert tree.root() == plain_root(entries)
    assert tree.size == size
    assert [len(row) for row in rows] == [WIDTH * hashes_made(i) for i in range(size)]
    kept = Kept(entries).read(subtrees_of((0, size)))
    assert root_of(size, kept) == plain_root(entries)
    assert Frontier(size, [kept[a] for a in subtrees_of((0, size))]).root() == tree.root()


@given(SIZES, st.data())
def test_inclusion_proof_is_that_of_the_recursion_and_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = entries_of(size)
    spans = inclusion_spans(index, size)
    assert len(needed(spans)) <= 2 * size.bit_length()
    proof = proof_of(spans, Kept(entries).read(needed(spans)))
    assert list(proof) == plain_path(index, entries)
    assert verify_inclusion(index, size, leaf_hash(entries[index]), plain_root(entries), proof)


@given(SIZES, st.data())
def test_consistency_proof_is_that_of_the_recursion_and_holds(
    second: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, second))
    entries = entries_of(second)
    spans = consistency_spans(first, second)
    assert len(needed(spans)) <= 2 * second.bit_length()
    proof = proof_of(spans, Kept(entries).read(needed(spans)))
    assert list(proof) == plain_growth(first, entries)
    old, new = plain_root(entries[:first]), plain_root(entries)
    assert verify_consistency(first, second, old, new, proof)


@given(SIZES, st.data())
def test_inclusion_proof_of_something_else_does_not_hold(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = entries_of(size)
    spans = inclusion_spans(index, size)
    proof = proof_of(spans, Kept(entries).read(needed(spans)))
    leaf, root = leaf_hash(entries[index]), plain_root(entries)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index) | st.just(size))
    assert not verify_inclusion(other, size, leaf, root, proof)
    assert not verify_inclusion(index, size, leaf_hash(b"another"), root, proof)
    assert not verify_inclusion(index, size, leaf, leaf, [*proof, leaf])
    for at in range(len(proof)):
        bent = [*proof[:at], leaf_hash(b"another"), *proof[at + 1 :]]
        assert not verify_inclusion(index, size, leaf, root, bent)
        assert not verify_inclusion(index, size, leaf, root, [*proof[:at], *proof[at + 1 :]])


@given(SIZES, st.data())
def test_consistency_with_another_past_does_not_hold(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    changed = data.draw(st.integers(0, first - 1))
    entries = entries_of(second)
    past = [*entries[:changed], b"another", *entries[changed + 1 : first]]
    spans = consistency_spans(first, second)
    proof = proof_of(spans, Kept(entries).read(needed(spans)))
    assert not verify_consistency(first, second, plain_root(past), plain_root(entries), proof)
