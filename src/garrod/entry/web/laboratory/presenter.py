"""Words what was dropped: checks, calls and what would be written. Pure; templates only lay out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from garrod.adapters.facts.changes import Compared
from garrod.adapters.report.phrases import STATUSES, capital, phenotype_words
from garrod.adapters.vcf.record import shown
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.entry.web.genome.presenter import gene_view, likely
from garrod.entry.web.laboratory.calling import Calls, Coverage
from garrod.entry.web.laboratory.earlier import WHY, views_of
from garrod.entry.web.laboratory.faults import fault_view
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.otherwise import others_of, same_words, why_words
from garrod.entry.web.laboratory.states import (
    STATES,
    moment,
    named,
    size_words,
    state_of,
    test_words,
)
from garrod.entry.web.laboratory.verdicts import checks_of
from garrod.entry.web.laboratory.view import DropView, FormView, GeneRow
from garrod.entry.web.laboratory.weighing import UNTOLD, Whose

UNCHECKED = (
    "Whether the sample is this person’s, beyond sex, the genes that the record knows and the "
    "files that were dropped here.",
    "Alleles that nobody has defined: of people of whom few were studied there are more.",
    "Depth and quality beyond what the file states at each place (FILTER, GQ, DP).",
    "Large changes and copies of genes, where the file has no record of them.",
    "The laboratory’s own accreditation, controls and chain of custody.",
)
FEW = 2  # Not clinical: candidates of the record that are named
SAMPLES = 500  # Not clinical: samples that can be chosen of a file


def drop_view(
    drop: Drop,
    person: Person,
    names: Mapping[str, str],
    *,
    calls: Calls | None = None,
    same: Sequence[Drop] = (),
    whose: Whose = UNTOLD,
    compared: Compared | None = None,
) -> DropView:
    """Return the page of a drop; `same` are other drops of the very same file."""
    state, fault = state_of(drop), drop.fault
    genes = _genes(calls, person, drop) if calls is not None else ()
    return DropView(
        file=drop.name,
        lead=_lead(state),
        facts=_facts(drop, names),
        state=state,
        samples=tuple(map(shown, drop.samples[:SAMPLES])) if state == "asks" else (),
        samples_words=_samples_words(len(drop.samples)),
        fault=fault_view(fault.code, fault.words)
        if fault and state in ("unreadable", "build")
        else None,
        may_say_build=state == "build",
        checks=checks_of(drop, person, calls, same, whose) if calls is not None else (),
        unchecked=UNCHECKED if calls is not None else (),
        genes=genes,
        counts=_counts(calls.findings) if calls is not None else "",
        writes=_writes(calls, drop, genes) if calls is not None and state == "read" else (),
        warnings=tuple(capital(w) for w in drop.warnings),
        decided=_decided(drop, names),
        others=others_of(compared.changes) if compared else (),
        others_why=why_words(compared.changes) if compared else "",
        others_same=same_words(compared.unchanged) if compared else "",
        fresh=(f"From the file {drop.name}, sent {moment(drop.sent_at)}",
               "Called by " + (", ".join(calls.findings[0].packs).replace("@", " ")
                               if calls.findings else "nothing yet"),
               "What the record has now stands beside each gene")
        if calls is not None else (),
    )  # fmt: skip


def _lead(state: str) -> str:
    return {
        "sent": "The file is being read. Nothing is in the record.",
        "asks": "The file has several samples. Nothing is guessed: say which is this person’s.",
        "build": "The file does not say on which genome build it is. Nothing is guessed: say so.",
        "unreadable": "Nothing of this file is in the record.",
        "read": "Look at the checks and calls. Nothing is in the record until you authorise it.",
        "authorised": "These results are in the record.",
        "rejected": "Nothing of this file is in the record, and the file is gone.",
    }[state]


def _samples_words(count: int) -> str:
    words = f"{count:,} samples, as the file names them"
    return words if count <= SAMPLES else f"{words}; the first {SAMPLES} can be chosen here"


def _facts(drop: Drop, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    lines = f", {drop.lines:,} lines" if drop.lines else ""
    return (
        ("File", f"{drop.name} ({size_words(drop.size)}{lines})"),
        ("Sent", f"{moment(drop.sent_at)}, by {named(drop.sent_by, names)}"),
        ("Sample", shown(drop.sample) or "not known yet"),
        ("Fingerprint", f"sha256 {drop.sha256}"),
        ("State", STATES[state_of(drop)]),
    )


def _decided(drop: Drop, names: Mapping[str, str]) -> str:
    who = f"{named(drop.decided_by, names)}, {moment(drop.decided_at)}"
    if drop.state == "authorised":
        return f"Authorised by {who}."
    return f"Rejected by {who}: {drop.reason}" if drop.state == "rejected" else ""


def _counts(findings: Sequence[GeneFinding]) -> str:
    said = []
    for status, words in (
        (Status.CALLED, "called"), (Status.AMBIGUOUS, "ambiguous"),
        (Status.NO_CALL, "could not be read"), (Status.NOT_ASSESSED, "not assessed"),
    ):  # fmt: skip
        count = sum(f.status is status for f in findings)
        said += [f"{count} {words}"] if count else []
    return f"{len(findings)} genes: {', '.join(said)}."


def _genes(calls: Calls, person: Person, drop: Drop) -> tuple[GeneRow, ...]:
    known = {f.gene: f for f in person.findings}
    covered = {c.gene: c for c in calls.coverage}
    rows = [
        _gene(f, covered.get(f.gene), known.get(f.gene), is_written=drop.state == "authorised")
        for f in calls.findings
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_loud, row.gene)))


def _gene(
    finding: GeneFinding,
    covered: Coverage | None,
    known: GeneFinding | None,
    *,
    is_written: bool,
) -> GeneRow:
    told = gene_view(finding)
    before, effect, is_loud = ("", "", False) if is_written else _before(finding, known)
    return GeneRow(
        gene=finding.gene,
        kind=told.kind,
        status=told.status,
        result=_call(finding),
        about=_about(finding),
        odds=tuple((name, odds) for name, odds, _ in told.candidates),
        more=told.more,
        covered=_read_words(covered),
        why="; ".join(f"{count}: {why}" for why, count in covered.why) if covered else "",
        reasons=told.reasons,
        chain=told.chain,
        has_evidence=bool(told.chain or told.reasons) or len(told.candidates) > 1,
        before=before,
        effect=effect,
        is_loud=is_loud,
    )


def _read_words(covered: Coverage | None) -> str:
    if covered is None or not covered.positions:
        return "Not told by such a file"
    return f"{covered.read} of {covered.positions}"


def _call(finding: GeneFinding) -> str:
    return finding.candidates[0].name if finding.status is Status.CALLED else result_words(finding)


def _about(finding: GeneFinding) -> str:
    if finding.status is not Status.CALLED:
        return ""
    odds = likely(finding.candidates[0].probability)
    return f"{phenotype_words(finding.phenotype)}; {odds}"


def result_words(finding: GeneFinding) -> str:
    """Return what a finding says in one line."""
    if finding.status is Status.CALLED and finding.candidates:
        first = finding.candidates[0]
        return f"{first.name}: {phenotype_words(finding.phenotype)}, {likely(first.probability)}"
    if finding.status is Status.AMBIGUOUS:
        return "Ambiguous: the candidates stand below"
    return STATUSES[finding.status].text if finding.status is Status.NO_CALL else "Not assessed"


def _before(finding: GeneFinding, known: GeneFinding | None) -> tuple[str, str, bool]:
    """Return what the record has of a gene, what writing makes of it, and whether they differ."""
    if known is None:
        return "Nothing", "New", False
    said = _known_words(known)
    if not known.is_usable or not finding.is_usable:
        return said, "Stands beside it", False
    if known.candidates[0].name == finding.candidates[0].name:
        return said, "Says the same", False
    return (
        said,
        "Differs: say below which of the two is right, or that nobody can tell yet",
        True,
    )


def _known_words(known: GeneFinding) -> str:
    """Return what the record has of a gene in one line, the likeliest candidates by name."""
    if known.status is not Status.AMBIGUOUS or not known.candidates:
        return result_words(known)
    names = [candidate.name for candidate in known.candidates]
    more = f" or {len(names) - FEW} more" if len(names) > FEW else ""
    return f"Ambiguous: {' or '.join(names[:FEW])}{more}"


def form_view(
    fields: Mapping[str, str],
    tests: Sequence[tuple[str, str, str]] = (),
    genes: Sequence[GeneRow] = (),
) -> FormView:
    """Return what was typed; `tests` (id, words, since when) may be answered by the file."""
    return FormView(
        fields.get("reason", ""),
        fields.get("despite", ""),
        is_sure=fields.get("sure") == "yes",
        rejects=fields.get("do") == "reject",
        tests=tuple(
            (f"answers-{id}", test_words(words, since), fields.get(f"answers-{id}") == "yes")
            for id, words, since in tests
        ),
        earlier=views_of(fields, genes),
        earlier_why=fields.get(WHY, ""),
    )


def _writes(calls: Calls, drop: Drop, genes: Sequence[GeneRow]) -> tuple[str, ...]:
    told = _counts(calls.findings).rstrip(".")
    differ = [row.gene for row in genes if row.is_loud]
    said = [
        f"A pharmacogenomic report with {told}. All of it, or nothing.",
        f"As sample “{shown(drop.sample)}” of {drop.name} ({calls.assembly}), with the line of the "
        "file behind each call.",
        "Your name and the time, as who authorised it.",
        "The file itself is not kept: what it says over the genes is, so that new knowledge can "
        "read it again.",
    ]
    if differ:
        said.insert(1, f"Other than the record says now: {', '.join(differ)}.")
    return tuple(said)
