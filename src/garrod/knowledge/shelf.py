"""The shelf: the packs in force for this run, and how a fact is looked up in them."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Pack, Row


class Shelf:
    """The packs in force, one version of each name."""

    __slots__ = ("_packs",)

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = {p.manifest.name: p for p in packs}

    def names(self) -> tuple[str, ...]:
        """Return the names of the packs in force, sorted."""
        return tuple(sorted(self._packs))

    def pack(self, name: str) -> Pack:
        """Return the pack of that name.  Raises: KnowledgeError KNO002."""
        try:
            return self._packs[name]
        except KeyError:
            raise KnowledgeError(
                f"no pack {name!r} is on the shelf; there are: {', '.join(self.names()) or 'none'}",
                code="KNO002",
            ) from None

    def rows(self, name: str, table: str) -> tuple[Row, ...]:
        """Return the rows of a table ("alleles" for alleles.csv).  Raises: KnowledgeError."""
        tables = self.pack(name).tables
        if table not in tables:
            raise KnowledgeError(f"pack {name!r} has no table {table!r}", code="KNO004")
        return tables[table]

    def evidence(self, name: str, key: str) -> Evidence:
        """Return the citation with that id in a pack.  Raises: KnowledgeError KNO005."""
        found = self.pack(name).evidence.get(key)
        if found is None:
            raise KnowledgeError(f"pack {name!r} cites {key!r}, which has no row", code="KNO005")
        return found

    def reference(self, name: str) -> str:
        """Return "name@version" of a pack in force."""
        return self.pack(name).manifest.reference
