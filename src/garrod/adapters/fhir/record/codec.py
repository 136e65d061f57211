"""Fills the record's port Codec: what the bytes of a resource mean, and how they are served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from garrod.adapters.fhir.features import computed_labels
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record.facts import SearchFacts
from garrod.adapters.fhir.record.index import Indexer
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.splice import references_in, rewritten, served, splice_of
from garrod.adapters.fhir.record.url import UrlReader
from garrod.adapters.fhir.record.url_clauses import Expand
from garrod.adapters.fhir.record.url_values import Clock
from garrod.care.govern.labels import DRUGS, NORMAL, PACK, TERMS, Labels
from garrod.care.record.entries import References
from garrod.care.record.query import Query
from garrod.core.errors import FhirError
from garrod.core.resource import Draft, Rows, TokenRow, Version
from garrod.knowledge.shelf import Shelf

SECURITY = "_security"  # the search parameter of labels
NEEDED = {PACK, DRUGS, TERMS}


class FhirCodec:
    """Reads and serves FHIR R4 JSON, and reads its search URLs (`searches`).

    `base` is this server's own address ("https://.../fhir"); UrlReader tells of the others.
    """

    def __init__(
        self,
        shelf: Shelf,
        base: str = "",
        *,
        expand: Expand | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.facts = SearchFacts(shelf)
        self.index = Indexer(self.facts, base)
        self.searches = UrlReader(self.facts, base, expand=expand, clock=clock)
        self.labels = Labels(shelf) if set(shelf.names()) >= NEEDED else None

    def drafted(self, body: bytes, *, kind: str, id: str, resource: object = None) -> Draft:
        """Return a resource ready to be written under an id; `resource`: the body parsed before.

        Raises: FhirError FHR002 (another kind), FHR100 to FHR106 (see parse and splice_of).
        """
        found = parse(body) if resource is None else cast(Resource, resource)
        if found["resourceType"] != kind:
            raise FhirError(
                f"the body is a {found['resourceType'][:64]}; expected {kind}.", code="FHR002"
            )
        rows = self._labelled(found, self.index.rows(found))
        return Draft(
            kind=kind,
            id=id,
            body=body,
            splice=splice_of(body, found),
            rows=rows,
            patients=self.index.patients(kind, id, rows),
        )

    def _labelled(self, resource: Resource, rows: Rows) -> Rows:
        """Return rows with those by which a resource is found by the labels computed for it.

        Only what is sensitive has any: the bytes, and what is served of them, stay as they came.
        """
        if self.labels is None:
            return rows
        found = sorted(computed_labels(resource, self.labels) - {NORMAL})
        if not found:
            return rows
        tokens = (TokenRow(SECURITY, self.labels.system_of(label), label) for label in found)
        return replace(rows, tokens=(*rows.tokens, *tokens))

    def references(self, body: bytes) -> References:
        """Return what a body refers to that is no logical reference: full urls, searches."""
        return references_in(body)

    def resolved(self, body: bytes, targets: Mapping[str, str]) -> bytes:
        """Return a body with some references replaced, every other byte as it was."""
        return rewritten(body, targets)

    def sought(self, condition: str) -> Query:
        """Return the query of a conditional reference ("Patient?identifier=...").

        Raises: BadSearch FHR120 where it is no search that can be relied on.
        """
        return self.searches.sought(condition)

    def served(self, version: Version) -> bytes:
        """Return the bytes of a version with its `id` and `meta` spliced in.

        Raises: InternalFault where the version is a deletion.
        """
        return served(version)
