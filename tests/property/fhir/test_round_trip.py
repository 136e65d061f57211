"""Whatever a finding is, it comes back from a bundle as it was; a stranger reads no more."""

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.genomics_codes import FINDING_URL
from garrod.adapters.fhir.person import Read, read_person
from garrod.adapters.report.fhir import report_bundle
from garrod.adapters.report.model import Report
from garrod.core.finding import Candidate, GeneFinding, Origin, PhenotypeShare, Proof, Status

GENES = ("CYP2C19", "CYP2D6", "DPYD", "HLA-B", "MT-RNR1", "G6PD", "NEWGENE1")
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1,
                max_size=12)  # fmt: skip
ALLELES = st.sampled_from(("*1", "*2", "*10", "*4x2", "Reference", "c.1905+1G>A", "B (reference)"))
PHENOTYPES = st.sampled_from(
    ("Poor Metabolizer", "Normal Metabolizer", "Normal Function", "n/a", "Indeterminate", "-1 AA")
)
PROOFS = st.builds(
    Proof, WORDS | st.just(""), WORDS | st.just(""), WORDS | st.just(""), WORDS,
    st.lists(st.sampled_from(("A", "G", "?", ".")), max_size=2).map(tuple),
    st.none() | st.integers(1, 10**6), WORDS | st.just(""),
)  # fmt: skip


def shares(candidates: tuple[Candidate, ...]) -> tuple[PhenotypeShare, ...]:
    mass: dict[tuple[str, str], float] = {}
    for c in candidates:
        key = (c.phenotype, c.activity_score)
        mass[key] = mass.get(key, 0.0) + c.probability
    return tuple(PhenotypeShare(p, s, odds) for (p, s), odds in mass.items())


@st.composite
def candidates(draw: st.DrawFn) -> tuple[Candidate, ...]:
    """Return candidates of different names, likely in proportion to whole numbers."""
    count = draw(st.integers(1, 5))
    weights = draw(st.lists(st.integers(1, 1000), min_size=count, max_size=count))
    names = draw(st.lists(st.tuples(ALLELES, ALLELES), min_size=count, max_size=count, unique=True))
    return tuple(
        Candidate(
            "/".join(pair), weight / sum(weights), draw(PHENOTYPES),
            draw(st.sampled_from(("", "1.0", "≥3.25"))),
            draw(st.lists(WORDS, max_size=2).map(tuple)),
        )
        for weight, pair in zip(weights, names, strict=True)
    )  # fmt: skip


@st.composite
def findings(draw: st.DrawFn, gene: str) -> GeneFinding:
    """Return a finding of a gene, in any status."""
    status = draw(st.sampled_from(Status))
    is_told = status is Status.CALLED or (status is Status.AMBIGUOUS and draw(st.booleans()))
    some = draw(candidates()) if is_told else ()
    told = shares(some)
    first = told[0] if told else PhenotypeShare("", "", 0.0)
    words = st.lists(WORDS, max_size=3).map(tuple)
    return GeneFinding(
        gene, status, some, first.phenotype, first.activity_score, told,
        reasons=draw(words), components=draw(words), origin=draw(st.sampled_from(Origin)),
        next_position=draw(WORDS | st.just("")), missing=draw(words),
        proofs=draw(st.lists(PROOFS, max_size=3).map(tuple)), prior=draw(WORDS | st.just("")),
        packs=draw(words), remainder=0.0,
        positions=draw(st.none() | st.dictionaries(WORDS, WORDS, min_size=1, max_size=2)),
    )  # fmt: skip


PEOPLE = st.tuples(*(st.none() | findings(gene) for gene in GENES)).map(
    lambda found: tuple(f for f in found if f is not None)
)


def bundle(found: tuple[GeneFinding, ...]) -> dict[str, Any]:
    return report_bundle(
        Report("R", "S", "GRCh38", "x", "0", date(2026, 11, 25), "garrod 0", findings=found)
    )


def read(made: dict[str, Any]) -> Read:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "b.json"
        path.write_text(json.dumps(made), encoding="utf-8")
        return read_person(path)


def strings(value: Any) -> Iterator[Any]:
    """Yield every value in a bundle that is no object and no array."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        yield from (s for inner in value for s in strings(inner))
    else:
        yield value


@settings(deadline=None, max_examples=60)
@given(PEOPLE)
def test_findings_come_back_as_they_were(found: tuple[GeneFinding, ...]) -> None:
    back = read(bundle(found))
    assert back.findings == found
    assert back.rows == ()


@settings(deadline=None, max_examples=60)
@given(PEOPLE)
def test_no_string_of_a_bundle_is_empty_and_no_value_is_missing(
    found: tuple[GeneFinding, ...],
) -> None:
    assert all(s is not None and str(s).strip() for s in strings(bundle(found)))


@settings(deadline=None, max_examples=60)
@given(PEOPLE)
def test_without_our_extension_nothing_open_is_read_as_a_diplotype(
    found: tuple[GeneFinding, ...],
) -> None:
    made = copy.deepcopy(bundle(found))
    for entry in made["entry"]:
        kept = entry["resource"].get("extension", [])
        entry["resource"]["extension"] = [e for e in kept if e["url"] != FINDING_URL]
    called = {f.gene for f in found if f.status is Status.CALLED}
    stated = {r.gene for r in read(made).rows if r.diplotype}
    assert stated == called
