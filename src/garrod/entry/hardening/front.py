"""The outermost layer of the server: what every request passes, in one step each way.

request -> rates -> audit -> shape -> the doors -> audit -> rates learn -> headers -> answer

Each of these is a layer of its own as well (`Limited`, `Audited`, `Shaped`, `Headed`); one around
the other they cost a request more than the doors do. What is rare goes through them: sockets,
refusals, what holds nobody's data.
"""

from __future__ import annotations

from time import monotonic

from garrod.care.govern.audit import SCOPE
from garrod.entry.audit_keeping import Audit
from garrod.entry.auditing import Audited, Followed, is_nobodys
from garrod.entry.hardening.headers import App, Headed, Message, Receive, Scope, Send, add_headers
from garrod.entry.hardening.limits import Limits
from garrod.entry.hardening.rates import Asker, Limited
from garrod.entry.hardening.shapes import WITH_BODY, Shaped, fault_of


class Front:
    """The doors, behind all that."""

    def __init__(self, doors: App, audit: Audit, limits: Limits, *, own: str = "") -> None:
        """`own`: the token of this machine's user, who is known before they ask."""
        self.doors, self.audit = doors, audit
        self._shaped = Shaped(doors, limits)
        self.limited = Limited(Audited(self._shaped, audit), limits, monotonic, own=own)
        self._layers = Headed(self.limited)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or is_nobodys(scope["path"]):
            return await self._layers(scope, receive, send)
        asker = self.limited.asker(scope)
        if self.limited.has_to_wait(asker) or fault_of(scope) is not None:
            return await self._layers(scope, receive, send)
        self.limited.take(asker)
        leaving = _Leaving(scope, asker, self.limited)
        followed = Followed(self.audit, scope, send, leaving.leaves)
        door = self._shaped if scope["method"] in WITH_BODY else self.doors
        return await followed.run(door, receive)


class _Leaving:
    """What the head of an answer teaches the rates, and the headers it gets."""

    __slots__ = ("asker", "limited", "scope")

    def __init__(self, scope: Scope, asker: Asker, limited: Limited) -> None:
        self.scope, self.asker, self.limited = scope, asker, limited

    def leaves(self, head: Message) -> None:
        """Learn, and add."""
        self.limited.learn(self.asker, self.scope.get(SCOPE), head.get("status"))
        add_headers(head, is_over_tls=self.scope.get("scheme") == "https")
