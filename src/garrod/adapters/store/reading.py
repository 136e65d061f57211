"""Reading by asking: what every View does, whoever runs the statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from garrod.adapters.store import faults
from garrod.adapters.store.compiled import Row, ask
from garrod.adapters.store.conditions import Values
from garrod.adapters.store.cursor import (
    history_cursor,
    history_place,
    search_cursor,
    search_place,
)
from garrod.adapters.store.direct import direct
from garrod.adapters.store.following import backward_statement, forward_statement, history_statement
from garrod.adapters.store.leading import leader
from garrod.adapters.store.packing import event_of, param_number, ticks, version_of
from garrod.adapters.store.search import count_statement, page_statement
from garrod.adapters.store.shape import Shape, shaped
from garrod.adapters.store.statements import Book
from garrod.care.record.ports import Event, HistoryOf, Page
from garrod.care.record.query import Include, Query
from garrod.core.resource import Version

INCLUDED_MAX = 10_000
Name = tuple[str, str]  # kind and id


class Reader:
    """A View whose every method asks; somebody drives it."""

    def __init__(self, book: Book) -> None:
        self.book = book

    async def read(self, kind: str, id: str) -> Version | None:
        """Return the newest version, or None."""
        rows = await ask(self.book.read, kind, id)
        return version_of(rows[0]) if rows else None

    async def read_version(self, kind: str, id: str, number: int) -> Version | None:
        """Return one version, or None."""
        rows = await ask(self.book.read_version, kind, id, number)
        return version_of(rows[0]) if rows else None

    async def events(self, after: int, limit: int) -> tuple[Event, ...]:
        """Return events behind a sequence number, in order."""
        rows = await ask(self.book.events, after, limit)
        return tuple(event_of(row) for row in rows)

    async def note(self, room: str, id: str) -> str | None:
        """Return a note, or None."""
        rows = await ask(self.book.note, room, id)
        return str(rows[0][0]) if rows else None

    async def notes(self, room: str) -> tuple[tuple[str, str], ...]:
        """Return the notes of a room by their ids."""
        return tuple((id, text) for id, text in await ask(self.book.notes, room))

    async def history(self, of: HistoryOf) -> Page:
        """Return versions, the newest first.  Raises: InputError REC003."""
        before = history_place(of)
        given = {
            "kind": of.kind or None,
            "id": of.id or None,
            "since": ticks(of.since) if of.since else None,
            "at": ticks(of.at) if of.at else None,
            "before": before,
        }
        asked = {name: value for name, value in given.items() if value is not None}
        statement = history_statement(self.book.speech.name, tuple(asked))
        rows = await ask(statement, *asked.values(), max(of.count, 0) + 1)
        versions = tuple(version_of(row) for row in rows[: max(of.count, 0)])
        has_more = len(rows) > of.count > 0
        return Page(versions, history_cursor(of, versions[-1].sequence) if has_more else None)

    async def search(self, query: Query) -> Page:
        """Return the newest versions that match.  Raises: InputError REC003."""
        plain = direct(self.book.speech.name, query)
        if plain is not None:
            return page_of(query, await ask(plain.statement, *plain.values, query.count + 1))
        place = search_place(query)
        shape, values = shaped(query, place)
        if shape.never:
            return Page((), total=0 if query.wants_total else None)
        bound = self._listed(values)
        leads = await leader(self.book.speech, shape, bound)
        total = await self._total(shape, bound, leads) if query.wants_total else None
        if query.count <= 0:
            return Page((), total=total)
        statement = page_statement(self.book.speech.name, shape, leads)
        rows = await ask(statement, *bound, query.count + 1)
        return page_of(query, rows, total)

    async def _total(self, shape: Shape, bound: Values, leads: int | None) -> int:
        whole = Shape(shape.kinds, shape.nodes)
        statement = count_statement(self.book.speech.name, whole, leads)
        ((total,),) = await ask(statement, *bound)
        return int(total)

    def _listed(self, values: Iterable[object]) -> Values:
        listed = self.book.speech.listed
        return [listed(value) if isinstance(value, list) else value for value in values]

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        """Return what is included, each once and no hit again.  Raises: InputError STO007."""
        seen = {(hit.kind, hit.id) for hit in hits}
        found: list[Version] = []
        fresh, wanted = list(seen), list(include)
        while fresh and wanted:
            new: dict[Name, Version] = {}
            for one in wanted:
                for version in await self._one_step(fresh, one):
                    name = (version.kind, version.id)
                    if name not in seen:
                        new.setdefault(name, version)
            found.extend(new.values())
            if len(found) > INCLUDED_MAX:
                raise faults.too_many(INCLUDED_MAX)
            seen.update(new)
            fresh, wanted = list(new), [one for one in include if one.is_iterated]
        return Page(tuple(found))

    async def _one_step(self, names: Sequence[Name], include: Include) -> list[Version]:
        number = param_number(include.kind, include.param)
        dialect, listed = self.book.speech.name, self.book.speech.listed
        kinds = {include.kind} if not include.is_backward else {kind for kind, _ in names}
        if include.is_backward and include.target:
            kinds &= {include.target}
        rows = []
        for kind in sorted(kinds):
            ids = listed(sorted(id for of, id in names if of == kind))
            if include.is_backward:
                statement = backward_statement(dialect)
                rows += await ask(statement, number, kind, ids, INCLUDED_MAX + 1)
            elif include.target:
                statement = forward_statement(dialect, has_target=True)
                asked = (number, kind, ids, include.target, INCLUDED_MAX + 1)
                rows += await ask(statement, *asked)
            else:
                statement = forward_statement(dialect, has_target=False)
                rows += await ask(statement, number, kind, ids, INCLUDED_MAX + 1)
        return [version_of(row) for row in rows]


def page_of(query: Query, rows: Sequence[Row], total: int | None = None) -> Page:
    """Return rows as a page; there is one more of them than was asked for where it is not all."""
    shown = rows[: query.count]
    versions = tuple([version_of(row) for row in shown])
    cursor = search_cursor(query, shown[-1][9:]) if len(rows) > query.count else None
    return Page(versions, cursor, total)
