"""What the OBX segments of one patient state of genes, with status and source.

OBX-3 says what it is (LOINC code and words), OBX-4 which observations belong together, OBX-5 the
value, OBX-11 the status. Flags (OBX-8) are not read: abnormal is no phenotype.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from garrod.adapters.fhir.genomics_codes import PHENOTYPE_OF_ANSWER, SYMBOL_OF
from garrod.adapters.hl7v2.codes import (
    BY_CODE,
    CODED,
    DOCUMENTS,
    HLA_ALLELE,
    PRESENCE,
    WORDS,
    Kind,
    gene_in,
    kind_of,
)
from garrod.adapters.hl7v2.er7 import Segment, wrong

LAST = 11  # OBX-11, the status: the last field that a result must have
_OR = re.compile(r"\s*;\s*|\s+or\s+")
_UNITLESS = re.compile(r"1|\{.*\}")  # UCUM's ways of writing no unit
_FACILITY = "HL7 v2 message"


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement of a laboratory: "CYP2C19's genotype is *2/*17", final, by whom, when."""

    gene: str
    kind: Kind
    value: tuple[str, ...]  # several are possibilities
    status: str
    line: int
    source: str
    time: str  # of the message, as written (MSH-7)
    order: str  # the filler's or the placer's number; empty where neither is
    message: int  # the line on which it begins
    note: str = ""

    def is_same_laboratory(self, other: Observation) -> bool:
        """Return whether both are one laboratory's: of one message, order, or named facility."""
        is_named = self.source == other.source != _FACILITY
        return is_named or self.message == other.message or self._shares_order(other)

    def is_same_order(self, other: Observation) -> bool:
        """Return whether both answer one order; of one laboratory, where a number is missing."""
        if self.order and other.order:
            return self.is_same_laboratory(other) and self.order == other.order
        return self.is_same_laboratory(other)

    def _shares_order(self, other: Observation) -> bool:
        return bool(self.order) and self.order == other.order


@dataclass(frozen=True, slots=True)
class _Part:
    """An OBX with the OBR above it."""

    group: tuple[int, str]  # the OBR's place, and OBX-4
    segment: Segment
    order: Segment | None
    code: str
    words: str
    kind: Kind | None


def observations(
    header: Segment, segments: Sequence[Segment], file: str
) -> tuple[list[Observation], list[int]]:
    """Return what is stated, and the lines of documents.  Raises: OutsideCallError OUT003."""
    parts = _parts(segments, file)
    genes: dict[tuple[int, str], list[str]] = {}
    for part in parts:
        if part.kind is Kind.GENE:
            genes.setdefault(part.group, []).append(_gene_value(part.segment))
    found: list[Observation] = []
    current: dict[tuple[int, str], str] = {}
    for part in parts:
        if part.kind is Kind.GENE:
            current[part.group] = _gene_value(part.segment)
        elif part.kind is not None:
            named = list(dict.fromkeys(genes.get(part.group, ())))
            beside = named[0] if len(named) == 1 else current.get(part.group, "")
            made = _made(header, part, beside, file)
            found += [made] if made else []
    papers = [s.line for s in segments if s.name == "OBX" and s.text(2) in DOCUMENTS]
    return found, papers


def _parts(segments: Sequence[Segment], file: str) -> list[_Part]:
    found: list[_Part] = []
    order: Segment | None = None
    place = 0
    for segment in segments:
        if segment.name == "OBR":
            order, place = segment, place + 1
        if segment.name != "OBX" or segment.text(2) in DOCUMENTS:
            continue
        if len(segment.fields) <= 3 or not segment.raw(3):
            raise wrong(file, segment, "ends before it says what was observed (OBX-3)")
        codes = segment.repeats(3)[0]
        code = next((codes[i] for i in (0, 3) if i < len(codes) and _is_loinc(codes[i])), "")
        words = " ".join(dict.fromkeys(codes[i] for i in (1, 4, 8) if i < len(codes)))
        words = words.strip() or ("" if code else codes[0])
        kind = Kind.PHENOTYPE if _is_presence(segment, words) else kind_of(code, words)
        if kind and len(segment.fields) <= LAST:
            raise wrong(
                file,
                segment,
                f"ends after field {len(segment.fields) - 1}, before its status (OBX-{LAST})",
            )
        if kind and segment.text(2) not in CODED | WORDS:
            raise wrong(file, segment, "has a type of value (OBX-2) that is not known for a result")
        group = (place, segment.text(4))
        found.append(_Part(group, segment, order, code, words, kind))
    return found


def _is_loinc(code: str) -> bool:
    return bool(re.fullmatch(r"\d{1,7}-\d", code))


def _is_presence(segment: Segment, words: str) -> bool:
    """Return whether an observation asks for one HLA allele: "HLA-B*57:01 [Presence]"."""
    return bool(HLA_ALLELE.search(words)) and _value(segment)[0].lower() in PRESENCE


def _gene_value(segment: Segment) -> str:
    """Return the symbol of the gene studied, from its words or its HGNC number."""
    words, code = _value(segment)
    known = SYMBOL_OF.get(code) or SYMBOL_OF.get(f"HGNC:{code}")
    return known or words


def _value(segment: Segment, place: int = 0) -> tuple[str, str]:
    """Return the words of a value and its code."""
    parts = (*segment.repeats(5)[place], *[""] * 9)
    if segment.text(2) in CODED:
        return parts[1] or parts[8] or parts[4] or parts[0], parts[0]
    if segment.text(2) == "SN":
        return "".join(parts[:4]), ""
    return segment.signs.component.join(p for p in parts if p), ""


def _made(header: Segment, part: _Part, beside: str, file: str) -> Observation | None:
    """Return the observation that an OBX is; None where nothing says of which gene it is."""
    segment, kind = part.segment, part.kind or Kind.GENOTYPE
    named = gene_in(part.code, part.words)
    gene = named or beside
    note = ""
    if named and beside and named != beside:
        raise wrong(file, segment, f"names {named}, its group (OBX-4) studies {beside}")
    values, note = _values(part, kind)
    if not gene and kind is Kind.GENOTYPE:
        first = HLA_ALLELE.match(values[0]) if values else None
        gene = first[1] if first else gene_in("", values[0].split("*")[0]) if values else ""
    if not gene and part.code not in BY_CODE:
        return None  # another laboratory's genotype, such as a virus's
    if not gene:
        raise wrong(file, segment, f"states a {kind} and names no gene, nor does its group (OBX-4)")
    order = part.order
    fallback = order.text(25) if order else ""
    status = segment.text(LAST).upper() or fallback.upper()
    return Observation(
        gene=gene,
        kind=kind,
        value=values,
        status=status,
        line=segment.line,
        source=header.text(4, 1) or _FACILITY,
        time=re.split(r"[.+-]", header.text(7))[0],
        order=(order.text(3) or order.text(2)) if order else "",
        message=header.line,
        note=note,
    )


def _values(part: _Part, kind: Kind) -> tuple[tuple[str, ...], str]:
    """Return the values, and what to say where a code and its words differ."""
    segment = part.segment
    allele = HLA_ALLELE.search(part.words)
    found: list[str] = []
    for place in range(len(segment.repeats(5))):
        words, code = _value(segment, place)
        if kind is Kind.PHENOTYPE and code in PHENOTYPE_OF_ANSWER:
            coded = PHENOTYPE_OF_ANSWER[code]
            if words not in ("", code) and not _is_same(words, coded):
                line = segment.line
                return (), f"the value on line {line} is coded {coded} and worded otherwise"
            words = coded
        if allele and words.lower() in PRESENCE:
            words = f"*{allele[2]} {PRESENCE[words.lower()]}"
        if kind is Kind.GENOTYPE:
            found += _OR.split(words)
        elif words:
            found.append(words)
    unit = segment.text(6)
    if kind is Kind.SCORE and unit and not _UNITLESS.fullmatch(unit):
        found = [f"{score} {unit}" for score in found]
    return tuple(dict.fromkeys(f for f in found if f)), ""


def _is_same(words: str, coded: str) -> bool:
    plain = words.lower().replace("metaboliser", "metabolizer").replace("-", "")
    return coded.lower().split()[0] in plain or plain in coded.lower()
