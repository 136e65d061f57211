"""The shelf: the packs in force for this run, and how a fact is looked up in them."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.extend import EXTENDABLE, joined_rows
from garrod.knowledge.pack import Pack, Row


class Shelf:
    """The packs in force, one version of each name; a pack may extend another by its name."""

    __slots__ = ("_added", "_packs", "_rows")

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = {p.manifest.name: p for p in packs}
        self._added: dict[str, list[Pack]] = {}
        for name in self.names():
            if base := self._packs[name].manifest.extends:
                self._added.setdefault(base, []).append(self._packs[name])
        self._rows: dict[tuple[str, str], tuple[Row, ...]] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names of the packs in force, sorted."""
        return tuple(sorted(self._packs))

    def pack(self, name: str) -> Pack:
        """Return the pack of that name, without what extends it.  Raises: KnowledgeError KNO002."""
        try:
            return self._packs[name]
        except KeyError:
            raise KnowledgeError(
                f"no pack {name!r} is on the shelf; there are: {', '.join(self.names()) or 'none'}",
                code="KNO002",
            ) from None

    def extensions(self, name: str) -> tuple[Pack, ...]:
        """Return the packs that extend that one, by name.  Raises: KnowledgeError KNO007."""
        for base, added in self._added.items():
            found = self._packs.get(base)
            if found is None or found.manifest.extends:
                raise KnowledgeError(
                    f"{added[0].manifest.reference} extends {base!r}, which is "
                    f"{'itself an extension' if found else 'not on the shelf'}; correct `extends` "
                    "in its pack.toml",
                    code="KNO007",
                )
            for pack in added:
                _check_base(pack, found)
        return tuple(self._added.get(name, ()))

    def rows(self, name: str, table: str) -> tuple[Row, ...]:
        """Return the rows of a table ("alleles" for alleles.csv), those of extensions after it.

        Raises: KnowledgeError KNO002, KNO004, KNO007.
        """
        key = (name, table)
        if key not in self._rows:
            base, added = self.pack(name), self.extensions(name)
            if table not in base.tables:
                raise KnowledgeError(f"pack {name!r} has no table {table!r}", code="KNO004")
            self._rows[key] = joined_rows(base, added, table) if added else base.tables[table]
        return self._rows[key]

    def evidence(self, name: str, key: str) -> Evidence:
        """Return the citation with that id in a pack, or in one that extends it.

        Raises: KnowledgeError KNO005 (none), KNO007 (two packs use the id for different sources).
        """
        holders = [p for p in (self.pack(name), *self.extensions(name)) if key in p.evidence]
        if not holders:
            raise KnowledgeError(f"pack {name!r} cites {key!r}, which has no row", code="KNO005")
        for other in holders[1:]:
            if other.evidence[key] != holders[0].evidence[key]:
                raise KnowledgeError(
                    f"{holders[0].manifest.reference} and {other.manifest.reference} both have "
                    f"evidence {key!r}, and differ; give it another id in the extension",
                    code="KNO007",
                )
        return holders[0].evidence[key]

    def references(self, name: str) -> tuple[str, ...]:
        """Return "name@version" of a pack in force and of each pack that extends it."""
        packs = (self.pack(name), *self.extensions(name))
        return tuple(p.manifest.reference for p in packs)

    def reference(self, name: str) -> str:
        """Return "name@version" of a pack in force; with extensions, all of them joined by "+"."""
        return "+".join(self.references(name))


def _check_base(pack: Pack, base: Pack) -> None:
    if base.manifest.name not in EXTENDABLE:
        raise KnowledgeError(
            f"{pack.manifest.reference} extends {base.manifest.name}, which is never extended; "
            "make a version of that pack itself (extended are: "
            f"{', '.join(sorted(EXTENDABLE))})",
            code="KNO007",
        )
    unknown = sorted(set(pack.tables) - set(base.tables))
    if unknown:
        raise KnowledgeError(
            f"{pack.manifest.reference} has {', '.join(f'{t}.csv' for t in unknown)}, which "
            f"{base.manifest.reference}, which it extends, has not: nobody would read it; its "
            f"tables are {', '.join(sorted(base.tables))}",
            code="KNO007",
        )
