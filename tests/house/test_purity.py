"""Below entry: no clock, no chance, no log. In the pure floors: no file and no connection."""

import ast

import pytest

from tests.conftest import ImpureError, refuse_impure
from tests.house.source_tree import SRC, below_entry, dotted, imports, modules, place, tree

CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today"),
    *("datetime.date.today", "time.time", "time.monotonic", "time.perf_counter"),
    *("time.time_ns", "perf_counter", "monotonic"),
}
CHANCES = {"uuid.uuid4", "uuid4", "default_rng", "os.urandom", "secrets.token_hex"}
CHANCE_MODULES = ("random", "secrets", "numpy.random")
LOG_MODULES = ("logging", "structlog", "syslog", "warnings")
PURE = modules(*(SRC / floor for floor in ("core", "knowledge", "science", "care")))


def calls(names: set[str]) -> list[str]:
    """Return where a module below entry calls one of the names."""
    return [
        f"{place(path)}:{node.lineno} {dotted(node.func)}"
        for path in below_entry()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (dotted(node.func) in names or dotted(node.func).startswith(("np.random.", "random.")))
    ]


def importing(kinds: tuple[str, ...]) -> list[str]:
    """Return where a module below entry imports one of the modules."""
    return [
        f"{place(path)}:{line} {name}"
        for path in below_entry()
        for name, line in imports(path)
        if name in kinds or name.startswith(tuple(f"{k}." for k in kinds))
    ]


def test_no_clock_is_read_below_entry() -> None:
    assert calls(CLOCKS) == []


def test_no_chance_is_made_below_entry() -> None:
    assert calls(CHANCES) == []
    seeded = [w for w in importing(CHANCE_MODULES) if not w.endswith("Generator")]
    assert seeded == []


def test_nothing_below_entry_logs_or_prints_so_no_patient_can_leak() -> None:
    assert importing(LOG_MODULES) == []
    assert calls({"print", "sys.stdout.write", "sys.stderr.write"}) == []


def test_no_pure_floor_opens_a_file_or_reads_the_environment() -> None:
    banned = {"open", "io.open", "input", "exec", "eval", "__import__", "os.environ.get"}
    found = [
        f"{place(path)}:{node.lineno}"
        for path in PURE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func) in banned
    ]
    assert found == []


@pytest.mark.parametrize("floor", ["core", "knowledge", "science/pgx", "care/decide"])
def test_open_in_a_pure_floor_fails_the_test_that_ran_it(floor: str) -> None:
    file = str(SRC / floor / "planted.py")
    code = compile("open(__import__('os').devnull).close()", file, "exec")
    with pytest.raises(ImpureError, match=r"planted\.py"):
        exec(code, {})


def test_open_in_an_adapter_is_left_alone() -> None:
    file = str(SRC / "adapters" / "planted.py")
    exec(compile("open(__import__('os').devnull).close()", file, "exec"), {})
    refuse_impure("compile", ())
