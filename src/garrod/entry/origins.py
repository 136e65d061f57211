"""Which pages of apps elsewhere may ask for FHIR from a browser, as the environment registers them.

GARROD_ORIGINS        apps and where their pages stand: "growth=https://growth.example, …"
Source: RFC 6454 (origins); SMART App Launch 2.2.0, CORS (restated)
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from garrod.core.errors import InputError

SETTING = "GARROD_ORIGINS"
NEAR = frozenset(("127.0.0.1", "localhost", "::1"))
PORTS = {"https": 443, "http": 80}


def origins_of(environment: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the apps (client_id) of each registered origin.

    Raises: InputError IDP003 where the setting is wrong: it never names every page ("*").
    """
    found: dict[str, frozenset[str]] = {}
    for part in environment.get(SETTING, "").split(","):
        if not part.strip():
            continue
        client, _, origin = (side.strip() for side in part.partition("="))
        plain = _origin(origin)
        if not client or not plain:
            raise InputError(
                f"{SETTING} names apps and where their pages stand, as in "
                '"growth=https://growth.example": each an https:// address without a path.',
                code="IDP003",
            )
        found[plain] = found.get(plain, frozenset()) | {client}
    return found


def _origin(said: str) -> str:
    """Return an origin as browsers write it, or "" where it is none, or not safe."""
    try:
        parts = urlsplit(said)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in NEAR)
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if not host or not is_safe or not is_bare or "@" in parts.netloc or "*" in host:
        return ""
    usual = {"https": 443, "http": 80}[parts.scheme]
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port and port != usual else "")
