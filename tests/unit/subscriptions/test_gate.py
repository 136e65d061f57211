"""Where may be posted to: the list of the server's keeper, and no trick around it."""

import asyncio

import pytest

from garrod.adapters.subscriptions.gate import Gate, Refused, Target
from garrod.core.errors import OutsideError


def gate(*hosts: str, leads_to: tuple[str, ...] = ("93.184.216.34",)) -> Gate:
    async def resolve(host: str, port: int) -> list[str]:
        return list(leads_to)

    return Gate(frozenset(hosts), resolve)


@pytest.mark.parametrize(
    ("hosts", "endpoint"),
    [
        (("hooks.example.org",), "https://hooks.example.org/in?x=1"),
        (("hooks.example.org",), "https://HOOKS.example.org:8443/in"),
        ((".example.org",), "https://a.b.example.org/"),
        (("*",), "https://anywhere.example/"),
        (("loopback",), "http://127.0.0.1:9000/hook"),
        (("loopback",), "http://localhost/hook"),
        (("loopback",), "http://[::1]:9000/hook"),
    ],
)
def test_what_is_listed_is_let_through(hosts: tuple[str, ...], endpoint: str) -> None:
    assert gate(*hosts).check(endpoint)


@pytest.mark.parametrize(
    ("hosts", "endpoint"),
    [
        ((), "https://hooks.example.org/"),
        ((), "http://127.0.0.1/"),
        (("hooks.example.org",), "http://hooks.example.org/"),
        (("hooks.example.org",), "https://hooks.example.org.evil.example/"),
        (("hooks.example.org",), "https://hooks.example.org@evil.example/"),
        (("hooks.example.org",), "https://evil.example\\@hooks.example.org/"),
        (("hooks.example.org",), "https://a:b@hooks.example.org/"),
        (("hooks.example.org",), "https://hooks.example.org/#part"),
        (("hooks.example.org",), "https://hooks.example.org/a b"),
        (("hooks.example.org",), "https://hooks.example.org:99999/"),
        ((".example.org",), "https://notexample.org/"),
        (("*",), "ftp://anywhere.example/"),
        (("*",), "file:///etc/passwd"),
        (("*",), "https:///nowhere"),
        (("*",), "https://[::1"),
        (("*",), "https://" + "a" * 2000 + ".example/"),
        (("*",), ""),
    ],
)
def test_all_else_is_refused(hosts: tuple[str, ...], endpoint: str) -> None:
    with pytest.raises(Refused):
        gate(*hosts).check(endpoint)


INSIDE = (
    *("127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"),
    *("2002:a9fe:a9fe::1", "::a9fe:a9fe", "::7f00:1", "::", "fe80::1%eth0"),
    "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo, whose client is 169.254.169.254
)


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.parametrize("host", ["hooks.example.org", "*"])
def test_listed_name_that_leads_inside_is_refused(host: str, address: str) -> None:
    found = gate(host, "loopback", leads_to=("93.184.216.34", address))
    with pytest.raises(Refused, match="inside"):
        asyncio.run(found.target("https://hooks.example.org/"))


def test_own_network_is_for_hosts_that_are_named() -> None:
    named = gate("hooks.example.org", leads_to=("10.1.2.3",))
    assert asyncio.run(named.target("https://hooks.example.org/")).url == "https://10.1.2.3:443/"
    with pytest.raises(Refused):
        asyncio.run(gate("*", leads_to=("10.1.2.3",)).target("https://hooks.example.org/"))


def test_address_that_was_looked_up_is_the_one_that_is_used() -> None:
    target = asyncio.run(gate("*").target("https://hooks.example.org/in?x=1"))
    assert target == Target(
        "https://93.184.216.34:443/in?x=1", "hooks.example.org", "hooks.example.org"
    )
    six = asyncio.run(gate("loopback", leads_to=("::1",)).target("http://localhost:9000/"))
    assert six.url == "http://[::1]:9000/"


def test_name_that_is_not_known_may_be_known_later() -> None:
    with pytest.raises(OutsideError, match="not known"):
        asyncio.run(gate("*", leads_to=()).target("https://hooks.example.org/"))
