"""Whether a whole log is what was sealed: everything hashed again, and the first wrong row told.

rows in their order, heads kept and witnessed, seal -> nothing, or the first Flaw

Each entry says its own place, so that what was moved or taken away is told apart; that its hashes
are right is checked against the heads, which nobody can sign without the key. A log that was put
back to a copy says so in an entry: what was witnessed later than that copy is told as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from garrod.care.govern.audit import KEY, RESTORED
from garrod.care.govern.audit_heads import Head, KeyRing, Verify, key_told
from garrod.care.govern.merkle import Frontier

Row = tuple[int, bytes, bytes]  # place, entry, the hashes it completes
Parse = Callable[[bytes], Any]
WITNESS = "witness"
SOUGHT = 1_000_000  # Not clinical: rows after a gap among which the missing entry is sought


class Harm(StrEnum):
    """What was done to a log."""

    ALTERED = "altered"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    HEAD = "head"
    KEY = "key"
    WITNESS = "witness"
    PEOPLE = "people"
    LOST = "lost"  # not harm that is hidden: an entry says that the log was put back


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first wrong row of a log, and what is wrong with it."""

    harm: Harm
    index: int  # the entry; of heads, their number
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked through, and what was found."""

    entries: int
    heads: int
    witnessed: int
    root: bytes
    key: str
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a log is checked against; `key`: the id of the key that is kept outside it, or ""."""

    heads: Sequence[tuple[int, Head | None]]  # by their number; None: no head can be read there
    seal: Head | None
    witnessed: Sequence[Head] = ()
    key: str = ""


class Check:
    """Goes through a log once. `seen` is told each entry's place and what it says."""

    def __init__(
        self,
        evidence: Evidence,
        verify: Verify,
        parse: Parse,
        seen: Callable[[int, Mapping[str, Any]], None] = lambda _, __: None,
    ) -> None:
        self._evidence, self._parse, self._seen = evidence, parse, seen
        self._ring = KeyRing(verify)
        self._tree = Frontier()
        self._good = 0  # the size of the last head that was right
        kept = [(h.size, "head", n, h) for n, h in evidence.heads if h is not None]
        told = [(h.size, WITNESS, n, h) for n, h in enumerate(evidence.witnessed)]
        self._due = sorted(kept + told, key=lambda d: (d[0], d[1], d[2]))
        self._at = 0
        self._restored: list[tuple[int, str]] = []  # where entries say that a copy was put back
        self._lost = (0, 0, "")  # the largest size witnessed that is lost, from where, and since

    def run(self, rows: Iterable[Row]) -> Checked:
        """Return what is found in a log."""
        flaw = self._heads_flaw() or self._rows_flaw(iter(rows)) or self._end_flaw()
        key = self._ring.current
        seen, told = len(self._evidence.heads), len(self._evidence.witnessed)
        size, root = self._tree.size, self._tree.root()
        return Checked(size, seen, told, root, key.id if key else "", flaw)

    def _heads_flaw(self) -> Flaw | None:
        for expected, (number, head) in enumerate(self._evidence.heads):
            if number != expected:
                return Flaw(Harm.HEAD, expected, f"the kept head {expected} was taken away")
            if head is None or head.number != expected + 1:
                return Flaw(Harm.HEAD, expected, f"the kept head {expected} was altered")
        return None

    def _rows_flaw(self, rows: Iterable[Row]) -> Flaw | None:
        tree, parse, seen = self._tree, self._parse, self._seen
        rows = iter(rows)
        for id, entry, hashes in rows:
            index = tree.size
            try:
                told = parse(entry)
                place = told["index"]
            except (ValueError, KeyError, TypeError):
                place = told = None
            if id != index:
                return self._gap(index, id)
            if place != index or type(entry) is not bytes:
                return self._displaced(index, place, rows)
            if tree.add(sha256(b"\x00" + entry).digest()) != hashes:
                return Flaw(Harm.ALTERED, index, f"entry {index} is not what was written there")
            event = told.get("event")
            if event == KEY and (flaw := self._key(index, told)):
                return flaw
            if event == RESTORED:
                self._restored.append((index, str(told.get("at", ""))))
            if self._at < len(self._due) and self._due[self._at][0] <= tree.size:
                flaw = self._head_flaw()
                if flaw:
                    return flaw
            seen(index, told)
        return None

    def _gap(self, index: int, id: int) -> Flaw:
        if id < index:
            return Flaw(Harm.INSERTED, index, f"a row {id} was put in before the first")
        last = id - 1
        named = f"entry {index} was" if last == index else f"entries {index} to {last} were"
        return Flaw(Harm.REMOVED, index, f"{named} removed")

    def _displaced(self, index: int, place: object, rest: Iterable[Row]) -> Flaw:
        """Return what happened where another entry stands in a place."""
        if not isinstance(place, int) or place == index:
            return Flaw(Harm.ALTERED, index, f"entry {index} is not what was written there")
        if place < index:
            words = f"a copy of entry {place} was put in at {index}"
            return Flaw(Harm.INSERTED, index, words)
        for number, (id, entry, _) in enumerate(rest):
            if number > SOUGHT:
                break
            try:
                if self._parse(entry)["index"] == index:
                    return Flaw(
                        Harm.REORDERED,
                        index,
                        f"entry {place} stands at {index}, and entry {index} at {id}",
                    )
            except (ValueError, KeyError, TypeError):
                continue
        return Flaw(Harm.REMOVED, index, f"entry {index} was removed: {place} stands in its place")

    def _key(self, index: int, told: Mapping[str, Any]) -> Flaw | None:
        try:
            wrong = self._ring.introduce(key_told(told.get("data", {})))
        except ValueError:
            wrong = "it holds no key"
        return Flaw(Harm.KEY, index, f"entry {index}: {wrong}") if wrong else None

    def _head_flaw(self) -> Flaw | None:
        """Return what is wrong with the heads of the size that the log has just reached."""
        size, root = self._tree.size, self._tree.root()
        while self._at < len(self._due) and self._due[self._at][0] <= size:
            at, source, number, head = self._due[self._at]
            self._at += 1
            wrong = self._ring.signs(head)
            is_other = bool(wrong) or at != size or head.root != root
            if is_other and source == WITNESS and self._is_lost(head):
                continue
            if wrong:
                harm = Harm.HEAD if source == "head" else Harm.WITNESS
                return Flaw(harm, number, f"{source} {number} (of {at} entries): {wrong}")
            if is_other:
                return self._remade(size, f"the {source} of {size} entries")
            self._good = size
        return None

    def _remade(self, size: int, against: str) -> Flaw:
        words = (
            f"an entry of {self._good} to {size - 1} was altered, with all hashes made anew: "
            f"{against} says otherwise"
        )
        return Flaw(Harm.ALTERED, self._good, words)

    def _end_flaw(self) -> Flaw | None:
        size, seal = self._tree.size, self._evidence.seal
        if seal is None:
            return Flaw(Harm.HEAD, size, "the seal was taken away or altered")
        rest = self._due[self._at :]
        told = [at for at, by, _, head in rest if by != WITNESS or not self._is_lost(head)]
        most = max([seal.size, *told])
        if size < most:
            words = f"the log was cut off: entries {size} to {most - 1} are gone"
            return Flaw(Harm.TRUNCATED, size, words)
        if wrong := self._ring.signs(seal):
            return Flaw(Harm.HEAD, seal.number, f"the seal: {wrong}")
        if size > seal.size:
            words = f"entries {seal.size} to {size - 1} were put in, under no seal"
            return Flaw(Harm.INSERTED, seal.size, words)
        if seal.root != self._tree.root():
            return self._remade(size, "the seal")
        if seal.number != len(self._evidence.heads):
            kept = len(self._evidence.heads)
            return Flaw(Harm.HEAD, kept, f"{seal.number} heads were kept, and {kept} are there")
        return self._outside_flaw()

    def _outside_flaw(self) -> Flaw | None:
        key, known = self._ring.current, self._evidence.key
        if key is not None and known and key.id != known:
            return Flaw(Harm.KEY, 0, f"the log is signed by {key.id}, and the key kept is {known}")
        size, first, at = self._lost
        if size:
            words = (
                f"entries {first} to {size - 1} were witnessed and are lost: at {at} the log "
                f"was put back to a copy of its first {first} entries, as entry {first} says"
            )
            return Flaw(Harm.LOST, first, words)
        return None

    def _is_lost(self, head: Head) -> bool:
        """Return whether a head is of what a restored log had before; that is remembered."""
        for place, at in self._restored:
            if place < head.size and head.at <= at:
                self._lost = max(self._lost, (head.size, place, at))
                return True
        return False
