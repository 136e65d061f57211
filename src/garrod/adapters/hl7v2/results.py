"""Results of pharmacogenes in ORU messages: one row a gene, of what the laboratory stands by.

message -> OBX -> Observation (gene, kind, value, status) -> those that stand -> rows

A correction replaces what was said before, a final result a preliminary one, a newer message of
the same laboratory an older; what was withdrawn goes. Anything else stays side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from garrod.adapters.hl7v2.codes import UNUSABLE, USABLE, WITHDRAWN, Kind
from garrod.adapters.hl7v2.er7 import Message, Segment, messages, wrong
from garrod.adapters.hl7v2.observations import Observation, observations
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

MESSAGE, EVENT = "ORU", "R01"


@dataclass(frozen=True, slots=True)
class Result:
    """A row, and whose it is (PID-3); the identifier is for comparison, not for show."""

    row: OutsideRow
    patient: str


def results(text: str, file: str) -> list[Result]:
    """Return the rows of every patient in a file.

    Raises: OutsideCallError OUT001 (nothing to compute on), OUT003 (broken, or no ORU^R01).
    """
    every = messages(text, file)
    parts = [part for message in every for part in _patients(message, file)]
    if len(parts) > 1 and not all(patient for patient, _, _ in parts):
        lost = next(header for patient, header, _ in parts if not patient)
        raise wrong(file, lost, "begins a message without a patient (PID-3) beside others")
    by_patient: dict[str, list[Observation]] = {}
    documents: dict[str, list[int]] = {}
    for patient, header, segments in parts:
        found, papers = observations(header, segments, file)
        by_patient.setdefault(patient, []).extend(found)
        documents.setdefault(patient, []).extend(papers)
    told = [
        Result(row, patient)
        for patient, found in by_patient.items()
        for row in _rows(found, documents[patient], file)
    ]
    if not told:
        raise OutsideCallError(
            _nothing(file, [line for lines in documents.values() for line in lines]), code="OUT001"
        )
    return told


def _nothing(file: str, papers: Sequence[int]) -> str:
    paper = f"; the document on line {papers[0]} cannot be computed on" if papers else ""
    return (
        f"{file}: holds no discrete result of a pharmacogene{paper}; ask the laboratory for coded "
        "results (gene studied, genotype), or state them in a table of your own"
    )


def _patients(message: Message, file: str) -> Iterator[tuple[str, Segment, tuple[Segment, ...]]]:
    """Yield each patient of a message with what is said of them."""
    header = message.header
    kind, event = header.text(9), header.text(9, 2)
    if kind != MESSAGE or event not in ("", EVENT):
        shown = "^".join(word for word in (kind, event) if word.isalnum() and len(word) <= 4)
        why = f"is of type {shown}" if shown else "names no type (MSH-9)"
        raise wrong(file, header, f"{why}; results are read from {MESSAGE}^{EVENT}")
    patient, segments = "", list[Segment]()
    is_named = False
    for segment in message.body:
        if segment.name != "PID":
            segments.append(segment)
            continue
        if is_named:
            yield patient, header, tuple(segments)
        patient, segments, is_named = segment.text(3), [], True
        if not patient:
            raise wrong(file, segment, "ends before the patient's identifier (PID-3)")
    yield patient, header, tuple(segments)


def _rows(found: Sequence[Observation], papers: Sequence[int], file: str) -> Iterator[OutsideRow]:
    """Yield the rows of one patient, gene by gene."""
    lines = ", ".join(str(line) for line in papers)
    paper = f"a document that cannot be computed on came with it (line {lines})" if papers else ""
    for gene in dict.fromkeys(o.gene for o in found):
        of_gene = [o for o in found if o.gene == gene]
        standing: list[Observation] = []
        notes: list[str] = []
        for kind in (Kind.GENOTYPE, Kind.PHENOTYPE, Kind.SCORE):
            stands, said = _standing([o for o in of_gene if o.kind is kind])
            standing += stands
            notes += said
        notes += [paper] if paper else []
        for source in dict.fromkeys(o.source for o in standing) or [of_gene[0].source]:
            own = [o for o in standing if o.source == source]
            line = min((o.line for o in own), default=of_gene[0].line)
            note = "; ".join(dict.fromkeys((*notes, *(o.note for o in own if o.note))))
            blank = OutsideRow(
                gene, line=line, file=file, source=source, is_optional=True, note=note
            )
            yield from _joined(blank, own)


def _standing(found: Sequence[Observation]) -> tuple[list[Observation], list[str]]:
    """Return the observations that stand of one gene and kind, and what to say of the others."""
    standing: list[Observation] = []
    notes: list[str] = []
    for new in found:
        name = f"{new.gene}'s {new.kind}"
        if new.status in UNUSABLE or new.status not in USABLE:
            what = UNUSABLE.get(new.status, "has a status that is not known")
            notes.append(f"{name} on line {new.line} {what}: not used")
            if new.status in WITHDRAWN:
                standing = [o for o in standing if not o.is_same_order(new)]
            continue
        kept: list[Observation] = []
        for old in standing:
            why = _replaces(new, old)
            if not why:
                kept.append(old)
            elif old.value != new.value:
                notes.append(f"{name} on line {new.line} replaces that on line {old.line}: {why}")
        if not any(_replaces(old, new) for old in kept):
            standing = [*kept, new]
    return standing, notes


def _replaces(new: Observation, old: Observation) -> str:
    """Return why one observation replaces an earlier one; empty where both stand.

    Source: HL7 v2.5.1, table 0085; the rule is in docs/explanation/conflicting-results.md.
    """
    if not new.is_same_laboratory(old):
        return ""
    if new.is_same_order(old):
        if new.status == "C" and old.status != "C":
            return "it is corrected"
        if old.status == "P" and new.status != "P":
            return "it is final"
    is_dated = new.time.isdecimal() and old.time.isdecimal()
    if is_dated and new.time > old.time and len(new.time) == len(old.time) and new.status != "P":
        return "it is the newer of one laboratory"
    return ""


def _joined(blank: OutsideRow, own: Iterable[Observation]) -> Iterator[OutsideRow]:
    """Yield one row where each kind has one value, else a row for each possibility."""
    values: dict[Kind, dict[str, int]] = {}
    for observation in own:
        for value in observation.value:
            if not is_nothing(value):
                values.setdefault(observation.kind, {}).setdefault(value, observation.line)
    names = values.get(Kind.GENOTYPE, {})
    phenotypes, scores = values.get(Kind.PHENOTYPE, {}), values.get(Kind.SCORE, {})
    if max(len(names), len(phenotypes), len(scores)) <= 1:
        yield replace(
            blank,
            diplotype=next(iter(names), ""),
            phenotype=next(iter(phenotypes), ""),
            activity_score=next(iter(scores), ""),
        )
        return
    for name, line in names.items():
        yield replace(blank, diplotype=name, line=line)
    for words, line in phenotypes.items() if not names else ():
        yield replace(blank, phenotype=words, line=line)
    for score, line in scores.items() if not names and not phenotypes else ():
        yield replace(blank, activity_score=score, line=line)
