"""Where this server may post to: only where its keeper said so, and never inside by a trick.

A name is looked up once and that address is used, so that it cannot change between look and post.
Source: OWASP, Server-Side Request Forgery Prevention; RFC 6890 (special addresses); RFC 6052
(addresses of IPv4 within IPv6)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from garrod.core.errors import GarrodError, InputError, OutsideError

LOOPBACK, ANY = "loopback", "*"
LONGEST = 2000  # Not clinical: characters of an endpoint
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]


class Refused(InputError):
    """An endpoint to which nothing is posted."""

    default_code = "SUB004"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post goes: the address that was looked up, and the name it was asked by."""

    url: str  # with the address in place of the name
    host: str  # the Host header
    name: str  # of the certificate


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name.  Raises: OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets through https to hosts of a list, and this machine where "loopback" is on it.

    A host is a name ("hooks.example.org"), a suffix (".example.org"), or "*": any public one.
    """

    hosts: frozenset[str] = frozenset()
    resolve: Resolve = resolved

    def check(self, endpoint: str) -> SplitResult:
        """Return an endpoint's parts.  Raises: Refused SUB004."""
        try:
            parts = urlsplit(endpoint)
            name, _ = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise Refused("the endpoint is no url that can be read.") from None
        if len(endpoint) > LONGEST or not name or any(c <= " " for c in endpoint):
            raise Refused("the endpoint is no url that can be read.")
        if parts.username is not None or parts.fragment:
            raise Refused("an endpoint holds no user name and no fragment.")
        if _is_local(name) and LOOPBACK in self.hosts and parts.scheme in ("http", "https"):
            return parts
        if parts.scheme != "https":
            raise Refused("an endpoint is an https:// url.")
        if not self._is_listed(name):
            raise Refused(
                "that host is not on this server's list of endpoints (GARROD_HOOKS): ask whoever "
                "keeps the server."
            )
        return parts

    async def target(self, endpoint: str) -> Target:
        """Return where to post.  Raises: Refused SUB004, OutsideError SUB010 (name unknown)."""
        parts = self.check(endpoint)
        name = (parts.hostname or "").rstrip(".")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = await self.resolve(name, port)
        except OSError:
            addresses = []
        if not addresses:
            raise OutsideError("the endpoint's name is not known now.", code="SUB010")
        if fault := next((f for a in addresses if (f := self._fault(name, a))), None):
            raise fault
        literal = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(f"{parts.scheme}://{literal}:{port}{path}", parts.netloc, name)

    def _is_listed(self, name: str) -> bool:
        lower = name.lower()
        suffixes = [host for host in self.hosts if host.startswith(".")]
        return ANY in self.hosts or lower in self.hosts or any(lower.endswith(s) for s in suffixes)

    def _fault(self, name: str, address: str) -> GarrodError | None:
        """Return why an address is not posted to, or None."""
        found = _meant(ip_address(address.partition("%")[0]))
        if found.is_loopback:
            return None if _is_local(name) and LOOPBACK in self.hosts else _inside()
        if found.is_link_local or found.is_multicast or found.is_unspecified:
            return _inside()
        is_named = self._is_listed(name) and ANY not in self.hosts
        return None if found.is_global or is_named else _inside()


def _meant(address: Address) -> Address:
    """Return the address of IPv4 that one of IPv6 leads to, where it is such a one; else itself."""
    if isinstance(address, IPv4Address) or address == IPv6Address("::1") or not int(address):
        return address
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _is_local(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _inside() -> Refused:
    return Refused("the endpoint's name leads to an address inside this network.")
