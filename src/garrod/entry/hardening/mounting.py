"""Puts before the doors what every request passes: headers, rates, the audit, shapes."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from garrod.entry.auditing import Audit, Audited
from garrod.entry.guard import Guard
from garrod.entry.hardening.headers import App, Headed
from garrod.entry.hardening.limits import limits_of
from garrod.entry.hardening.rates import Limited
from garrod.entry.hardening.shapes import Shaped


def hardened(doors: App, audit: Audit, guard: Guard, environment: Mapping[str, str]) -> App:
    """Return the doors behind all that; no request that reaches them is answered unaudited.

    Raises: InputError LIM001 (a setting that is wrong).
    """
    limits = limits_of(environment)
    audited = Audited(Shaped(doors, limits), audit)
    own = "" if guard.is_public else guard.token
    return Headed(Limited(audited, limits, monotonic, own=own))
