"""Who signs people in here: the site's issuer, as the environment names it.

GARROD_ISSUER         the issuer's address; its metadata stands below /.well-known
GARROD_AUDIENCE       for whom its access tokens are made, with commas; else GARROD_BASE
GARROD_JWKS           its keys: an address or a file; else its metadata names them
GARROD_ISSUER_HOSTS   further hosts that its metadata may name, as GARROD_HOOKS
GARROD_CLIENT_ID      what this server is called there, and GARROD_CLIENT_SECRET or
                      GARROD_CLIENT_SECRET_FILE, where it has a secret
GARROD_INTROSPECTION  "1": tokens that are no JWT are asked about (RFC 7662)
GARROD_CLAIMS         a file that says what claims are called and which roles jobs have
GARROD_DEV_ISSUER     "1": a development issuer signs in whoever is on this machine (as in the demo)
GARROD_HOSTS          names by which this server is addressed, besides that of GARROD_BASE
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from garrod.adapters.identity.claims import Reading, reading_of
from garrod.adapters.identity.development import CLINIC, Development
from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.model import Issuer
from garrod.adapters.identity.outside import SECONDS, Outside
from garrod.adapters.identity.tokens import Verifier
from garrod.adapters.subscriptions.gate import LOOPBACK as THIS_MACHINE
from garrod.adapters.subscriptions.gate import Gate
from garrod.core.errors import InputError
from garrod.entry.guard import LOOPBACK, Guard
from garrod.entry.origins import origins_of

PATIENCE = 20.0  # Not clinical: seconds for an issuer on this machine, which may still be starting
ISSUER_PATH = "/issuer"  # where the development issuer stands


@dataclass(frozen=True, slots=True)
class Identity:
    """The issuer, its keys, how its claims are read, and who brings its tokens."""

    issuer: Issuer
    outside: Outside
    keys: Keys
    reading: Reading
    verifier: Verifier


def identity_of(environment: Mapping[str, str], clock: Callable[[], datetime]) -> Identity | None:
    """Return who signs people in; None where no issuer is named.

    Raises: InputError IDP002 (the file of claims), IDP003 (a setting that is missing or wrong).
    """
    issuer = issuer_of(environment)
    if issuer is None:
        return None
    base = environment.get("GARROD_BASE", "").rstrip("/")
    reading = reading_of(environment.get("GARROD_CLAIMS", ""), (base,))
    is_near = THIS_MACHINE in issuer.gate.hosts
    outside = Outside(issuer.gate, PATIENCE if is_near else SECONDS)
    keys = Keys(issuer, outside, clock)
    return Identity(issuer, outside, keys, reading, Verifier(keys, reading.actor, clock))


def issuer_of(environment: Mapping[str, str]) -> Issuer | None:
    """Return the issuer that the environment names, or None.  Raises: InputError IDP003."""
    iss = environment.get("GARROD_ISSUER", "").strip()
    if not iss:
        return None
    host, is_near = _host(iss, "GARROD_ISSUER")
    keys = environment.get("GARROD_JWKS", "").strip()
    hosts = {host, *_listed(environment.get("GARROD_ISSUER_HOSTS", ""))}
    hosts |= {THIS_MACHINE} if is_near else set()
    if keys.startswith(("https://", "http://")):
        hosts.add(_host(keys, "GARROD_JWKS")[0])
    audiences = _listed(environment.get("GARROD_AUDIENCE", ""), lower=False)
    audiences = audiences or _listed(environment.get("GARROD_BASE", ""), lower=False)
    if not audiences:
        raise InputError(
            "GARROD_ISSUER is named, and GARROD_AUDIENCE is not: say for whom its tokens are made "
            "(this server's address, as a rule).",
            code="IDP003",
        )
    return Issuer(
        iss,
        audiences,
        keys,
        environment.get("GARROD_CLIENT_ID", ""),
        _secret(environment),
        environment.get("GARROD_INTROSPECTION", "") == "1",
        Gate(frozenset(hosts)),
    )


def with_development(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that names the development issuer where it is to sign people in.

    In the demo, or where GARROD_DEV_ISSUER is "1"; never beside another, or for other machines.
    """
    wanted = environment.get("GARROD_DEMO") or environment.get("GARROD_DEV_ISSUER", "") == "1"
    base = environment.get("GARROD_BASE", "").rstrip("/")
    is_near = (urlsplit(base).hostname or "") in LOOPBACK
    is_public = environment.get("GARROD_PUBLIC", "") == "1"
    if not wanted or environment.get("GARROD_ISSUER") or is_public or not is_near:
        return dict(environment)
    own = {
        "GARROD_ISSUER": f"{base.removesuffix('/fhir')}{ISSUER_PATH}",
        "GARROD_AUDIENCE": base,
        "GARROD_CLIENT_ID": CLINIC,
        "GARROD_DEV_ISSUER": "1",
    }
    return {**environment, "GARROD_JWKS": "", "GARROD_CLIENT_SECRET_FILE": "", **own}


def development_of(
    environment: Mapping[str, str], clock: Callable[[], datetime]
) -> Development | None:
    """Return the development issuer where `with_development` named it, or None."""
    iss = environment.get("GARROD_ISSUER", "")
    base = environment.get("GARROD_BASE", "").rstrip("/")
    is_own = iss == f"{base.removesuffix('/fhir')}{ISSUER_PATH}"
    if not is_own or environment.get("GARROD_DEV_ISSUER", "") != "1":
        return None
    return Development(iss, base, clock, secrets.token_urlsafe)


def guard_of(token: str, identity: Identity | None, environment: Mapping[str, str]) -> Guard:
    """Return who stands at the door.  Raises: InputError IDP003 (GARROD_ORIGINS is wrong)."""
    base = environment.get("GARROD_BASE", "")
    named = {urlsplit(base).hostname or "", *_listed(environment.get("GARROD_HOSTS", ""))} - {""}
    is_public = environment.get("GARROD_PUBLIC", "") == "1"
    verifier = identity.verifier if identity else None
    hosts = LOOPBACK | (named if identity else frozenset())
    origins = origins_of(environment) if identity else {}
    return Guard(token, hosts, verifier, is_public, origins)


def _host(url: str, name: str) -> tuple[str, bool]:
    """Return the host of an address, and whether it is this machine.  Raises: InputError IDP003."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        host = ""
    is_near = host in LOOPBACK
    if not host or parts.query or parts.fragment or parts.scheme not in ("https", "http"):
        raise InputError(f"{name} must be an absolute address (https://…).", code="IDP003")
    if parts.scheme == "http" and not is_near:
        raise InputError(f"{name} must be an https:// address.", code="IDP003")
    return host, is_near


def _listed(said: str, *, lower: bool = True) -> frozenset[str]:
    parts = (part.strip() for part in said.split(","))
    return frozenset(part.lower() if lower else part for part in parts if part)


def _secret(environment: Mapping[str, str]) -> str:
    path = environment.get("GARROD_CLIENT_SECRET_FILE", "")
    if not path:
        return environment.get("GARROD_CLIENT_SECRET", "")
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} (GARROD_CLIENT_SECRET_FILE) cannot be read ({type(error).__name__}).",
            code="IDP003",
        ) from error
