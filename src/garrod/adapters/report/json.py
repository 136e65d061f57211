"""Writes a report as JSON of at most 20 kB: advice in full, the rest in compact rows.

Machine words throughout (phenotypes as CPIC spells them). Where a person has so much that it
would not fit, details are left out in a stated order and named under "left_out"; advice never is.
"""

from __future__ import annotations

from typing import Any

import orjson

from garrod.adapters.report.model import Report
from garrod.core.advice import Advice
from garrod.core.finding import GeneFinding, Origin, Status

LIMIT = 20_000  # bytes a person; source: the project's aim for pharmacogenomic output
NEXT_COLUMNS = (
    "medicine", "action", "tier", "strength", "dose_factor", "p_recommendation", "stable",
    "genes", "row", "pmid", "options",
)  # fmt: skip
LEAST_COLUMNS = 3
SHORTENINGS = (
    "diplotypes beyond the first of each gene",
    "variant steps of the proof chains",
    "options of advice for medicines not taken",
    "draft orders of the options",
    "codes of the options",
    "reasons of genes that are called",
    "all but medicine, action and tier of advice for medicines not taken",
    "all but the results, guideline rows and cautions of the proof chains",
    "packs of each piece of advice (those of all stand under packs)",
    "places within the evidence, and addresses where there is a PubMed number",
    "steps of the proof chains that stand with another medicine already",
    "evidence of each piece of advice (its numbers point to the list under evidence)",
    "all of the proof chains but the guideline rows",
    "codes of the medicines, reasons of the options, words of the guideline rows, blank cells",
    "licences, and versions where there is a PubMed number, within the evidence",
)
KEPT_STEPS = ("phenotype", "behaves-as", "guidance", "not-tested", "caution")


def render_json(report: Report) -> bytes:
    """Return the report as UTF-8 JSON; the keys of advice are those of the contract."""
    content = b""
    for level in range(len(SHORTENINGS) + 1):
        content = orjson.dumps(_content(report, level))
        if len(content) <= LIMIT:
            break
    return content


def _content(report: Report, level: int) -> dict[str, Any]:
    advice = [_advice(a, level) for a in report.now]
    if level >= 11:
        _say_once(advice)
    cited = _cite_once(advice, level) if level >= 12 else []
    return {
        "title": report.title,
        "sample": report.sample,
        "subject_note": report.subject_note,
        "assembly": report.assembly,
        "source": {"file": report.source, "sha256": report.source_sha256},
        "made_on": report.made_on.isoformat(),
        "software": report.software,
        "not_a_medical_device": True,
        "medicines": list(report.medicines),
        "advice": advice,
        **({"evidence": cited} if cited else {}),
        "clear": list(report.clear),
        "next": {
            "columns": list(NEXT_COLUMNS[: _width(level)]),
            "rows": [_next(a)[: _width(level)] for a in report.next],
        },
        "genes": [_gene(f, level) for f in report.findings],
        "priors": sorted({f.prior for f in report.findings if f.prior}),
        "not_assessed": _gaps(report),
        "packs": list(report.packs),
        "warnings": list(report.warnings),
        "left_out": list(SHORTENINGS[:level]),
    }


def _width(level: int) -> int:
    """Return how many columns a row of `next` keeps."""
    whole = len(NEXT_COLUMNS)
    return LEAST_COLUMNS if level >= 7 else whole - 1 if level >= 3 else whole


def _advice(advice: Advice, level: int) -> dict[str, Any]:
    content = advice.as_json()
    if level >= 2:
        content["because"] = [b for b in content["because"] if b["step"] != "variant"]
    if level >= 8:
        content["because"] = [b for b in content["because"] if b["step"] in KEPT_STEPS]
    if level >= 13:
        content["because"] = [b for b in content["because"] if b["step"] == "guidance"]
    if level >= 14:
        content["target"] = content["target"] | {"codes": []}
        content["options"] = [option | {"reason": ""} for option in content["options"]]
        content["because"] = [b | {"text": ""} for b in content["because"]]
    if level >= 10:
        content["evidence"] = [
            e | {"locus": "", "url": "" if e["pmid"] else e["url"]} for e in content["evidence"]
        ]
    if level >= 9:
        content["packs"] = []
    if level >= 4:
        content["options"] = [option | {"order": None} for option in content["options"]]
    if level >= 5:
        content["options"] = [option | {"codes": []} for option in content["options"]]
    return content


def _say_once(advice: list[dict[str, Any]]) -> None:
    """Take out steps that another medicine's chain has already, word for word."""
    seen: set[tuple[str, str]] = set()
    for one in advice:
        kept = [b for b in one["because"] if b["step"] == "guidance" or _mark(b) not in seen]
        seen.update(_mark(b) for b in kept)
        one["because"] = kept


def _mark(step: dict[str, str]) -> tuple[str, str]:
    return step["step"], step["text"]


def _spare(evidence: dict[str, str], level: int) -> tuple[str, ...]:
    """Return the keys of a citation that are left out."""
    if level < 15:
        return ()
    return ("licence", "version") if evidence.get("pmid") else ("licence",)


def _cite_once(advice: list[dict[str, Any]], level: int) -> list[dict[str, Any]]:
    """Return each citation once, and put its number in its place."""
    cited: list[dict[str, Any]] = []
    for one in advice:
        own = [
            {key: e[key] for key in e if e[key] and key not in _spare(e, level)}
            for e in one["evidence"]
        ]
        cited += [e for e in own if e not in cited]
        one["evidence"] = [cited.index(e) for e in own]
    return cited


def _next(a: Advice) -> list[Any]:
    return [
        a.target.name,
        a.action.value,
        a.tier.value,
        a.strength,
        a.dose_factor,
        a.p_recommendation,
        a.stable,
        [b.ref for b in a.because if b.step == "phenotype"],
        next((b.ref for b in a.because if b.step == "guidance"), ""),
        [e.pmid for e in a.evidence if e.pmid],
        [o.name for o in a.options],
    ]


def _gene(finding: GeneFinding, level: int) -> dict[str, Any]:
    kept = finding.candidates[: 3 if level < 1 else 1]
    content: dict[str, Any] = {
        "gene": finding.gene,
        "status": finding.status.value,
        "diplotypes": [{"name": c.name, "probability": round(c.probability, 4)} for c in kept],
        "phenotype": finding.phenotype,
        "activity_score": finding.activity_score,
        "reasons": [] if level >= 6 and finding.status is Status.CALLED else list(finding.reasons),
    }
    more = {
        "components": list(finding.components),
        "more_diplotypes": len(finding.candidates) - len(kept),
        "positions_not_read": len(finding.missing),
        "next_position": finding.next_position,
        "positions": finding.positions,
        "origin": "" if finding.origin is Origin.VARIANTS else finding.origin.value,
    }
    if level >= 14:
        content = {key: value for key, value in content.items() if value}
    return content | {key: value for key, value in more.items() if value}


def _gaps(report: Report) -> list[dict[str, Any]]:
    """Return the gaps of medicines, those of one subject, reason and code together.

    A gap that is about a gene alone stands under "genes", with the gene's own reasons.
    """
    genes = {f.gene for f in report.findings}
    alike: dict[tuple[str, str, str], list[str]] = {}
    for gap in report.not_assessed:
        if gap.target.name not in genes:
            alike.setdefault((gap.subject, gap.reason, gap.code), []).append(gap.target.name)
    return [
        {"subject": subject, "reason": reason, "code": code, "medicines": names}
        for (subject, reason, code), names in alike.items()
    ]
