"""What every test may ask for (shared data), and what none may do (I/O in a pure floor)."""

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpcore2
import pytest
from hypothesis import HealthCheck, settings

# What was compiled is kept. Some machines say not to, and then each of the servers and commands
# that tests start compiles some nine hundred modules again: more than half of its time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long a machine takes to draw an example says nothing of us: it may have other work.
# GARROD_EXAMPLES=fixed draws the same examples each time, and half as many as at a desk: a change
# is judged by what it changed.
settings.register_profile(
    "garrod",
    deadline=None,
    max_examples=50 if os.environ.get("GARROD_EXAMPLES") == "fixed" else 100,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("GARROD_EXAMPLES") == "fixed",
)
settings.load_profile("garrod")

# A client reads all certificates of the world first, though it asks this machine: 25 ms each time,
# of some thousand clients. What they trust is the same, so it is read once.
httpcore2.default_ssl_context = cache(httpcore2.default_ssl_context)

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GARROD_SHARED", ROOT.parent / "shared")) / "data"
ABSENT = "the shared data folder is not beside the checkout (or at GARROD_SHARED)"
PURE = tuple(str(ROOT / "src" / "garrod" / f) for f in ("core", "knowledge", "science", "care"))
HOUSE = str(ROOT / "src" / "garrod")
IO_EVENTS = frozenset(
    {"open", "socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.listdir"}
)
_watching = [False]


class ImpureError(Exception):
    """A floor that must be pure touched the world."""


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Return a name for bytes that is no part of them: packed bytes may carry the clock's second,
    and two workers that collect in different seconds would not agree on what there is to run."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip tests marked `shared`, with the reason, where the shared data folder is absent."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the shared data folder, or skip the test with the reason."""
    if not SHARED.is_dir():
        pytest.skip(ABSENT)
    return SHARED


def refuse_impure(event: str, args: tuple[object, ...]) -> None:
    """Raise ImpureError when the nearest of our own frames lies in a pure floor."""
    if not _watching[0] or event not in IO_EVENTS:
        return
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return  # Python reads modules; that is not the floor's doing
        if name.startswith(PURE):
            raise ImpureError(f"{name}:{frame.f_lineno} did {event} {args[:1]}")
        if name.startswith(HOUSE):
            return
        frame = frame.f_back


sys.addaudithook(refuse_impure)


@pytest.fixture(autouse=True)
def pure_floors() -> Iterator[None]:
    """Fail a test in which core, knowledge, science or care opens a file or a connection."""
    _watching[0] = True
    yield
    _watching[0] = False
