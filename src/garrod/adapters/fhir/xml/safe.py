"""An XML parser that cannot be turned against its user: no DTD, no entities, nothing fetched.

Source: FHIR R4 (4.0.1), security (external entities and DTDs are not resolved); XML 1.0, 4.3.3
"""

from __future__ import annotations

from typing import Any, NoReturn
from xml.parsers import expat

from garrod.core.errors import FhirError

SEPARATOR = " "  # between namespace and name of an expanded tag
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # Not clinical: what some editors write before UTF-8 text
ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


def hardened() -> expat.XMLParserType:
    """Return a parser of UTF-8 with namespaces that refuses a DOCTYPE and entities of its own."""
    parser = expat.ParserCreate("UTF-8", SEPARATOR)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True

    def refuse(*_: Any) -> NoReturn:
        raise FhirError(
            f"{place_in(parser)}: a DOCTYPE or entity declaration stands here; FHIR XML has none, "
            "and it is not read, for safety: leave it out.",
            code="FHR153",
        )

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise _no_utf8()

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.XmlDeclHandler = declaration
    return parser


def place_in(parser: expat.XMLParserType) -> str:
    """Return where a parser is, as "line 3, column 14"."""
    return f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"


def run(parser: expat.XMLParserType, body: bytes) -> None:
    """Parse the whole of a body.

    Raises: FhirError FHR153 (not well formed, not UTF-8, or with a DOCTYPE), and whatever the
    handlers of the parser raise.
    """
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:4]:
        raise _no_utf8()
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        _check_utf8(body)
        raise FhirError(
            f"line {error.lineno}, column {error.offset + 1}: this is not well-formed XML "
            f"({expat.ErrorString(error.code)}).",
            code="FHR153",
        ) from error


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as bad:
        line = body.count(b"\n", 0, bad.start) + 1
        raise FhirError(
            f"line {line}: byte {body[bad.start]:#04x} is no UTF-8; send the resource as UTF-8.",
            code="FHR153",
        ) from bad


def _no_utf8() -> FhirError:
    return FhirError(
        "line 1: the XML is in another encoding; FHIR XML is UTF-8: send it as that.",
        code="FHR153",
    )
