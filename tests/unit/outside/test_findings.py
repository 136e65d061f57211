"""What other programs call, in the spellings that they use, becomes findings."""

from functools import cache

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import OutsideCallError
from garrod.core.finding import GeneFinding, Origin, Status
from garrod.science.pgx.outside import OutsideRow, findings_from, unused_genes
from garrod.science.pgx.people import Caller, load_caller


@cache
def knowledge() -> Caller:
    return load_caller(load_shelf())


def finding(*rows: str, sex: str = "") -> GeneFinding:
    """Return the finding of rows written "gene|diplotype|phenotype|score"."""
    read = [
        OutsideRow(*(*row.split("|"), "", "", "")[:4], line=n, file="f.tsv")
        for n, row in enumerate(rows, 1)
    ]
    caller = knowledge()
    found = findings_from(read, caller.definitions, caller.phenotyping, sex=sex)
    assert len(found) == 1
    (only,) = found.values()
    assert only.origin is Origin.OUTSIDE
    return only


@pytest.mark.parametrize(
    ("row", "name", "phenotype", "score"),
    [
        ("CYP2D6|*1x2/*9", "*1x2/*9", "Normal Metabolizer", "2.25"),
        ("CYP2D6|*1/*1x7", "*1/*1x7", "Ultrarapid Metabolizer", "≥4.0"),
        ("CYP2D6|*1x3/*1", "*1/*1x3", "Ultrarapid Metabolizer", "≥4.0"),
        ("CYP2D6|*13 + *1/*36 + *10x2", "*13 + *1/*36 + *10x2", "Normal Metabolizer", "1.5"),
        ("CYP2D6|*1/*36x2+*10", "*1/*36x2+*10", "Normal Metabolizer", "1.25"),
        ("CYP2D6||Intermediate Metabolizer", "Intermediate Metabolizer",
         "Intermediate Metabolizer", "n/a"),
        ("CYP2D6||Ultra-rapid metaboliser", "Ultrarapid Metabolizer",
         "Ultrarapid Metabolizer", "n/a"),
        ("CYP2C19||Extensive metabolizer", "Normal Metabolizer", "Normal Metabolizer", ""),
        ("DPYD|*1/*2A", "Reference/c.1905+1G>A (*2A)", "Intermediate Metabolizer", "1.0"),
        ("CYP2D6||Intermediate", "Intermediate Metabolizer", "Intermediate Metabolizer", "n/a"),
        ("CYP2D6||Extensive", "Normal Metabolizer", "Normal Metabolizer", "n/a"),
        ("SLCO1B1||decreased", "Decreased Function", "Decreased Function", ""),
        ("F5|Reference/Leiden", "Reference/rs6025 T (Leiden)",
         "Factor V Leiden heterozygous", ""),
        ("CYP2D6||IM", "Intermediate Metabolizer", "Intermediate Metabolizer", "n/a"),
        ("CYP2D6|||1.25", "Normal Metabolizer (1.25)", "Normal Metabolizer", "1.25"),
        ("CYP2D6|||≥4.0", "Ultrarapid Metabolizer (≥4.0)", "Ultrarapid Metabolizer", "≥4.0"),
        ("CYP2D6|||>=4", "Ultrarapid Metabolizer (≥4.0)", "Ultrarapid Metabolizer", "≥4.0"),
        ("CYP2D6|CYP2D6*4.001/CYP2D6*1", "*1/*4", "Intermediate Metabolizer", "1.0"),
        ("CYP2D6|*1/*4|intermediate metaboliser|1", "*1/*4", "Intermediate Metabolizer", "1.0"),
        ("cyp2c19|*2/*2", "*2/*2", "Poor Metabolizer", ""),
        ("MT-RNR1|m.1555A>G", "m.1555A>G",
         "increased risk of aminoglycoside-induced hearing loss", ""),
        ("MT-RNR1|m.1555A>G/m.1555A>G", "m.1555A>G",
         "increased risk of aminoglycoside-induced hearing loss", ""),
        ("DPYD|Reference/c.1905+1G>A", "Reference/c.1905+1G>A (*2A)",
         "Intermediate Metabolizer", "1.0"),
        ("DPYD|*2A/*2A", "c.1905+1G>A (*2A)/c.1905+1G>A (*2A)", "Poor Metabolizer", "0.0"),
        ("HLA-B||*57:01 positive", "*57:01 positive", "*57:01 positive", ""),
        ("HLA-B|*15:02/*57:01", "*15:02/*57:01",
         "*15:02 positive;*57:01 positive;*58:01 negative", ""),
        ("HLA-B|HLA-B*57:01:01/B*07:02", "*07:02/*57:01",
         "*15:02 negative;*57:01 positive;*58:01 negative", ""),
    ],
)  # fmt: skip
def test_outside_seen_spelling_is_called(row: str, name: str, phenotype: str, score: str) -> None:
    found = finding(row)
    assert found.status is Status.CALLED
    assert [c.name for c in found.candidates] == [name]
    assert (found.phenotype, found.activity_score) == (phenotype, score)
    assert (found.proofs[0].line, found.proofs[0].state) == (1, "outside-call")


@pytest.mark.parametrize("text", [".", "./.", "None", "n/a"])
def test_outside_no_call_is_no_call(text: str) -> None:
    found = finding(f"NAT2|{text}")
    assert (found.status, found.candidates) == (Status.NO_CALL, ())
    assert found.reasons == ("line 1 says that there was no call",)


def test_outside_unknown_allele_is_shown_as_ambiguous() -> None:
    found = finding("CYP2D6|*1/*XXX")
    assert found.status is Status.AMBIGUOUS
    assert [(c.name, c.phenotype, c.keys) for c in found.candidates] == [
        ("*1/*XXX", "Indeterminate", ())
    ]
    assert found.reasons == ("CYP2D6 *XXX is not an allele of the definitions",)


def test_outside_unknown_allele_with_stated_phenotype_rests_on_the_statement() -> None:
    found = finding("CYP2D6|*1/*XXX|PM")
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Poor Metabolizer")
    assert "the phenotype rests on what was stated, not on the diplotype" in found.reasons


@pytest.mark.parametrize("row", ["CYP2D6|*1/.", "CYP2D6|*1", "MT-RNR1|Reference/m.1555A>G"])
def test_outside_half_a_diplotype_is_ambiguous(row: str) -> None:
    found = finding(row)
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Indeterminate")
    assert found.reasons


def test_outside_unknown_gene_is_refused_with_near_names() -> None:
    with pytest.raises(OutsideCallError, match=r"f\.tsv: line 1: 'CYP2D7'.*CYP2D6") as raised:
        finding("CYP2D7|*1/*1")
    assert (raised.value.code, raised.value.exit_code) == ("OUT002", 10)


def test_outside_contradicting_phenotype_is_shown_beside_the_diplotype() -> None:
    found = finding("CYP2D6|*1/*1|PM")
    assert found.status is Status.AMBIGUOUS
    assert [(c.name, c.phenotype, c.probability) for c in found.candidates] == [
        ("*1/*1", "Poor Metabolizer", 0.5),
        ("*1/*1", "Normal Metabolizer", 0.5),
    ]
    assert "contradicts itself" in found.reasons[0]


def test_outside_contradicting_score_is_shown_beside_the_diplotype() -> None:
    found = finding("CYP2D6|*2/*10||0.5")
    assert [c.activity_score for c in found.candidates] == ["0.5", "1.25"]
    assert found.status is Status.AMBIGUOUS


@pytest.mark.parametrize("row", ["*1/*1x3|UM|≥3.0", "*1/*1x2|UM|≥3.0", "*1/*1x3||5.0"])
def test_outside_agreeing_bound_is_no_contradiction(row: str) -> None:
    found = finding(f"CYP2D6|{row}")
    assert (found.status, found.reasons) == (Status.CALLED, ())


def test_outside_bound_above_the_diplotype_s_score_contradicts() -> None:
    assert finding("CYP2D6|*1/*1||≥3.0").status is Status.AMBIGUOUS


def test_outside_several_lines_are_several_candidates() -> None:
    found = finding("CYP2D6|*1/*1", "CYP2D6|*1/*1x7", "CYP2D6|*1/*1")
    assert [(c.name, c.probability) for c in found.candidates] == [
        ("*1/*1", 0.5),
        ("*1/*1x7", 0.5),
    ]
    assert found.status is Status.AMBIGUOUS


@pytest.mark.parametrize("text", ["*57:01", "*57:01/.", "*57:01/*15"])
def test_outside_hla_typed_on_one_strand_has_no_negative(text: str) -> None:
    found = finding(f"HLA-B|{text}")
    assert found.phenotype == "*57:01 positive"
    assert "no negative is known" in " ".join(found.reasons)


def test_outside_hla_opposite_statements_contradict() -> None:
    found = finding("HLA-B|*57:01/*07:02|*57:01 negative")
    assert (found.status, len(found.candidates)) == (Status.AMBIGUOUS, 2)


def test_outside_hla_statement_beside_one_typed_allele_is_joined() -> None:
    found = finding("HLA-B|*57:01|*15:02 negative")
    assert found.phenotype == "*15:02 negative;*57:01 positive"
    assert len(found.candidates) == 1


def test_outside_hla_null_allele_is_not_the_expressed_one() -> None:
    found = finding("HLA-B|*57:01N/*07:02")
    assert "*57:01 positive" not in found.phenotype


def test_outside_x_linked_gene_follows_sex() -> None:
    deficient = "A- 202A_376G"
    assert finding(f"G6PD|{deficient}", sex="male").phenotype == "Deficient"
    assert finding(f"G6PD|{deficient}/B", sex="female").phenotype == "Variable"
    mixed = finding(f"G6PD|{deficient}/B", sex="male")
    assert (mixed.status, mixed.phenotype) == (Status.AMBIGUOUS, "Indeterminate")
    assert finding(f"G6PD|{deficient}", sex="female").status is Status.AMBIGUOUS


def test_outside_words_that_no_rule_knows_are_shown() -> None:
    found = finding("CYP2C19||Sluggish")
    assert (found.status, found.candidates[0].name) == (Status.AMBIGUOUS, "Sluggish")
    assert found.phenotype == "Indeterminate"


def test_outside_score_of_a_gene_without_scores_is_said_to_mean_nothing() -> None:
    found = finding("CYP2C19|*1/*2||1.0")
    assert (found.status, found.phenotype) == (Status.CALLED, "Intermediate Metabolizer")
    assert found.reasons == ("the stated activity score '1.0' means nothing for CYP2C19",)


def of_programs(*rows: OutsideRow) -> dict[str, GeneFinding]:
    caller = knowledge()
    return findings_from(rows, caller.definitions, caller.phenotyping)


def test_outside_program_is_named_in_the_proof() -> None:
    found = of_programs(OutsideRow("CYP2D6", "*1/*4", line=2, source="Cyrius"))["CYP2D6"]
    assert found.proofs[0].record == "CYP2D6 *1/*4 (Cyrius)"


def test_outside_gene_that_a_program_reports_and_nobody_knows_is_left_out_and_named() -> None:
    rows = [
        OutsideRow("ABCB1", "*1/*1", source="PyPGx", is_optional=True),
        OutsideRow("CYP2C19", "*1/*2", source="PyPGx", is_optional=True),
        OutsideRow("ABCB1", "*1/*2", source="PyPGx", is_optional=True),
    ]
    assert list(of_programs(*rows)) == ["CYP2C19"]
    assert unused_genes(rows, knowledge().definitions) == ("ABCB1",)


def test_outside_unknown_gene_that_was_stated_is_never_left_out() -> None:
    with pytest.raises(OutsideCallError, match="'ABCB1'"):
        of_programs(OutsideRow("ABCB1", "*1/*1", source="laboratory"))


def test_outside_note_of_a_program_is_the_reason_that_it_made_no_call() -> None:
    found = of_programs(OutsideRow("TPMT", source="Aldy", note="Aldy gave up"))["TPMT"]
    assert (found.status, found.reasons) == (Status.NO_CALL, ("Aldy gave up",))


@pytest.mark.parametrize(
    ("source", "said"),
    [("PyPGx", "PyPGx says that there was no call"), ("", "the outside call says that there was")],
)
def test_outside_no_call_without_a_line_names_who_says_so(source: str, said: str) -> None:
    found = of_programs(OutsideRow("TPMT", "None", source=source))["TPMT"]
    assert found.reasons[0].startswith(said)


def test_outside_programs_that_differ_are_named_side_by_side() -> None:
    found = of_programs(
        OutsideRow("CYP2D6", "*1/*4", source="Cyrius"),
        OutsideRow("CYP2D6", "*1/*1", file="a/b/lab.tsv"),
        OutsideRow("CYP2D6", "*1/*10", file="a/b/lab.tsv"),
        OutsideRow("CYP2D6", source="Aldy", note="Aldy gave up"),
    )["CYP2D6"]
    assert found.status is Status.AMBIGUOUS
    assert found.reasons == (
        "Aldy gave up",
        "sources differ (Cyrius: *1/*4; lab.tsv: *1/*1 or *1/*10); "
        "they are taken as equally likely: ask which is right",
    )


def test_outside_programs_that_agree_are_one_call() -> None:
    found = of_programs(
        OutsideRow("CYP2D6", "*4.001/*1", source="pb-StarPhase"),
        OutsideRow("CYP2D6", "*1/*4", source="Cyrius"),
    )["CYP2D6"]
    assert (found.status, found.reasons) == (Status.CALLED, ())


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("VKORC1|Reference/rs9923231", "rs9923231 reference (C)/rs9923231 variant (T)"),
        ("MT-RNR1|1555A>G", "m.1555A>G"),
        ("CYP2B6|NO_MATCH/NO_MATCH", ""),
    ],
)
def test_outside_names_of_other_programs_are_ours(row: str, name: str) -> None:
    assert [c.name for c in finding(row).candidates] == ([name] if name else [])


@pytest.mark.parametrize(
    ("diplotype", "name", "phenotype", "score"),
    [
        (
            "[c.2846A>T + c.85T>C]/Reference",
            "Reference/c.2846A>T + c.85T>C (*9A)",
            *("Intermediate Metabolizer", "1.5"),
        ),
        (
            "c.85T>C (*9A) + c.1905+1G>A (*2A)/c.1679T>G",
            "c.1679T>G (*13)/c.85T>C (*9A) + c.1905+1G>A (*2A)",
            *("Poor Metabolizer", "0.0"),
        ),
    ],
)
def test_outside_variants_of_one_strand_are_as_the_one_of_least_function(
    diplotype: str, name: str, phenotype: str, score: str
) -> None:
    found = finding(f"DPYD|{diplotype}")
    assert (found.status, found.phenotype, found.activity_score) == (
        Status.CALLED,
        phenotype,
        score,
    )
    assert {*found.candidates[0].name.split("/")} == {*name.split("/")}
    carried = {a for strand in name.split("/") for a in strand.split(" + ")} - {"Reference"}
    assert {*found.components} == carried


def test_outside_unknown_variant_on_a_strand_leaves_it_open() -> None:
    found = finding("DPYD|c.1905+1G>A (*2A) + c.9999A>T/Reference")
    assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Indeterminate")


def test_outside_brackets_around_a_tandem_are_only_brackets() -> None:
    found = finding("CYP2D6|[*4 + *68]/*1")
    assert (found.status, found.phenotype) == (Status.CALLED, "Intermediate Metabolizer")
