"""What was answered about versions a moment ago, so that many are looked through quickly.

rights to a person's data, asked for one version -> the answer about the next of the same person,
where nothing but whose it is, and of which kind, has to be asked
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from garrod.care.govern.access import Deed
from garrod.care.govern.point import Answer, Rights
from garrod.care.record.meaning import Meaning
from garrod.core.resource import Version

Answers = dict[tuple[bytes, str], tuple[float, Answer]]  # of a version: until when, and what
Held = tuple[float, Rights]  # until when, and the rights
LISTED = frozenset(("List", "MedicationStatement"))  # where a line may be kept private
_ASKED = LISTED | {"Subscription"}  # of which more is asked than whose they are


class Lately:
    """The rights met while one looks through some versions; `answers` are kept beyond that."""

    def __init__(self, answers: Answers, meaning: Meaning) -> None:
        self._answers = answers
        self._meaning = meaning
        self._rights: dict[str, Held] = {}

    def hold(self, version: Version, held: Callable[[str], Held | None]) -> None:
        """Hold the rights to the data of those whose a version is."""
        people: Iterable[str] = self._meaning.whose(version)
        self._rights |= {one: rights for one in people if (rights := held(one)) is not None}

    def answer(self, version: Version, deed: Deed) -> Answer | None:
        """Return what rights that are held permit; None: the version must be asked about."""
        is_odd = version.is_deleted or version.kind in _ASKED or not version.sha256
        named = self._meaning.named(version) if self._rights and not is_odd else None
        if named is None or len(named) != 1:
            return None
        (one,) = named
        held = self._rights.get(one)
        if held is None:
            return None
        until, rights = held
        ask = rights.plain if self._meaning.is_plain(version) else rights.answer
        answer = ask(deed, version.kind)
        if not (answer.is_whole and answer.is_permitted):
            return None
        self._answers[version.sha256, version.id] = (until, answer)
        return answer
