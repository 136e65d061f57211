"""An entry of the audit as one person may have it: whom else it names is left out.

entry's bytes, person -> the very bytes where it names nobody else; else the entry without the
others, and the hash of what the log holds: that hash is what a proof is about.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import replace

from garrod.care.govern.audit import AuditEntry, canonical, entry_read, placed
from garrod.care.govern.merkle import leaf_hash


def only(entry: AuditEntry, people: Collection[str]) -> AuditEntry:
    """Return an entry that names some people alone."""
    return replace(entry, patients=tuple(p for p in entry.patients if p in people))


def hash_of(content: bytes) -> str:
    """Return the hash of an entry's bytes in the tree, in base64: what a proof is about."""
    return base64.b64encode(leaf_hash(content)).decode("ascii")


def own_line(content: bytes, patient: str) -> bytes:
    """Return an entry as a line of a person's own copy.  Raises: ValueError where it is none."""
    entry = entry_read(content)
    if set(entry.patients) <= {patient}:
        return content
    told = placed(canonical(only(entry, (patient,))), entry.index)
    return told[:-1] + b',"leafHash":"%s"}' % hash_of(content).encode("ascii")
