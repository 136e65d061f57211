"""Fills both servers with the same resources, and learns by what these can be searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from garrod.entry.wire import Services
from validation.differential.judge import Codes, Judge
from validation.differential.questions import Parameter, Stock
from validation.differential.resources import Resource, edges, world
from validation.differential.servers import Garrod, Oracle

SPECIAL = frozenset(("special", "composite3"))


@dataclass(frozen=True, slots=True)
class World:
    """What was loaded: what there is to ask, who judges, how many resources there are."""

    stock: Stock
    judge: Judge
    count: int


def loaded(ours: Garrod, peer: Oracle) -> World:
    """Load Garrod, read all back as it now stands, and load Medplum with that, times included.

    Raises: RuntimeError where a resource is refused.
    """
    for resource in (*edges(ours.base), *world(Services().shelf)):
        place = f"{resource['resourceType']}/{resource['id']}"
        status, said = ours.ask("PUT", place, resource)
        if status != 201:
            raise RuntimeError(f"{place} is refused: {said}")
    _, statement = ours.ask("GET", "metadata")
    serving = {s["type"]: s.get("searchParam", []) for s in statement["rest"][0]["resource"]}
    resources = [r for kind in serving for r in _stored(ours, kind)]
    peer.ask("load", resources=resources)
    kinds = tuple(dict.fromkeys(r["resourceType"] for r in resources))

    @cache
    def values(kind: str, name: str) -> dict[str, list[Any]]:
        answer: dict[str, list[Any]] = peer.ask("values", kind=kind, name=name)
        return answer

    parameters = {k: _parameters(peer, k, {p["name"]: p["type"] for p in serving[k]})
                  for k in kinds}  # fmt: skip
    filled = {k: [p for p in of if any(values(k, p.name).values())]
              for k, of in parameters.items()}  # fmt: skip
    names = [(r["resourceType"], r["id"]) for r in resources]
    sets = _sets(resources)
    stock = Stock({k: of for k, of in filled.items() if of}, values, tuple(sets))
    return World(stock, Judge(values, names, ours.base, sets), len(resources))


def _stored(ours: Garrod, kind: str) -> list[Resource]:
    status, body = ours.ask("GET", f"{kind}?_count=1000")
    return [entry["resource"] for entry in body.get("entry", ())] if status == 200 else []


def _parameters(peer: Oracle, kind: str, serving: dict[str, str]) -> list[Parameter]:
    """Return the parameters of a kind that both know, with the same type."""
    return [
        Parameter(kind, p["name"], p["type"], tuple(p["targets"]), (p["seconds"] or [""])[-1])
        for p in peer.ask("parameters", kind=kind)
        if serving.get(p["name"]) == p["type"]
    ]


def _sets(resources: list[Resource]) -> Codes:
    """Return the codes of each value set that was loaded."""
    return {
        r["url"]: [
            (include["system"], concept["code"])
            for include in r["compose"]["include"]
            for concept in include["concept"]
        ]
        for r in resources
        if r["resourceType"] == "ValueSet"
    }
