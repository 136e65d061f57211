"""Words of a converted finding: what it behaves as, by which medicines, where sources differ."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.care.decide.words import dated, listed, spoken
from garrod.core.advice import Because
from garrod.core.finding import (
    NO_RULE,
    Candidate,
    Conversion,
    Fading,
    GeneFinding,
    Modulation,
)
from garrod.science.pgx.recommend import KeyShare

STEP = "behaves-as"
FADES = "fades"


def behaves(finding: GeneFinding | None, share: KeyShare) -> str:
    """Return "behaves as " where medicines changed the meaning of a result, else nothing."""
    conversion = finding.conversion if finding is not None else None
    is_changed = conversion is not None and _is_changed(conversion, share)
    return "behaves as " if is_changed else ""


def behaves_steps(conversion: Conversion, share: KeyShare) -> list[Because]:
    """Return the hop from a result to what it behaves as, and what makes it less than sure."""
    steps = [Because(STEP, note, share.gene) for note in conversion.notes]
    if not conversion.by:
        return steps
    was = _was(conversion, share)
    now = _spoken(share.phenotype, share.activity_score)
    before = f"{share.gene} {was}" if was else f"{share.gene} (no result, whatever the genotype)"
    verb = f"behaves as {now}" if _is_changed(conversion, share) else "keeps its meaning"
    effects = "; ".join(_effect(m) for m in conversion.by)
    rule = f". Policy: {conversion.rule}" if conversion.rule else ""
    text = f"{before} {verb} while {_while(conversion.by)}: {effects}{rule}."
    times = [Because(FADES, said, share.gene) for m in conversion.by if (said := _course(m))]
    cautions = [Because("caution", said, share.gene) for m in conversion.by for said in _doubts(m)]
    return [Because(STEP, text, share.gene), *times, *steps, *cautions]


def fades_in_short(findings: Iterable[GeneFinding | None]) -> tuple[str, ...]:
    """Return a sentence for each gene that a stopped medicine still changes: until when."""
    said = []
    for finding in findings:
        by = finding.conversion.by if finding is not None and finding.conversion else ()
        gone = [(m.name, m.fading) for m in by if m.fading is not None]
        if finding is None or not gone or not _acts(finding):
            continue
        names = listed([f"{name} (stopped on {dated(f.stopped)})" for name, f in gone])
        until, days = max((f.until, f.days) for _, f in gone)
        said.append(
            f"How {finding.gene} behaves now is in part the effect of {names}, which fades over "
            f"the next {days} {'day' if days == 1 else 'days'}: recheck on {dated(until)}."
        )
    return tuple(said)


def _acts(finding: GeneFinding) -> bool:
    """Return whether a conversion changed the meaning of a result, or stands in for one."""
    conversion = finding.conversion
    return conversion is not None and (
        (conversion.phenotype, conversion.activity_score)
        != (finding.phenotype, finding.activity_score)
    )


def _while(by: Iterable[Modulation]) -> str:
    """Return during what the gene behaves so: "a is taken and the effect of b lasts"."""
    taken = dict.fromkeys(m.name for m in by if m.fading is None)
    gone = dict.fromkeys(m.name for m in by if m.fading is not None)
    parts = [f"{listed(list(taken))} {'are' if len(taken) > 1 else 'is'} taken"] if taken else []
    parts += [f"the effect of {listed(list(gone))} lasts"] if gone else []
    return " and ".join(parts)


def _course(modulation: Modulation) -> str:
    """Return how an effect fades after the last dose, or builds up after the first; or nothing."""
    if modulation.full_on is not None:
        return (
            f"{modulation.name} was just started: its effect builds up and is full from about "
            f"{dated(modulation.full_on)}; it is counted from the first day"
        )
    return _fading(modulation, modulation.fading) if modulation.fading is not None else ""


def _fading(modulation: Modulation, fading: Fading) -> str:
    believed = "" if fading.is_read else ", not looked up"
    now = f"still counts as {modulation.strength}"
    if modulation.strength != fading.was:
        now = f"counts as {modulation.strength}, no longer as {fading.was}"
    less = f"; as less from {dated(fading.next_on)}" if fading.next_on < fading.until else ""
    days, left = round(fading.half_life_hours / 24, 1), f"{fading.left * 100:.0f} %"
    return (
        f"{modulation.name} was stopped on {dated(fading.stopped)}: about {left} of its effect on "
        f"{modulation.enzyme} is left (half-life {days:g} days, of {fading.of}: "
        f"{fading.source}{believed}), so it {now}{less}. It fades over the next {fading.days} "
        f"{'day' if fading.days == 1 else 'days'}: recheck on {dated(fading.until)}"
    )


def _is_changed(conversion: Conversion, share: KeyShare) -> bool:
    was = conversion.was(share.diplotype)
    return bool(conversion.by) and _meaning(was) != (share.phenotype, share.activity_score)


def _meaning(candidate: Candidate | None) -> tuple[str, str]:
    return (candidate.phenotype, candidate.activity_score) if candidate else ("", "")


def _was(conversion: Conversion, share: KeyShare) -> str:
    phenotype, score = _meaning(conversion.was(share.diplotype))
    return _spoken(phenotype, score) if phenotype else ""


def _spoken(phenotype: str, score: str) -> str:
    return spoken(phenotype) + (f" ({score})" if score not in ("", NO_RULE) else "")


def _effect(modulation: Modulation) -> str:
    noun = "inhibitor" if modulation.effect == "inhibits" else "inducer"
    believed = "" if modulation.is_read else ", believed"
    note = f"; {modulation.note}" if modulation.note else ""
    was = modulation.fading.was if modulation.fading is not None else modulation.strength
    counted = f", counted as {modulation.strength}" if was != modulation.strength else ""
    return (
        f"{modulation.name}, {was} {noun} of {modulation.enzyme} "
        f"({modulation.source}{believed}{note}){counted}"
    )


def _doubts(modulation: Modulation) -> tuple[str, ...]:
    """Return that sources disagree about a medicine, or that nobody looked it up."""
    about = f"{modulation.name} and {modulation.enzyme}"
    if modulation.others:
        others = ", ".join(modulation.others)
        chosen = f"{modulation.strength} ({modulation.source}) was counted"
        return (f"Sources disagree on {about}: {chosen}; also said: {others}",)
    if not modulation.is_read:
        return (f"The effect of {modulation.name} on {modulation.enzyme} is not looked up",)
    return ()
