"""A finding as an extension of our own, with nothing lost: written, and read back.

The extension stands on a genotype Observation beside its standard value. It is believed only where
it says the same as that value, and its parts are those that its sum was made of: whoever changes
one and not the other is not silently overruled.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import orjson

from garrod.adapters.fhir.genomics_codes import FINDING_URL
from garrod.adapters.fhir.json import Resource, many, text
from garrod.core.finding import Candidate, GeneFinding, Origin, PhenotypeShare, Proof, Status

SLACK = 1e-3  # Not clinical: how far probabilities may miss a sum of one
LISTS = ("reasons", "components", "missing", "packs")
WORDS = ("phenotype", "activity_score", "next_position", "prior")
MOST_SHOWN = 4  # Not clinical: candidates named in words; the extension holds all


def value_words(finding: GeneFinding) -> str:
    """Return what the finding's value says in words; never one candidate as fact unless called."""
    if finding.status is Status.CALLED:
        return f"{finding.gene} {finding.candidates[0].name}"
    if finding.status is Status.NOT_ASSESSED:
        return f"{finding.gene}: not assessed"
    if finding.status is Status.NO_CALL:
        return f"{finding.gene}: no call"
    if not finding.candidates:
        return f"{finding.gene}: not settled; nothing known explains what was read"
    shown = [f"{c.name} ({_percent(c.probability)})" for c in finding.candidates[:MOST_SHOWN]]
    left = len(finding.candidates) - len(shown)
    more = f" or {left} more" if left else ""
    return f"{finding.gene}: not settled; possible are {' or '.join(shown)}{more}"


def _percent(probability: float) -> str:
    return "below 1 %" if probability < 0.01 else f"{probability:.0%}".replace("%", " %")


def extension_of(finding: GeneFinding) -> dict[str, Any]:
    """Return the extension that holds the whole finding."""
    parts = [
        _string("gene", finding.gene),
        {"url": "status", "valueCode": finding.status.value},
        {"url": "origin", "valueCode": finding.origin.value},
        {"url": "remainder", "valueDecimal": finding.remainder},
    ]
    parts += [_string(name, getattr(finding, name)) for name in WORDS if getattr(finding, name)]
    parts += [_string(name, word) for name in LISTS for word in getattr(finding, name)]
    parts += [_candidate(c) for c in finding.candidates]
    parts += [_share(s) for s in finding.phenotypes]
    parts += [_proof(p) for p in finding.proofs]
    places = finding.positions or {}
    parts += [_complex("position", name=name, genotype=seen) for name, seen in places.items()]
    digest = sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {"url": FINDING_URL, "extension": [*parts, _string("sha256", digest)]}


def _string(url: str, value: str) -> dict[str, Any]:
    return {"url": url, "valueString": value}


def _complex(url: str, *more: dict[str, Any], **words: str) -> dict[str, Any]:
    parts = [_string(name, value) for name, value in words.items() if value]
    return {"url": url, "extension": [*parts, *more]}


def _candidate(c: Candidate) -> dict[str, Any]:
    more = [{"url": "probability", "valueDecimal": c.probability}]
    more += [_string("key", key) for key in c.keys]
    return _complex(
        "candidate", *more, name=c.name, phenotype=c.phenotype, activity_score=c.activity_score
    )


def _share(share: PhenotypeShare) -> dict[str, Any]:
    likely = {"url": "probability", "valueDecimal": share.probability}
    return _complex("share", likely, phenotype=share.phenotype, activity_score=share.activity_score)


def _proof(proof: Proof) -> dict[str, Any]:
    line = [{"url": "line", "valueInteger": proof.line}] if proof.line is not None else []
    alleles = [_string("allele", allele) for allele in proof.alleles]
    return _complex(
        "proof",
        *line,
        *alleles,
        position_id=proof.position_id,
        rsid=proof.rsid,
        hgvs=proof.hgvs,
        state=proof.state,
        record=proof.record,
    )


def finding_in(observation: Resource) -> GeneFinding | None:
    """Return the finding that an observation's extension holds; None without one, or if broken."""
    for extension in many(observation, "extension"):
        if text(extension, "url") == FINDING_URL:
            return _finding(extension)
    return None


def has_finding(observation: Resource) -> bool:
    """Return whether an observation bears the extension, readable or not."""
    return any(text(e, "url") == FINDING_URL for e in many(observation, "extension"))


def _finding(extension: Resource) -> GeneFinding | None:
    try:
        found = GeneFinding(
            gene=_word(extension, "gene"),
            status=Status(_word(extension, "status")),
            candidates=tuple(_candidate_in(e) for e in _parts(extension, "candidate")),
            phenotypes=tuple(_share_in(e) for e in _parts(extension, "share")),
            proofs=tuple(_proof_in(e) for e in _parts(extension, "proof")),
            origin=Origin(_word(extension, "origin")),
            remainder=_number(extension, "remainder"),
            positions=_positions(extension),
            **{name: _word(extension, name) for name in WORDS},  # type: ignore[arg-type]
            **{name: _words(extension, name) for name in LISTS},  # type: ignore[arg-type]
        )
    except ValueError:
        return None
    return found if _is_sound(found) and _is_unchanged(found, extension) else None


def _is_unchanged(finding: GeneFinding, extension: Resource) -> bool:
    """Return whether no part was changed, added or lost since the extension was written."""
    written = extension_of(finding)["extension"][-1]["valueString"]
    return bool(_word(extension, "sha256") == written)


def _is_sound(finding: GeneFinding) -> bool:
    """Return whether what is said can be so: shares of one, and a call that has something called.

    Phenotypes are told of what is possible, and the finding's own is the likeliest of them.
    """
    odds = [c.probability for c in finding.candidates]
    told = [s.probability for s in finding.phenotypes]
    is_whole = all(0 <= p <= 1 + SLACK for p in (*odds, *told, finding.remainder))
    is_one = not odds or abs(sum(odds) + finding.remainder - 1) <= SLACK
    is_named = all(c.name for c in finding.candidates) and bool(finding.gene)
    is_told = bool(finding.candidates)
    must = {Status.CALLED: True, Status.AMBIGUOUS: is_told}.get(finding.status, False)
    first = finding.phenotypes[0] if finding.phenotypes else PhenotypeShare("", "", 0.0)
    own = (finding.phenotype, finding.activity_score)
    is_same = own == (first.phenotype, first.activity_score)
    return is_whole and is_one and is_named and is_same and must == is_told


def _parts(extension: Resource, url: str) -> Iterator[Resource]:
    for part in many(extension, "extension"):
        if text(part, "url") == url:
            yield part


def _words(extension: Resource, url: str) -> tuple[str, ...]:
    parts = _parts(extension, url)
    return tuple(text(p, "valueString") or text(p, "valueCode") for p in parts)


def _word(extension: Resource, url: str) -> str:
    return next(iter(_words(extension, url)), "")


def _number(extension: Resource, url: str) -> float:
    """Return a decimal.  Raises: ValueError where there is none."""
    value = next((p.get("valueDecimal") for p in _parts(extension, url)), None)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(url)
    return float(value)


def _candidate_in(part: Resource) -> Candidate:
    return Candidate(
        _word(part, "name"),
        _number(part, "probability"),
        _word(part, "phenotype"),
        _word(part, "activity_score"),
        _words(part, "key"),
    )


def _share_in(part: Resource) -> PhenotypeShare:
    return PhenotypeShare(
        _word(part, "phenotype"), _word(part, "activity_score"), _number(part, "probability")
    )


def _proof_in(part: Resource) -> Proof:
    line = next((p.get("valueInteger") for p in _parts(part, "line")), None)
    return Proof(
        _word(part, "position_id"),
        _word(part, "rsid"),
        _word(part, "hgvs"),
        _word(part, "state"),
        _words(part, "allele"),
        line if isinstance(line, int) else None,
        _word(part, "record"),
    )


def _positions(extension: Resource) -> dict[str, str] | None:
    places = _parts(extension, "position")
    return {_word(p, "name"): _word(p, "genotype") for p in places} or None
