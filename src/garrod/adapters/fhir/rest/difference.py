"""Where two versions of a resource differ, as paths: for somebody whose write came second.

base, theirs, mine -> what they changed since the base, what mine would change
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

MOST = 40  # paths shown of each side


@dataclass(frozen=True, slots=True)
class Difference:
    """Paths changed by others since the base, and by the write that was refused."""

    theirs: tuple[str, ...]
    mine: tuple[str, ...]

    @property
    def both(self) -> tuple[str, ...]:
        """Return the paths that both sides changed."""
        return tuple(path for path in self.mine if path in self.theirs)


def difference(base: bytes, theirs: bytes, mine: bytes) -> Difference:
    """Return what each side changed; without a base, both are held against each other."""
    now, wanted = orjson.loads(theirs), orjson.loads(mine)
    kind = str(now.get("resourceType", ""))
    if not base:
        changed = tuple(paths(kind, now, wanted))
        return Difference(changed, changed)
    was = orjson.loads(base)
    return Difference(tuple(paths(kind, was, now)), tuple(paths(kind, was, wanted)))


def paths(kind: str, one: Any, other: Any) -> list[str]:
    """Return the paths at which two resources differ, `id` and `meta` left out."""
    plain = [{k: v for k, v in side.items() if k not in ("id", "meta")} for side in (one, other)]
    return [path for path, _ in zip(_walk(kind, *plain), range(MOST), strict=False)]


def _walk(path: str, one: Any, other: Any) -> Iterator[str]:
    if one == other and type(one) is type(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys((*one, *other)):
            if name not in one or name not in other:
                yield f"{path}.{name}"
            else:
                yield from _walk(f"{path}.{name}", one[name], other[name])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _walk(f"{path}[{number}]", a, b)
    else:
        yield path
