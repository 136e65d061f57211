"""A cohort: each person from their own readings, one bad sample spoils only itself."""

import numpy as np
import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.finding import Candidate, GeneFinding, Origin, Status
from garrod.core.genotype import NOT_COVERED, CallState, GenotypeTable, Observation, StructuralCall
from garrod.core.variant import Assembly
from garrod.science.pgx import people as people_room
from garrod.science.pgx.people import Caller, Sample, call_people, load_caller

SHELF = load_shelf()
CALLER = load_caller(SHELF)
STAR_2 = {"CYP2C19:94781859", "CYP2C19:94775367"}
STAR_1 = "CYP2C19:94842866"  # the reference genome carries *38 here


def table(
    samples: dict[str, set[str]],
    *,
    spoiled: dict[str, str] | None = None,
    structural: dict[str, tuple[StructuralCall, ...]] | None = None,
    skip: set[str] = frozenset(),
) -> GenotypeTable:
    """Return readings in which each sample is heterozygous at the ids given, else reference."""
    positions = CALLER.positions()
    palette = tuple(
        (
            NOT_COVERED,
            Observation(CallState.CALLED, (p.alleles[0], p.alleles[0])),
            Observation(CallState.CALLED, (p.alleles[0], p.alleles[1])),
            Observation(CallState.CALLED, (p.alleles[1], p.alleles[1])),
        )
        for p in positions
    )
    codes = np.ones((len(positions), len(samples)), np.uint16)
    for column, carried in enumerate(samples.values()):
        for row, position in enumerate(positions):
            if position.id == STAR_1:
                codes[row, column] = 3
            if position.id in carried:
                codes[row, column] = 2
            if position.id in skip:
                codes[row, column] = 0
    return GenotypeTable(
        samples=tuple(samples),
        assembly=Assembly.GRCH38,
        positions=positions,
        codes=codes,
        palette=palette,
        spoiled=spoiled or {},
        structural=structural or {},
    )


def called(
    found: GenotypeTable, people: list[Sample], caller: Caller = CALLER, **more: object
) -> dict[str, dict[str, GeneFinding]]:
    """Return findings by sample and gene."""
    every = call_people(caller, found, people, **more)  # type: ignore[arg-type]
    return {person.sample: {f.gene: f for f in findings} for person, findings in every}


def test_people_keep_their_own_results_in_any_order() -> None:
    found = table({"a": set(), "b": STAR_2, "c": set()})
    results = called(found, [Sample("b"), Sample("a"), Sample("c")])
    assert list(results) == ["b", "a", "c"]
    names = {s: genes["CYP2C19"].candidates[0].name for s, genes in results.items()}
    assert names == {"a": "*1/*1", "b": "*1/*2", "c": "*1/*1"}


def test_every_gene_has_a_finding_that_names_packs_and_prior() -> None:
    results = called(table({"a": set()}), [Sample("a", population="EAS")])["a"]
    assert set(results) == set(CALLER.definitions)
    for gene, finding in results.items():
        if CALLER.definitions[gene].positions:
            assert finding.packs == CALLER.packs
            is_counted = gene in {r["gene"] for r in SHELF.rows("pgx-frequencies", "frequencies")}
            assert finding.prior == ("population:EAS" if is_counted else "flat")


def test_spoiled_sample_is_not_assessed_and_others_are_called() -> None:
    found = table({"a": set(), "b": set()}, spoiled={"b": "line 9 is broken"})
    results = called(found, [Sample("a"), Sample("b")])
    assert results["a"]["CYP2C19"].status is Status.CALLED
    spoiled = results["b"].values()
    assert {f.status for f in spoiled} == {Status.NOT_ASSESSED}
    assert {f.reasons for f in spoiled} == {("line 9 is broken",)}


def test_outside_call_replaces_the_reading_of_its_gene() -> None:
    stated = GeneFinding(
        "CYP2D6",
        Status.CALLED,
        (Candidate("*4/*4", 1.0, "Poor Metabolizer"),),
        origin=Origin.OUTSIDE,
    )
    results = called(table({"a": set()}), [Sample("a")], outside={"CYP2D6": stated})["a"]
    assert results["CYP2D6"].origin is Origin.OUTSIDE
    assert results["CYP2D6"].packs == CALLER.packs
    assert results["CYP2C19"].origin is Origin.VARIANTS


def test_outside_call_that_contradicts_a_called_gene_says_so() -> None:
    stated = GeneFinding(
        "CYP2C19",
        Status.CALLED,
        (Candidate("*1/*1", 1.0, "Normal Metabolizer"),),
        "Normal Metabolizer",
        origin=Origin.OUTSIDE,
    )
    found = table({"a": STAR_2, "b": set()})
    results = called(found, [Sample("a"), Sample("b")], outside={"CYP2C19": stated})
    said = "the file reads *1/*2, the outside call *1/*1 stands: ask which is right"
    assert results["a"]["CYP2C19"].reasons == (said,)
    assert results["b"]["CYP2C19"].reasons == ()


def test_structural_records_count_for_their_own_sample_and_gene_only() -> None:
    deleted = (StructuralCall("CYP2D6", "DEL", 1, 4, "22:42123000 DEL CN=1"),)
    found = table({"a": set(), "b": set()}, structural={"b": deleted})
    results = called(found, [Sample("a"), Sample("b")])
    assert results["a"]["CYP2D6"].candidates[0].name == "*1/*1"
    assert results["b"]["CYP2D6"].candidates[0].name == "*1/*5"


def test_sex_is_part_of_what_is_remembered() -> None:
    carried = {"G6PD:154536002", "G6PD:154535277"}
    found = table({"a": carried, "b": carried})
    results = called(found, [Sample("a", sex="female"), Sample("b", sex="")])
    assert results["a"]["G6PD"].phenotype == "Variable"


def test_memory_that_is_full_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = {"a": set(), "b": STAR_2, "c": STAR_2}
    everybody = [Sample(s) for s in samples]
    plenty = called(table(samples), everybody)
    monkeypatch.setattr(people_room, "MEMORY", 1)
    assert called(table(samples), everybody) == plenty


def test_flat_prior_names_itself_and_needs_no_frequencies() -> None:
    flat = load_caller(SHELF, is_flat=True)
    assert not any(pack.startswith("pgx-frequencies") for pack in flat.packs)
    finding = called(table({"a": STAR_2}), [Sample("a")], flat)["a"]["CYP2C19"]
    assert finding.prior.startswith("flat")
    assert finding.candidates[0].name == "*1/*2"


def test_prior_decides_what_an_unread_position_hides() -> None:
    found = table({"a": set()}, skip={"CYP2C19:94761900"})  # *17 cannot be seen
    by_population = {
        p: called(found, [Sample("a", population=p)])["a"]["CYP2C19"].candidates[0].probability
        for p in ("EAS", "EUR")
    }
    assert by_population["EUR"] < by_population["EAS"]  # *17: 22 % in Europe, rare in East Asia


def test_nothing_read_is_no_call_for_everyone() -> None:
    found = table({"a": set()}, skip={p.id for p in CALLER.positions()})
    results = called(found, [Sample("a")])["a"].values()
    assert {f.status for f in results} <= {Status.NO_CALL, Status.NOT_ASSESSED}
