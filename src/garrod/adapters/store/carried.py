"""A work keeps what its caller's context holds (whose request it is), whoever runs it.

The writer runs works in a thread or a task of its own, where that context would not be known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any

from garrod.care.record.ports import Tx

Work = Callable[[Tx], Awaitable[Any]]


def carried(work: Work) -> Work:
    """Return a work that runs in the context of whoever calls this, now."""
    context = copy_context()

    async def within(tx: Tx) -> Any:
        return await _Carried(context, _begun(work, tx))

    return within


class _Carried:
    """Steps a coroutine, each step in a context."""

    def __init__(self, context: Context, work: Coroutine[Any, Any, Any]) -> None:
        self._context, self._work = context, work

    def __await__(self) -> Generator[Any, Any, Any]:
        run, step, given = self._context.run, self._work.send, None
        try:
            while True:
                asked = run(step, given)
                try:
                    step, given = self._work.send, (yield asked)
                except GeneratorExit:
                    raise
                except BaseException as error:  # of what was asked: the work's to bear
                    step, given = self._work.throw, error
        except StopIteration as done:
            return done.value
        finally:
            self._context.run(self._work.close)


async def _begun(work: Work, tx: Tx) -> Any:
    return await work(tx)
