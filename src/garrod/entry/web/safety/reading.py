"""Reads the hazard log that the program carries; `make docs` makes it of safety/hazards.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import orjson

from garrod.entry.web.safety.presenter import Hazard


@cache
def hazards() -> tuple[Hazard, ...]:
    """Return every hazard, in the order of the log."""
    told = orjson.loads(files("garrod.entry.web.safety").joinpath("hazards.json").read_bytes())
    return tuple(
        Hazard(**{**one, "where": tuple(one["where"]), "tests": tuple(one["tests"])})
        for one in told
    )
