"""Words what is known of a person's genes: Genome -> View. Pure; the template only lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from garrod.adapters.report.model import Report
from garrod.adapters.report.phrases import STATUSES, capital, phenotype_words, place_words
from garrod.adapters.report.presenter import page_of
from garrod.adapters.report.view import Card, GapRow, NextGroup
from garrod.core.finding import NO_RULE, Candidate, GeneFinding, Origin, Proof, Status
from garrod.core.person import Person
from garrod.entry.web.prescribe.banner import day as day_words

SHOWN = 5  # Not clinical: candidates of a gene on the page
PLACES = 12  # Not clinical: positions of a gene that are named one by one
# From which share on a word is used; the first two are those of care/decide/words. Own choice
ODDS = (
    (0.95, "almost certain"), (0.7, "likely"), (0.25, "possible"), (0.05, "unlikely"),
    (0.0, "very unlikely"),
)  # fmt: skip
NO_DAY = "day not recorded"
NOT_LOOKED = "Nothing is on record here. Not tested is not the same as normal."
READ = {
    "called": "read", "reference-block": "read as the reference", "no-call": "could not be read",
    "not-covered": "not covered", "outside-call": "as reported, not read here",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene of which something was told."""

    gene: str
    kind: str  # called | ambiguous | none
    status: str
    candidates: tuple[tuple[str, str, str], ...]  # name, how likely, acts as
    more: str
    phenotype: str
    score: str
    reasons: tuple[str, ...]
    missing: str
    places: tuple[str, ...]
    places_more: str
    came: str
    packs: str
    next: str
    chain: tuple[tuple[str, str], ...]  # what was read, the line of the file


@dataclass(frozen=True, slots=True)
class View:
    """The page, worded."""

    summary: str
    fresh: tuple[str, ...]
    genes: tuple[Gene, ...]
    untold: tuple[Gene, ...]
    untested: tuple[str, ...]
    untested_words: str
    medicines: tuple[str, ...]
    cards: tuple[Card, ...]
    no_cards: str
    clear: tuple[tuple[str, str], ...]
    gaps: tuple[GapRow, ...]
    next_intro: str
    next: tuple[NextGroup, ...]


def view_of(
    person: Person,
    report: Report,
    *,
    untested: Sequence[str] = (),
    days: Mapping[str, str] | None = None,
    is_cut: bool = False,
) -> View:
    """Return the page of a person's genes."""
    told, made = page_of(report), days or {}
    every = sorted(report.findings, key=lambda f: f.gene)
    genes = tuple(gene_view(f, made.get(f.gene, "")) for f in every if f.is_usable)
    untold = tuple(gene_view(f, made.get(f.gene, "")) for f in every if not f.is_usable)
    return View(
        summary=_summary(every, untested),
        fresh=_fresh(person, report, is_cut=is_cut),
        genes=genes,
        untold=untold,
        untested=tuple(untested),
        untested_words=NOT_LOOKED,
        medicines=report.medicines,
        cards=told.cards,
        no_cards=told.no_cards,
        clear=tuple((row.name, row.reason) for row in told.clear),
        gaps=told.medicine_gaps,
        next_intro=told.next_intro,
        next=told.next_groups,
    )


def likely(probability: float) -> str:
    """Return a probability in words and numbers: "likely (92 in 100)"."""
    word = next(word for least, word in ODDS if probability >= least)
    if probability >= 0.995:
        return f"{word} (more than 99 in 100)"
    if probability < 0.005:
        return f"{word} (fewer than 1 in 100)"
    return f"{word} ({round(probability * 100)} in 100)"


def gene_view(finding: GeneFinding, made: str = "") -> Gene:
    """Return a gene, worded; `made`: the day of its result as it is written."""
    shown = finding.candidates[:SHOWN]
    left = len(finding.candidates) - len(shown)
    places = tuple(place_words(p) for p in finding.missing[:PLACES])
    unplaced = len(finding.missing) - len(places)
    tag = STATUSES[finding.status]
    return Gene(
        gene=finding.gene,
        kind=tag.kind,
        status="Not assessed" if finding.status is Status.NOT_ASSESSED else tag.text,
        candidates=tuple((c.name, _odds(finding, c), _acts(c)) for c in shown),
        more=f"{left} more, each less likely" if left > 0 else "",
        phenotype=phenotype_words(finding.phenotype) if finding.is_usable else "",
        score="" if finding.activity_score == NO_RULE else finding.activity_score,
        reasons=tuple(capital(r) for r in finding.reasons),
        missing=_missing(finding),
        places=places,
        places_more=f"and {unplaced} more" if unplaced > 0 else "",
        came=_came(finding, made),
        packs=", ".join(p.replace("@", " ") for p in finding.packs) or "Not recorded",
        next=place_words(finding.next_position) if finding.next_position else "",
        chain=tuple(_hop(p) for p in finding.proofs),
    )


def _odds(finding: GeneFinding, candidate: Candidate) -> str:
    if finding.is_open_elsewhere:
        return "best fit of what was read: why it is open stands below"
    if finding.origin is Origin.OUTSIDE and candidate.probability >= 1:
        return "as reported; no probability was given"
    return likely(candidate.probability)


def _acts(candidate: Candidate) -> str:
    return phenotype_words(candidate.phenotype)


def _missing(finding: GeneFinding) -> str:
    if finding.missing:
        count = len(finding.missing)
        return f"{count} defining {'position' if count == 1 else 'positions'} not read"
    if finding.origin is Origin.OUTSIDE or finding.status is Status.NOT_ASSESSED:
        return "Which positions were read is not known here"
    return "Every defining position was read"


def _came(finding: GeneFinding, made: str) -> str:
    who = "Reported by another laboratory or tool" if finding.origin is Origin.OUTSIDE else (
        "Nobody tested it: a medicine decides how it acts"
        if finding.origin is Origin.INHIBITOR else "Called here from a variant file"
    )  # fmt: skip
    return f"{who}, {_day(made)}"


def _day(made: str) -> str:
    try:
        return day_words(date.fromisoformat(made))
    except ValueError:
        return NO_DAY


def _hop(proof: Proof) -> tuple[str, str]:
    named = proof.rsid or proof.hgvs or place_words(proof.position_id)
    alleles = "/".join(proof.alleles)
    what = ": ".join(part for part in (named, alleles) if part)
    state = READ.get(proof.state, proof.state)
    is_of_file = proof.line is not None and proof.state != "outside-call"
    line = f"line {proof.line}: " if is_of_file else ""
    return f"{what} ({state})", f"{line}{proof.record}" if proof.record else ""


def _summary(findings: Sequence[GeneFinding], untested: Sequence[str]) -> str:
    if not findings:
        return "No gene of this person has a result here. Not tested is not the same as normal."
    counts = [
        (sum(f.status is status for f in findings), words)
        for status, words in (
            (Status.CALLED, "called"), (Status.AMBIGUOUS, "ambiguous"),
            (Status.NO_CALL, "could not be read"), (Status.NOT_ASSESSED, "not assessed"),
        )
    ]  # fmt: skip
    said = [f"{number} {words}" for number, words in counts if number]
    if untested:
        said.append(f"{len(untested)} not tested")
    return f"Genes: {', '.join(said)}."


def _fresh(person: Person, report: Report, *, is_cut: bool) -> tuple[str, ...]:
    said = [f"From this record, read {day_words(report.made_on)}"]
    if "genetics" in person.unseen:
        said.append("Results of genes could not be read: what is missing here may exist")
    if is_cut:
        said.append("More results are kept than were looked through: days may be older than said")
    said += [capital(note) for note in person.notes]
    said.append("Results of other places are not here unless they were sent")
    return tuple(said)
