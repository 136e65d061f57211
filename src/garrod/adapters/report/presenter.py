"""Words a whole report: Report -> Page. Pure; holds the sentences, the template only lays out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from garrod.adapters.report.ahead import groups_of
from garrod.adapters.report.cards import card_of, results_of
from garrod.adapters.report.genes import gap_words, gene_gaps, gene_rows, medicine_gaps, part_read
from garrod.adapters.report.model import Report
from garrod.adapters.report.phrases import capital, citation_of, count_words, listed, tag_of
from garrod.adapters.report.view import Citation, Glance, Page, Tag
from garrod.care.decide.words import likelihood, prior_in_words
from garrod.core.advice import Advice

SAFETY = (
    "Garrod is not a medical device and has not been approved for clinical use. "
    "It informs the prescriber, who decides; do not stop or change a medicine on this page alone."
)
SYNTHETIC = "No real person is described here: genome and medicines are made up."


def page_of(report: Report) -> Page:
    """Return the report, worded."""
    glance = glance_of(report)
    headline, more = headline_of(report, glance)
    gene_holes = gene_gaps(report.findings, report.not_assessed)
    medicine_holes = medicine_gaps(report.findings, report.not_assessed)
    return Page(
        title=report.title,
        sample=report.sample,
        subject_note=report.subject_note,
        facts=_facts(report),
        headline=headline,
        headline_more=more,
        glance=glance,
        safety=(SAFETY, SYNTHETIC) if "synthetic" in report.subject_note.casefold() else (SAFETY,),
        warnings=tuple(capital(w) for w in report.warnings),
        cards=tuple(card_of(a, i) for i, a in enumerate(report.now, 1)),
        no_cards=_no_cards(report),
        clear=tuple(_named(text) for text in report.clear),
        no_clear=_no_clear(report),
        next_intro=_next_intro(report),
        next_groups=groups_of(report.next),
        genes=gene_rows(report.findings),
        gaps_intro=_gaps_intro(bool(gene_holes or medicine_holes)),
        gene_gaps=gene_holes,
        medicine_gaps=medicine_holes,
        part_read=part_read(report.findings),
        method=_method(report),
        packs=tuple(_pack(p) for p in report.packs),
        citations=_citations(report),
    )


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    day = f"{report.made_on.day} {report.made_on:%B %Y}"
    return (
        ("Person", report.sample),
        ("Genome file", report.source),
        ("Genome build", report.assembly),
        ("Made on", day),
    )


def glance_of(report: Report) -> tuple[Glance, ...]:
    """Return one line per medicine, changes first; one that no answer names says so."""
    lines: list[Glance] = []
    used: set[str] = set()
    for i, advice in enumerate(report.now, 1):
        name = _taken_as(report, advice.target.name)
        used.add(name)
        lines.append(Glance(tag_of(advice), name, _short(advice), f"advice-{i}"))
    for text in report.clear:
        name, reason = _named(text)
        used.add(_taken_as(report, name))
        first = re.split(r"(?<=\.)\s", reason)[0]
        lines.append(Glance(Tag("clear", "No change"), _taken_as(report, name), first))
    untold = (_untold(report, m) for m in report.medicines if m not in used)
    return (*lines, *untold)


def _untold(report: Report, medicine: str) -> Glance:
    reasons = [gap_words(n) for n in report.not_assessed if _names_it(n.target.name, medicine)]
    if reasons:
        return Glance(Tag("unknown", "Not assessed"), medicine, "; ".join(reasons), "gaps")
    text = "No answer carries this name: check it by hand"
    return Glance(Tag("unknown", "Not matched"), medicine, text)


def _short(advice: Advice) -> str:
    parts = [re.sub(r", [^,]*\([^)]*%\)$", "", text) for text in results_of(advice)]
    if advice.options:
        parts.append(f"use {listed([o.name for o in advice.options], 'or')}")
    sure = "" if advice.p_recommendation is None else f" – {likelihood(advice.p_recommendation)}"
    return "; ".join(parts) + sure


def _taken_as(report: Report, name: str) -> str:
    """Return the line of the medicine list that names an ingredient, or the ingredient."""
    return next((m for m in report.medicines if _names_it(name, m)), capital(name))


def _names_it(name: str, line: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", line.casefold()))


def _named(text: str) -> tuple[str, str]:
    name, _, reason = text.partition(": ")
    return name, capital(reason)


def headline_of(report: Report, glance: Sequence[Glance]) -> tuple[str, tuple[str, ...]]:
    """Return the summary in one line, and the rest that must not be missed."""
    total = len(report.medicines)
    names = {kind: {g.medicine for g in glance if g.tag.kind == kind} for kind in _KINDS}
    changed = len(names["stop"] | names["change"])
    more = []
    for kind, one, many in (
        ("check", "needs a closer look", "need a closer look"),
        ("unknown", "could not be assessed", "could not be assessed"),
    ):
        number = len(names[kind] - names["stop"] - names["change"])
        if number:
            more.append(f"{number} {one if number == 1 else many}")
    if report.next:
        number = len({a.target.name for a in report.next})
        more.append(f"{count_words(number, 'other medicine')} to know about before prescribing")
    unread = sum(not f.is_usable for f in report.findings)
    if unread:
        more.append(f"{count_words(unread, 'gene')} not tested or not callable")
    return _changed_words(changed, total), tuple(more)


_KINDS = ("stop", "change", "check", "clear", "unknown")


def _changed_words(changed: int, total: int) -> str:
    if not total:
        return "No medicines were listed"
    of = "the one medicine" if total == 1 else f"{total} medicines"
    if not changed:
        return f"No change is advised for {of}" if total == 1 else f"No change is advised in {of}"
    if total == 1:
        return "The one medicine needs a change"
    return f"{changed} of {of} {'needs' if changed == 1 else 'need'} a change"


def _no_cards(report: Report) -> str:
    if not report.medicines:
        return "No medicines were listed, so none was checked."
    return "No change is advised for the medicines taken, as far as they could be assessed."


def _no_clear(report: Report) -> str:
    return "None." if report.medicines else "No medicines were listed."


def _next_intro(report: Report) -> str:
    if not report.next:
        return "No other medicine with guidance on the shelf would need a change, as far as tested."
    return (
        "The person does not take these now. Look here before one of them is prescribed; "
        "a medicine that is not listed was not necessarily assessed."
    )


def _gaps_intro(has_gaps: bool) -> str:
    if not has_gaps:
        return "Every gene had a result, and every medicine could be assessed."
    return "Nothing here means “normal”. Treat each as unknown: usual care, or a test."


def _method(report: Report) -> tuple[tuple[str, str], ...]:
    priors = sorted({f.prior for f in report.findings if f.prior})
    return (
        ("Software", report.software),
        ("Genome file", report.source),
        ("SHA-256 of the file", report.source_sha256),
        (
            "How genes were called",
            "Every pair of alleles that fits the readings is kept with its probability. "
            "“Called” means that one pair has at least 95 % (unless set otherwise); "
            "positions that were not read are never taken as normal.",
        ),
        *(("Starting frequencies", prior_in_words(prior)) for prior in priors),
        (
            "How advice was made",
            "Published guideline rows, restated as coded actions, are looked up for every "
            "candidate; the probability shown is that of all candidates with the same advice.",
        ),
    )


def _pack(reference: str) -> tuple[str, str]:
    name, _, version = reference.partition("@")
    return name, version


def _citations(report: Report) -> tuple[Citation, ...]:
    """Return each citation of the advice once, by source."""
    every = {citation_of(e) for a in (*report.now, *report.next) for e in a.evidence}
    return tuple(sorted(every, key=lambda c: c.text.casefold()))
