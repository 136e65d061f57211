"""Words whose sample a file is: one person’s alone, a relative’s, read alike elsewhere.

Pure: drop, calls, whose -> Checks. Each says from how much it was told, or that it could not be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from garrod.adapters.vcf.record import shown
from garrod.entry.web.laboratory.calling import Calls, Hints
from garrod.entry.web.laboratory.keeping import Drop
from garrod.entry.web.laboratory.states import moment
from garrod.entry.web.laboratory.view import Check
from garrod.entry.web.laboratory.weighing import Alike, Near, Unseen, Weighed, Whose
from garrod.science.samples import kinship as kin
from garrod.science.samples import likeness as like
from garrod.science.samples import mixture as mix
from garrod.science.samples.kinship import Relation
from garrod.science.samples.mixture import Mixture

OK, LOOK, STOP, NOT = "ok", "look", "stop", "not"
TAGS = {OK: "Fits", LOOK: "Look at this", STOP: "Stop", NOT: "Not checked"}
WITHIN = 2  # Not clinical: genes that are named of a population
BEFORE = "The file was read before this was kept. Drop it again to have it checked."
PLACES = {
    "EUR": "Europe",
    "SAS": "South Asia",
    "AFR": "Africa",
    "EAS": "East Asia",
    "AMR": "the Americas",
}
RELATIONS = {
    Relation.SAME: "the same person’s, or an identical twin’s",
    Relation.FIRST: "a parent’s, child’s, brother’s or sister’s",
    Relation.SECOND: "a half-sibling’s, grandparent’s, aunt’s or the like",
}


def check_of(name: str, kind: str, words: str) -> Check:
    """Return a check with the tag of its kind."""
    return Check(name, kind, TAGS[kind], words)


def checks_of_sample(drop: Drop, calls: Calls, whose: Whose) -> Iterator[Check]:
    """Yield the checks of whose sample a file is."""
    yield _mixture(whose.weighed, calls.hints)
    yield _relatives(whose.weighed)
    yield _elsewhere(drop, whose)
    yield _ancestry(calls.unseen)


def _mixture(weighed: Weighed | None, hints: Hints) -> Check:
    name = "Another person’s DNA"
    if weighed is None:
        return check_of(name, NOT, BEFORE)
    found = weighed.mixture
    if not found.is_known:
        why = (
            f"Reads are counted at {found.places} places where both copies differ from the "
            f"reference; {mix.ENOUGH} are needed"
            if found.places or found.pairs
            else "The file does not count the reads of each allele (AD)"
        )
        two = (
            f"{hints.two:,} of {hints.read:,} known places show two different alleles; a far "
            "higher share than your other samples have can hint at a mixture"
        )
        return check_of(name, NOT, f"{why}. {two}.")
    told = _share_words(found)
    if found.is_mixed:
        return check_of(name, STOP, f"Likely mixed: {told}. Ask for a new sample.")
    if found.is_clean:
        return check_of(name, OK, f"{told[0].upper()}{told[1:]}.")
    return check_of(name, LOOK, f"Could not be told for sure: {told}. Ask how it was sequenced.")


def _share_words(found: Mixture) -> str:
    """Return what the reads tell, in words."""
    seen = f"{found.reads:,} reads at {found.places:,} places where both copies differ from the "
    aside = ""
    if found.pairs:
        aside = (
            f"; of {found.pairs:,} places with two different alleles, {found.lopsided:,} show far "
            "more of one"
        )
    span = f"{_percent(found.low)} to {_percent(found.high)}"
    return f"by {seen}reference, {span} is another person’s (limit {_percent(mix.LIMIT)}){aside}"


def _percent(share: float) -> str:
    """Return a share as people read it: one digit behind the point below ten."""
    number = f"{share * 100:.1f}" if share < 0.0995 else f"{share * 100:.0f}"
    return f"{number.removesuffix('.0')}\N{NO-BREAK SPACE}%"


def _relatives(weighed: Weighed | None) -> Check:
    name = "Others in the file"
    if weighed is None:
        return check_of(name, NOT, BEFORE)
    if not weighed.others:
        return check_of(name, NOT, "The file has this sample alone: no relative can be seen.")
    rest = f" {weighed.left_out:,} more were not looked at." if weighed.left_out else ""
    if not weighed.known:
        words = (
            f"{_samples(weighed.others)}, but too few places to tell who is related: "
            f"{kin.ENOUGH} where one of two has two different alleles are needed."
        )
        return check_of(name, NOT, words + rest)
    if not weighed.near:
        words = f"Of {_samples(weighed.known)}, none is nearer than a cousin’s."
        return check_of(name, OK, words + rest)
    words = "; ".join(map(_near, weighed.near))
    is_twice = weighed.near[0].relation is Relation.SAME
    ask = "Is the right one chosen?" if is_twice else "Is that what you expect?"
    return check_of(name, STOP if is_twice else LOOK, f"{words}. {ask}{rest}")


def _samples(count: int) -> str:
    return f"{count:,} other sample{'s' if count > 1 else ''}"


def _near(one: Near) -> str:
    told = one.kinship
    return (
        f"“{shown(one.sample)}” looks like {RELATIONS[one.relation]} (kinship "
        f"{told.coefficient:.2f} over {told.places:,} places)"
    )


def _elsewhere(drop: Drop, whose: Whose) -> Check:
    name = "Other files here"
    if whose.weighed is None:
        return check_of(name, NOT, BEFORE)
    told = [one for one in whose.alike if one.likeness.places >= like.ENOUGH]
    mine = [one for one in told if one.drop.patient == drop.patient]
    others = [one for one in told if one.drop.patient != drop.patient]
    twice = [one for one in others if one.likeness.is_same]
    if any(one.likeness.is_other for one in mine):
        first = next(one for one in mine if one.likeness.is_other)
        words = f"Not read as this person’s file {_file(first)}: {_apart(first)}"
        return check_of(name, STOP, f"{words}. One of the two is not this person’s.")
    if twice:
        is_done = any(one.drop.state == "authorised" for one in twice)
        words = f"Read like a sample {'authorised' if is_done else 'dropped'} for another person"
        ask = "It is one person’s twice, or an identical twin’s. One may be wrong."
        return check_of(name, STOP if is_done else LOOK, f"{words}: {_apart(twice[0])}. {ask}")
    return _unlike(name, mine, others)


def _unlike(name: str, mine: Sequence[Alike], others: Sequence[Alike]) -> Check:
    """Return the check where no other file speaks against it."""
    people = len({one.drop.patient for one in others})
    of = f"{people:,} other {'person' if people == 1 else 'people'}"
    apart = f"not read like the files of {of} here" if people else ""
    same = next((one for one in mine if one.likeness.is_same), None)
    if same is not None:
        words = f"Read like this person’s file {_file(same)}: {_apart(same)}"
        return check_of(name, OK, f"{words}{'; ' + apart if apart else ''}.")
    if mine:
        words = f"Nearly read as this person’s file {_file(mine[0])}: {_apart(mine[0])}"
        return check_of(name, LOOK, f"{words}. Ask why they differ.")
    if people:
        return check_of(name, OK, f"{apart[0].upper()}{apart[1:]}. A hint, and no proof.")
    words = f"No other file here shows {like.ENOUGH} places to compare it by."
    return check_of(name, NOT, words)


def _file(one: Alike) -> str:
    return f"“{shown(one.drop.name)}” of {moment(one.drop.sent_at)}"


def _apart(one: Alike) -> str:
    told = one.likeness
    where = "places where either differs from the reference"
    if told.alike == told.places:
        return f"alike at all {told.places} {where}"
    return f"alike at {told.alike} of {told.places} {where}"


def _ancestry(unseen: Sequence[Unseen]) -> Check:
    name = "Alleles by ancestry"
    if not unseen:
        return check_of(name, NOT, "No table of how often alleles are is at hand.")
    gaps = [one for one in unseen if one.genes]
    if not gaps:
        words = "Of each population that was counted, at least 99 of 100 chromosomes can be shown"
        return check_of(name, OK, f"{words}, in the genes that were counted.")
    told = "; ".join(
        f"from {PLACES[one.population]}: "
        + ", ".join(f"{gene} {_percent(share)}" for gene, share in one.genes[:WITHIN])
        for one in gaps
    )
    return check_of(
        name,
        LOOK,
        "Nobody’s ancestry is guessed. Chromosomes with an allele that this file cannot show, of "
        f"people whose forebears came {told}.",
    )
