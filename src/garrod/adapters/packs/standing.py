"""How each pack stands: in force, replaced, approved, waiting, or not usable, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.packs.load import newest, read_manifest
from garrod.adapters.packs.sign import check_signature
from garrod.adapters.packs.site import SitePack, site_packs
from garrod.adapters.packs.state import read_rules, read_state
from garrod.care.govern.ledger import Ledger
from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Manifest

SHIPPED = "in force (shipped)"


@dataclass(frozen=True, slots=True)
class Standing:
    """One pack, and how it stands, in words."""

    manifest: Manifest
    state: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return what a list shows of it."""
        m = self.manifest
        return (m.name, m.version, self.state, m.licence, m.title)


def standings(site: Path | None) -> tuple[Standing, ...]:
    """Return every pack with its state, by name and version.  Raises: KnowledgeError."""
    shipped = {n: read_manifest(f / "pack.toml") for n, f in newest().items()}
    if site is None:
        return tuple(Standing(m, SHIPPED) for _, m in sorted(shipped.items()))
    ledger = read_state(site)
    found = [Standing(m, _shipped_state(m, ledger)) for m in shipped.values()]
    found += _own(site, ledger)
    return tuple(sorted(found, key=lambda s: (s.manifest.name, s.manifest.version)))


def _shipped_state(manifest: Manifest, ledger: Ledger) -> str:
    instead = ledger.active().get(manifest.name)
    return f"replaced by {instead.pack}" if instead else SHIPPED


def _own(site: Path, ledger: Ledger) -> Iterator[Standing]:
    needed = read_rules(site).approvals
    for pack in site_packs(site):
        yield Standing(pack.manifest, _own_state(pack, ledger, needed))


def _own_state(pack: SitePack, ledger: Ledger, needed: int) -> str:
    active = ledger.active().get(pack.manifest.name)
    if active is not None and active.pack == pack.content.pack:
        is_same = active.sha256 == pack.content.sha256
        return "in force (site)" if is_same else "CHANGED since it took force (KNO029)"
    try:
        signer = check_signature(pack.folder, ledger)
    except KnowledgeError as error:
        words = {"KNO023": "unsigned", "KNO024": "signed by an unknown key"}
        return f"waiting: {words.get(error.code, 'its signature does not fit')}"
    count = len(ledger.approvals(pack.content))
    state = "approved" if count >= needed else "waiting"
    void = ", earlier approvals void" if not count and ledger.void(pack.content) else ""
    return f"{state}: signed by {signer.holder}, {count} of {needed} approvals{void}"
