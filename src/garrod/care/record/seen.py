"""The record as one actor sees it: what they may not see is not there, in any answer.

View of the store -> every version that leaves it is asked about -> pages refilled, counts made anew

What a search would find out through others (chains, _has) is looked up among what may be seen, so
that a hidden resource answers no question about a visible one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from garrod.care.govern.access import Actor, Deed
from garrod.care.govern.audit import current
from garrod.care.record.gate import Gate
from garrod.care.record.ports import HistoryOf, Page, View
from garrod.care.record.query import Include, Query
from garrod.care.record.seen_clauses import Narrowed, narrowed
from garrod.core.errors import InputError
from garrod.core.resource import Version

Fetch = Callable[[int, str | None], Awaitable[Page]]
HIDDEN = "nothing of what was found may be seen"
CHUNK = 200  # Not clinical: versions read at once where many were hidden
INCLUDED = 10_000  # Not clinical: as many as a store includes


@dataclass(slots=True)
class Filter:
    """Fills pages with what an actor may see, each as full as if nothing else were there."""

    view: View
    gate: Gate
    actor: Actor
    deed: Deed
    has_hidden: bool = False

    async def page(self, fetch: Fetch, count: int, cursor: str | None) -> Page:
        """Return a page; its cursor is None where nothing more may be seen."""
        got: list[Version] = []
        want = count
        while True:
            page = await fetch(want, cursor)
            seen = (await self.kept(page.versions))[: count - len(got)]
            is_full = len(got) + len(seen) == count
            if is_full and seen and page.versions[-1] is not seen[-1]:
                # read again as far as the last that is shown: a cursor tells of where it stands
                page = await fetch(page.versions.index(seen[-1]) + 1, cursor)
            got += seen
            if page.cursor is None:
                return Page(tuple(got))
            cursor = page.cursor
            if len(got) == count:
                has_more = await self._has_more(fetch, cursor)
                return Page(tuple(got), cursor if has_more else None)
            want = max(count - len(got), CHUNK)

    async def _has_more(self, fetch: Fetch, cursor: str | None) -> bool:
        want = 1
        while cursor is not None:
            page = await fetch(want, cursor)
            if await self.kept(page.versions):
                return True
            cursor, want = page.cursor, CHUNK
        return False

    async def total(self, fetch: Fetch) -> int:
        """Return how many may be seen, all pages through."""
        cursor, total = None, 0
        while True:
            page = await fetch(CHUNK, cursor)
            total += len(await self.kept(page.versions))
            cursor = page.cursor
            if cursor is None:
                return total

    async def kept(self, versions: Sequence[Version]) -> list[Version]:
        """Return those that may be seen."""
        found = await self.gate.seen(self.view, self.actor, versions, self.deed)
        self.has_hidden = self.has_hidden or len(found) < len(versions)
        return found


class SeenView:
    """A view of the record as an actor sees it; `deed` is what a search is for."""

    def __init__(self, view: View, gate: Gate, actor: Actor, *, deed: Deed = Deed.SEARCH) -> None:
        self.raw = view
        self.gate = gate
        self.actor = actor
        self.deed = deed

    def _by(self, deed: Deed) -> Filter:
        return Filter(self.raw, self.gate, self.actor, deed)

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None where it is not there or not for the actor."""
        found = await self.raw.read(kind, id)
        return await self._if_seen(found, Deed.READ)

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None; none of a resource that may not be seen as it is now."""
        found = await self.raw.read_version(kind, id, number)
        if found is None or not await self._is_seen_now(found):
            return None
        return await self._if_seen(found, Deed.READ)

    async def _if_seen(self, version: Version | None, deed: Deed) -> Version | None:
        if version is None:
            return None
        answer = await self.gate.answer(self.raw, self.actor, version, deed)
        if answer.is_permitted:
            return version
        trail = current()
        trail.about(version.kind, () if version.is_deleted else self.gate.meaning.whose(version))
        trail.denied(answer.because)
        return None

    async def _is_seen_now(self, version: Version) -> bool:
        now = await self.raw.read(version.kind, version.id)
        return await self._if_seen(now, Deed.READ) is not None

    async def note(self, room: str, id: str) -> str | None:
        """Return a note: notes are the server's own, and asked for by its rooms alone."""
        return await self.raw.note(room, id)

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room, as `note` does."""
        return await self.raw.notes(room)

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first."""
        filter_ = _History(self.raw, self.gate, self.actor, Deed.HISTORY)

        async def fetch(count: int, cursor: str | None) -> Page:
            return await self.raw.history(replace(of, count=count, cursor=cursor))

        if of.count <= 0:
            return Page(())
        return await filter_.page(fetch, of.count, of.cursor)

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match and may be seen.

        Raises: InputError REC003, REC010 (a chain over too much).
        """
        found: Narrowed = await narrowed(self, query)
        if found.is_empty:
            return Page((), total=0 if query.wants_total else None)
        plain = replace(found.query, wants_total=False)
        filter_ = self._by(self.deed)

        async def fetch(count: int, cursor: str | None) -> Page:
            return await self.raw.search(replace(plain, count=count, cursor=cursor))

        page = Page(())
        if query.count > 0:
            page = await filter_.page(fetch, query.count, query.cursor)
            if filter_.has_hidden and not page.versions:
                current().denied(HIDDEN)
        if not query.wants_total:
            return page
        if query.count > 0 and page.cursor is None and query.cursor is None:
            return replace(page, total=len(page.versions))
        return replace(page, total=await filter_.total(fetch))

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what hits refer to, or what refers to them; nothing through what is hidden."""
        seen = {(hit.kind, hit.id) for hit in hits}
        found: list[Version] = []
        fresh, wanted = list(hits), list(include)
        while fresh and wanted:
            steps = [replace(one, is_iterated=False) for one in wanted]
            page = await self.raw.included(fresh, steps)
            new = [v for v in page.versions if (v.kind, v.id) not in seen]
            fresh = await self._by(Deed.READ).kept(new)
            found += fresh
            if len(found) > INCLUDED:
                raise InputError(
                    f"more than {INCLUDED:,} resources would be included: ask for fewer.",
                    code="STO007",
                )
            seen.update((v.kind, v.id) for v in fresh)
            wanted = [one for one in include if one.is_iterated]
        return Page(tuple(found))


class _History(Filter):
    """Hides every version of a resource that may not be seen as it is now."""

    async def kept(self, versions: Sequence[Version]) -> list[Version]:
        now: dict[tuple[str, str], bool] = {}
        found = []
        for version in versions:
            name = (version.kind, version.id)
            if name not in now:
                newest = await self.view.read(*name)
                now[name] = newest is not None and await self.gate.sees(
                    self.view, self.actor, newest, self.deed
                )
            if now[name] and await self.gate.sees(self.view, self.actor, version, self.deed):
                found.append(version)
        return found
