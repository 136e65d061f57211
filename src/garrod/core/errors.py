"""The one error tree, split by who must act. Edges translate it once.

GarrodError                    exit
├── UsageError                  2   the caller wrote a command that cannot be read
├── InputError                 10   the caller's file or field is wrong
│   ├── VcfError                    VCFnnn
│   ├── FhirError                   FHRnnn
│   ├── OutsideCallError            OUTnnn
│   ├── CodeError                   COD001 an identifier or code has the wrong shape
│   └── UnitError                   UNT001 quantities that cannot be combined
├── KnowledgeError             11   the maintainer of a knowledge pack
├── AccessDenied               12   governance
├── ConflictError              13   a concurrent write: retry
│   └── VersionConflict             CON002 a write was based on a version that is not current
├── OutsideError               14   another system
└── InternalFault              19   us
"""

from __future__ import annotations


class GarrodError(Exception):
    """A fault with a stable code and a sentence that is safe to show and says what to do."""

    exit_code = 19
    default_code = "GAR000"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class UsageError(GarrodError):
    """The command or its options cannot be read."""

    exit_code = 2
    default_code = "USE001"


class InputError(GarrodError):
    """The caller's input is wrong: names the file, line or field and what was expected."""

    exit_code = 10
    default_code = "INP001"


class VcfError(InputError):
    """A variant file cannot be read safely."""

    default_code = "VCF001"


class FhirError(InputError):
    """A FHIR resource is not what it should be."""

    default_code = "FHR001"


class OutsideCallError(InputError):
    """A file of outside calls names something unknown or cannot be read."""

    default_code = "OUT001"


class CodeError(InputError):
    """An identifier or code has the wrong shape or check digit."""

    default_code = "COD001"


class UnitError(InputError):
    """Two quantities have units that cannot be combined."""

    default_code = "UNT001"


class KnowledgeError(GarrodError):
    """A knowledge pack is missing, broken or contradicts itself."""

    exit_code = 11
    default_code = "KNO001"


class AccessDenied(GarrodError):
    """Policy or consent forbids it."""

    exit_code = 12
    default_code = "ACC001"


class ConflictError(GarrodError):
    """Somebody else wrote first: read again and retry."""

    exit_code = 13
    default_code = "CON001"


class VersionConflict(ConflictError):
    """The version that a write was based on is not the current one; `current` 0: there is none."""

    default_code = "CON002"

    def __init__(self, kind: str, id: str, *, expected: int, current: int) -> None:
        based = f"version {expected}" if expected else "there being none yet"
        now = f"version {current}" if current else "nothing"
        super().__init__(
            f"{kind}/{id} has {now}, and the write was based on {based}: read it again, look at "
            "the difference, and write anew."
        )
        self.kind, self.id, self.expected, self.current = kind, id, expected, current


class OutsideError(GarrodError):
    """Another system failed or answered wrongly."""

    exit_code = 14
    default_code = "EXT001"


class InternalFault(GarrodError):
    """Our own fault."""

    exit_code = 19
    default_code = "GAR001"
