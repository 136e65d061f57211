"""Words of a converted finding: what it behaves as, by which medicines, where sources differ."""

from __future__ import annotations

from garrod.care.decide.words import listed, spoken
from garrod.core.advice import Because
from garrod.core.finding import NO_RULE, Candidate, Conversion, GeneFinding, Modulation
from garrod.science.pgx.recommend import KeyShare

STEP = "behaves-as"
STOPPED = "A medicine stopped in the last weeks is not counted, though its effect may last."


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
    names = listed(list(dict.fromkeys(m.name for m in conversion.by)))
    are = "are" if len({m.drug for m in conversion.by}) > 1 else "is"
    effects = "; ".join(_effect(m) for m in conversion.by)
    rule = f". Policy: {conversion.rule}" if conversion.rule else ""
    text = f"{before} {verb} while {names} {are} taken: {effects}{rule}. {STOPPED}"
    cautions = [Because("caution", said, share.gene) for m in conversion.by for said in _doubts(m)]
    return [Because(STEP, text, share.gene), *steps, *cautions]


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
    return (
        f"{modulation.name}, {modulation.strength} {noun} of {modulation.enzyme} "
        f"({modulation.source}{believed}{note})"
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
