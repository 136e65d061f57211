"""Reads a FHIRPath expression into a tree: the part of the language that FHIR's invariants use.

text -> tokens -> tree of tuples, evaluated by `fhirpath_run`
Source: HL7 FHIRPath 2.0.0 (normative), precedence of operators.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

Tree = tuple[Any, ...]
_TOKEN = re.compile(
    r"\s*(?:(?P<comment>//[^\n]*)|(?P<text>'(?:\\.|[^'\\])*')|(?P<time>@[\dT:.+\-Z]+)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<variable>%[\w-]+|%'[^']*'|%`[^`]*`)"
    r"|(?P<name>\$?[A-Za-z_]\w*|`[^`]*`)|(?P<sign><=|>=|!=|!~|[-+*/&|=~<>().,\[\]{}]))"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
# Operators, the loosest first. Source: FHIRPath 2.0.0, section 6.8.
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("implies",),
    ("or", "xor"),
    ("and",),
    ("in", "contains"),
    ("=", "~", "!=", "!~"),
    ("<=", "<", ">", ">="),
    ("|",),
    ("is", "as"),
    ("+", "-", "&"),
    ("*", "/", "div", "mod"),
)
_TYPE_LEVEL = 7


class PathError(Exception):
    """An expression that is not read or not evaluated here: its rule counts as not checked."""


@cache
def parse(expression: str) -> Tree:
    """Return the tree of an expression.  Raises: PathError."""
    reader = _Reader(_tokens(expression))
    tree = reader.binary(0)
    if reader.peek() != ("end", ""):
        raise PathError(f"{expression}: cannot be read from {reader.peek()[1]!r} on")
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, text = 0, expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise PathError(f"{expression}: cannot be read at character {at + 1}")
        at = match.end()
        kind = str(match.lastgroup)
        if kind != "comment":
            found.append((kind, match[kind]))
    return [*found, ("end", "")]


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at = tokens, 0

    def peek(self) -> tuple[str, str]:
        """Return the next token."""
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, sign: str) -> None:
        token = self._next()
        if token != ("sign", sign):
            raise PathError(f"{sign!r} expected, {token[1]!r} found")

    def binary(self, level: int) -> Tree:
        """Return the tree of operators of a level and tighter."""
        if level == len(_LEVELS):
            return self._unary()
        left = self.binary(level + 1)
        while self._is_operator(level):
            operator = self._next()[1]
            if level == _TYPE_LEVEL:
                left = ("type", operator, left, self._type_name())
            else:
                left = ("op", operator, left, self.binary(level + 1))
        return left

    def _is_operator(self, level: int) -> bool:
        kind, text = self.peek()
        return kind in ("sign", "name") and text in _LEVELS[level]

    def _type_name(self) -> str:
        name = self._next()[1].strip("`")
        while self.peek() == ("sign", "."):
            self._next()
            name = self._next()[1].strip("`")  # FHIR.Patient is Patient
        return name

    def _unary(self) -> Tree:
        if self.peek() in (("sign", "-"), ("sign", "+")):
            sign = self._next()[1]
            inner = self._unary()
            return ("negative", inner) if sign == "-" else inner
        return self._chain()

    def _chain(self) -> Tree:
        left = self._term()
        while self.peek() in (("sign", "."), ("sign", "[")):
            if self._next()[1] == ".":
                left = ("dot", left, self._invocation())
            else:
                left = ("index", left, self.binary(0))
                self._expect("]")
        return left

    def _term(self) -> Tree:
        kind, text = self.peek()
        if kind == "sign" and text in ("(", "{"):
            self._next()
            if text == "{":
                self._expect("}")
                return ("literal", None)
            inner = self.binary(0)
            self._expect(")")
            return inner
        if kind in ("text", "number", "time", "variable"):
            self._next()
            return _literal(kind, text)
        return self._invocation()

    def _invocation(self) -> Tree:
        kind, text = self._next()
        if kind != "name":
            raise PathError(f"a name expected, {text!r} found")
        if text in ("true", "false"):
            return ("literal", text == "true")
        if text.startswith("$"):
            return ("this", text)
        if self.peek() != ("sign", "("):
            return ("name", text.strip("`"))
        self._next()
        return ("call", text, tuple(self._arguments()))

    def _arguments(self) -> list[Tree]:
        found: list[Tree] = []
        while self.peek() != ("sign", ")"):
            if found:
                self._expect(",")
            found.append(self.binary(0))
        self._next()
        return found


def _literal(kind: str, text: str) -> Tree:
    if kind == "number":
        return ("literal", float(text) if "." in text else int(text))
    if kind == "variable":
        return ("variable", text[1:].strip("'`"))
    if kind == "time":
        return ("literal", text[1:])
    return ("literal", _ESCAPE.sub(_unescaped, text[1:-1]))


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])
