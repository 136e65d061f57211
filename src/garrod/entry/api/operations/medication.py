"""What the operations of the medication list share: who asks, on which version, and refusals.

The local user says in headers for which setting he acts; of anybody else their token says it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import parse_qsl

from garrod.adapters.fhir.lines.differing import stale_outcome
from garrod.adapters.fhir.outcome import outcome_of
from garrod.care.govern.access import LOCAL
from garrod.care.record.medication.confirm import StaleList
from garrod.care.record.medication.line import Author, Setting
from garrod.care.record.medicines import Asking, Medicines
from garrod.core.errors import InputError
from garrod.entry.api.conditions import expected_version
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Operation, Rooms
from garrod.entry.listing import medicines_over, signed_in

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
Act = Callable[[Rooms, Asked], Awaitable[Answer]]


class Unconditional(InputError):
    """A write that does not say on which version of the list it is based."""

    default_code = "API008"


def medicines_of(rooms: Rooms) -> Medicines:
    """Return the acts of the medication list over the server's record."""
    return medicines_over(rooms.record)


def author_of(asked: Asked) -> Author:
    """Return who writes: the actor, who for this machine's own user is as the headers name them.

    Nobody else is believed by headers: what they are is what their token says.
    Raises: InputError API009 for a setting that is not known, REC001 for a person's id that none
    can have.
    """
    if len(asked.path) > 2:
        possible_id(asked.path[1])
    if asked.actor != LOCAL:
        return signed_in(asked.actor)
    named = asked.headers.get("x-garrod-setting", "") or asked.actor.setting or Setting.GP.value
    if named not in set(Setting):
        raise InputError(
            f"X-Garrod-Setting is {named[:40]!r}: expected one of {', '.join(Setting)}.",
            code="API009",
        )
    return Author(
        who=asked.headers.get("x-garrod-user", "") or asked.actor.id,
        role=asked.headers.get("x-garrod-role", "") or asked.actor.role,
        organisation=asked.headers.get("x-garrod-organisation", "") or asked.actor.organisation,
        setting=Setting(named),
        on_behalf_of=asked.headers.get("x-garrod-on-behalf-of", ""),
    )


def possible_id(id: str) -> str:
    """Return an id that a resource can have.  Raises: InputError REC001 (no store is asked)."""
    if not _ID.fullmatch(id):
        raise InputError(f"no resource has the id {id[:64]!r}: is it right?", code="REC001")
    return id


def asking_of(asked: Asked) -> Asking:
    """Return a write's conditions: the version it is based on, and its key.

    Raises: Unconditional API008 without If-Match, InputError API001, API004, API009.
    """
    question_of(asked, ())
    based_on = expected_version(asked.headers)
    if based_on is None:
        raise Unconditional(
            "say on which version of the list this is based: read it, and send its ETag as "
            'If-Match (W/"0" where there is no list yet).'
        )
    by, key = author_of(asked), asked.headers.get("idempotency-key", "")
    if key and not _KEY.fullmatch(key):
        raise InputError(
            "Idempotency-Key must have 1 to 200 characters without blanks.", code="API009"
        )
    said = repr((asked.path, based_on, by)).encode()
    return Asking(asked.path[1], by, based_on, key, sha256(said + asked.body).hexdigest())


def conditional(act: Operation) -> Operation:
    """Return an operation whose stale and unconditional writes are refused as HTTP has it."""

    async def guarded(rooms: Rooms, asked: Asked) -> Answer:
        try:
            return await act(rooms, asked)
        except StaleList as stale:
            return Answer(412, stale_outcome(stale), {"ETag": f'W/"{stale.current}"'})
        except Unconditional as error:
            return Answer(428, outcome_of(error))

    return guarded


def question_of(asked: Asked, known: tuple[str, ...]) -> Mapping[str, str]:
    """Return the parameters of a url.

    Raises: InputError API004 for one that is not known, or is given twice.
    """
    pairs = parse_qsl(asked.question, keep_blank_values=True)
    given = dict(pairs)
    unknown = sorted(given.keys() - {*known, "_format", "_pretty"})
    if unknown:
        raise InputError(
            f"there is no parameter {unknown[0][:40]!r} here: it has {', '.join(known) or 'none'}.",
            code="API004",
        )
    if len(pairs) != len(given):
        raise InputError("a parameter of the url is given twice: say it once.", code="API004")
    return given


def moment_of(given: Mapping[str, str], name: str) -> datetime | None:
    """Return a moment of a url; a day alone is its end (UTC).  Raises: InputError API004."""
    said = given.get(name, "").replace(" ", "+")
    if not said:
        return None
    try:
        found = datetime.fromisoformat(f"{said}T23:59:59.999999" if len(said) == 10 else said)
    except ValueError:
        raise InputError(
            f"{name} cannot be read: expected a day or a moment such as 2026-03-03T09:00:00Z.",
            code="API004",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
