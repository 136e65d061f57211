"""The codec of the server: what is written is checked against R4 first, in the same parse."""

from __future__ import annotations

from typing import cast

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.check.profiles import Profiles
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.summary import Summaries
from garrod.adapters.fhir.record.url import UrlReader
from garrod.adapters.fhir.record.url_clauses import Expand
from garrod.adapters.fhir.record.url_values import Clock
from garrod.adapters.fhir.rest.places import Places
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.care.record.query import Query
from garrod.core.errors import FhirError
from garrod.core.resource import Draft
from garrod.knowledge.shelf import Shelf


class InvalidResource(FhirError):
    """JSON that is no valid resource; `issues` say where and why."""

    default_code = "FHR140"

    def __init__(self, kind: str, issues: tuple[Issue, ...]) -> None:
        self.issues = issues
        first = next((i for i in issues if i.severity is Severity.ERROR), issues[0])
        count = sum(i.severity is Severity.ERROR for i in issues)
        more = f", and {count - 1} more" if count > 1 else ""
        super().__init__(f"the {kind} is not valid: {first.path}: {first.message}{more}.")


class CheckedCodec(FhirCodec):
    """Drafts only what is valid. With `is_strict` off, defects that change nothing are borne."""

    def __init__(
        self,
        shelf: Shelf,
        base: str = "",
        *,
        is_strict: bool = True,
        expand: Expand | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(shelf, base)
        self.checker = Checker(shelf)
        self._shelf = shelf
        self._profiles: Profiles | None = None
        self._places: Places | None = None
        self.is_strict = is_strict
        self.kinds = self.checker.kinds
        self.summaries = Summaries(self.facts)
        self.urls = UrlReader(self.facts, base, expand=expand, clock=clock)

    @property
    def profiles(self) -> Profiles:
        """Return the check against profiles, made when it is first asked for."""
        if self._profiles is None:
            self._profiles = Profiles(self._shelf, self.checker)
        return self._profiles

    @property
    def places(self) -> Places:
        """Return what finds the places that a FHIRPath names, made when it is first asked for."""
        if self._places is None:
            self._places = Places(self.checker.facts)
        return self._places

    def drafted(self, body: bytes, *, kind: str, id: str, resource: object = None) -> Draft:
        """Return a resource ready to be written under an id; `resource`: the body parsed before.

        Raises: FhirError FHR002, FHR100 to FHR106; InvalidResource FHR140.
        """
        found = parse(body) if resource is None else cast(Resource, resource)
        issues = self.checker.check(found, is_strict=self.is_strict)
        if any(issue.severity is Severity.ERROR for issue in issues):
            raise InvalidResource(kind, issues)
        return super().drafted(body, kind=kind, id=id, resource=found)

    def sought(self, condition: str) -> Query:
        """Return the query of a condition ("Patient?identifier=...").

        Raises: FhirError where it is no search that can be relied on.
        """
        return self.urls.sought(condition)
