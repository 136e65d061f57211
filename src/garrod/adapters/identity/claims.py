"""Claims of a proved token -> Actor: who, in which role, for which organisation, and for what.

What each claim is called, and which role a national job has, is data (claims.toml).
Source: SMART App Launch 2.2.0 (fhirUser, patient); NHS CIS2 (nhsid_nrbac_roles, selected_roleid);
IHE IUA (purpose_of_use); RFC 9068 (client_id, auth_time, acr)
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from garrod.adapters.identity.model import FARTHEST
from garrod.care.govern.access import Actor
from garrod.core.errors import InputError

ROLES = frozenset(
    (
        "prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist", "analyst",
        "patient", "proxy", "governance-officer", "clinical-safety-officer",
    )
)  # fmt: skip
SYSTEM, PATIENT, PROXY = "system", "patient", "proxy"
PEOPLE = ("Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Person", "Device")
PURPOSE = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
OIDS = ("urn:oid:2.16.840.1.113883.5.8", "2.16.840.1.113883.5.8")  # the same, as OIDs
TREATMENT, OPERATIONS, ON_REQUEST = "TREAT", "HOPERAT", "PATRQT"
MOST = 200  # Not clinical: groups, or scopes, that are read
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9._:/#|\-]{1,200}")
_REFERENCE = re.compile(rf"({'|'.join(PEOPLE)})/([A-Za-z0-9\-.]{{1,64}})")
_NUMBER = re.compile(r"[0-9]{10}|.*@.*")  # like an NHS number or an address: told to nobody
Claims = Mapping[str, Any]
KEYS = frozenset(("claims", "roles", "purposes"))


@dataclass(frozen=True, slots=True)
class Reading:
    """How claims are read here. `bases` are the addresses of this server's own FHIR."""

    names: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, str]
    purposes: Mapping[str, str] = field(default_factory=dict)
    bases: tuple[str, ...] = ()

    def actor(self, claims: Claims) -> Actor:
        """Return who acts. Where a claim says nothing that is understood, nothing is granted."""
        scopes = self._scopes(claims)
        user = self._user(claims)
        client = _name(self._first(claims, "client"))
        patient = _id(self._first(claims, "patient"))
        is_system = not user and any(s.startswith("system/") for s in scopes)
        is_system = is_system and not any(s.startswith(("user/", "patient/")) for s in scopes)
        job = _job_of(claims)
        role = SYSTEM if is_system else self._role(claims, job, user, patient)
        own = user.removeprefix("Patient/") if user.startswith("Patient/") else ""
        return Actor(
            user or (f"client/{client}" if is_system else _subject(claims)),
            role=role,
            organisation=_name(job.get("org_code")) or _name(self._first(claims, "organisation")),
            setting=_name(self._first(claims, "setting")),
            purpose=self._purpose(claims, role, client),
            scopes=scopes,
            patient=patient or own,
            client=client,
            session=str(claims.get("jti", ""))[:200],
            groups=frozenset(_groups(self._first(claims, "groups"))),
            shown=_shown(claims.get("auth_time")),
            level=_name(claims.get("acr")),
        )

    def _first(self, claims: Claims, what: str) -> Any:
        """Return the first claim that holds something, or None."""
        for name in self.names.get(what, ()):
            found: Any = claims
            for step in (name,) if name in claims else name.split("."):
                found = found.get(step) if isinstance(found, Mapping) else None
            if found not in (None, "", []):
                return found
        return None

    def _scopes(self, claims: Claims) -> frozenset[str]:
        said = self._first(claims, "scope")
        listed = said.split(" ") if isinstance(said, str) else said
        if not isinstance(listed, list):
            return frozenset()
        return frozenset(one for one in listed[:MOST] if isinstance(one, str) and one)

    def _user(self, claims: Claims) -> str:
        """Return the FHIR reference of the user: "Practitioner/x", or another server's address."""
        said = self._first(claims, "user")
        if not isinstance(said, str) or len(said) > 500 or not said.isprintable():
            return ""
        for base in self.bases:
            said = said.removeprefix(f"{base.rstrip('/')}/")
        if _REFERENCE.fullmatch(said):
            return said
        base, _, _ = said.partition("/".join(said.split("/")[-2:]))
        is_elsewhere = base.startswith(("https://", "http://")) and _NAME.fullmatch(said)
        return said if is_elsewhere and _REFERENCE.fullmatch(said.removeprefix(base)) else ""

    def _role(self, claims: Claims, job: Claims, user: str, patient: str) -> str:
        """Return the one role that claims name; none where they name none known, or several."""
        kind = user.split("/")[-2] if user else ""
        if kind == "Patient":
            return PROXY if patient and user != f"Patient/{patient}" else PATIENT
        if kind == "RelatedPerson":
            return PROXY
        if "nhsid_nrbac_roles" in claims:
            return self.roles.get(str(job.get("role_code", "")).rpartition(":")[2], "")
        said = self._first(claims, "role")
        listed = said if isinstance(said, list) else [said]
        found = {r for one in listed if isinstance(one, str) and (r := self._known(one))}
        return found.pop() if len(found) == 1 else ""

    def _known(self, name: str) -> str:
        role = self.roles.get(name, name)
        return role if role in ROLES else ""

    def _purpose(self, claims: Claims, role: str, client: str) -> str:
        said = self._first(claims, "purpose")
        said = said[0] if isinstance(said, list) and said else said
        if isinstance(said, Mapping):
            system, code = _name(said.get("system")), _name(said.get("code"))
            is_usual = system in ("", PURPOSE, *OIDS)
            said = code if is_usual or not code else f"{system}#{code}"
        if said is not None:
            return _name(said) or OPERATIONS
        if role == SYSTEM:
            return self.purposes.get(client, OPERATIONS)
        return ON_REQUEST if role in (PATIENT, PROXY) else TREATMENT


@cache
def _usual() -> dict[str, Any]:
    body = files("garrod.adapters.identity").joinpath("claims.toml").read_text("utf-8")
    return tomllib.loads(body)


def reading_of(path: str = "", bases: Iterable[str] = ()) -> Reading:
    """Return how claims are read, a site's file having the last word.

    Raises: InputError IDP002 (the file cannot be read, or names what is not known).
    """
    usual = _usual()
    own = _own(path) if path else {}
    unknown = {*own} - KEYS
    names = {k: tuple(v) for k, v in (usual["claims"] | own.get("claims", {})).items()}
    roles = {**usual["roles"], **own.get("roles", {})}
    unknown |= {*names} - {*usual["claims"]} | {r for r in roles.values() if r not in (*ROLES, "")}
    if unknown:
        raise _unreadable(path, f"{sorted(unknown)[0]!r} is not known")
    return Reading(
        names, roles, {**usual["purposes"], **own.get("purposes", {})}, tuple(b for b in bases if b)
    )


def _own(path: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, type(error).__name__) from error
    tables = [t for name, t in found.items() if name in KEYS]
    if not all(isinstance(table, dict) for table in tables):
        raise _unreadable(path, "a table is expected")
    plain = [*found.get("roles", {}).values(), *found.get("purposes", {}).values()]
    lists = found.get("claims", {}).values()
    is_listed = all(isinstance(v, list) and all(isinstance(n, str) for n in v) for v in lists)
    if not is_listed or not all(isinstance(value, str) for value in plain):
        raise _unreadable(path, "claims are lists of names; roles and purposes are words")
    return found


def _unreadable(path: str, why: str) -> InputError:
    return InputError(
        f"{path} (GARROD_CLAIMS) cannot be used ({why}): see the reference on identity.",
        code="IDP002",
    )


def _job_of(claims: Claims) -> Claims:
    """Return the national job that was selected, or the only one; else nothing."""
    listed = claims.get("nhsid_nrbac_roles")
    jobs = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    chosen = claims.get("selected_roleid")
    if chosen:
        jobs = [one for one in jobs if one.get("person_roleid") == chosen]
    return jobs[0] if len(jobs) == 1 else {}


def _groups(said: Any) -> Iterable[str]:
    """Yield references of groups; a plain name is a Group's id."""
    for one in said[:MOST] if isinstance(said, list) else ():
        if not isinstance(one, str):
            continue
        if _ID.fullmatch(one):
            yield f"Group/{one}"
        elif one.partition("/")[0] in ("Group", "Organization") and _ID.fullmatch(
            one.partition("/")[2]
        ):
            yield one


def _subject(claims: Claims) -> str:
    """Return a name for who has no FHIR resource; what may be a number of a person is hashed."""
    said = claims.get("sub")
    if not isinstance(said, str) or not said:
        return "nobody"
    if _ID.fullmatch(said) and not _NUMBER.fullmatch(said):
        return f"user/{said}"
    whole = f"{claims.get('iss')} {said}".encode()
    return f"user/{hashlib.sha256(whole).hexdigest()[:32]}"


def _shown(said: Any) -> int:
    """Return when somebody showed who they are, in seconds; 0 where nothing is said of it."""
    is_time = isinstance(said, int | float) and not isinstance(said, bool)
    return int(said) if is_time and 0 < said < FARTHEST else 0


def _id(said: Any) -> str:
    plain = said.removeprefix("Patient/") if isinstance(said, str) else ""
    return plain if _ID.fullmatch(plain) else ""


def _name(said: Any) -> str:
    return said if isinstance(said, str) and _NAME.fullmatch(said) else ""
