"""garrod packs approve | activate | deactivate: which of a site's packs are in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from garrod.entry.cli.output import say
from garrod.entry.cli.pack_options import (
    By,
    Lowering,
    Reason,
    Site,
    person_of,
    reason_of,
    site_of,
)

Pack = Annotated[str, typer.Argument(help="NAME@VERSION of a pack in the site's folder.")]

APPROVE = (
    "Example: garrod packs approve policy-england@2027.1.0 --as dr-jones --role doctor "
    "--packs site-packs"
)
ACTIVATE = "Example: garrod packs activate policy-england@2027.1.0 --as it-lead --packs site-packs"
DEACTIVATE = (
    "Example: garrod packs deactivate policy-england --as it-lead --reason 'wrong dose' "
    "--packs site-packs"
)


def approve(
    pack: Pack,
    by: By,
    role: Annotated[str, typer.Option("--role", help="Your role, e.g. pharmacist.")],
    reason: Reason = "",
    approve_lowering: Lowering = False,
    site: Site = None,
) -> None:
    """Approve exactly this content of a signed pack; a later change voids the approval."""
    from garrod.adapters.packs import change
    from garrod.care.govern.model import Approved
    from garrod.entry.wire import now

    why = reason_of(reason, is_needed=approve_lowering)
    given = Approved(now(), person_of("--as", by), person_of("--role", role), "", "", why)
    lowered = change.approve(site_of(site), pack, given, agrees=approve_lowering)
    say(f"{pack}: approved by {given.by} ({given.role})")
    _tell(lowered, "agreed to" if approve_lowering else "NOT agreed to: it cannot be activated")


def activate(pack: Pack, by: By, site: Site = None) -> None:
    """Put a signed pack with two approvals in force, in the place of any other of its name."""
    from garrod.adapters.packs import change
    from garrod.entry.wire import now

    lowered = change.activate(site_of(site), pack, by=person_of("--as", by), at=now())
    say(f"{pack}: in force")
    _tell(lowered, "as both approvers agreed")


def deactivate(
    pack: Annotated[str, typer.Argument(help="The name of an active pack.")],
    by: By,
    reason: Reason,
    approve_lowering: Lowering = False,
    site: Site = None,
) -> None:
    """Take a site's pack out of force; the shipped pack of its name, if any, holds again."""
    from garrod.adapters.packs import change
    from garrod.care.govern.model import Deactivated
    from garrod.entry.wire import now

    why = reason_of(reason, is_needed=True)
    given = Deactivated(now(), person_of("--as", by), "", why)
    lowered = change.deactivate(site_of(site), pack, given, agrees=approve_lowering)
    say(f"{pack}: no longer in force")
    _tell(lowered, "as was agreed")


def _tell(lowered: Sequence[str], how: str) -> None:
    for rule in lowered:
        say(f"warning: lowers a rule of tier T1 ({how}): {rule}")
