"""Whatever the seed and the number, a person is whole, theirs alone, and the same again."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.world import people, shared
from garrod.adapters.world.chance import Aspect, Chance
from garrod.adapters.world.identity import MOST_PEOPLE, nhs_number
from garrod.core.identifiers import NhsNumber
from tests.unit.world.small_world import profile, references, seeded

SEEDS = st.integers(0, 2**64 - 1)
NUMBERS = st.integers(0, MOST_PEOPLE - 1)
SHARED = {f"{r['resourceType']}/{r['id']}" for r in shared(profile())}


@given(SEEDS, NUMBERS)
@settings(max_examples=60, deadline=None)
def test_person_is_whole_and_the_same_again(seed: int, number: int) -> None:
    found = next(people(profile(), seeded(seed), number, 1))
    names = {f"{r['resourceType']}/{r['id']}" for r in found}
    assert len(names) == len(found)
    assert {ref for r in found for ref in references(r)} <= names | SHARED
    assert orjson.dumps(found) == orjson.dumps(next(people(profile(), seeded(seed), number, 1)))


@given(NUMBERS, NUMBERS)
def test_two_people_have_two_nhs_numbers(one: int, other: int) -> None:
    first, second = nhs_number(one), nhs_number(other)
    assert str(NhsNumber(first)) == first
    assert (first == second) == (one == other)


@given(SEEDS, NUMBERS, st.sampled_from(Aspect), st.integers(0, 300))
@settings(max_examples=40)
def test_stretch_of_a_person_is_found_again(
    seed: int, number: int, aspect: Aspect, before: int
) -> None:
    chance = Chance(seeded(seed))
    chance.turn_to(number, aspect)
    wanted = [chance.uniform() for _ in range(300)]
    chance.turn_to(0, Aspect.HEALTH)
    for _ in range(before):
        chance.uniform()
    chance.turn_to(number, aspect)
    assert [chance.uniform() for _ in range(300)] == wanted
    assert all(0 <= number < 1 for number in wanted)
