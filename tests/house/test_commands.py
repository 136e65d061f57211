"""No command reaches people's data unaudited: a new one fails until it says how.

That an entry is really left is shown in tests/acceptance/test_audit_commands.py, for each of them.
"""

import ast
from collections.abc import Iterator

from tests.house.source_tree import SRC, dotted, modules, place, tree
from tests.making.commands import COMMANDS, found

# What opens a record, its log or the ledger, and who may call that in a command.
OPENERS = frozenset((
    "AuditLog", "Log", "Reading", "audited_task", "back_up", "bring_back", "open_log",
    "open_reading", "open_store", "opened_ledger", "opened_record", "opening", "put_back",
    "store_at", "told_audit", "with_housing", "with_record",
))  # fmt: skip
TASK = "audited"
CALLERS = {
    "audit.py::_proof": "the log itself",
    "audit.py::rotate": "the log itself",
    "audit_review.py::_looks": "within review",
    "audit_review.py::review": TASK,
    "audit_verify.py::verified_log": "the log itself",
    "population_place.py::of": "events, within population_record.py",
    "population_reading.py::_opened": "a process of population_record.py",
    "population_record.py::_opened": TASK,
    "record.py::audited": TASK,
    "record.py::backup": TASK,
    "record.py::export": TASK,
    "record.py::import_": TASK,
    "record.py::opened": TASK,
    "record.py::relabel": TASK,
    "record.py::verify": TASK,
    "record.py::with_record": TASK,
    "record_copies.py::_log_put_back": "says so in the log that it puts back",
    "record_copies.py::_log_written": "within written",
    "record_copies.py::brought_back": TASK,
    "record_copies.py::written": "within record.py::backup",
    "release_counting.py::counted_for": TASK,
    "release_opening.py::_allowed": TASK,
    "release_opening.py::_told": TASK,
    "release_opening.py::budget_of": "spends nothing; what is allowed is audited by _allowed",
    "release_person.py::_history": "within copied",
    "release_person.py::copied": TASK,
    "release_pseudonyms.py::pseudonymised": TASK,
    "release_register.py::_lines": "is to be published",
    "release_register.py::checked": "is to be published",
}


def test_every_command_says_whether_it_leaves_an_entry() -> None:
    new, gone = sorted(found() - set(COMMANDS)), sorted(set(COMMANDS) - found())
    assert not new + gone, f"new, say in tests/making/commands.py: {new}; listed and gone: {gone}"


def test_every_place_that_opens_people_s_data_for_a_command_is_listed() -> None:
    called = {f"{path.name}::{name}" for path in COMMAND_FILES for name in _callers(tree(path))}
    assert called == set(CALLERS), sorted(called ^ set(CALLERS))


COMMAND_FILES = modules(SRC / "entry" / "cli")


def _callers(module: ast.Module) -> Iterator[str]:
    """Yield the innermost function of each call that opens something."""
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = {
                node
                for one in ast.walk(function)
                if one is not function and isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
                for node in ast.walk(one)
            }
            for node in ast.walk(function):
                if node not in inner and isinstance(node, ast.Call) and _name(node) in OPENERS:
                    yield function.name


def _name(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


def test_commands_are_where_they_are_looked_for() -> None:
    assert {place(path) for path in COMMAND_FILES} >= {
        "src/garrod/entry/cli/record.py",
        "src/garrod/entry/cli/release_person.py",
    }
