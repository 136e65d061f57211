"""JSON Patch in both: the same operations on the same resources, drawn with a seed.

A third reading of RFC 6902 judges where they differ. Garrod refuses what would be no valid
resource, which Medplum's memory repository does not look at; most operations drawn leave one.
Source: RFC 6902, RFC 6901
"""

from __future__ import annotations

import copy
import random
from typing import Any

from validation.differential.comparing import Tally
from validation.differential.judge import Judge
from validation.differential.resources import Resource
from validation.differential.servers import Garrod, Oracle

KIND = "Patient"
Operation = dict[str, Any]
GIVEN = "/name/0/given"
NAMES = ("Ada", "Zoë", "O'Neill", "ünder~score/slash")


class Impossible(Exception):
    """An operation that cannot be done."""


def patched(
    ours: Garrod, peer: Oracle, judge: Judge, *, times: int, seed: int, tally: Tally
) -> None:
    """Patch people in both, and compare what they have become."""
    chance = random.Random(seed)
    ids = judge.ids(KIND)
    for _ in range(times):
        id = chance.choice(ids)
        _, before = ours.ask("GET", f"{KIND}/{id}")
        patch = [_operation(chance, before) for _ in range(chance.choice((1, 1, 2, 3)))]
        status, after = ours.ask("PATCH", f"{KIND}/{id}", patch, kind="json-patch")
        answer = peer.ask("patch", kind=KIND, id=id, patch=patch)
        due = _due(before, patch)
        mine = _bare(after) if status == 200 else None
        theirs = _bare(answer["resource"]) if answer["status"] == 200 else None
        _count(tally, (mine, theirs, due), f"{status}, {answer['status']}: {id} {patch}")
        if theirs != mine:  # the next patch starts from the same resource in both
            _, now = ours.ask("GET", f"{KIND}/{id}")
            peer.ask("put", resource=now)


def _count(tally: Tally, made: tuple[Any, Any, Any], told: str) -> None:
    mine, theirs, due = made
    tally.asked["JSON Patch"] += 1
    tally.telling["JSON Patch"] += mine == theirs and mine is not None
    if mine == theirs == due:
        tally.agreed["JSON Patch"] += 1
    elif mine is None and due is None:
        tally.because["patch-index"] += 1
        tally.examples.setdefault("patch-index", told)
    elif mine is None and told.startswith("422") and _filled(due) == theirs:
        tally.because["patch-invalid"] += 1
        tally.examples.setdefault("patch-invalid", told)
    else:
        tally.unexplained.append(f"patch: {told} {mine == due} {theirs == due}")


def _bare(resource: Resource) -> Resource:
    return {k: v for k, v in resource.items() if k != "meta"}


def _filled(value: Any) -> Any:
    """Return a value without lists and objects that are empty: Medplum writes none."""
    if isinstance(value, dict):
        inner = {k: _filled(v) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v not in ({}, [])}
    return [_filled(v) for v in value] if isinstance(value, list) else value


def _operation(chance: random.Random, of: Resource) -> Operation:
    paths = [p for p in _paths(of) if not p.startswith(("/id", "/meta", "/resourceType"))]
    path = chance.choice(paths) if paths else "/active"
    given = [p for p in paths if p.startswith(GIVEN + "/")]
    here = _at(of, path) if paths else True
    return chance.choice((
        {"op": "add", "path": f"{GIVEN}/-", "value": chance.choice(NAMES)},
        {"op": "add", "path": f"{GIVEN}/{chance.randrange(4)}", "value": chance.choice(NAMES)},
        {"op": "add", "path": "/gender", "value": chance.choice(("male", "female"))},
        {"op": "add", "path": "/telecom", "value": [{"system": "email", "value": "a@b"}]},
        {"op": "replace", "path": "/birthDate", "value": f"19{chance.randrange(50, 60)}-01"},
        {"op": "replace", "path": "/name/0/family", "value": chance.choice(NAMES)},
        {"op": "test", "path": path, "value": copy.deepcopy(here)},
        {"op": "test", "path": path, "value": "another"},
        {"op": "remove", "path": path},
        {"op": "remove", "path": f"{path}/nothing"},
        {"op": "copy", "from": chance.choice(given or [path]), "path": f"{GIVEN}/0"},
        {"op": "move", "from": chance.choice(given or [path]), "path": f"{GIVEN}/-"},
        {"op": "copy", "from": "/name/0", "path": "/name/-"},
        {"op": "replace", "path": f"{GIVEN}/01", "value": "Leading"},
        {"op": "add", "path": f"{GIVEN}/99", "value": "Far"},
    ))  # fmt: skip


def _paths(value: Any, at: str = "") -> list[str]:
    own = [at] if at else []
    if isinstance(value, dict):
        inner = [(k.replace("~", "~0").replace("/", "~1"), v) for k, v in value.items()]
    elif isinstance(value, list):
        inner = [(str(n), v) for n, v in enumerate(value)]
    else:
        return own
    return own + [path for k, v in inner for path in _paths(v, f"{at}/{k}")]


def _due(before: Resource, patch: list[Operation]) -> Resource | None:
    """Return what RFC 6902 makes of a resource; None where an operation cannot be done."""
    held = {"": copy.deepcopy(before)}
    try:
        for operation in patch:
            _done(held, operation)
    except Impossible:
        return None
    return _bare(held[""])


def _done(held: Any, operation: Operation) -> None:
    kind, path = operation["op"], operation["path"]
    if kind == "test":
        if _at(held[""], path) != operation["value"]:
            raise Impossible
    elif kind in ("remove", "replace"):
        _at(held[""], path)
        _removed(held[""], path)
        if kind == "replace":
            _added(held[""], path, operation["value"])
    elif kind == "add":
        _added(held[""], path, operation["value"])
    else:
        value = copy.deepcopy(_at(held[""], operation["from"]))
        if kind == "move":
            if path.startswith(operation["from"] + "/"):
                raise Impossible
            _removed(held[""], operation["from"])
        _added(held[""], path, value)


def _place(whole: Any, path: str) -> tuple[Any, Any]:
    above, _, last = path.rpartition("/")
    parent = _at(whole, above)
    last = last.replace("~1", "/").replace("~0", "~")
    if not isinstance(parent, list):
        return parent, last
    if last == "-":
        return parent, len(parent)
    if not last.isdecimal() or (last[0] == "0" and last != "0"):
        raise Impossible
    return parent, int(last)


def _at(whole: Any, path: str) -> Any:
    if not path:
        return whole
    parent, last = _place(whole, path)
    try:
        return parent[last]
    except (KeyError, IndexError, TypeError):
        raise Impossible from None


def _removed(whole: Any, path: str) -> None:
    parent, last = _place(whole, path)
    del parent[last]


def _added(whole: Any, path: str, value: Any) -> None:
    parent, last = _place(whole, path)
    if isinstance(parent, list):
        if last > len(parent):
            raise Impossible
        parent.insert(last, value)
    elif isinstance(parent, dict):
        parent[last] = value
    else:
        raise Impossible
