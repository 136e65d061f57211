"""A world is written whole or not at all, and replaces nothing unasked."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from garrod.adapters.world import people
from garrod.adapters.world.write import write_world
from garrod.core.errors import InputError
from tests.unit.world.small_world import Json, profile, seeded


def batches(count: int = 3) -> Iterator[list[Json]]:
    return people(profile(), seeded(), 0, count)


def test_each_type_has_its_file_with_a_resource_a_line(tmp_path: Path) -> None:
    counts = write_world(batches(), tmp_path / "w")
    for kind, count in counts.items():
        lines = (tmp_path / "w" / f"{kind}.ndjson").read_bytes().splitlines()
        assert len(lines) == count
        assert {orjson.loads(line)["resourceType"] for line in lines} == {kind}
    assert counts["Patient"] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


def test_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    assert write_world(batches(), tmp_path / "w")


def test_full_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_world(batches(2), tmp_path / "w")
    before = (tmp_path / "w" / "Patient.ndjson").read_bytes()
    with pytest.raises(InputError, match="is not empty"):
        write_world(batches(), tmp_path / "w")
    assert (tmp_path / "w" / "Patient.ndjson").read_bytes() == before


def test_force_replaces_a_world(tmp_path: Path) -> None:
    write_world(batches(2), tmp_path / "w")
    assert write_world(batches(5), tmp_path / "w", force=True)["Patient"] == 5
    assert len((tmp_path / "w" / "Patient.ndjson").read_bytes().splitlines()) == 5
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


def test_force_never_replaces_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match=r"thesis\.docx, which is no file of a world"):
        write_world(batches(), tmp_path, force=True)


def test_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is not a folder"):
        write_world(batches(), tmp_path / "w", force=True)


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    def ends_early() -> Iterator[list[Json]]:
        yield from batches(1)
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        write_world(ends_early(), tmp_path / "w")
    assert list(tmp_path.iterdir()) == []


def test_world_that_stood_there_survives_a_failure(tmp_path: Path) -> None:
    def ends_early() -> Iterator[list[Json]]:
        yield from batches(1)
        raise OSError(28, "No space left on device")

    write_world(batches(2), tmp_path / "w")
    with pytest.raises(InputError, match="No space left"):
        write_world(ends_early(), tmp_path / "w", force=True)
    assert len((tmp_path / "w" / "Patient.ndjson").read_bytes().splitlines()) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


def test_no_more_than_one_person_is_held_at_a_time(tmp_path: Path) -> None:
    alive, most = [0], [0]

    class Batch(list[Json]):
        def __del__(self) -> None:
            alive[0] -= 1

    def counted() -> Iterator[list[Json]]:
        for found in batches(30):
            alive[0] += 1
            most[0] = max(most[0], alive[0])
            yield Batch(found)

    write_world(counted(), tmp_path / "w")
    assert most[0] <= 3
