"""Reads how the packs of this server stand: what is in force, what is proposed, what was done.

site's folder, its state, the shelf in force -> Standing, Chosen; files are read beside other work
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from garrod.adapters.packs.load import load_pack, newest, read_manifest
from garrod.adapters.packs.sign import check_signature
from garrod.adapters.packs.site import REFERENCE, SitePack, site_packs
from garrod.adapters.packs.state import read_rules, read_state
from garrod.care.govern.approval import check_activation
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.lowering import lowered_rules
from garrod.care.govern.model import Rules
from garrod.core.errors import GarrodError, InputError, KnowledgeError
from garrod.knowledge.difference import Difference, difference_of
from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Standing:
    """All packs that there are. `problem`: why the site's cannot be told; the shipped ones can."""

    shipped: Mapping[str, Manifest]
    own: tuple[SitePack, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    rules: Rules = field(default_factory=Rules)
    has_site: bool = False
    problem: str = ""

    def of(self, reference: str) -> SitePack | None:
        """Return a pack of the site by name@version, or None."""
        return next((p for p in self.own if p.content.pack == reference), None)

    def is_active(self, pack: SitePack) -> bool:
        """Return whether the site's state names a pack as in force."""
        active = self.ledger.active().get(pack.manifest.name)
        return active is not None and active.pack == pack.content.pack


@dataclass(frozen=True, slots=True)
class Chosen:
    """One pack. `instead_of`: what it would replace, or replaced; None: it stands by itself.

    `signer` "": nobody whom this site trusts signed it, and `unusable` says why. `lowered`: hard
    stops that would be lowered if it took force, or, where it is in force, if it went. `wanting`:
    why it cannot take force yet.
    """

    pack: Pack
    own: SitePack | None
    is_in_force: bool
    instead_of: Pack | None = None
    difference: Difference | None = None
    signer: str = ""
    unusable: str = ""
    lowered: tuple[str, ...] = ()
    wanting: str = ""


def standing_of(site: Path | None) -> Standing:
    """Return how all packs stand."""
    shipped = _manifests()
    if site is None:
        return Standing(shipped)
    try:
        ledger, rules, own = read_state(site), read_rules(site), site_packs(site)
    except GarrodError as error:
        return Standing(shipped, has_site=True, problem=error.message)
    return Standing(shipped, own, ledger, rules, has_site=True)


@cache
def _manifests() -> Mapping[str, Manifest]:
    """Return those of the packs that come with the program: they stay while it runs."""
    return {name: read_manifest(at / "pack.toml") for name, at in newest().items()}


def chosen_of(reference: str, standing: Standing, shelf: Shelf) -> Chosen:
    """Return one pack, and what it changes.

    Raises: InputError REC001 (there is no such pack), KnowledgeError (it is not intact).
    """
    own = standing.of(reference) if REFERENCE.fullmatch(reference) else None
    name = reference.partition("@")[0]
    if own is None:
        is_here = name in shelf.names() and shelf.pack(name).manifest.reference == reference
        if not is_here and reference not in {m.reference for m in standing.shipped.values()}:
            raise InputError("there is no such pack here.", code="REC001")
        return Chosen(shelf.pack(name) if is_here else _shipped(name), None, is_here)
    pack, is_in_force = load_pack(own.folder), standing.is_active(own)
    before = _instead_of(own, standing, shelf, is_in_force=is_in_force)
    difference = difference_of(before, pack) if before is not None else None
    try:
        signer = check_signature(own.folder, standing.ledger)
    except KnowledgeError as error:
        return Chosen(pack, own, is_in_force, before, difference, unusable=error.message)
    lowered = _lowered(shelf, pack, before, is_in_force=is_in_force)
    wanting = ""
    if not is_in_force:
        try:
            check_activation(standing.ledger, own.content, signer, lowered, standing.rules)
        except KnowledgeError as error:
            wanting = error.code
    return Chosen(
        pack, own, is_in_force, before, difference, signer.holder, lowered=lowered, wanting=wanting
    )


def _instead_of(
    own: SitePack, standing: Standing, shelf: Shelf, *, is_in_force: bool
) -> Pack | None:
    name = own.manifest.name
    if is_in_force:
        return _shipped(name) if name in standing.shipped else None
    return shelf.pack(name) if name in shelf.names() else None


@lru_cache(maxsize=64)
def _shipped(name: str) -> Pack:
    return load_pack(newest()[name])


def _lowered(
    shelf: Shelf, pack: Pack, before: Pack | None, *, is_in_force: bool
) -> tuple[str, ...]:
    """Return the hard stops that are lowered by the step that is next: taking force, or going."""
    gone, come = (pack, before) if is_in_force else (before, pack)
    key = tuple(
        (p.manifest.reference, tuple(sorted(p.manifest.files.items()))) if p is not None else ()
        for p in (gone, come)
    )
    others = [shelf.pack(n) for n in shelf.names() if n != pack.manifest.name]
    rest = tuple(tuple(sorted(p.manifest.files.values())) for p in others)
    known = _LOWERED.get((key, rest))
    if known is None:
        sides = [Shelf((*others, *([p] if p is not None else []))) for p in (gone, come)]
        known = lowered_rules(sides[0], sides[1])
        while len(_LOWERED) >= _KEPT:
            del _LOWERED[next(iter(_LOWERED))]
        _LOWERED[key, rest] = known
    return known


_KEPT = 32  # Not clinical: comparisons whose outcome is kept
_LOWERED: dict[object, tuple[str, ...]] = {}
