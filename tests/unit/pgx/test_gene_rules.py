"""The genes with rules of their own: DPYD, RYR1, CYP2D6, MT-RNR1, SLCO1B1, G6PD and others."""

import pytest

from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import MISSING, UNDOCUMENTED, CallState, Observation, StructuralCall
from garrod.science.pgx.caller import call_gene
from garrod.science.pgx.copies import activity_of
from garrod.science.pgx.describe import CallSettings
from garrod.science.pgx.phenotype import (
    function_of,
    phenotype_of,
    score_result,
)
from garrod.science.pgx.priors import flat_prior
from tests.making.calls import GENES, PHENOTYPES, call_seen

Changes = dict[str, Observation | None]


def read(*alleles: str, phased: bool = False, phase_set: int | None = None) -> Observation:
    return Observation(CallState.CALLED, alleles, phased, phase_set)


def call(
    gene: str,
    changes: Changes,
    *,
    copies: int = 2,
    sex: str = "",
    structural: tuple[StructuralCall, ...] = (),
    settings: CallSettings | None = None,
) -> GeneFinding:
    """Call a gene that reads reference everywhere but at these rsids (None: not read)."""
    definition = GENES[gene]
    seen = {}
    for position in definition.positions:
        if position.rsid not in changes:
            seen[position.id] = read(*[position.alleles[0]] * copies)
        elif (changed := changes[position.rsid]) is not None:
            seen[position.id] = changed
    return call_seen(gene, seen, sex=sex, structural=structural, settings=settings)


def said(found: GeneFinding) -> tuple[str, str, str]:
    """Return diplotype, phenotype and score of the first candidate."""
    first = found.candidates[0]
    return first.name, first.phenotype, first.activity_score


STAR_2A = {"rs3918290": read("C", "T")}
STAR_13 = {"rs55886062": read("A", "C")}
HAPB3 = {"rs75017182": read("G", "C"), "rs56038477": read("C", "T")}


@pytest.mark.parametrize(
    ("changes", "phenotype", "score"),
    [
        ({}, "Normal Metabolizer", "2.0"),
        (STAR_2A, "Intermediate Metabolizer", "1.0"),
        ({"rs67376798": read("T", "A")}, "Intermediate Metabolizer", "1.5"),
        ({"rs115232898": read("T", "C")}, "Intermediate Metabolizer", "1.5"),
        (HAPB3, "Intermediate Metabolizer", "1.5"),
        ({"rs55886062": read("C", "C")}, "Poor Metabolizer", "0.0"),
        ({**STAR_2A, **STAR_13}, "Poor Metabolizer", "0.0"),
        ({**STAR_2A, **HAPB3}, "Poor Metabolizer", "0.5"),
    ],
)
def test_dpyd_unphased_takes_the_two_lowest_functions_in_trans(
    changes: Changes, phenotype: str, score: str
) -> None:
    found = call("DPYD", changes)
    assert said(found)[1:] == (phenotype, score)
    assert (found.phenotype, found.activity_score) == (phenotype, score)


def test_dpyd_lists_every_variant_as_a_component() -> None:
    found = call("DPYD", {**STAR_2A, **STAR_13})
    assert set(found.components) == {"c.1905+1G>A (*2A)", "c.1679T>G (*13)"}
    assert any("phase unknown" in reason for reason in found.reasons)
    assert call("DPYD", {}).components == ("Reference",)


@pytest.mark.parametrize(
    ("other", "phenotype", "score"),
    [(("A", "C"), "Intermediate Metabolizer", "1.0"), (("C", "A"), "Poor Metabolizer", "0.0")],
)
def test_dpyd_phased_counts_each_strand_once(
    other: tuple[str, str], phenotype: str, score: str
) -> None:
    changes = {
        "rs3918290": read("C", "T", phased=True),
        "rs55886062": read(*other, phased=True),
    }
    assert said(call("DPYD", changes))[1:] == (phenotype, score)


def test_dpyd_in_two_phase_sets_takes_the_arrangement_of_least_function() -> None:
    changes = {
        "rs3918290": read("C", "T", phased=True, phase_set=1),
        "rs55886062": read("A", "C", phased=True, phase_set=2),
    }
    found = call("DPYD", changes)
    assert said(found)[1:] == ("Poor Metabolizer", "0.0")
    assert any("phase sets leave the strands open" in reason for reason in found.reasons)


def test_dpyd_tag_of_hapb3_without_the_causal_variant_is_said() -> None:
    found = call("DPYD", {"rs56038477": read("C", "T")})
    assert any("the intronic variant decides" in reason for reason in found.reasons)
    assert not any("HapB3" in reason for reason in call("DPYD", HAPB3).reasons)


def test_dpyd_with_its_deciding_position_unread_is_not_called_normal() -> None:
    found = call("DPYD", {"rs3918290": None})
    assert (found.status, found.missing) == (Status.AMBIGUOUS, ("DPYD:97450058",))
    assert "not read, though decisive: c.1905+1G>A (*2A)" in found.reasons


def test_dpyd_with_normal_variants_hides_an_unread_deciding_one_no_more() -> None:
    changes = {"rs1801265": read("A", "G"), "rs2297595": read("T", "C"), "rs3918290": None}
    assert call("DPYD", changes).status is Status.AMBIGUOUS


def test_hapb3_is_excluded_by_its_tag_where_the_cause_was_not_read() -> None:
    assert call("DPYD", {"rs75017182": None}).status is Status.CALLED
    both = call("DPYD", {"rs75017182": None, "rs56038477": None})
    assert "not read, though decisive: HapB3" in both.reasons


@pytest.mark.parametrize("rsid", ["rs1050828", "rs5030868"])
def test_g6pd_with_a_common_deficiency_unread_is_not_called_normal(rsid: str) -> None:
    assert call("G6PD", {rsid: None}, sex="male").status is Status.AMBIGUOUS


def test_dpyd_without_function_on_both_strands_needs_no_more() -> None:
    changes = {"rs3918290": read("T", "T"), "rs67376798": None}
    assert call("DPYD", changes).status is Status.CALLED


def test_ryr1_variant_gives_susceptibility_and_reference_never_reads_as_normal() -> None:
    carrier = call("RYR1", {"rs193922747": read("T", "C")})
    assert carrier.phenotype == "Malignant Hyperthermia Susceptibility"
    assert carrier.components == ("c.103T>C",)
    assert "Normal" not in call("RYR1", {}).phenotype


STAR_4 = {"rs3892097": read("C", "T")}
STAR_4_TWICE = {"rs3892097": read("T", "T")}


def counted(kind: str, copies: int | None) -> tuple[StructuralCall, ...]:
    return (StructuralCall("CYP2D6", kind, copies, 7, f"22:42123000 {kind} CN={copies}"),)


@pytest.mark.parametrize(
    ("changes", "structural", "name", "phenotype", "score"),
    [
        ({}, counted("CNV", 2), "*1/*1", "Normal Metabolizer", "2.0"),
        (STAR_4, counted("CNV", 2), "*1/*4", "Intermediate Metabolizer", "1.0"),
        (STAR_4_TWICE, counted("DEL", 1), "*4/*5", "Poor Metabolizer", "0.0"),
        ({}, counted("DEL", 1), "*1/*5", "Intermediate Metabolizer", "1.0"),
        ({}, counted("DEL", 0), "*5/*5", "Poor Metabolizer", "0.0"),
        ({}, counted("DUP", 3), "*1/*1x2", "Ultrarapid Metabolizer", "3.0"),
        ({}, counted("DUP", 4), "*1/*1x3", "Ultrarapid Metabolizer", "≥4.0"),
    ],
)
def test_cyp2d6_copies_that_were_counted_change_the_diplotype(
    changes: Changes, structural: tuple[StructuralCall, ...], name: str, phenotype: str, score: str
) -> None:
    found = call("CYP2D6", changes, structural=structural)
    assert said(found) == (name, phenotype, score)
    assert (found.phenotype, found.activity_score) == (phenotype, score)


def test_cyp2d6_duplication_of_two_alleles_leaves_open_which_was_copied() -> None:
    found = call("CYP2D6", STAR_4, structural=counted("DUP", 3))
    assert {c.name for c in found.candidates} >= {"*1x2/*4", "*1/*4x2"}
    assert found.status is Status.AMBIGUOUS


def test_cyp2d6_without_structural_records_says_snv_only_and_is_not_certain() -> None:
    found = call("CYP2D6", {}, settings=CallSettings(demand_copies=True))
    assert found.status is Status.AMBIGUOUS
    assert found.candidates[0].name == "*1/*1"
    assert any(reason.startswith("SNV only") for reason in found.reasons)


@pytest.mark.parametrize(
    ("changes", "structural", "reason"),
    [
        (STAR_4, counted("DEL", 1), "two different alleles were read where one copy was counted"),
        ({}, counted("*36", 1), "hybrid allele *36 was recorded"),
        ({}, counted("CNV", None), "structural record not usable"),
        ({}, (*counted("DEL", 1), *counted("DUP", 3)), "copy number is not clear"),
    ],
)
def test_cyp2d6_structure_that_is_not_clear_is_ambiguous_with_the_reason(
    changes: Changes, structural: tuple[StructuralCall, ...], reason: str
) -> None:
    found = call("CYP2D6", changes, structural=structural)
    assert found.status is Status.AMBIGUOUS
    assert any(reason in r for r in found.reasons)


def test_cyp2d6_one_event_of_two_records_is_counted_once() -> None:
    found = call("CYP2D6", {}, structural=(*counted("DEL", 1), *counted("CNV", 2)))
    assert found.candidates[0].name == "*1/*5"


@pytest.mark.parametrize(
    ("changes", "name", "phenotype"),
    [
        ({}, "Reference", "normal risk of aminoglycoside-induced hearing loss"),
        (
            {"rs267606617": read("G")},
            "m.1555A>G",
            "increased risk of aminoglycoside-induced hearing loss",
        ),
    ],
)
def test_mt_rnr1_names_one_allele(changes: Changes, name: str, phenotype: str) -> None:
    assert said(call("MT-RNR1", changes, copies=1))[:2] == (name, phenotype)


def test_mt_rnr1_of_several_variants_takes_the_greatest_risk_and_says_so() -> None:
    changes: Changes = {"rs267606617": read("G"), "rs267606619": read("T")}
    name, phenotype, _ = said(call("MT-RNR1", changes, copies=1))
    assert set(name.split(" + ")) == {"m.1555A>G", "m.1494C>T"}
    assert phenotype.startswith("increased risk")


def test_slco1b1_that_no_pair_explains_rests_on_rs4149056_and_is_ambiguous() -> None:
    every = {p.rsid: read(p.alleles[1], p.alleles[1]) for p in GENES["SLCO1B1"].positions}
    found = call("SLCO1B1", {**every, "rs4149056": read("C", "C")})
    assert found.status is Status.AMBIGUOUS
    assert said(found)[:2] == ("rs4149056 C/C", "Poor Function")
    assert any("rests on rs4149056 alone" in reason for reason in found.reasons)


def test_slco1b1_that_nothing_explains_has_no_phenotype() -> None:
    every = {p.rsid: read(p.alleles[1], p.alleles[1]) for p in GENES["SLCO1B1"].positions}
    found = call("SLCO1B1", {**every, "rs4149056": None})
    assert (found.status, found.candidates, found.phenotype) == (Status.AMBIGUOUS, (), "")


A_MINUS = {"rs1050828": ("C", "T"), "rs1050829": ("T", "C")}


@pytest.mark.parametrize(
    ("copies", "sex", "bases", "phenotype"),
    [
        (1, "male", 1, "Deficient"),
        (2, "female", 2, "Deficient"),
        (2, "female", 1, "Variable"),
        (2, "female", 0, "Normal"),
        (1, "male", 0, "Normal"),
        (2, "male", 2, "Deficient"),
    ],
)
def test_g6pd_phenotype_follows_copies_and_sex(
    copies: int, sex: str, bases: int, phenotype: str
) -> None:
    changes: Changes = {
        rsid: read(*[ref] * (copies - bases), *[alt] * bases)
        for rsid, (ref, alt) in A_MINUS.items()
    }
    found = call("G6PD", changes, copies=copies, sex=sex)
    assert found.phenotype == phenotype


@pytest.mark.parametrize(
    ("gene", "changes", "name", "phenotype"),
    [
        ("CYP3A5", {"rs776746": read("C", "C")}, "*3/*3", "Poor Metabolizer"),
        ("CYP2C9", {"rs1057910": read("A", "C")}, "*1/*3", "Intermediate Metabolizer"),
        ("UGT1A1", {"rs4148323": read("A", "A")}, "*6/*6", "Poor Metabolizer"),
        ("UGT1A1", {"rs3064744": read("CATAT", "CATAT")}, "*28/*28", "Poor Metabolizer"),
    ],
)
def test_plain_genes_have_the_phenotype_of_the_guideline(
    gene: str, changes: Changes, name: str, phenotype: str
) -> None:
    assert said(call(gene, changes))[:2] == (name, phenotype)


def test_warfarin_position_beside_cyp2c9_is_carried_along() -> None:
    definition = GENES["CYP2C9"]
    seen = {p.id: read(p.alleles[0], p.alleles[0]) for p in definition.positions}
    prior = flat_prior(definition)
    silent = call_gene(definition, PHENOTYPES, seen, prior)
    assert silent.positions == {"rs12777823": ""}
    seen["CYP2C9:94645745"] = read("G", "A")
    found = call_gene(definition, PHENOTYPES, seen, prior)
    assert found.positions == {"rs12777823": "A/G"}


def test_cyp2d6_recorded_with_two_copies_reads_as_any_other_gene() -> None:
    plain = call("CYP2D6", STAR_4)
    recorded = call("CYP2D6", STAR_4, structural=counted("CNV", 2))
    assert [c.name for c in recorded.candidates] == [c.name for c in plain.candidates]
    assert recorded.status is Status.CALLED
    assert not any("SNV only" in reason for reason in recorded.reasons)


@pytest.mark.parametrize("gene", ["CYP2C19", "DPYD", "G6PD"])
def test_change_of_copies_that_are_not_counted_leaves_the_gene_open(gene: str) -> None:
    found = call(gene, {}, structural=(StructuralCall(gene, "DEL", None, 7, "10:1 N><DEL> 0/1"),))
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Indeterminate")
    assert any("structural change" in reason for reason in found.reasons)


def test_cyp2d6_that_is_deleted_twice_needs_no_bases() -> None:
    unread: Changes = {p.rsid: None for p in GENES["CYP2D6"].positions}
    found = call("CYP2D6", unread, structural=counted("DEL", 0))
    assert (found.status, found.candidates[0].name) == (Status.CALLED, "*5/*5")
    assert call("CYP2D6", unread, structural=counted("DEL", 1)).status is Status.NO_CALL


def test_cyp2d6_that_no_pair_explains_still_tells_of_its_hybrid() -> None:
    hybrid = (StructuralCall("CYP2D6", "*36", None, 7, "22:1 N><CYP2D6*36> 0/1"),)
    both = {"rs35742686": read("C", "C"), "rs5030655": read("C", "C")}  # *3 with *6: no allele
    found = call("CYP2D6", both, structural=hybrid)
    assert (found.status, found.candidates) == (Status.AMBIGUOUS, ())
    assert any("hybrid allele *36" in reason for reason in found.reasons)


def test_cyp2d6_of_which_only_deletions_were_excluded_is_not_certain() -> None:
    found = call("CYP2D6", {}, structural=counted("no DEL", 2))
    assert found.status is Status.AMBIGUOUS
    both = call("CYP2D6", {}, structural=counted("no DEL", 2) + counted("no DUP", 2))
    assert both.status is Status.CALLED


def test_gene_of_pairs_read_on_one_strand_is_never_called() -> None:
    found = call("VKORC1", {"rs9923231": read("T")}, copies=1)
    assert found.status is Status.AMBIGUOUS
    assert "one strand only was read of a gene that has two" in found.reasons


def test_hapb3_of_which_half_the_intron_was_read_is_no_conflict() -> None:
    found = call("DPYD", {"rs75017182": read("G", MISSING), "rs56038477": read("C", "T")})
    assert found.components == ("c.1129-5923C>G, c.1236G>A (HapB3)",)
    assert not any("HapB3" in reason for reason in found.reasons)


def test_dpyd_variant_read_on_one_strand_only_is_kept_and_open() -> None:
    found = call("DPYD", {"rs3918290": read("T")}, copies=1)
    assert (found.status, found.components) == (Status.AMBIGUOUS, ("c.1905+1G>A (*2A)",))
    assert all("c.1905+1G>A (*2A)" in c.name for c in found.candidates)


def test_candidates_that_are_several_are_never_without_a_reason() -> None:
    found = call("VKORC1", {"rs9923231": read("C", MISSING)})
    assert (found.status, bool(found.reasons)) == (Status.AMBIGUOUS, True)


def test_mt_rnr1_without_its_deciding_position_is_not_called_normal() -> None:
    found = call("MT-RNR1", {"rs267606617": None}, copies=1)
    assert found.status is Status.AMBIGUOUS
    assert "not read, though decisive: m.1555A>G" in found.reasons
    other = call("MT-RNR1", {"rs267606617": None, "rs267606619": read("T")}, copies=1)
    assert other.phenotype.startswith("increased")


def test_mitochondrial_mixture_is_taken_as_the_variant_and_said() -> None:
    found = call("MT-RNR1", {"rs267606617": read("A", "G")}, copies=1)
    assert found.candidates[0].name == "m.1555A>G"
    assert any("a mixture of two bases" in reason for reason in found.reasons)


@pytest.mark.parametrize("copies", [1, 2])
def test_g6pd_of_a_male_with_two_bases_is_never_called_normal(copies: int) -> None:
    found = call("G6PD", {"rs1050828": read("C", "T")}, copies=copies, sex="male")
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Indeterminate")
    assert any("one copy is expected" in reason for reason in found.reasons)


def test_strand_read_alone_beside_pairs_keeps_its_variant() -> None:
    found = call("DPYD", {"rs3918290": read("T")})
    assert found.candidates[0].name == "Reference/c.1905+1G>A (*2A)"
    assert found.components == ("c.1905+1G>A (*2A)",)
    assert "one strand only was read at rs3918290" in found.reasons


def test_undocumented_base_beside_a_known_variant_does_not_hide_it() -> None:
    found = call("DPYD", {"rs3918290": read("T", UNDOCUMENTED)})
    assert found.status is Status.AMBIGUOUS
    assert found.components == ("c.1905+1G>A (*2A)",)
    assert "Reference/Reference" not in [c.name for c in found.candidates]


def test_male_with_two_different_g6pd_alleles_has_no_phenotype() -> None:
    result = phenotype_of(PHENOTYPES, "G6PD", ("A", "B (reference)"), sex="male")
    assert (result.phenotype, result.known) == ("Indeterminate", False)
    assert "check the sample" in result.reasons[0]


def test_female_g6pd_without_a_stated_sex_says_what_was_assumed() -> None:
    result = phenotype_of(PHENOTYPES, "G6PD", ("A", "B (reference)"))
    assert any("sex is not stated" in reason for reason in result.reasons)


def test_one_copy_of_a_scored_gene_has_no_rule() -> None:
    result = phenotype_of(PHENOTYPES, "CYP2C9", ("*1",))
    assert (result.phenotype, result.known) == ("Indeterminate", False)


def test_score_that_is_only_a_lower_bound_fits_no_closed_range() -> None:
    at_least = score_result(PHENOTYPES, "CYP2D6", activity_of("≥1.0"))
    assert (at_least.phenotype, at_least.known) == ("Indeterminate", False)
    assert score_result(PHENOTYPES, "CYP2D6", activity_of("≥3.0")).phenotype == (
        "Ultrarapid Metabolizer"
    )


def test_function_is_that_of_the_guideline_table() -> None:
    assert function_of(PHENOTYPES, "CYP2C19", "*2") == "No function"
    assert function_of(PHENOTYPES, "CYP2D6", "*41x2") == "0.5"
    assert function_of(PHENOTYPES, "CYP2D6", "*unheard-of") == ""


def unphased(gene: str, first: str, second: str) -> Changes:
    """Return the genotypes, by rsid, of a person who carries two alleles, phase unknown."""
    definition = GENES[gene]
    bases = [dict(definition.cells[definition.alleles.index(a)]) for a in (first, second)]
    return {
        position.rsid: read(*sorted(b.get(i, position.alleles[0]) for b in bases))
        for i, position in enumerate(definition.positions)
        if any(i in b for b in bases)
    }


def test_nat2_published_preference_decides_only_where_it_counts() -> None:
    changes = unphased("NAT2", "*1", "*6")
    preferred = call("NAT2", changes, settings=CallSettings(prefer=True))
    plain = call("NAT2", changes)
    assert preferred.candidates[0].name == "*1/*6"
    assert preferred.candidates[0].probability > 0.99
    assert {"*1/*6", "*4/*34"} <= {c.name for c in plain.candidates}
    assert plain.candidates[0].probability < 0.99


@pytest.mark.parametrize(
    ("gene", "first", "second"),
    [
        ("CYP2C19", "*2", "*17"),
        ("CYP2C9", "*2", "*3"),
        ("CYP2B6", "*1", "*6"),
        ("TPMT", "*1", "*3A"),
        ("NUDT15", "*1", "*3"),
        ("SLCO1B1", "*1", "*15"),
        ("CYP4F2", "*1", "*3"),
        ("CYP3A4", "*1", "*22"),
        ("UGT1A1", "*1", "*80+*28"),
    ],
)
def test_unphased_pair_is_always_among_the_candidates(gene: str, first: str, second: str) -> None:
    found = call(gene, unphased(gene, first, second))
    shown = {c.name for c in found.candidates}
    assert f"{first}/{second}" in shown
    assert sum(c.probability for c in found.candidates) + found.remainder == pytest.approx(1)


def test_next_position_is_one_that_was_not_read() -> None:
    found = call("TPMT", {"rs1142345": None, "rs1800460": read("C", "T")})
    assert found.missing == (found.next_position,)
