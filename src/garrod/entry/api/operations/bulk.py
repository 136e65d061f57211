"""The operations on much at once, as they are offered."""

from __future__ import annotations

from garrod.entry.api.operations.bulk_export import export, file, status
from garrod.entry.api.operations.bulk_import import import_lines, process_message
from garrod.entry.api.rooms import Named

_SYSTEM, _POST = frozenset(("system",)), frozenset(("POST",))

BULK = (
    Named("export", export, frozenset(("system", "type")), frozenset(("Patient",))),
    Named("export-status", status, _SYSTEM, methods=frozenset(("GET", "DELETE"))),
    Named("export-file", file, _SYSTEM, methods=frozenset(("GET",))),
    Named("import", import_lines, _SYSTEM, methods=_POST),
    Named("process-message", process_message, _SYSTEM, methods=_POST),
)
