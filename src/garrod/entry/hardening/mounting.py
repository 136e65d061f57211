"""Puts before the doors what every request passes: headers, rates, the audit, shapes."""

from __future__ import annotations

from collections.abc import Mapping

from garrod.entry.audit_keeping import Audit
from garrod.entry.guard import Guard
from garrod.entry.hardening.front import Front
from garrod.entry.hardening.headers import App
from garrod.entry.hardening.limits import limits_of


def hardened(doors: App, audit: Audit, guard: Guard, environment: Mapping[str, str]) -> App:
    """Return the doors behind all that; no request that reaches them is answered unaudited.

    Raises: InputError LIM001 (a setting that is wrong).
    """
    limits = limits_of(environment)
    return Front(doors, audit, limits, own="" if guard.is_public else guard.token)
