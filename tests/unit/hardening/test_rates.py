"""Whoever is known has a bucket of their own; who tries tokens is shut out, and others are not."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.audit import SCOPE, Trail
from garrod.entry.hardening.limits import Limits, Rate
from garrod.entry.hardening.rates import REFUSED, Limited, address_of

LIMITS = Limits(known=Rate(1, 5), unknown=Rate(1, 3), failed=Rate(1, 2))


@dataclass
class Door:
    """Lets in who has one of the tokens, as a door does, and says who it was."""

    actors: dict[str, Actor] = field(default_factory=dict)
    asked: int = 0
    marked: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        if REFUSED in scope:
            self.marked += 1
            return await send({"type": "http.response.start", "status": 429, "headers": []})
        token = dict(scope["headers"]).get(b"authorization", b"").decode()
        trail = scope[SCOPE] = Trail("")
        actor = self.actors.get(token)
        if actor is not None:
            trail.acted(actor)
        status = 200 if actor or not token else 401
        return await send({"type": "http.response.start", "status": status, "headers": []})


@dataclass
class Site:
    limits: Limits = LIMITS
    door: Door = field(default_factory=Door)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.limited = Limited(self.door, self.limits, lambda: self.now, own="own")

    def ask(self, token: str = "", address: str = "192.0.2.1", path: str = "/fhir/x") -> Any:
        """Return the head of an answer."""
        told: list[Any] = []

        async def send(message: Any) -> None:
            told.append(message)

        headers = [(b"authorization", token.encode())] if token else []
        scope = {
            "type": "http", "method": "GET", "path": path, "headers": headers,
            "client": (address, 1),
        }  # fmt: skip
        asyncio.run(self.limited(scope, None, send))  # type: ignore[arg-type]
        return told[0]

    def statuses(self, many: int, *given: str) -> list[int]:
        return [self.ask(*given)["status"] for _ in range(many)]


def test_address_of_nobody_known_has_its_share() -> None:
    site = Site()
    assert site.statuses(5) == [200, 200, 200, 429, 429]
    assert site.ask(address="192.0.2.2")["status"] == 200
    site.now = 1.0
    assert site.statuses(2) == [200, 429]


def test_watching_is_free() -> None:
    site = Site()
    for path in ("/health", "/metrics", "/static/garrod.css"):
        assert [site.ask(path=path)["status"] for _ in range(10)] == [200] * 10


def test_whoever_is_known_has_a_bucket_of_their_own_at_any_address() -> None:
    site = Site()
    site.door.actors = {"a": Actor("Practitioner/a"), "b": Actor("Practitioner/b")}
    assert site.statuses(6, "a") == [200] * 5 + [429]
    assert site.ask("a", "192.0.2.9")["status"] == 429
    assert site.statuses(5, "b") == [200] * 5
    assert site.statuses(3) == [200] * 3  # what they spent before they were known was given back


def test_new_token_for_each_request_is_one_asker_all_the_same() -> None:
    site = Site()
    site.door.actors = {str(number): Actor("Device/x", client="x") for number in range(100)}
    answers = [site.ask(str(number))["status"] for number in range(20)]
    assert answers == [200] * 8 + [429] * 12  # five of its own, and three of its address


def test_who_tries_tokens_is_shut_out_and_who_works_there_works_on() -> None:
    site = Site(Limits(known=Rate(100, 100), unknown=Rate(100, 100), failed=Rate(1, 2)))
    site.door.actors = {"good": Actor("Practitioner/a")}
    assert site.statuses(1, "good") == [200]
    assert [site.ask(f"guess {n}")["status"] for n in range(5)] == [401, 401, 429, 429, 429]
    before = site.door.asked
    assert site.statuses(10, "good") == [200] * 10
    assert site.door.asked == before + 10
    assert site.ask("guess", "192.0.2.2")["status"] == 401
    site.now = 1.0
    assert site.ask("good guess")["status"] == 401


def test_token_that_ended_is_known_no_more() -> None:
    site = Site()
    site.door.actors = {"a": Actor("Practitioner/a")}
    assert site.ask("a")["status"] == 200
    site.door.actors = {}
    assert site.statuses(3, "a") == [401, 401, 429]


def test_this_machines_own_user_is_not_limited() -> None:
    site = Site()
    site.door.actors = {"Bearer own": LOCAL, "Bearer other": LOCAL}
    site.statuses(5, "guess")
    assert site.ask("Bearer other")["status"] == 429  # a credential that is not known here yet
    assert site.statuses(200, "Bearer own") == [200] * 200
    site.door.actors = {}
    assert site.statuses(2, "Bearer own") == [401, 429]  # on a server that has no such user


def test_first_refusal_of_a_minute_goes_as_far_as_the_audit() -> None:
    site = Site(Limits(unknown=Rate(0.001, 1)))
    site.statuses(50)
    assert (site.door.asked, site.door.marked) == (2, 1)
    site.now = 60.0
    site.statuses(50)
    assert (site.door.asked, site.door.marked) == (3, 2)


def test_refusal_says_when_to_ask_again() -> None:
    site = Site(Limits(unknown=Rate(0.1, 1)))
    told = [site.ask() for _ in range(3)][-1]
    assert dict(told["headers"])[b"retry-after"] == b"10"


def test_limits_that_are_off_are_off() -> None:
    site = Site(Limits(known=None, unknown=None, failed=None))
    site.door.actors = {"a": Actor("Practitioner/a")}
    assert site.statuses(50) == [200] * 50
    assert site.statuses(50, "a") == [200] * 50
    assert site.statuses(50, "bad") == [401] * 50


def test_network_of_ipv6_is_one_address() -> None:
    def of(host: str) -> str:
        return address_of({"client": (host, 1)})

    assert of("2001:db8:1:2:3:4:5:6") == of("2001:db8:1:2::9") == "2001:db8:1:2"
    assert of("2001:db8:1:2::9") != of("2001:db8:1:3::9")
    assert of("::1") == "::1"
    assert address_of({"client": None}) == ""
