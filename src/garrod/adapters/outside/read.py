"""Reads any file of results that we know, told by what it holds, not by how it is called.

file -> Content -> the first format that says "mine" -> rows with samples -> one person's rows

The formats stand in one list; the table of four columns is read where none of them fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from garrod.adapters.outside import (
    aldy,
    cyrius,
    dragen,
    labcsv,
    oru,
    pharmcat,
    pypgx,
    starphase,
    stellarpgx,
    tsv,
)
from garrod.adapters.outside.content import Content, Told, mapping_of, read_content
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow

SHOWN = 5  # samples that a message names


@dataclass(frozen=True, slots=True)
class Format:
    """A way in which results arrive: its name, how it is recognised, how it is read."""

    name: str
    is_it: Callable[[Content], bool]
    told: Callable[[Content], Iterable[Told]]
    is_private: bool = False  # its samples are identifiers of patients: never shown
    is_of_old: bool = False  # may be written in another character set than Unicode


FORMATS = (
    Format("HL7 v2 (ORU^R01)", oru.is_it, oru.told, is_private=True, is_of_old=True),
    Format("PyPGx (results.zip)", pypgx.is_it, pypgx.told),
    Format("pb-StarPhase (JSON)", starphase.is_it, starphase.told),
    Format("PharmCAT (JSON)", pharmcat.is_it, pharmcat.told),
    Format("DRAGEN (JSON)", dragen.is_it, dragen.told),
    Format("Cyrius (TSV, JSON)", cyrius.is_it, cyrius.told),
    Format("Aldy (.aldy, VCF)", aldy.is_it, aldy.told),
    Format("StellarPGx (.alleles)", stellarpgx.is_it, stellarpgx.told),
    Format("a laboratory's panel (CSV)", labcsv.is_it, labcsv.told, is_of_old=True),
)
KNOWN = ", ".join(f.name for f in FORMATS)


def read_results(path: Path, *, sample: str | None = None) -> tuple[OutsideRow, ...]:
    """Return the rows of one person in a file of results, whichever known format it has.

    `sample` chooses among several. Raises: OutsideCallError OUT001 (cannot be read, holds no
    call), OUT003 (a line or the whole is of no known shape), OUT004 (whose results?).
    """
    content = read_content(path)
    fitting = next((f for f in FORMATS if f.is_it(content)), None)
    if fitting is None or (not content.is_utf8 and not fitting.is_of_old):
        return _plain(content)
    told = list(fitting.told(content))
    if not told:
        raise OutsideCallError(
            f"{path}: holds no call, though it is written as {fitting.name} is; check the run",
            code="OUT001",
        )
    return _one_person(path, told, sample, is_private=fitting.is_private)


def _plain(content: Content) -> tuple[OutsideRow, ...]:
    """Return the rows of a table of four columns.  Raises: OutsideCallError OUT001, OUT003."""
    if not content.is_utf8:
        return tsv.read_outside(content.path)  # says which byte is wrong
    has_tabs = any("\t" in line for _, line in content.lines if not line.startswith("#"))
    is_table = has_tabs and content.data is None and not content.text.startswith("##fileformat")
    if is_table or (not content.text.strip() and not content.members):
        return tsv.rows_of(content.text, content.path)
    hint = ""
    if content.text.startswith("##fileformat"):
        hint = " A file of variants is given as the genome."
    elif "resourceType" in mapping_of(content.data):
        hint = " A FHIR resource is given as the person."
    raise OutsideCallError(
        f"{content.path}: is of no format that is known here: {KNOWN}, or {tsv.SHAPE}.{hint}",
        code="OUT003",
    )


def _one_person(
    path: Path, told: Sequence[Told], sample: str | None, *, is_private: bool
) -> tuple[OutsideRow, ...]:
    """Return the rows of the sample asked for, or of the only one."""
    samples = list(dict.fromkeys(t.sample for t in told if t.sample))
    if sample and sample in samples:
        return tuple(t.row for t in told if t.sample in ("", sample))
    if len(samples) > 1:
        raise OutsideCallError(_whose(path, samples, sample, is_private), code="OUT004")
    if not sample or not samples:
        return tuple(t.row for t in told)
    note = f"the results name the sample {samples[0]}, not {sample}: are they one person's?"
    if is_private:
        note = "the results name their patient otherwise than --sample: are they one person's?"
    return tuple(replace(t.row, note="; ".join(filter(None, (t.row.note, note)))) for t in told)


def _whose(path: Path, samples: Sequence[str], sample: str | None, is_private: bool) -> str:
    """Return the question whose results are wanted."""
    if is_private:
        why = "none of them is the one asked for" if sample else "name this person's with --sample"
        return f"{path}: holds the results of {len(samples)} patients; {why} (PID-3)"
    some = ", ".join(samples[:SHOWN]) + (", …" if len(samples) > SHOWN else "")
    why = f"none of them is {sample!r}" if sample else "name this person's with --sample"
    return f"{path}: holds the results of {len(samples)} samples ({some}); {why}"
