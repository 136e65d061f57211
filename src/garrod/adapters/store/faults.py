"""What can go wrong with a store, in words for whoever must act."""

from __future__ import annotations

from garrod.core.errors import InputError, InternalFault, OutsideError, UsageError


def foreign_cursor() -> InputError:
    """Return the error for a cursor that is not one of this search's."""
    return InputError(
        "the page asked for is not one of this search: begin again at its first page.",
        code="REC003",
    )


def suspended() -> InternalFault:
    """Return the error for a piece of work that awaits more than its transaction."""
    return InternalFault(
        "a piece of work for the store awaited something else than its transaction.",
        code="STO001",
    )


def unknown_criterion(what: str) -> InternalFault:
    """Return the error for a criterion that no store can evaluate, which must not be ignored."""
    return InternalFault(f"the store was asked for what it cannot search: {what}.", code="STO002")


def not_kept(why: str) -> OutsideError:
    """Return the error for a write that the database refused: nothing of it is kept."""
    return OutsideError(
        f"the record could not be written ({why}), and nothing of it was kept: see to the "
        "database or its disk, then send it again.",
        code="STO003",
    )


def maybe_kept(why: str) -> OutsideError:
    """Return the error for a write whose end is not known."""
    return OutsideError(
        f"the database was lost while it wrote ({why}): read again to see whether the change was "
        "kept before sending it once more.",
        code="STO004",
    )


def read_only(why: str) -> OutsideError:
    """Return the error for a database that may only be read: nothing of the write is kept."""
    return OutsideError(
        f"the record's database may only be read now ({why}), and nothing was written: give it "
        "back its right to be written (a disk mounted read-only, rights of the file or the role, "
        "a standby server), then send it again.",
        code="STO017",
    )


def unreachable(why: str) -> OutsideError:
    """Return the error for a database that cannot be reached or read."""
    return OutsideError(
        f"the record's database cannot be read ({why}): see that it runs and that the address "
        "and its rights are right.",
        code="STO005",
    )


def closed() -> OutsideError:
    """Return the error for a store that was closed already."""
    return OutsideError(
        "the record is being shut down: send the request again shortly.", code="STO006"
    )


def too_many(limit: int) -> InputError:
    """Return the error for inclusions that grow beyond measure."""
    return InputError(
        f"more than {limit} resources would be included: ask for fewer hits, or include less.",
        code="STO007",
    )


def too_many_values(limit: int) -> InputError:
    """Return the error for a search with more values than a database takes at once."""
    return InputError(
        f"the search names more than {limit} values for one parameter, or parameters: split it.",
        code="STO016",
    )


def newer(found: str) -> OutsideError:
    """Return the error for a database that a later release has moved on."""
    return OutsideError(
        f"the record was moved on by a later release of Garrod (its schema is {found}): use that "
        "release; this one leaves it untouched.",
        code="STO008",
    )


def foreign(where: str) -> OutsideError:
    """Return the error for a database that holds something else."""
    return OutsideError(
        f"{where} holds tables, and they are not a record of Garrod's: name another database.",
        code="STO009",
    )


def not_moved(why: str) -> OutsideError:
    """Return the error for a migration that failed: the old state stands."""
    return OutsideError(
        f"the record's schema could not be moved on ({why}); it stands as it was: see to the "
        "database or its disk and start again, or go on with the release before.",
        code="STO010",
    )


def broken(why: str) -> InternalFault:
    """Return the error for a statement of ours that the database does not take."""
    return InternalFault(f"the database refused a statement ({why}).", code="STO011")


def not_whole(name: str) -> InputError:
    """Return the error for a file that is no backup, or not all of one."""
    return InputError(
        f"{name} is not a whole backup that this release can read into that database: take "
        "another, or restore it with the release that wrote it.",
        code="STO013",
    )


def is_there(name: str) -> UsageError:
    """Return the error for what would be overwritten."""
    return UsageError(
        f"{name} is there already: name another, or say that it may be overwritten (force).",
        code="STO014",
    )


def unsound(why: str) -> OutsideError:
    """Return the error for a copy that is not sound: it was not kept."""
    return OutsideError(
        f"the copy of the record is not sound ({why}), and was not put in place: see to the disk, "
        "and take another.",
        code="STO015",
    )
