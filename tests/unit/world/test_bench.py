"""What the bench says of a world is true of its files, and false where a file is spoiled."""

from pathlib import Path

import pytest

from bench.world import copied, digest, is_prefix, medicines, numbers
from garrod.adapters.world.write import write_world
from tests.unit.world.small_world import profile, some_people

SOME, MORE = 60, 120


@pytest.fixture
def worlds(tmp_path: Path) -> tuple[Path, Path]:
    small, large = tmp_path / "small", tmp_path / "large"
    write_world(some_people(MORE)[:SOME], small)
    write_world(some_people(MORE), large)
    return small, large


def test_smaller_world_is_the_beginning_of_the_larger(worlds: tuple[Path, Path]) -> None:
    small, large = worlds
    assert is_prefix(small, large)
    file = small / "Patient.ndjson"
    file.write_bytes(file.read_bytes().replace(b"female", b"male", 1))
    assert not is_prefix(small, large)


def test_digest_moves_with_any_byte(worlds: tuple[Path, Path]) -> None:
    small, _ = worlds
    before = digest(small)
    file = small / "Condition.ndjson"
    file.write_bytes(file.read_bytes() + b"\n")
    assert digest(small) != before


def test_number_that_stands_there_twice_is_seen(worlds: tuple[Path, Path]) -> None:
    small, _ = worlds
    found = numbers(small)
    assert (found["all"], found["distinct"], found["range_999"]) == (SOME, SOME, True)
    file = small / "Patient.ndjson"
    file.write_bytes(file.read_bytes() + file.read_bytes().splitlines(keepends=True)[0])
    assert (numbers(small)["all"], numbers(small)["distinct"]) == (SOME + 1, SOME)


def test_medicines_are_counted_beside_every_figure(worlds: tuple[Path, Path]) -> None:
    _, large = worlds
    found = medicines(large, MORE)
    assert [f["what"] for f in found] == [f.what for f in profile().figures]
    by_hand = [
        len(
            {
                r["medicationCodeableConcept"]["coding"][0]["code"]
                for r in person
                if r["resourceType"] == "MedicationStatement" and r["status"] == "active"
            }
        )
        for person in some_people(MORE)
    ]
    assert found[0]["drawn"] == round(sum(n >= 5 for n in by_hand) / MORE, 4)


def test_floor_copies_every_byte(worlds: tuple[Path, Path], tmp_path: Path) -> None:
    small, _ = worlds
    assert copied(small, tmp_path / "copy") > 0
    assert digest(tmp_path / "copy") == digest(small)
