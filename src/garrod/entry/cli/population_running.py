"""Runs the parts of a reanalysis, in this process or in several; results come in their order."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrod.entry.judging import Judging, Wish


class Running:
    """Maps a task over parts. Without processes it is done here."""

    def __init__(self, pool: ProcessPoolExecutor | None) -> None:
        self._pool = pool

    def map(self, task: Any, parts: Iterable[Any]) -> Iterator[Any]:
        """Yield the result of each part, in order."""
        return iter(self._pool.map(task, parts)) if self._pool else map(task, parts)

    def begin(self, task: Any, part: Any) -> asyncio.Future[Any]:
        """Begin a part, and return what is awaited for its result."""
        if self._pool is not None:
            return asyncio.wrap_future(self._pool.submit(task, part))
        return asyncio.get_running_loop().run_in_executor(None, task, part)


@contextmanager
def running(wish: Wish, judging: Judging, workers: int) -> Iterator[Running]:
    """Make processes ready, and end them with the block; what is left to do is dropped."""
    from garrod.entry import judging as judged

    if workers < 2:
        judged.take(judging)
        yield Running(None)
        return
    others = {child.pid for child in multiprocessing.active_children()}
    pool = ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=judged.begin,
        initargs=(wish,),
    )
    try:
        yield Running(pool)
    except BaseException:  # interrupted too: a process that is left would wait for ever
        for child in multiprocessing.active_children():
            if child.pid not in others:
                child.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
