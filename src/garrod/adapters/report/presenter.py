"""Words a whole report: Report -> Page. Pure; holds the sentences, the template only lays out."""

from __future__ import annotations

from garrod.adapters.report.ahead import groups_of
from garrod.adapters.report.cards import card_of
from garrod.adapters.report.genes import gene_gaps, gene_rows, medicine_gaps, part_read
from garrod.adapters.report.glance import clear_rows, glance_of, headline_of
from garrod.adapters.report.model import Report
from garrod.adapters.report.phrases import capital, citation_of
from garrod.adapters.report.view import Citation, Page
from garrod.care.decide.words import listed, prior_in_words

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
        clear=clear_rows(report),
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
        *(("Starting frequencies", words) for words in _priors(report)),
        (
            "How advice was made",
            "Published guideline rows, restated as coded actions, are looked up for every "
            "candidate; the probability shown is that of all candidates with the same advice.",
        ),
    )


def _priors(report: Report) -> tuple[str, ...]:
    """Return each choice of starting frequencies, with its genes where there is more than one."""
    genes: dict[str, list[str]] = {}
    for f in sorted(report.findings, key=lambda f: f.gene):
        if f.prior:
            genes.setdefault(f.prior, []).append(f.gene)
    if len(genes) == 1:
        return tuple(prior_in_words(prior) for prior in genes)
    return tuple(f"{listed(names)}: {prior_in_words(prior)}" for prior, names in genes.items())


def _pack(reference: str) -> tuple[str, str]:
    name, _, version = reference.partition("@")
    return name, version


def _citations(report: Report) -> tuple[Citation, ...]:
    """Return each citation of the advice once, by source."""
    every = {citation_of(e) for a in (*report.now, *report.next) for e in a.evidence}
    return tuple(sorted(every, key=lambda c: c.text.casefold()))
