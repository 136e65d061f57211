"""One request and its answer, as the FHIR door sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from garrod.care.govern.access import Actor
from garrod.core.errors import InputError
from garrod.entry.api.conditions import Wishes


class NotAllowed(InputError):
    """The path is known, and not by that method; `allowed` are those that are."""

    default_code = "API006"

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: who asks, what, and how the answer is wanted. `path` has no leading "/fhir"."""

    actor: Actor
    method: str
    path: tuple[str, ...]
    question: str  # the query string as it was sent
    headers: Mapping[str, str]
    wishes: Wishes
    base: str  # this server's own address, "http://127.0.0.1:8000/fhir"
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, body as FHIR JSON (turned into XML at the door where wanted), headers."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""  # "": FHIR's own
