"""The narrative: XHTML that stands as elements in XML, and as one text in JSON.

It is kept as it was written. Only what the other side could not read alone is added: the
namespace where it was declared further out, and characters for entities that XML does not know.
Source: HL7 FHIR R4 (4.0.1), narrative; XML namespaces 1.0
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from garrod.adapters.fhir.record.parse import DEEPEST
from garrod.adapters.fhir.xml.layout import XHTML
from garrod.adapters.fhir.xml.refuse import Misfit, bare
from garrod.adapters.fhir.xml.safe import hardened, place_in, run
from garrod.core.errors import FhirError

OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LANGUAGE = "http://www.w3.org/XML/1998/namespace "
_LINE_ENDS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_PREFIXED = re.compile(rb"<[^\s/>:]*:")
_DIV = re.compile(r"<div(?=[\s/>])")
_NAMED = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&([A-Za-z][A-Za-z0-9]*);", re.DOTALL
)


class DivReader:
    """Reads one div while its parser runs through it, and hands its text over at the end."""

    def __init__(
        self,
        parser: expat.XMLParserType,
        body: bytes,
        done: Callable[[str], None],
        *,
        has_namespace: bool,
        has_prefix: bool,
    ) -> None:
        """`has_namespace`: the div declares it; `has_prefix`: XHTML may be written with one."""
        self._parser, self._body, self._done = parser, body, done
        self._has_namespace = has_namespace
        self._written: list[str] | None = [] if has_prefix else None
        self._is_prefixed = False
        self._start = parser.CurrentByteIndex
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow an element in: of XHTML, and not too deep."""
        self._depth += 1
        _judge(self._parser, name, attributes, self._depth)
        if self._written is None:
            return
        if _PREFIXED.match(self._body, self._parser.CurrentByteIndex):
            self._is_prefixed = True
        local = name.rpartition(" ")[2]
        is_first = self._depth == 1
        self._written.append(f"<{local}{_told(attributes, has_namespace=is_first)}>")

    def text(self, data: str) -> None:
        """Follow a text."""
        if self._written is not None:
            self._written.append(escape(data))

    def end(self, name: str) -> None:
        """Follow an element out; out of the div, hand its text over."""
        self._depth -= 1
        if self._written is not None:
            self._written.append(f"</{name.rpartition(' ')[2]}>")
        if not self._depth:
            self._done(self._found())

    def _found(self) -> str:
        if self._is_prefixed and self._written is not None:
            return "".join(self._written)
        tag = _TAG.match(self._body, self._start)
        if tag is None:  # no start of an element is without one
            return ""
        end = tag.end()
        if not tag[0].endswith(b"/>"):
            end = self._body.index(b">", self._parser.CurrentByteIndex) + 1
        text = self._body[self._start : end].decode("utf-8")
        return text if self._has_namespace else _with_namespace(text)


def _judge(parser: expat.XMLParserType, name: str, attributes: dict[str, str], depth: int) -> None:
    """Raise FhirError FHR154 or FHR159 where an element of a narrative is too deep, or foreign."""
    if depth > DEEPEST:
        raise FhirError(
            f"{place_in(parser)}: elements lie more than {DEEPEST} deep in one another.",
            code="FHR154",
        )
    foreign = [key for key in attributes if " " in key and not key.startswith(_LANGUAGE)]
    if foreign or name.rpartition(" ")[0] != XHTML:
        raise FhirError(
            f"{place_in(parser)}: {bare((foreign or [name])[0])} is not of XHTML ({XHTML}), "
            "which a narrative is written in.",
            code="FHR159",
        )


def _told(attributes: dict[str, str], *, has_namespace: bool) -> str:
    said = f' xmlns="{XHTML}"' if has_namespace else ""
    for key, value in attributes.items():
        said += f" {key.replace(_LANGUAGE, 'xml:')}={quoteattr(value, _LINE_ENDS)}"
    return said


def _with_namespace(div: str) -> str:
    return f'<div xmlns="{XHTML}"{div.removeprefix("<div")}'


def embedded(div: str) -> str:
    """Return the div of a JSON narrative as it can stand in XML.

    Raises: Misfit FHR159 where it is not one well-formed div of XHTML.
    """
    text = div.strip(" \t\r\n")
    if not _DIV.match(text):
        raise Misfit("a narrative is one div of XHTML", code="FHR159")
    if "&" in text:
        text = _NAMED.sub(_character, text)
    if not _has_namespace(text):
        text = _with_namespace(text)
        _has_namespace(text)
    return text


def _has_namespace(div: str) -> bool:
    """Return whether a div has its namespace.  Raises: Misfit where it is not XHTML."""
    parser, depth, is_bare = hardened(), 0, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, is_bare
        depth += 1
        is_bare = is_bare or name == "div"
        if not is_bare:
            _judge(parser, name, attributes, depth)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        run(parser, div.encode("utf-8"))
    except FhirError as error:
        raise Misfit(f"the div is not XHTML: {error.message.rstrip('.')}", code="FHR159") from error
    return not is_bare


def _character(match: re.Match[str]) -> str:
    """Return what an entity of HTML stands for, as XML can say it."""
    name = match[1]
    found = html5.get(f"{name};") if name else None
    if name in OF_XML or found is None:
        return match[0]
    return "".join(f"&#{ord(c)};" for c in found)
