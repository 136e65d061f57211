"""Statements that follow references and history, compiled once for each form."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal_column, not_, select

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Statement, compiled
from garrod.adapters.store.schema import HEAD, REFERENCE, VERSION
from garrod.adapters.store.statements import version_columns

ZERO: ColumnElement[int] = literal_column("0")


def _speech(name: str) -> Any:
    return SQLITE if name == "sqlite" else POSTGRES


def _whole(keys: Any) -> Any:
    """Return the newest versions of some keys, each once, in the order of keys."""
    made = select(*version_columns(HEAD, VERSION))
    made = made.join_from(HEAD, VERSION, VERSION.c.sequence == HEAD.c.sequence)
    made = made.where(HEAD.c.key.in_(keys), not_(HEAD.c.is_deleted)).order_by(HEAD.c.key)
    return made.limit(bindparam("limit")).offset(ZERO)


@lru_cache(maxsize=8)
def forward_statement(name: str, *, has_target: bool) -> Statement:
    """Return the statement for what resources refer to: param, kind, ids, target, limit."""
    source, target, r = HEAD.alias("source"), HEAD.alias("target"), REFERENCE
    speech = _speech(name)
    same = and_(r.c.kind == target.c.kind, r.c.id == target.c.id, r.c.key == source.c.key)
    of = (r.c.param == bindparam("param"), source.c.kind == bindparam("kind"))
    keys = select(target.c.key).where(same, *of, speech.within(source.c.id, bindparam("ids")))
    if has_target:
        keys = keys.where(target.c.kind == bindparam("target"))
    order = ("param", "kind", "ids", *(["target"] if has_target else []), "limit")
    return compiled(speech, _whole(keys), order)


@lru_cache(maxsize=8)
def backward_statement(name: str) -> Statement:
    """Return the statement for what refers to resources: param, their kind, ids, limit."""
    speech, r = _speech(name), REFERENCE
    of = (r.c.param == bindparam("param"), r.c.kind == bindparam("kind"))
    keys = select(r.c.key).where(*of, speech.within(r.c.id, bindparam("ids")))
    return compiled(speech, _whole(keys), ("param", "kind", "ids", "limit"))


@lru_cache(maxsize=128)
def history_statement(name: str, asked: tuple[str, ...]) -> Statement:
    """Return the statement of a history: the values asked with, then the limit."""
    v, later = VERSION, VERSION.alias("later")
    conditions: dict[str, Any] = {
        "kind": HEAD.c.kind if "id" in asked else v.c.kind,
        "id": HEAD.c.id,
    }
    made = select(*version_columns(HEAD, v)).join_from(v, HEAD, HEAD.c.key == v.c.key)
    for column in ("kind", "id"):
        if column in asked:
            made = made.where(conditions[column] == bindparam(column))
    if "since" in asked:
        made = made.where(v.c.at >= bindparam("since"))
    if "before" in asked:
        made = made.where(v.c.sequence < bindparam("before"))
    if "at" in asked:
        superseded = exists().where(
            later.c.key == v.c.key, later.c.number == v.c.number + literal_column("1")
        )
        made = made.where(v.c.at <= bindparam("at"))
        made = made.where(not_(superseded.where(later.c.at <= bindparam("at"))))
    made = made.order_by(v.c.sequence.desc()).limit(bindparam("limit")).offset(ZERO)
    return compiled(_speech(name), made, (*asked, "limit"))
