"""Every command, and whether it leaves an entry in the audit; of those that do not, why not."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from garrod.entry.cli.app import app

ENTRY = "an entry in the audit"
FILES = "reads files that whoever calls it holds, and no record"
FACTS = "holds knowledge or policy, and nobody's data"
LOG = "reads the audit log itself: places, hashes and keys"
DOORS = "each request leaves its own entry"
COMMANDS = {
    "advise": FILES,
    "audit proof": LOG,
    "audit review": ENTRY,
    "audit rotate": "its entry is the new key",
    "audit verify": LOG,
    "card check": FILES,
    "card key": "prints a public key",
    "card rotate": "changes a key, and nobody's data: each card names the key that signed it",
    "conformance consent": FILES,
    "demo": DOORS,
    "genome call": FILES,
    "genome reinterpret": FILES,
    "genome report": FILES,
    "medication-review": FILES,
    "packs activate": FACTS,
    "packs approve": FACTS,
    "packs deactivate": FACTS,
    "packs diff": FILES,
    "packs distrust": FACTS,
    "packs import": FACTS,
    "packs key new": FACTS,
    "packs list": FACTS,
    "packs seal": FACTS,
    "packs show": FACTS,
    "packs sign": FACTS,
    "packs trust": FACTS,
    "packs verify": FACTS,
    "policy diff": FACTS,
    "policy show": FACTS,
    "population reanalyse": ENTRY,
    "record backup": ENTRY,
    "record export": ENTRY,
    "record import": ENTRY,
    "record relabel": ENTRY,
    "record restore": ENTRY,
    "record verify": ENTRY,
    "release anonymity": FILES,
    "release budget": ENTRY,
    "release counts": ENTRY,
    "release person": ENTRY,
    "release pseudonymise": ENTRY,
    "release register": "is to be published, and names nobody but those who asked",
    "serve": DOORS,
    "world": "writes people who are made up",
}


def found() -> set[str]:
    """Return every command that there is, as it is called."""
    return set(_below(typer.main.get_command(app), ()))


def _below(command: Any, named: tuple[str, ...]) -> Iterator[str]:
    commands: Mapping[str, Any] | None = getattr(command, "commands", None)
    if commands is None:
        yield " ".join(named)
        return
    for name, one in commands.items():
        yield from _below(one, (*named, name))
