"""Words the checks of a file: what was seen; whether it fits, to look, to stop, or not checked.

Pure: drop, person, calls -> Checks. A check that says stop is answered by a reason, in writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from garrod.adapters.report.phrases import capital
from garrod.adapters.vcf.record import shown
from garrod.core.person import Person
from garrod.core.variant import Assembly
from garrod.entry.web.laboratory.calling import Calls, Coverage, Hints
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.sample_verdicts import (
    LOOK,
    NOT,
    OK,
    STOP,
    check_of,
    checks_of_sample,
)
from garrod.entry.web.laboratory.states import STATES, state_of
from garrod.entry.web.laboratory.view import Check
from garrod.entry.web.laboratory.weighing import UNTOLD, Whose

GENES = 8  # Not clinical: genes that are named in a sentence


def checks_of(
    drop: Drop, person: Person, calls: Calls, same: Sequence[Drop], whose: Whose = UNTOLD
) -> tuple[Check, ...]:
    """Return the checks of a file; `same` are other drops of the very same file."""
    return (
        check_of("Is it a VCF", OK, f"Yes: {drop.lines:,} lines, whole to the end."),
        _build(drop, calls),
        _sample(drop),
        _again(drop, same),
        *_known(drop, person, calls),
        _sex(person, calls.hints),
        _covered(calls.coverage),
        *checks_of_sample(drop, calls, whose),
    )


def _build(drop: Drop, calls: Calls) -> Check:
    how = "as you said" if drop.build else "as the file itself shows"
    if calls.assembly is Assembly.GRCH38:
        return check_of("Genome build", OK, f"GRCh38, {how}: read where it stands.")
    lost = f"{calls.unplaced} places have no counterpart there" if calls.unplaced else (
        "every place has a counterpart there"
    )  # fmt: skip
    return check_of(
        "Genome build",
        LOOK,
        f"GRCh37, {how}: read at the GRCh37 places of the same bases, nothing was lifted over. "
        f"{capital(lost)}; a place whose reference is not verified there counts as not read.",
    )


def _sample(drop: Drop) -> Check:
    others = len(drop.samples) - 1
    how = "the only one of the file" if not others else f"chosen here among {others + 1}"
    return check_of(
        "Sample",
        LOOK,
        f"“{shown(drop.sample)}”, {how}. The record does not say whose sample that is: compare it "
        "with your own order or tube.",
    )


def _again(drop: Drop, same: Sequence[Drop]) -> Check:
    name = "Seen before"
    other = [d for d in same if d.patient != drop.patient and d.sample == drop.sample]
    if any(d.state == "authorised" for d in other):
        words = "This very file and sample were authorised for another person. One is wrong."
        return check_of(name, STOP, words)
    if other:
        return check_of(
            name, LOOK, "This very file and sample were dropped for another person too."
        )
    mine = [d for d in same if d.patient == drop.patient]
    if mine:
        states = ", ".join(dict.fromkeys(STATES[state_of(d)].lower() for d in mine))
        return check_of(name, LOOK, f"This very file was dropped for this person before: {states}.")
    return check_of(name, OK, "This very file was not dropped here before.")


def _known(drop: Drop, person: Person, calls: Calls) -> Iterator[Check]:
    """Yield whether the genes that the record knows are read the same: a swap would show there."""
    if drop.state == "authorised":
        return  # the record says what this file says
    known = {f.gene: f.candidates[0].name for f in person.findings if f.is_usable}
    both = [f for f in calls.findings if f.is_usable and f.gene in known]
    other = [f.gene for f in both if f.candidates[0].name != known[f.gene]]
    name = "Earlier results"
    if not both:
        yield check_of(name, NOT, "The record has no result of these genes to compare with.")
    elif not other:
        words = f"{_counted(len(both))} of the record, all read the same here"
        yield check_of(name, OK, f"{words}: a hint, and no proof; many people share them.")
    else:
        words = f"{len(other)} of {_counted(len(both))} of the record read otherwise here"
        first = "Ask whose sample it is before you ask which result is wrong."
        names = ", ".join(other[:GENES]) + (" and more" if len(other) > GENES else "")
        yield check_of(name, LOOK, f"{words}: {names}. {first}")


def _counted(number: int) -> str:
    return f"{number} gene{'s' if number > 1 else ''}"


def _sex(person: Person, hints: Hints) -> Check:
    name = "Sex"
    said = person.sex or "not known"
    if not hints.x_read:
        return check_of(name, NOT, f"Recorded: {said}. No place on the X chromosome was read.")
    places = f"{hints.x_read} places on the X chromosome"
    if person.sex == "male" and hints.x_two:
        words = f"Recorded: male. {hints.x_two} of {places} show two different alleles."
        return check_of(name, STOP, f"{words} A man has one X: is it his sample?")
    if person.sex == "female" and hints.x_single == hints.x_read:
        words = f"Recorded: female. All of {places} are written with one allele, as a man’s are."
        return check_of(name, STOP, f"{words} Is it her sample?")
    words = f"Recorded: {said}. Nothing on {places} speaks against it"
    return check_of(name, OK, f"{words}: a hint, and no proof.")


def _covered(coverage: Sequence[Coverage]) -> Check:
    short = [c for c in coverage if c.read < c.positions]
    every, read = sum(c.positions for c in coverage), sum(c.read for c in coverage)
    words = f"{read:,} of {every:,} places that define alleles were read"
    if not short:
        return check_of("Coverage", OK, f"{words}, in {len(coverage)} genes.")
    names = ", ".join(c.gene for c in short[:GENES])
    more = f" and {len(short) - GENES} more" if len(short) > GENES else ""
    return check_of("Coverage", LOOK, f"{words}. Not whole: {names}{more}. Each is told below.")
