"""Works that wait for the writer: in their order, and never waited for longer than was said."""

import threading
from queue import Empty

import pytest

from garrod.adapters.store.sqlite.jobs import Jobs

ROUNDS, SOON = 5000, 1e-6


def test_works_come_in_their_order() -> None:
    jobs = Jobs[int]()
    for number in range(5):
        jobs.put(number)
    assert [jobs.get(), jobs.get(0.0), jobs.get_nowait(), jobs.get(1.0), jobs.get()] == [*range(5)]


@pytest.mark.parametrize("timeout", [-1.0, 0.0, SOON])
def test_nothing_waits_after_the_time_is_up(timeout: float) -> None:
    jobs = Jobs[int]()
    with pytest.raises(Empty):
        jobs.get(timeout)
    with pytest.raises(Empty):
        jobs.get_nowait()


def test_taker_never_waits_without_an_end() -> None:
    jobs, rounds = Jobs[int](), []

    def taker() -> None:
        for number in range(ROUNDS):
            jobs.put(number)
            rounds.append(jobs.get_nowait())
            try:
                jobs.get(SOON)
            except Empty:
                continue

    thread = threading.Thread(target=taker, daemon=True)
    thread.start()
    thread.join(60)
    assert rounds == [*range(ROUNDS)]


def test_taker_wakes_for_every_work_of_many_threads() -> None:
    jobs, found = Jobs[int](), []
    taker = threading.Thread(target=lambda: found.extend(jobs.get() for _ in range(800)))
    taker.start()
    threads = [threading.Thread(target=lambda: [jobs.put(1) for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in (*threads, taker):
        thread.join(60)
    assert len(found) == 800
