"""A question as values, and its URL as R4 has it written.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#escaping
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Value:
    """One alternative. `system` None: not written; of a quantity, `unit` too; `pair`: composite."""

    text: str
    prefix: str = ""
    system: str | None = None
    unit: str | None = None
    pair: tuple[Value, Value] | None = None

    def written(self) -> str:
        """Return it as it stands in a URL, its own signs escaped."""
        if self.pair:
            return "$".join(half.written() for half in self.pair)
        text = self.prefix + escaped(self.text)
        if self.unit is not None:
            return f"{text}|{escaped(self.system or '')}|{escaped(self.unit)}"
        return text if self.system is None else f"{escaped(self.system)}|{text}"


def escaped(text: str) -> str:
    """Return text with a backslash before each sign that means something in a value."""
    return "".join(f"\\{sign}" if sign in "\\,|$" else sign for sign in text)


@dataclass(frozen=True, slots=True)
class Hop:
    """A chain (through `param`, to `kind`), or backward (_has): `kind` refers by `param`."""

    param: str
    kind: str
    is_backward: bool = False
    is_told: bool = True  # the kind is written in the chain


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter, behind some hops, and the values any of which may hold."""

    name: str
    type: str
    values: tuple[Value, ...]
    modifier: str = ""
    hops: tuple[Hop, ...] = ()
    second: str = ""  # of a composite: the type of its second half

    @property
    def key(self) -> str:
        """Return the name as it stands in a URL."""
        key = self.name + (f":{self.modifier}" if self.modifier else "")
        for hop in reversed(self.hops):
            if hop.is_backward:
                key = f"_has:{hop.kind}:{hop.param}:{key}"
            else:
                key = f"{hop.param}{f':{hop.kind}' if hop.is_told else ''}.{key}"
        return key

    def written(self) -> str:
        """Return it as a part of a URL."""
        if self.modifier == "of-type":
            parts = [(v.system or "", v.unit or "", v.text) for v in self.values]
            text = ",".join("|".join(map(escaped, part)) for part in parts)
        else:
            text = ",".join(value.written() for value in self.values)
        return f"{quote(self.key, safe=':')}={quote(text, safe='')}"


@dataclass(frozen=True, slots=True)
class Include:
    """Resources to come along: what `kind` refers to by `param`, or what refers so (backward)."""

    kind: str
    param: str
    target: str = ""
    is_backward: bool = False
    is_iterated: bool = False

    def written(self) -> str:
        """Return it as a part of a URL."""
        key = ("_revinclude" if self.is_backward else "_include") + (
            ":iterate" if self.is_iterated else ""
        )
        return f"{key}={self.kind}:{self.param}" + (f":{self.target}" if self.target else "")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the order."""

    name: str
    type: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A search of one kind."""

    kind: str
    filters: tuple[Filter, ...] = ()
    includes: tuple[Include, ...] = ()
    sort: tuple[Key, ...] = ()
    count: int = 1000
    extra: str = ""

    @property
    def url(self) -> str:
        """Return the URL behind the server's address."""
        parts = [f.written() for f in self.filters] + [i.written() for i in self.includes]
        if self.sort:
            keys = ",".join(("-" if k.is_descending else "") + k.name for k in self.sort)
            parts.append(f"_sort={keys}")
        parts += [f"_count={self.count}", *([self.extra] if self.extra else [])]
        return f"{self.kind}?{'&'.join(parts)}"
