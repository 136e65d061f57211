"""Opens the rooms of a server: the store, the codec, the record. Read from the environment once."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.care.govern.access import LocalAccess
from garrod.care.govern.audit import Trailed
from garrod.care.record.gate import Gate
from garrod.care.record.medication.likeness import Makeup, PackFormulary, Pairings
from garrod.care.record.medication.line import Content, MedicineOf
from garrod.care.record.reactions import Following
from garrod.care.record.service import Record
from garrod.core.errors import InputError
from garrod.entry.audit_opening import try_audit
from garrod.entry.governing import GovernedAccess
from garrod.entry.wire import Services, store_at
from garrod.knowledge.clinical import load_clinical
from garrod.knowledge.medicines import load_medicines
from garrod.science.safety.duplicate_rules import load_duplicate_rules

TOKEN_FILE, RECORD_FILE, DEMO_FILE = "token", "record.db", "demo.db"


@dataclass(frozen=True, slots=True)
class Housing:
    """Where a server keeps its data, which database it uses, and what token it asks for."""

    folder: Path
    database: str
    token: str
    is_new_token: bool = False
    is_demo: bool = False


def housing_of(*, data: str = "", database: str = "", is_demo: bool = False) -> Housing:
    """Return the housing that options and environment name; a folder is made where there is none.

    A demo's record is a file of its own, so that synthetic people never stand among others.
    Raises: InputError INP041 where the folder cannot be made or written.
    """
    folder = folder_of(data)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        token, is_new = _token(folder)
    except OSError as error:
        raise InputError(
            f"{folder}: no data can be kept there ({error.strerror}); name another folder with "
            "--data.",
            code="INP041",
        ) from error
    named = database or os.environ.get("GARROD_DATABASE", "")
    own = folder / (DEMO_FILE if is_demo else RECORD_FILE)
    return Housing(folder, named or f"sqlite:///{own}", token, is_new, is_demo)


def folder_of(data: str = "") -> Path:
    """Return the data folder that an option or the environment names."""
    return Path(data or os.environ.get("GARROD_DATA", "") or _usual_folder())


def _usual_folder() -> Path:
    home = os.environ.get("XDG_DATA_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "share") / "garrod"


def _token(folder: Path) -> tuple[str, bool]:
    """Return the server's token, and whether it was made just now."""
    given = os.environ.get("GARROD_DEV_TOKEN", "")
    if given:
        return given, False
    path = folder / TOKEN_FILE
    if path.exists():
        return path.read_text(encoding="ascii").strip(), False
    token = secrets.token_urlsafe(24)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token, True


def clock() -> datetime:
    """Return the time (UTC)."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return an id that nobody had before."""
    return str(uuid.uuid4())


class DrugsPack:
    """The packs of drugs and of rules on duplicates as a formulary, read when first asked."""

    def makeup(self, medicine: MedicineOf) -> Makeup:
        """Return what a medicine contains as far as the drugs pack knows it."""
        return _formulary().makeup(medicine)

    def pairings(self, contents: Sequence[Content]) -> Pairings:
        """Return the pairs among medicines that the rules on duplicates speak of."""
        return _formulary().pairings(contents)


def read_anew() -> None:
    """Read the packs of drugs and of duplicates again when they are next asked."""
    _formulary.cache_clear()


@lru_cache(maxsize=1)
def _formulary() -> PackFormulary:
    shelf = Services().shelf
    rules = load_duplicate_rules(shelf, load_clinical(shelf))
    return PackFormulary(load_medicines(shelf), rules)


async def try_store(housing: Housing) -> None:
    """Open the store and close it again, so that what is wrong with it is told at once.

    Raises: UsageError, OutsideError (see open_store).
    """
    store = await store_at(housing.database, clock)
    await store.close()
    try_audit(housing.folder, clock, is_demo=housing.is_demo)


@asynccontextmanager
async def opened_record(
    housing: Housing, codec: CheckedCodec, gate: Gate | None = None
) -> AsyncIterator[Record]:
    """Open the record, and close it at the end; without a gate for the local user alone.

    Raises: OutsideError where it cannot be opened.
    """
    store = await store_at(housing.database, clock)
    try:
        pack = DrugsPack()
        follow = Following(codec, FhirLines(), FhirMerges(), new_id=new_id, formulary=pack)
        access = Trailed(LocalAccess() if gate is None else GovernedAccess(gate.policing))
        yield Record(store, codec, access, new_id, reactions=(follow,), gate=gate)
    finally:
        await store.close()
