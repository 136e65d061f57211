"""FHIR XML as FHIR JSON: each element goes where the facts say, each value stays as written.

bytes -> events of the hardened parser -> frames, one for each open element -> JSON
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/xml.html and json.html
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import orjson

from garrod.adapters.fhir.record.parse import DEEPEST
from garrod.adapters.fhir.xml.layout import FHIR, KIND, XHTML, Layout, Layouts, Part, Sort
from garrod.adapters.fhir.xml.narrative import DivReader
from garrod.adapters.fhir.xml.refuse import bare
from garrod.adapters.fhir.xml.safe import hardened, place_in, run
from garrod.core.errors import FhirError

SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
HINTS = frozenset({f"{SCHEMA} schemaLocation", f"{SCHEMA} noNamespaceSchemaLocation"})
SPACE = " \t\r\n"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False}


class Frame:
    """An open element: what it may hold, and what was found in it so far."""

    __slots__ = ("depth", "gaps", "layout", "out", "parent", "part", "place", "value")

    def __init__(
        self, parent: Frame | None, part: Part | None, layout: Layout | None, depth: int
    ) -> None:
        self.parent = parent
        self.part = part  # None: a resource, which its holder takes
        self.layout = layout  # None: a holder of one resource
        self.depth = depth  # of the JSON
        self.out: dict[str, Any] = {}
        self.place = 0  # of the last part
        self.value: Any = None  # of a primitive
        self.gaps: set[str] | None = None  # lists of primitives in which a value is missing


class Reader:
    """Reads one body."""

    def __init__(self, layouts: Layouts, body: bytes, *, is_strict: bool) -> None:
        self._layouts = layouts
        self._body = body
        self._is_strict = is_strict
        self._parser = hardened()
        self._root = self._top = Frame(None, None, None, 1)
        self._has_prefix = False  # of XHTML
        self._default_at = -1  # where the default namespace was last declared

    def json(self) -> bytes:
        """Return the resource as JSON.  Raises: FhirError FHR153 to FHR159."""
        self._parser.StartNamespaceDeclHandler = self._namespace
        self._follow()
        run(self._parser, self._body)
        return orjson.dumps(self._root.out)

    def _follow(self) -> None:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if prefix is None:
            self._default_at = self._parser.CurrentByteIndex
        elif uri == XHTML:
            self._has_prefix = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        top = self._top
        layout = top.layout
        if layout is None:
            self._resource(top, name, attributes)
            return
        part = layout.tags.get(name)
        if part is None:
            self._unknown(name)
        self._check_order(top, part)
        depth = top.depth + (2 if part.is_list else 1)
        if depth - part.is_primitive > DEEPEST:  # the value of a primitive is no level
            self._refuse(f"elements lie more than {DEEPEST} deep in one another", code="FHR154")
        sort = part.sort
        if part.is_primitive:
            frame = Frame(top, part, self._layouts.element, depth)
            if "value" in attributes:
                frame.value = self._value(part, attributes.pop("value"))
        elif sort is Sort.COMPLEX:
            frame = Frame(top, part, self._layouts.of(part.path), depth)
        elif sort is Sort.RESOURCE:
            frame = Frame(top, part, None, depth)
        else:
            self._narrative(top, part, name, attributes)
            return
        self._top = frame
        if attributes:
            self._attributes(frame, name, attributes)

    def _check_order(self, top: Frame, part: Part) -> None:
        if part.place < top.place and self._is_strict:
            self._refuse(
                f"{self._path(part.name)} stands behind what must follow it", code="FHR157"
            )
        top.place = part.place
        if not part.is_list and (part.name in top.out or f"_{part.name}" in top.out):
            self._refuse(f"{self._path(part.name)} is there twice; expected once", code="FHR157")

    def _resource(self, holder: Frame, name: str, attributes: dict[str, str]) -> None:
        kind = self._layouts.kind_of_tag(name)
        if kind is None:
            self._no_resource(name)
        if holder.out:
            self._refuse(
                f"{self._path(kind)}: one resource was expected here, more follow", code="FHR157"
            )
        for key in attributes:
            if key not in HINTS:
                self._refuse(f"{kind}: FHIR R4 has no attribute {bare(key)} here", code="FHR156")
        frame = self._top = Frame(holder, None, self._layouts.of(kind), holder.depth)
        frame.out[KIND] = kind

    def _attributes(self, frame: Frame, name: str, attributes: dict[str, str]) -> None:
        known = frame.layout.attributes if frame.layout else {}
        for key, value in attributes.items():
            if key not in known:
                told = f"{self._path()}: FHIR R4 has no attribute {bare(key)} here"
                self._refuse(told, code="FHR156")
            frame.out[key] = value

    def _value(self, part: Part, text: str) -> Any:
        if part.sort is Sort.TEXT:
            return text
        if part.sort is Sort.BOOLEAN:
            if text not in _BOOLEANS:
                self._refuse(f"{self._path(part.name)}: expected true or false", code="FHR158")
            return _BOOLEANS[text]
        if not _NUMBER.fullmatch(text):
            self._refuse(f"{self._path(part.name)}: expected a number, such as 1.50", code="FHR158")
        return orjson.Fragment(text)

    def _narrative(self, top: Frame, part: Part, name: str, attributes: dict[str, str]) -> None:
        def done(text: str) -> None:
            top.out[part.name] = text
            self._follow()

        has_namespace = self._default_at == self._parser.CurrentByteIndex
        div = DivReader(
            self._parser,
            self._body,
            done,
            has_namespace=has_namespace,
            has_prefix=self._has_prefix,
        )
        self._parser.StartElementHandler = div.start
        self._parser.EndElementHandler = div.end
        self._parser.CharacterDataHandler = div.text
        div.start(name, attributes)

    def _end(self, _: str) -> None:
        frame = self._top
        parent, part, out = frame.parent, frame.part, frame.out
        if parent is None:  # never: the holder of the outermost resource is no element
            return
        if frame.gaps is not None:
            _without_gaps(out, frame.gaps)
        if part is None:
            parent.out = out
        elif part.is_primitive:
            self._primitive(parent, part, frame)
        elif not out and frame.layout is None:
            self._refuse(f"{self._path()}: expected a resource in it", code="FHR155")
        elif part.is_list:
            parent.out.setdefault(part.name, []).append(out)
        else:
            parent.out[part.name] = out
        self._top = parent

    def _primitive(self, parent: Frame, part: Part, frame: Frame) -> None:
        value, beside, name = frame.value, frame.out, part.name
        if value is None and not beside:
            self._refuse(f"{self._path()} has neither a value nor an extension", code="FHR158")
        if not part.is_list:
            if value is not None:
                parent.out[name] = value
            if beside:
                parent.out[f"_{name}"] = beside
            return
        values = parent.out.setdefault(name, [])
        values.append(value)
        if value is None:
            parent.gaps = parent.gaps or set()
            parent.gaps.add(name)
        others = parent.out.get(f"_{name}")
        if others is not None:
            others.append(beside or None)
        elif beside:
            parent.out[f"_{name}"] = [*([None] * (len(values) - 1)), beside]

    def _text(self, data: str) -> None:
        if data.strip(SPACE):
            told = f"{self._path()}: text stands between the elements; a value is an attribute"
            self._refuse(told, code="FHR158")

    def _path(self, name: str = "") -> str:
        """Return the elements that are open, outermost first, and a name behind them."""
        steps = [name] if name else []
        frame: Frame | None = self._top
        while frame is not None:
            if frame.part is not None:
                steps.append(frame.part.name)
            elif frame.layout is not None:
                steps.append(frame.layout.path)
            frame = frame.parent
        return ".".join(reversed(steps)) or "the document"

    def _refuse(self, words: str, *, code: str) -> NoReturn:
        raise FhirError(f"{place_in(self._parser)}: {words}.", code=code)

    def _unknown(self, name: str) -> NoReturn:
        namespace = name.rpartition(" ")[0]
        told = f"FHIR R4 has no element {self._path(bare(name))}"
        if namespace not in (FHIR, XHTML):
            told += f" (the namespace is {bare(namespace) or 'missing'}, expected {FHIR})"
        elif namespace == XHTML or bare(name) == "div":
            told += f"; {FHIR} is the namespace of elements, {XHTML} that of a narrative's div"
        self._refuse(told, code="FHR156")

    def _no_resource(self, name: str) -> NoReturn:
        told = f"{self._path(bare(name))} is no resource type of FHIR R4"
        if name.rpartition(" ")[0] != FHIR:
            told = f"{self._path(bare(name))} is not in the namespace {FHIR}"
        self._refuse(told, code="FHR155")


def _without_gaps(out: dict[str, Any], names: set[str]) -> None:
    """Leave out each list in which every value is missing: what is beside them says all."""
    for name in names:
        if all(value is None for value in out[name]):
            del out[name]
