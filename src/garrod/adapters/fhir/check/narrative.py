"""Whether a narrative is XHTML that is safe to show: elements and attributes by an allow-list.

Source: HL7 FHIR R4 4.0.1, narrative (XHTML of basic formatting, no active content, no forms).
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any
from xml.parsers import expat

from garrod.adapters.fhir.check.faults import Fault, Found, Run, kind_of_json

XHTML = "http://www.w3.org/1999/xhtml"
_ELEMENTS = (
    "div p br h1 h2 h3 h4 h5 h6 span b i em strong small big tt dfn pre q a img ul ol li dl dt dd "
    "table caption colgroup col thead tbody tfoot tr th td blockquote abbr acronym cite code samp "
    "var kbd sub sup ins del address hr bdo u s strike font center nobr"
)
ELEMENTS = frozenset(_ELEMENTS.split())
_ATTRIBUTES = (
    "title style class id lang xml:lang dir accesskey tabindex span width align valign char "
    "charoff abbr axis headers scope rowspan colspan border frame rules cellpadding cellspacing "
    "summary href name rel rev charset hreflang type shape coords cite datetime src alt longdesc "
    "height ismap usemap bgcolor color face size nowrap start value compact clear noshade "
    "hspace vspace xmlns"
)
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
LINKS = frozenset({"href", "src", "cite", "longdesc"})
PLAIN = ATTRIBUTES - LINKS - {"style", "xmlns"}  # those whose value need not be looked at
SCHEMES = frozenset({"", "http", "https", "mailto", "tel", "ftp", "urn", "cid"})
PICTURES = ("data:image/png", "data:image/gif", "data:image/jpeg")
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0]+")  # what browsers skip inside a scheme
SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
ACTIVE_STYLE = re.compile(r"expression\s*\(|javascript:|behaviou?r\s*:|-moz-binding|@import", re.I)
NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
SHOWN = frozenset({"img"})  # content, though no text


class _UnsafeError(Exception):
    """What is not allowed stands in the narrative."""


class _Reader:
    """Follows the XML parser and remembers whether there is anything to read."""

    def __init__(self) -> None:
        self.has_content = False
        self._is_first = True

    def read(self, text: str) -> None:
        """Read a narrative.  Raises: _UnsafeError, ExpatError."""
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.ProcessingInstructionHandler = self._refuse
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(text, True)

    def _start(self, name: str, attributes: list[str]) -> None:
        """Judge one element; `attributes` are names and values in turn."""
        if self._is_first and name != "div":
            raise _UnsafeError("the outermost element is div")
        self._is_first = False
        if name not in ELEMENTS:
            raise _UnsafeError(f"the element {name[:20]!r} is not allowed in a narrative")
        if name in SHOWN:
            self.has_content = True
        if attributes and not PLAIN.issuperset(attributes[::2]):
            for number in range(0, len(attributes), 2):
                _judge(name, attributes[number], attributes[number + 1])

    def _text(self, data: str) -> None:
        """Note whether there is something to read."""
        if not self.has_content:
            self.has_content = not data.isspace()

    def _refuse(self, *_: Any) -> None:
        """Refuse what no narrative needs: processing instructions, declarations."""
        raise _UnsafeError("no declarations or instructions are allowed in a narrative")


def _judge(element: str, key: str, value: str) -> None:
    if key == "xmlns":
        if value != XHTML:
            raise _UnsafeError(f"the namespace of a narrative is {XHTML}")
    elif key not in ATTRIBUTES:
        raise _UnsafeError(f"the attribute {key[:20]!r} is not allowed in a narrative")
    elif key == "style":
        if ACTIVE_STYLE.search(value):
            raise _UnsafeError("a style holds active content")
    elif key in LINKS:
        scheme = None if value[:1] == "#" else SCHEME.match(UNSEEN.sub("", value))
        is_picture = element == "img" and value.lower().startswith(PICTURES)
        if scheme and scheme[1].lower() not in SCHEMES and not is_picture:
            raise _UnsafeError("a link leads to active content")


def div(value: Any, run: Run) -> Found:
    """Return the fault of a narrative's div: not XHTML, not safe, without content."""
    if type(value) is not str:
        return [Fault("type", f"XHTML in a string was expected, {kind_of_json(value)} found")]
    if not value.lstrip().startswith("<div"):
        return [Fault("txt-1", "a narrative is one div of XHTML")]
    reader = _Reader()
    try:
        reader.read(NAMED.sub(_character, value) if "&" in value else value)
    except _UnsafeError as error:
        return [Fault("txt-1", str(error))]
    except expat.ExpatError as error:
        told = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        return [Fault("txt-1", f"the narrative is not well-formed XHTML ({told})")]
    if not reader.has_content:
        return [Fault("txt-2", "there is nothing to read in the narrative")]
    if "xmlns" not in value[: value.find(">") + 1]:
        return [Fault("namespace", f"the div has no namespace {XHTML}")]
    return None


def _character(match: re.Match[str]) -> str:
    """Return what an entity of HTML stands for, as XML can say it."""
    found = html5.get(f"{match[1]};")
    if match[1] in OF_XML or found is None:
        return match[0]
    return "".join(f"&#{ord(c)};" for c in found)
