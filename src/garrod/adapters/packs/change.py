"""What changes a site's state: trust in keys, approvals, and which packs are in force.

Each change is checked whole before anything is written, and then written at once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from garrod.adapters.packs.load import load_pack
from garrod.adapters.packs.show import check_citations
from garrod.adapters.packs.sign import PublicKey, check_signature
from garrod.adapters.packs.site import (
    SitePack,
    folders_in_force,
    folders_under,
    placed,
    shelf_of,
    site_pack,
)
from garrod.adapters.packs.state import changing, read_rules, write_state
from garrod.adapters.packs.trial import lowered_by
from garrod.care.govern.approval import check_activation, check_approval, listed
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import Activated, Approved, Deactivated, Distrusted, Trusted
from garrod.core.errors import KnowledgeError
from garrod.knowledge.shelf import Shelf


def trust(site: Path, key: PublicKey, *, by: str, at: str) -> None:
    """Record that a key is trusted; its holder may not approve what it signed."""
    with changing(site) as ledger:
        event = Trusted(at, by, key.key, key.public_key, key.holder)
        write_state(site, ledger.with_event(event))


def distrust(site: Path, key: str, *, by: str, at: str, reason: str) -> tuple[str, ...]:
    """Return the active packs that stop the site's knowledge now: that key signed them.

    Raises: KnowledgeError KNO024 (no such key is trusted).
    """
    with changing(site) as ledger:
        if key not in ledger.trusted():
            raise KnowledgeError(
                f"{key!r} is no key that {site} trusts; there are: "
                f"{', '.join(ledger.trusted()) or 'none'}",
                code="KNO024",
            )
        write_state(site, ledger.with_event(Distrusted(at, by, key, reason)))
    return tuple(a.pack for a in ledger.active().values() if a.key == key)


def approve(site: Path, reference: str, given: Approved, *, agrees: bool) -> tuple[str, ...]:
    """Return the T1 rules that the pack would lower; `agrees` records them as agreed to.

    `given` says who, in which role, when and why; its content is filled in here.
    Raises: KnowledgeError KNO001 to KNO007, KNO022 to KNO025, KNO027.
    """
    with changing(site) as ledger:
        pack = site_pack(site, reference)
        check_citations(load_pack(pack.folder))
        signer = check_signature(pack.folder, ledger)
        lowered = lowered_by(*_both(site, pack))
        event = replace(
            given,
            pack=pack.content.pack,
            sha256=pack.content.sha256,
            lowers=lowered if agrees else (),
        )
        check_approval(ledger, pack.content, event, signer=signer)
        write_state(site, ledger.with_event(event))
    return lowered


def activate(site: Path, reference: str, *, by: str, at: str) -> tuple[str, ...]:
    """Return the T1 rules that were lowered, as agreed, by the pack that took force.

    Raises: KnowledgeError KNO001 to KNO007, KNO022 to KNO026, KNO028, KNO031.
    """
    with changing(site) as ledger:
        pack = site_pack(site, reference)
        check_citations(load_pack(pack.folder))
        signer = check_signature(pack.folder, ledger)
        lowered = lowered_by(*_both(site, pack))
        check_activation(ledger, pack.content, signer, lowered, read_rules(site))
        event = Activated(at, by, pack.content.pack, pack.content.sha256, signer.key)
        write_state(site, ledger.with_event(event))
    return lowered


def deactivate(site: Path, name: str, given: Deactivated, *, agrees: bool) -> tuple[str, ...]:
    """Return the T1 rules that are lowered by going back to the shipped pack of that name.

    Raises: KnowledgeError KNO022 (not active), KNO028 (lowers a T1 rule, and not agreed), KNO031.
    """
    with changing(site) as ledger:
        active = ledger.active().get(name.partition("@")[0])
        if active is None or name not in (active.name, active.pack):
            raise KnowledgeError(
                f"{name!r} is no active pack of {site}; there are: "
                f"{', '.join(a.pack for a in ledger.active().values()) or 'none'}",
                code="KNO022",
            )
        lowered = _lowered_without(site, ledger, event := replace(given, pack=active.pack))
        if lowered and not agrees:
            raise KnowledgeError(
                f"without {active.pack}, {len(lowered)} rule(s) of tier T1 are lowered: "
                f"{listed(lowered)}. Nothing was changed: activate another version instead, or "
                "say --approve-lowering",
                code="KNO028",
            )
        write_state(site, ledger.with_event(replace(event, lowers=lowered)))
    return lowered


def _lowered_without(site: Path, ledger: Ledger, event: Deactivated) -> tuple[str, ...]:
    """Return the T1 rules that are lowered by an end; a broken site cannot tell, and says so."""
    try:
        before = shelf_of(folders_under(site, ledger))
        after = shelf_of(folders_under(site, ledger.with_event(event)))
    except KnowledgeError as error:
        return (f"cannot be told while the site is broken ({error.code})",)
    return lowered_by(before, after)


def _both(site: Path, pack: SitePack) -> tuple[Shelf, Shelf]:
    """Return the shelf in force, and that with a pack in the place of its namesake."""
    folders = folders_in_force(site)
    return shelf_of(folders), shelf_of(placed(folders, [pack]))
