"""People of the synthetic world, as the advisers see them."""

from functools import cache

from numpy.random import Generator, Philox

from garrod.adapters.fhir.person import read_entries
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.world import load_profile
from garrod.adapters.world import people as drawn
from garrod.core.person import Person
from garrod.entry.snapshots import understood
from garrod.entry.wire import Services


@cache
def world_people(count: int, seed: int, *, most: int = 10_000) -> tuple[Person, ...]:
    """Return the first people of a world who take or took something, `most` of them."""
    services = Services(shelf=load_shelf())
    profile = load_profile(services.shelf, None)
    found = []
    for batch in drawn(profile, Generator(Philox(key=seed)), 0, count, year=2025):
        entries = tuple((f"{r['resourceType']}/{r['id']}", r) for r in batch)
        person = understood(services, read_entries(entries, name="world", source="world"))
        if person.medicines or person.past or person.allergies:
            found.append(person)
    return tuple(found[:most])
