"""What it costs to know who brings a token: verified the first time, remembered afterwards.

    python -m bench.identity         seconds; processor time, so that other work does not count

Tokens as a site's issuer makes them, 10 claims each; keys at hand, as after the first of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from garrod.adapters.identity.claims import reading_of
from garrod.adapters.identity.keys import Keys
from garrod.adapters.identity.model import Issuer
from garrod.adapters.identity.outside import Outside
from garrod.adapters.identity.tokens import Verifier
from garrod.adapters.subscriptions.gate import Gate
from garrod.entry.guard import Guard
from tests.making.issuer import AUDIENCE, KEYS, SmallIssuer, small_issuer

TOKENS, AGAIN = 400, 20
HOST = {"host": "127.0.0.1"}


def now() -> datetime:
    """Return the time (UTC)."""
    return datetime.now(UTC)


def tokens_of(issuer: SmallIssuer, algorithm: str) -> list[str]:
    """Return as many tokens as are measured."""
    said = int(now().timestamp())
    more = {"fhirUser": "Practitioner/x", "role": "nurse", "iat": said, "exp": said + 3000}
    return [issuer.token(algorithm, jti=f"{algorithm}-{n}", **more) for n in range(TOKENS)]


def each(tokens: list[str], act: Callable[[str], object]) -> float:
    """Return the median of what an act takes, in microseconds of processor time."""
    taken = []
    for token in tokens:
        start = time.process_time()
        act(token)
        taken.append(time.process_time() - start)
    return median(taken) * 1e6


async def measured(issuer: SmallIssuer) -> None:
    """Print the table."""
    gate = Gate(frozenset(("loopback",)))
    outside = Outside(gate)
    keys = Keys(Issuer(issuer.base, frozenset((AUDIENCE,)), gate=gate), outside, now)
    await keys.renew()
    for algorithm in KEYS:
        verifier = Verifier(keys, reading_of().actor, now)
        tokens = tokens_of(issuer, algorithm)
        cold, warm = each(tokens, verifier.known), each(tokens * AGAIN, verifier.known)
        guard = Guard("own", frozenset(("127.0.0.1",)), verifier)
        asked = {token: {**HOST, "authorization": f"Bearer {token}"} for token in tokens}
        door = each(tokens * AGAIN, lambda t, g=guard, a=asked: g.admit("/fhir/Patient/x", a[t]))
        print(f"{algorithm}: first {cold:.0f} us, then {warm:.1f} us, at the door {door:.1f} us")
    await outside.close()


if __name__ == "__main__":
    with small_issuer() as running:
        asyncio.run(measured(running))
