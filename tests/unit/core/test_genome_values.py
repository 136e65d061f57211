"""Positions, readings and findings: what they answer, and what they do not pretend to know."""

import numpy as np
import pytest

from garrod.core.advice import NotAssessed, Target
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.genotype import NOT_COVERED, CallState, GenotypeTable, Observation
from garrod.core.variant import Assembly, Locus, Position, RefStatus

LEIDEN = Position(
    id="F5:169549811",
    gene="F5",
    rsid="rs6025",
    hgvs="g.169549811C>T",
    chromosome="1",
    alleles=("C", "T"),
    grch38=Locus(169549811, "C"),
    grch37=Locus(169519049, "T"),
)


def test_position_has_a_reference_of_its_own_on_each_build() -> None:
    assert LEIDEN.on(Assembly.GRCH38) == Locus(169549811, "C", RefStatus.VERIFIED)
    assert LEIDEN.on(Assembly.GRCH37) == Locus(169519049, "T", RefStatus.VERIFIED)


def test_table_gives_each_sample_its_own_reading() -> None:
    het = Observation(CallState.CALLED, ("C", "T"))
    table = GenotypeTable(
        samples=("a", "b"),
        assembly=Assembly.GRCH38,
        positions=(LEIDEN,),
        codes=np.array([[0, 1]], dtype=np.uint16),
        palette=((NOT_COVERED, het),),
    )
    assert table.observation(0, 0).state is CallState.NOT_COVERED
    assert table.observation(0, 1) == het


@pytest.mark.parametrize(
    ("candidates", "expected"), [((), False), ((Candidate("*1/*2", 1.0, ""),), True)]
)
def test_finding_is_usable_only_with_a_candidate(
    candidates: tuple[Candidate, ...], expected: bool
) -> None:
    assert GeneFinding("CYP2C19", Status.AMBIGUOUS, candidates).is_usable is expected


@pytest.mark.parametrize(
    ("status", "probability", "expected"),
    [(Status.AMBIGUOUS, 0.95, True), (Status.AMBIGUOUS, 0.9, False), (Status.CALLED, 1.0, False)],
)
def test_finding_is_open_elsewhere_only_where_doubt_is_not_in_its_probability(
    status: Status, probability: float, expected: bool
) -> None:
    finding = GeneFinding("CYP2D6", status, (Candidate("*1/*2", probability, ""),))
    assert finding.is_open_elsewhere is expected


def test_not_assessed_as_json_names_target_subject_and_reason() -> None:
    missing = NotAssessed(Target("codeine"), "CYP2D6", "no position was read", "not-tested")
    assert missing.as_json() == {
        "target": {"name": "codeine", "codes": []},
        "subject": "CYP2D6",
        "reason": "no position was read",
        "code": "not-tested",
    }
