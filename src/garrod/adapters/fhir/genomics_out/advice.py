"""A piece of advice as a therapeutic implication of its genes, and as a task that proposes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from garrod.adapters.fhir.genomics_codes import (
    ADVICE_URL,
    ALTERNATIVE,
    ARTIFACT_URL,
    CONCLUSION,
    CONTEXT,
    DECREASE,
    EVIDENCE_LEVEL,
    IMPLICATION,
    INCREASE,
    MEDICATION,
    MORE_TESTING,
    PROFILE,
)
from garrod.adapters.fhir.genomics_out.genes import (
    genotype_key,
    is_phenotype_sure,
    phenotype_concept,
)
from garrod.adapters.fhir.genomics_out.parts import (
    FhirJson,
    Frame,
    component,
    guide_code,
    loinc,
    note,
    observation,
    plain,
)
from garrod.core.advice import Action, Advice, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import GeneFinding

Findings = dict[str, GeneFinding]
BEHAVES_AS = "behaves-as"  # the step of a proof chain that medicines change what a gene does
NOTHING_TO_DO = (Action.STANDARD, Action.NO_RECOMMENDATION)
# Which acts a medication recommendation can say. Source: LL4049-4 as the guide's examples use it.
MEDICATION_ACTS = {
    Action.AVOID: ALTERNATIVE,
    Action.PREFER_ALTERNATIVE: ALTERNATIVE,
    Action.START_LOWER: DECREASE,
    Action.START_HIGHER: INCREASE,
}
TESTING_ACTS = (Action.TEST_FIRST, Action.CONSIDER_TEST)
PRIORITY = {Tier.T1: "asap", Tier.T2: "urgent"}  # the rest is routine
CITED_AT = "https://pubmed.ncbi.nlm.nih.gov/"


def advice_entries(
    frame: Frame, advice: Advice, findings: Findings, *, is_taken: bool
) -> Iterator[FhirJson]:
    """Yield the implication of a piece of advice, and the task that it asks for, if it asks."""
    genes = [b.ref for b in advice.because if b.step == "phenotype" and b.ref in findings]
    genes = list(dict.fromkeys(genes or _untested(advice, findings)))
    if genes:
        implication = _implication(frame, advice, [findings[g] for g in genes])
        yield frame.entry(implication_key(advice), implication)
    if advice.action not in NOTHING_TO_DO:
        task = _task(frame, advice, is_taken=is_taken, has_reason=bool(genes))
        yield frame.entry(task_key(advice), task)


def implication_key(advice: Advice) -> str:
    """Return the key of an implication within the bundle."""
    return f"implication/{advice.id}"


def task_key(advice: Advice) -> str:
    """Return the key of a task within the bundle."""
    return f"task/{advice.id}"


def _untested(advice: Advice, findings: Collection[str]) -> Iterator[str]:
    """Yield the genes that a request for a test is about."""
    for because in advice.because:
        if because.step == "not-tested" and because.ref in findings:
            yield because.ref


def _implication(frame: Frame, advice: Advice, found: list[GeneFinding]) -> FhirJson:
    seen = observation(frame, IMPLICATION, guide_code(IMPLICATION))
    seen["extension"] = [
        *(_citation(e) for e in advice.evidence),
        advice_extension(advice),
    ]
    seen["derivedFrom"] = [frame.to(genotype_key(f.gene), f.gene) for f in found]
    seen["component"] = [
        component(MEDICATION, medicine_concept(advice.target)),
        *_phenotypes(advice, found),
        component(EVIDENCE_LEVEL, {"text": plain(advice.strength) or "not graded"}),
        component(CONCLUSION, plain(f"{advice.title}. {advice.summary}")),
    ]
    if advice.population not in ("", "general"):
        seen["component"].insert(-1, component(CONTEXT, {"text": plain(advice.population)}))
    notes = note(b.text for b in advice.because if b.step == BEHAVES_AS)
    return {**seen, **({"note": notes} if notes else {})}


def _phenotypes(advice: Advice, found: list[GeneFinding]) -> Iterator[FhirJson]:
    """Yield the phenotypes that are sure; those that are not stand in the gene's own resource.

    Where medicines change what a gene does, its genotype's phenotype is not what the advice rests
    on: a note says what it behaves as, and no phenotype is coded here.
    """
    changed = {b.ref for b in advice.because if b.step == BEHAVES_AS}
    for finding in found:
        if is_phenotype_sure(finding) and finding.gene not in changed:
            concept = phenotype_concept(finding.phenotype)
            concept["text"] = f"{finding.gene} {finding.phenotype}"
            yield component(IMPLICATION, concept)


def _citation(evidence: Evidence) -> FhirJson:
    words = " ".join(w for w in (evidence.source, evidence.version, evidence.locus) if w)
    artifact: FhirJson = {"type": "citation", "display": plain(words) or "cited"}
    url = f"{CITED_AT}{evidence.pmid}/" if evidence.pmid else evidence.url
    return {
        "url": ARTIFACT_URL,
        "valueRelatedArtifact": {**artifact, **({"url": url} if url else {})},
    }


def advice_extension(advice: Advice) -> FhirJson:
    """Return how sure a piece of advice is, and which packs made it, as our own extension."""
    parts: list[dict[str, Any]] = [
        {"url": "action", "valueCode": advice.action.value},
        {"url": "tier", "valueCode": advice.tier.value},
    ]
    if advice.p_recommendation is not None:
        parts.append({"url": "probability", "valueDecimal": advice.p_recommendation})
    if advice.stable is not None:
        parts.append({"url": "stable", "valueBoolean": advice.stable})
    if advice.dose_factor:
        parts.append({"url": "dose-factor", "valueString": advice.dose_factor})
    if advice.next_position:
        parts.append({"url": "next-position", "valueString": advice.next_position})
    parts += [{"url": "pack", "valueString": p} for p in advice.packs if p]
    return {"url": ADVICE_URL, "extension": parts}


def medicine_concept(target: Target) -> FhirJson:
    """Return a medicine's name and codes."""
    coding = [
        {"system": system, "code": code, "display": plain(target.name)}
        for system, _, code in (c.partition("|") for c in target.codes)
        if system and code
    ]
    return {**({"coding": coding} if coding else {}), "text": plain(target.name) or "not named"}


def _task(frame: Frame, advice: Advice, *, is_taken: bool, has_reason: bool) -> FhirJson:
    """Return the proposal; for a medicine that is not taken, it says "if it is considered"."""
    act = _act_of(advice)
    profile = "followup-recommendation" if act is None else "medication-recommendation"
    if act is None and advice.action in TESTING_ACTS:
        act = MORE_TESTING
    when = "" if is_taken else f"If {advice.target.name} is considered: "
    task: FhirJson = {
        "resourceType": "Task",
        "meta": {"profile": [f"{PROFILE}/{profile}"]},
        "extension": [advice_extension(advice)],
        "status": "requested",
        "intent": "proposal",
        "priority": PRIORITY.get(advice.tier, "routine") if is_taken else "routine",
        "code": loinc(*act, words=advice.title) if act else {"text": plain(advice.title)},
        "description": plain(f"{when}{advice.title}. {advice.summary}"),
        "for": frame.to(frame.patient),
        "authoredOn": frame.day.isoformat(),
    }
    if has_reason:
        task["reasonReference"] = frame.to(implication_key(advice))
    options = [f"option: {o.name}: {o.reason}" for o in advice.options]
    notes = note([*options, *(f"monitor: {m}" for m in advice.monitoring)])
    return {**task, **({"note": notes} if notes else {})}


def _act_of(advice: Advice) -> tuple[str, str] | None:
    """Return the answer of LL4049-4 for an act; None where it has none for it."""
    if advice.action is Action.ADJUST:
        return _dose_act(advice.dose_factor or "")
    return MEDICATION_ACTS.get(advice.action)


def _dose_act(factor: str) -> tuple[str, str] | None:
    """Return which way a dose goes, where its factors are all on one side of one."""
    try:
        ends = [Decimal(end) for end in factor.split("-")]
    except InvalidOperation:
        return None
    if all(end < 1 for end in ends):
        return DECREASE
    return INCREASE if all(end > 1 for end in ends) else None
