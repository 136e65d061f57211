"""A site's own packs beside the shipped ones: which there are, and which are in force.

shipped packs + the site's packs that its state names as active -> Shelf
A site's pack that is not as it was when it took force is an error; nothing stands in for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs.load import digest_of, load_pack, newest, read_manifest
from garrod.adapters.packs.state import check_site, read_state
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import Activated, Content
from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Manifest
from garrod.knowledge.shelf import Shelf

REFERENCE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)@(?P<version>[A-Za-z0-9][\w.-]*)")


@dataclass(frozen=True, slots=True)
class SitePack:
    """A pack in a site's folder, and the sum of what it holds now."""

    folder: Path
    manifest: Manifest
    content: Content


def shelf_in_force(site: Path | None = None) -> Shelf:
    """Return the shelf of the shipped packs, and of the site's packs that are active.

    Raises: KnowledgeError KNO001, KNO003, KNO020, KNO021, KNO022, KNO029.
    """
    return shelf_of(folders_in_force(site))


def folders_in_force(site: Path | None) -> dict[str, Path]:
    """Return the folder of each pack in force, by name.  Raises: as `shelf_in_force`."""
    return newest() if site is None else folders_under(site, read_state(site))


def folders_under(site: Path, ledger: Ledger) -> dict[str, Path]:
    """Return the folder of each pack in force under a ledger.  Raises: as `shelf_in_force`."""
    own = {a.name: _unchanged(site, a, ledger) for a in ledger.active().values()}
    return {**newest(), **own}


def shelf_of(folders: dict[str, Path]) -> Shelf:
    """Return the shelf of the packs in some folders.  Raises: KnowledgeError KNO001, KNO003."""
    return Shelf(load_pack(folder) for folder in folders.values())


def _unchanged(site: Path, active: Activated, ledger: Ledger) -> Path:
    found = site_pack(site, active.pack)
    if found.content.sha256 != active.sha256:
        raise KnowledgeError(
            f"{found.folder}: is active, and is not what was approved: it was changed after it "
            "took force. Nothing stands in for it: restore it, or `garrod packs deactivate "
            f"{active.name}`",
            code="KNO029",
        )
    if active.key not in ledger.trusted():
        raise KnowledgeError(
            f"{found.folder}: is active, and the key {active.key} that signed it is trusted no "
            "longer. Nothing stands in for it: activate a version signed by a trusted key, or "
            f"`garrod packs deactivate {active.name}`",
            code="KNO029",
        )
    return found.folder


def site_pack(site: Path, reference: str) -> SitePack:
    """Return a pack of a site by name@version.  Raises: KnowledgeError KNO001, KNO020, KNO022."""
    check_site(site)
    told = REFERENCE.fullmatch(reference)
    folder = site / told["name"] / told["version"] if told else site
    if told is None or not (folder / "pack.toml").exists():
        there = ", ".join(p.content.pack for p in site_packs(site)) or "none"
        raise KnowledgeError(
            f"{reference!r} is no pack NAME@VERSION of {site}; there are: {there}", code="KNO022"
        )
    return _read(folder)


def site_packs(site: Path) -> tuple[SitePack, ...]:
    """Return every pack of a site, sorted.  Raises: KnowledgeError KNO001, KNO020, KNO022."""
    check_site(site)
    return tuple(_read(file.parent) for file in sorted(site.glob("[!.]*/[!.]*/pack.toml")))


def _read(folder: Path) -> SitePack:
    manifest = read_manifest(folder / "pack.toml")
    named = f"{folder.parent.name}@{folder.name}"
    if manifest.reference != named:
        raise KnowledgeError(
            f"{folder}: its pack.toml says {manifest.reference}; a pack stands in NAME/VERSION: "
            "move it, or correct pack.toml",
            code="KNO022",
        )
    return SitePack(folder, manifest, Content(manifest.reference, digest_of(folder)))


def placed(folders: dict[str, Path], packs: Iterable[SitePack]) -> dict[str, Path]:
    """Return the folders with some packs in the place of those of their names."""
    return {**folders, **{p.manifest.name: p.folder for p in packs}}
