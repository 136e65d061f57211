"""Chance that is the same each time: whole numbers below a bound, from a seed, by SHA-256."""

import hashlib
from collections.abc import Callable


def seeded(seed: str) -> Callable[[int], int]:
    """Return what draws a number from 0 to below n, each as likely, as `secrets.randbelow` does."""
    drawn = 0

    def below(n: int) -> int:
        nonlocal drawn
        width = max(1, (n - 1).bit_length())
        while True:
            drawn += 1
            digest = hashlib.sha256(f"{seed}/{drawn}".encode()).digest()
            found = int.from_bytes(digest, "big") >> (256 - width)
            if found < n:
                return found

    return below
