"""The Merkle tree of RFC 6962: hashes, what a proof needs, how it is made and how it is checked.

entries -> leaf hashes -> complete subtrees (kept) -> root, proofs; proof + hashes -> does it hold?

A *complete subtree* has 2^level leaves; (level, index) is its address. Each is made once, when its
last leaf comes, and never changes: so a proof in a tree of n leaves reads O(log n) of them.
Empty trees: a root there is (the hash of nothing), a proof there is not. No entry is in an empty
tree, and from an empty tree nothing is proved: a claim about one never holds, nor is one made.
Source: RFC 6962, section 2.1; RFC 9162, section 2.1.3.2 and 2.1.4.2 (how proofs are checked)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from garrod.core.errors import InputError

WIDTH = 32  # bytes of a hash
EMPTY = sha256(b"").digest()
Address = tuple[int, int]  # level, index among the complete subtrees of that level
Span = tuple[int, int]  # first leaf, and the leaf after the last


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def subtrees_of(span: Span) -> tuple[Address, ...]:
    """Return the complete subtrees that make up a span of a tree, from left to right."""
    begin, end = span
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return tuple(found)


def last_leaf(address: Address) -> int:
    """Return the leaf with which a complete subtree became complete."""
    level, index = address
    return ((index + 1) << level) - 1


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """Return the spans whose hashes prove an entry of a tree, from the leaf upward.

    Raises: InputError AUD020 where the tree has no such entry.
    """
    if not 0 <= index < size:
        raise InputError(f"a tree of {size} entries has no entry {index}.", code="AUD020")
    begin, end = 0, size
    found: list[Span] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return tuple(reversed(found))


def consistency_spans(first: int, second: int) -> tuple[Span, ...]:
    """Return the spans whose hashes prove that a tree begins with an earlier one.

    Raises: InputError AUD021 where there is nothing to prove: an empty tree, or a larger first one.
    """
    if not 0 < first <= second:
        raise InputError(
            f"no tree of {second} entries grew out of one of {first}: sizes are 1 or more, the "
            "smaller first.",
            code="AUD021",
        )
    begin, end = 0, second
    found: list[Span] = []
    while end != first:
        middle = begin + _split(end - begin)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    if begin:
        found.append((begin, end))
    return tuple(reversed(found))


def needed(spans: Iterable[Span]) -> tuple[Address, ...]:
    """Return the complete subtrees of which the hashes of some spans are made."""
    return tuple(address for span in spans for address in subtrees_of(span))


def proof_of(spans: Iterable[Span], hashes: Mapping[Address, bytes]) -> tuple[bytes, ...]:
    """Return the hashes of some spans, given those of the subtrees that they need."""
    return tuple(_folded([hashes[a] for a in subtrees_of(span)]) for span in spans)


def root_of(size: int, hashes: Mapping[Address, bytes]) -> bytes:
    """Return the root of a tree, given the hashes of the complete subtrees it needs."""
    return _folded([hashes[a] for a in subtrees_of((0, size))])


def verify_inclusion(
    index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether a proof shows that a tree of that root has a leaf of that hash at an index."""
    if not 0 <= index < size or any(len(h) != WIDTH for h in (leaf, root, *proof)):
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    first: int, second: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether a proof shows that a tree of the second root begins with that of the first."""
    if not 0 < first <= second or any(len(h) != WIDTH for h in (root1, root2, *proof)):
        return False
    if first == second:
        return not proof and root1 == root2
    path = list(proof) if first & (first - 1) else [root1, *proof]
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == root1 and new == root2


class Frontier:
    """A tree that grows: the largest complete subtrees that cover it, from left to right."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)

    def add(self, leaf: bytes) -> bytes:
        """Add a leaf; return the hashes of all subtrees it completes, smallest (itself) first."""
        size, peaks = self.size, self._peaks
        made, found = leaf, leaf
        while size & 1:
            found = sha256(b"\x01" + peaks.pop() + found).digest()
            made += found
            size >>= 1
        peaks.append(found)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return _folded(self._peaks)

    def copy(self) -> Frontier:
        """Return one that grows apart from this."""
        return Frontier(self.size, self._peaks)


def place_in_row(address: Address) -> slice:
    """Return where a subtree's hash stands in what `Frontier.add` gave for its last leaf."""
    return slice(WIDTH * address[0], WIDTH * (address[0] + 1))


def hashes_made(index: int) -> int:
    """Return how many subtrees the leaf of an index completes, itself one of them."""
    return ((index + 1) & -(index + 1)).bit_length()


def grown(entries: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what each entry adds to a tree that begins empty."""
    tree = Frontier()
    for entry in entries:
        yield tree.add(leaf_hash(entry))


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Return one hash of subtrees side by side, each larger than what stands right of it."""
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def _split(count: int) -> int:
    """Return the largest power of two below a count of 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)
