"""What the handlers of the CDS Hooks door work with, and the settings that a site may give.

GARROD_CDS_CLIENTS  a file of clients: issuer, address of their keys (or the keys), see docs
GARROD_EHR          FHIR servers that may be asked for what was not prefetched, as GARROD_HOOKS
GARROD_EHR_SECONDS  how long those may take (2)
GARROD_CDS_BASE     the address by which clients know this server, where it is not the one asked
GARROD_CDS_ORIGINS  pages that may ask from a browser, with commas; this machine's always may
GARROD_SMART_APP    the launch address of a SMART app to link to from each card
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from garrod.adapters.cds.clients import Client, clients_in
from garrod.adapters.cds.fetch import SECONDS
from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a site gave."""

    base: str = ""
    fhir: str = ""  # our own FHIR base, by which a caller means our record
    clients: tuple[Client, ...] = ()
    gate: Gate = field(default_factory=Gate)
    seconds: float = SECONDS
    origins: frozenset[str] = frozenset()
    app: str = ""


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Return the settings in an environment.

    Raises: InputError CDS006 (file of clients, seconds or an address that is none).
    """
    named = environment.get("GARROD_CDS_CLIENTS", "")
    base, app = environment.get("GARROD_CDS_BASE", ""), environment.get("GARROD_SMART_APP", "")
    for name, url in (("GARROD_CDS_BASE", base), ("GARROD_SMART_APP", app)):
        if url and not url.startswith(("https://", "http://")):
            raise InputError(f"{name} must be an absolute address (https://…).", code="CDS006")
    return Settings(
        base=base.rstrip("/"),
        fhir=environment.get("GARROD_BASE", "").rstrip("/"),
        clients=clients_in(_read(named)) if named else (),
        gate=Gate(_listed(environment.get("GARROD_EHR", ""))),
        seconds=_seconds(environment.get("GARROD_EHR_SECONDS", "")),
        origins=_listed(environment.get("GARROD_CDS_ORIGINS", "")),
        app=app,
    )


def _listed(said: str) -> frozenset[str]:
    return frozenset(p for part in said.split(",") if (p := part.strip().lower().rstrip("/")))


def _read(named: str) -> bytes:
    try:
        return Path(named).read_bytes()
    except OSError as error:
        raise InputError(
            f"{named} (GARROD_CDS_CLIENTS) cannot be read ({error.strerror}).", code="CDS006"
        ) from error


def _seconds(said: str) -> float:
    try:
        found = float(said) if said else SECONDS
    except ValueError:
        found = 0.0
    if not 0 < found <= 60:
        raise InputError("GARROD_EHR_SECONDS must be a number from 0.1 to 60.", code="CDS006")
    return found
