"""The shipped profile, generators and a few people, for the tests of the world."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from numpy.random import Generator, Philox

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.world import Profile, load_profile, people
from garrod.knowledge.shelf import Shelf

Json = dict[str, Any]


def seeded(seed: int = 7) -> Generator:
    return Generator(Philox(key=seed))


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    return load_shelf()


@lru_cache(maxsize=1)
def profile() -> Profile:
    return load_profile(shelf())


@lru_cache(maxsize=4)
def some_people(count: int, seed: int = 7) -> tuple[tuple[Json, ...], ...]:
    return tuple(tuple(found) for found in people(profile(), seeded(seed), 0, count))


def resources(count: int, kind: str = "", seed: int = 7) -> Iterator[Json]:
    """Yield the resources of the first people, of one kind where one is named."""
    for found in some_people(count, seed):
        for resource in found:
            if not kind or resource["resourceType"] == kind:
                yield resource


def references(value: Any) -> Iterator[str]:
    """Yield every reference within a resource."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)
