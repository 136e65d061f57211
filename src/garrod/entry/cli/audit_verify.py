"""garrod audit verify: what was found in a log, and what it amounts to."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit_check import Checked, Harm
from garrod.core.errors import InputError, InternalFault
from garrod.entry.audit_opening import KEY, Place

CODES = {
    Harm.ALTERED: "AUD001",
    Harm.REMOVED: "AUD002",
    Harm.REORDERED: "AUD003",
    Harm.TRUNCATED: "AUD004",
    Harm.INSERTED: "AUD005",
    Harm.HEAD: "AUD006",
    Harm.KEY: "AUD007",
    Harm.WITNESS: "AUD008",
    Harm.PEOPLE: "AUD009",
    Harm.LOST: "AUD016",
}
KEEP = "Keep the file as it is, and look for a copy from before."
LOST = (
    "If nobody here did that, somebody cut it off: keep the file. Else look for a later copy; "
    "where there is none, write down what is lost, keep this witness and name another."
)


def verified_log(place: Place, file: Path | None) -> tuple[Checked, Place]:
    """Return what was found in a log, and where it stands; a FILE's key may stand beside it.

    Raises: OutsideError AUD010, InputError AUD011, AUD015, AUD031, AUD033.
    """
    if file is not None:
        place = replace(place, log=file, key=file.with_name(KEY), database=None)
    must_exist(place)
    opening = place.opening()
    return verified(place.log, witness=place.witness, key=place.key_id(), opening=opening), place


def must_exist(place: Place) -> None:
    """Raise InputError AUD033 where no log can be: nothing is there, or a folder."""
    if not place.exists or (place.database is None and place.log.is_dir()):
        raise InputError(
            f"{place.log}: there is no audit log; name the file, or the data folder with --data.",
            code="AUD033",
        )


def told_of(found: Checked) -> dict[str, Any]:
    """Return what was found, ready to be written as JSON."""
    flaw = found.flaw
    told: dict[str, Any] = {
        "valid": flaw is None,
        "entries": found.entries,
        "heads": found.heads,
        "witnessed": found.witnessed,
        "root": base64.b64encode(found.root).decode("ascii"),
        "key": found.key,
    }
    if flaw is not None:
        told |= {"harm": flaw.harm.value, "first": flaw.index}
    return told


def fault_of(found: Checked, log: Path) -> InternalFault | None:
    """Return the error of a log that is not what was sealed, or None."""
    if found.flaw is None:
        return None
    advice = LOST if found.flaw.harm == Harm.LOST else KEEP
    return InternalFault(
        f"{log}: {found.flaw.words}. {advice}",
        code=CODES[found.flaw.harm],
    )
