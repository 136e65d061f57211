"""What a gene behaves as while medicines inhibit or induce its enzyme.

finding + medicines taken -> their effects by policy -> each candidate converted -> finding
The medicine that is assessed is never counted against itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from garrod.core.finding import (
    INDETERMINATE,
    NO_RULE,
    Candidate,
    Conversion,
    GeneFinding,
    Modulation,
    Origin,
    PhenotypeShare,
    Status,
)
from garrod.science.pgx.acting import (
    Phenoconversion,
    Pull,
    acting,
    load_phenoconversion,
    pull_of,
    untold_ends,
)
from garrod.science.pgx.copies import Activity, activity_of
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.fading import NO_TIMES, Times
from garrod.science.pgx.modulators import INHIBITS, Rule, Rules, ScoreRange, modulations

__all__ = ["Phenoconversion", "acting", "behaving", "load_phenoconversion", "pull_of"]

ANY_GENOTYPE = "any genotype"
UNSETTLED = "the lowered score fits several phenotypes, so the result was left as it is"
NO_RESULT = "there is no result: whatever the genotype, this is how it behaves now"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a candidate means to guidance, and the rule or remark that led there."""

    phenotype: str
    activity_score: str
    keys: tuple[str, ...]
    rule: Rule | None = None
    remark: str = ""


def behaving(
    facts: Phenoconversion,
    gene: str,
    finding: GeneFinding | None,
    taken: Mapping[str, str],
    *,
    about: str = "",
    times: Times = NO_TIMES,
) -> GeneFinding | None:
    """Return what a gene behaves as while medicines (id -> name) are taken, or were until lately.

    `about` is the medicine assessed: it is no modulator of its own advice. The finding itself
    comes back where nothing acts on its gene, and where it has no result to convert, unless the
    policy says that every genotype behaves alike.
    Source: PMC6951851 (CYP2D6 scores); the policy, for every other gene.
    """
    enzyme = facts.modulators.enzymes.get(gene)
    if enzyme is None:
        return finding
    by = acting(facts, enzyme, taken, about=about, times=times)
    pull = pull_of(facts.rules, gene, by)
    if finding is None or not finding.is_usable or finding.status is Status.NOT_ASSESSED:
        return _assumed(facts, finding, by, pull) if pull else finding
    own = {about: taken.get(about, about)} if about else {}
    notes = tuple(_left_out(m) for m in modulations(facts.modulators, facts.rules, enzyme, own))
    notes += untold_ends(facts, enzyme, taken, about=about, times=times)
    if pull is None:
        return _noted(finding, notes) if notes else finding
    return _converted(facts, finding, by, pull, notes)


def _left_out(modulation: Modulation) -> str:
    verb = "inhibits" if modulation.effect == INHIBITS else "induces"
    return (
        f"{modulation.name} itself {verb} {modulation.enzyme} ({modulation.strength}): "
        "not counted against itself, its own guidance knows it"
    )


def _noted(finding: GeneFinding, notes: tuple[str, ...]) -> GeneFinding:
    conversion = Conversion(
        finding.phenotype, finding.activity_score, (), notes=notes, origin=finding.candidates
    )
    return replace(finding, conversion=conversion)


def _assumed(
    facts: Phenoconversion,
    finding: GeneFinding | None,
    by: tuple[Modulation, ...],
    pull: Pull,
) -> GeneFinding | None:
    """Return the finding of a gene without a result, where every genotype behaves alike."""
    rule = _whatever(facts.rules, pull)
    if rule is None:
        return finding
    meaning = _lowest(facts, pull.gene, rule)
    candidate = Candidate(
        ANY_GENOTYPE, 1.0, meaning.phenotype, meaning.activity_score, meaning.keys
    )
    rules = _unique((rule, *pull.rules))
    reasons = finding.reasons if finding is not None else ()
    return GeneFinding(
        gene=pull.gene,
        status=Status.CALLED,
        candidates=(candidate,),
        phenotype=candidate.phenotype,
        activity_score=candidate.activity_score,
        phenotypes=phenotype_shares((candidate,)),
        reasons=(NO_RESULT, *reasons),
        origin=Origin.INHIBITOR,
        packs=(facts.modulators.reference,),
        conversion=_record("", "", by, rules, is_whatever=True),
    )


def _record(
    phenotype: str,
    score: str,
    by: tuple[Modulation, ...],
    rules: tuple[Rule, ...],
    *,
    notes: tuple[str, ...] = (),
    origin: tuple[Candidate, ...] = (),
    is_whatever: bool = False,
) -> Conversion:
    faded = [m.fading for m in by if m.fading is not None]
    cited = (*(rule.evidence for rule in rules), *(f.evidence for f in faded))
    return Conversion(
        phenotype,
        score,
        by,
        rule="; ".join(dict.fromkeys([*(r.why for r in rules), *(f.rule for f in faded)])),
        evidence=tuple(dict.fromkeys(cited)),
        notes=notes,
        origin=origin,
        is_whatever=is_whatever,
    )


def _unique(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple({rule.why: rule for rule in rules}.values())


def _converted(
    facts: Phenoconversion,
    finding: GeneFinding,
    by: tuple[Modulation, ...],
    pull: Pull,
    notes: tuple[str, ...],
) -> GeneFinding:
    meanings = [
        _turned(facts, pull, Meaning(c.phenotype, c.activity_score, c.keys))
        for c in finding.candidates
    ]
    candidates = tuple(
        replace(c, phenotype=m.phenotype, activity_score=m.activity_score, keys=m.keys)
        for c, m in zip(finding.candidates, meanings, strict=True)
    )
    shares = _shares(facts, pull, finding, candidates)
    used = [rule for m in meanings if (rule := m.rule) is not None]
    shown = facts.rules.find("shown", pull.gene, pull.effect, pull.strength)
    rules = _unique([*(used or ([shown] if shown else [])), *pull.rules])
    remarks = tuple(dict.fromkeys(m.remark for m in meanings if m.remark))
    return replace(
        finding,
        candidates=candidates,
        phenotype=shares[0].phenotype,
        activity_score=shares[0].activity_score,
        phenotypes=shares,
        packs=(*finding.packs, facts.modulators.reference),
        conversion=_record(
            finding.phenotype,
            finding.activity_score,
            by,
            rules,
            notes=(*notes, *remarks),
            origin=finding.candidates,
            is_whatever=_whatever(facts.rules, pull) is not None,
        ),
    )


def _whatever(rules: Rules, pull: Pull) -> Rule | None:
    """Return the rule that every genotype behaves alike; by one medicine, not by several."""
    if pull.is_added:
        return None
    return rules.find("untested", pull.gene, pull.effect, pull.strength)


def _shares(
    facts: Phenoconversion,
    pull: Pull,
    finding: GeneFinding,
    candidates: tuple[Candidate, ...],
) -> tuple[PhenotypeShare, ...]:
    """Return the converted phenotypes, with the mass of candidates that are not listed."""
    if not finding.phenotypes:
        return phenotype_shares(candidates)
    keys = {(c.phenotype, c.activity_score): c.keys for c in finding.candidates}
    turned = []
    for share in finding.phenotypes:
        known = keys.get((share.phenotype, share.activity_score), ())
        meaning = _turned(facts, pull, Meaning(share.phenotype, share.activity_score, known))
        turned.append(Candidate("", share.probability, meaning.phenotype, meaning.activity_score))
    return phenotype_shares(turned)


def _turned(facts: Phenoconversion, pull: Pull, was: Meaning) -> Meaning:
    """Return what a candidate means under the pull; itself where no rule changes it."""
    factor = facts.rules.find("factor", pull.gene, pull.effect, pull.strength)
    if factor is not None:
        return _scaled(facts, pull, factor, was)
    step = facts.rules.find("step", pull.gene, pull.effect, pull.strength, was=was.phenotype)
    return Meaning(step.value, "", (step.value,), step) if step is not None else was


def _scaled(facts: Phenoconversion, pull: Pull, factor: Rule, was: Meaning) -> Meaning:
    """Return a meaning whose activity score is multiplied by a factor."""
    by = Decimal(factor.value)
    if by == 1:
        return replace(was, rule=factor)
    is_untold = was.phenotype in ("", INDETERMINATE, NO_RULE)
    if is_untold and not (by == 0 and _whatever(facts.rules, pull) is not None):
        return was
    if by == 0:
        return _lowest(facts, pull.gene, factor)
    ranges = facts.modulators.ranges[pull.gene]
    if was.phenotype == ranges[0].phenotype and not was.activity_score:
        return was  # a poor metaboliser stays poor
    texts = (was.activity_score,) if was.activity_score else was.keys
    scores = [score for text in texts if (score := activity_of(text)).value is not None]
    lowered = [_times(score, by) for score in scores]
    found = {_phenotype_at(ranges, score) for score in lowered}
    phenotype = next(iter(found)) if len(found) == 1 else None
    if phenotype is None:
        return replace(was, remark=UNSETTLED)
    step = _lookup_step(facts.rules, pull.gene)
    named = (_named(ranges, step, score) for score in lowered)
    shown = lowered[0].text if was.activity_score else ""
    keys = tuple(dict.fromkeys((*filter(None, (shown,)), *named, phenotype)))
    return Meaning(phenotype, shown, keys, factor)


def _lowest(facts: Phenoconversion, gene: str, rule: Rule) -> Meaning:
    """Return the meaning of no activity at all."""
    phenotype = facts.modulators.ranges[gene][0].phenotype
    score = Activity(Decimal(0)).text
    return Meaning(phenotype, score, (score, phenotype), rule)


def _times(score: Activity, factor: Decimal) -> Activity:
    return Activity((score.value or Decimal(0)) * factor, score.is_bound)


def _phenotype_at(ranges: Sequence[ScoreRange], score: Activity) -> str | None:
    """Return the phenotype of a score; None where a lower bound reaches into several."""
    value = score.value or Decimal(0)
    reached = [part.phenotype for part in ranges if part.is_reached(value)]
    is_open = score.is_bound and len(reached) < len(ranges)
    return None if is_open else reached[-1]


def _lookup_step(rules: Rules, gene: str) -> Decimal:
    rule = rules.find("lookup", gene)
    return Decimal(rule.value) if rule is not None else Decimal(1)


def _named(ranges: Sequence[ScoreRange], step: Decimal, score: Activity) -> str:
    """Return the next lower score that guidance names, or the next higher to keep the phenotype."""
    value = score.value or Decimal(0)
    lower = Activity(value // step * step, score.is_bound)
    if _phenotype_at(ranges, lower) == _phenotype_at(ranges, score):
        return lower.text
    return Activity(value // step * step + step, score.is_bound).text
