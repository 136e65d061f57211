"""What records say at a known position: four states, never confused, in any spelling."""

from pathlib import Path

import pytest

from garrod.core.genotype import MISSING, UNDOCUMENTED, CallState, Observation
from garrod.core.variant import Assembly
from tests.making.readings import positions, seen, table
from tests.making.vcf import bcf, bgzipped, contigs, row, save, vcf

STAR_2, STAR_17, REPEAT = "CYP2C19:94781859", "CYP2C19:94761900", "UGT1A1:233760233"
DELETION = "DPYD:97740410"  # GATGA>G, the reference runs on as GATGAATGA


def reading(folder: Path, position: str, *rows: str, index: str = "") -> Observation:
    """Return the reading of a position in a file of these records and one elsewhere."""
    anchor = row("chr1", 97450058, "C", "T", "0/0")
    lines = sorted((anchor, *rows), key=lambda r: (r.split("\t")[0], int(r.split("\t")[1])))
    plain = save(folder, vcf(*lines))
    if index == "bcf":
        return seen(table(bcf(plain, "csi")), position)
    return seen(table(bgzipped(plain, index) if index else plain), position)


def site(genotype: str, ref: str = "G", alt: str = "A", pos: int = 94781859, **more: str) -> str:
    return row("chr10", pos, ref, alt, genotype, **more)


# --- four states


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ((site("0/1"),), CallState.CALLED),
        ((site("0/0"),), CallState.CALLED),
        ((site("0/0", alt="."),), CallState.CALLED),
        ((row("chr10", 94781000, "T", "<NON_REF>", "0/0:30:40", keys="GT:DP:GQ",
              info="END=94782000"),), CallState.REFERENCE_BLOCK),
        ((row("chr10", 94781000, "T", "<*>", "0/0", info="END=94782000"),),
         CallState.REFERENCE_BLOCK),
        ((row("chr10", 94781000, "T", ".", "0/0", info="DP=3;END=94782000"),),
         CallState.REFERENCE_BLOCK),
        ((row("chr10", 94781000, "T", "<NON_REF>", "./.", info="END=94782000"),),
         CallState.NO_CALL),
        ((row("chr10", 94781000, "T", "<NON_REF>", "0/0:3:40", keys="GT:DP:GQ",
              info="END=94782000"),), CallState.NO_CALL),
        ((row("chr10", 94781000, "T", "<NON_REF>", "0/0:9:4:40", keys="GT:DP:MIN_DP:GQ",
              info="END=94782000"),), CallState.NO_CALL),
        ((row("chr10", 94781000, "T", "<NON_REF>", "0/0", info="END=94781858"),),
         CallState.NOT_COVERED),
        ((site("./."),), CallState.NO_CALL),
        ((site("."),), CallState.NO_CALL),
        ((site("0/1", passed="LowQual"),), CallState.NO_CALL),
        ((site("0/1:LowQual", keys="GT:FT"),), CallState.NO_CALL),
        ((site("0/1:19", keys="GT:GQ"),), CallState.NO_CALL),
        ((site("0/1:7", keys="GT:DP"),), CallState.NO_CALL),
        ((site("0/1:PASS:20:8", keys="GT:FT:GQ:DP", passed="."),), CallState.CALLED),
        ((site("0/1:.:.", keys="GT:GQ:DP"),), CallState.CALLED),
        ((site("0/1", keys="GT:GQ:DP"),), CallState.CALLED),
        ((site("7", keys="DP"), site("0/1", pos=94761900, ref="C", alt="T")), CallState.NO_CALL),
        ((), CallState.NOT_COVERED),
    ],
)  # fmt: skip
@pytest.mark.parametrize("index", ["", "tbi", "csi", "bcf"])
def test_state_of_a_position_is_one_of_four(
    tmp_path: Path, rows: tuple[str, ...], state: CallState, index: str
) -> None:
    found = reading(tmp_path, STAR_2, *rows, index=index)
    assert found.state is state
    assert bool(found.alleles) == (state in (CallState.CALLED, CallState.REFERENCE_BLOCK))
    assert bool(found.reason) == (state is CallState.NO_CALL)


def test_block_beside_a_record_of_the_site_yields_to_it(tmp_path: Path) -> None:
    block = row("chr10", 94781000, "T", "<NON_REF>", "0/0", info="END=94782000")
    assert reading(tmp_path, STAR_2, block, site("0/1", alt="A,<NON_REF>")).alleles == ("G", "A")


def test_block_starting_at_the_position_states_its_base(tmp_path: Path) -> None:
    block = site("0/0", alt="<NON_REF>", info="END=94782000")
    found = reading(tmp_path, STAR_2, block)
    assert (found.state, found.alleles) == (CallState.REFERENCE_BLOCK, ("G", "G"))


def test_variant_only_known_as_non_ref_is_undocumented(tmp_path: Path) -> None:
    found = reading(tmp_path, STAR_2, site("0/1", alt="<NON_REF>"))
    assert found.alleles == ("G", UNDOCUMENTED)


# --- genotypes


@pytest.mark.parametrize(
    ("genotype", "alleles", "is_phased"),
    [
        ("0/1", ("G", "A"), False),
        ("0|1", ("G", "A"), True),
        ("1|0", ("A", "G"), True),
        ("/0/1", ("G", "A"), False),
        ("|0|1", ("G", "A"), True),
        ("./1", (MISSING, "A"), False),
        ("1/.", ("A", MISSING), False),
        (".|1", (MISSING, "A"), True),
        ("1", ("A",), True),
        ("0/1/1", ("G", "A"), False),
    ],
)
def test_genotype_is_read_as_written(
    tmp_path: Path, genotype: str, alleles: tuple[str, ...], is_phased: bool
) -> None:
    found = reading(tmp_path, STAR_2, site(genotype))
    assert (found.alleles, found.phased) == (alleles, is_phased)


def test_more_than_two_alleles_are_cut_with_a_warning(tmp_path: Path) -> None:
    found = table(save(tmp_path, vcf(site("0/1/1"))))
    assert any("more than two alleles" in w for w in found.warnings)


def test_phased_beside_homozygous_reference_stays_phased(tmp_path: Path) -> None:
    rows = (site("0/0", pos=94761900, ref="C", alt="T"), site("0|1"))
    assert reading(tmp_path, STAR_2, *rows).phased
    assert not reading(tmp_path, STAR_17, *rows).phased


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [("94761900", "94761900", True), ("94761900", "94781859", False), (".", ".", True),
     ("chr10_a", "chr10_b", False), ("chr10_a", "chr10_a", True)],
)  # fmt: skip
def test_phase_sets_are_kept_apart(tmp_path: Path, first: str, second: str, is_same: bool) -> None:
    rows = (
        site(f"0|1:{first}", pos=94761900, ref="C", alt="T", keys="GT:PS"),
        site(f"0|1:{second}", keys="GT:PS"),
    )
    one, two = reading(tmp_path, STAR_17, *rows), reading(tmp_path, STAR_2, *rows)
    assert one.phased
    assert two.phased
    assert (one.phase_set == two.phase_set) is is_same


def test_hemizygous_and_mitochondrial_calls_hold_one_allele(tmp_path: Path) -> None:
    asahi = next(p for p in positions() if p.gene == "G6PD" and len(p.grch38.ref) == 1)
    rows = (
        row("chrX", asahi.grch38.pos, asahi.grch38.ref, asahi.alleles[1], "1"),
        row("chrM", 1555, "A", "G", "1"),
    )
    assert reading(tmp_path, asahi.id, *rows).alleles == (asahi.alleles[1],)
    assert reading(tmp_path, "MT-RNR1:1555", *rows).alleles == ("G",)


# --- rows


@pytest.mark.parametrize(
    ("rows", "alleles"),
    [
        ((site("0/1", alt="A"), site("0/0", alt="T")), ("G", "A")),
        ((site("0/0", alt="T"), site("0/1", alt="A")), ("G", "A")),
        ((site("1/.", alt="A"), site("./1", alt="T")), ("A", UNDOCUMENTED)),
        ((site("0|1", alt="A"), site("1|0", alt="T")), (UNDOCUMENTED, "A")),
        ((site("0/1", alt="A"), site("0/1", alt="T")), (UNDOCUMENTED, "A")),
        ((site("0|1", alt="A"), site("0/1", alt="T")), (UNDOCUMENTED, "A")),
        ((site("0/1", alt="A"), site("0|1", alt="T")), (UNDOCUMENTED, "A")),
        ((site("1/1", alt="T"), site("0/1", alt="A")), (UNDOCUMENTED, UNDOCUMENTED)),
        ((site("0/1", alt="A"), site("1/1", alt="T")), (UNDOCUMENTED, UNDOCUMENTED)),
        ((site("0/1", alt="A,T"),), ("G", "A")),
        ((site("1/2", alt="T,A"),), (UNDOCUMENTED, "A")),
        ((site("0/1"), site("0/1")), ("G", "A")),
        ((site("0/1", ref="GC", alt="AC"),), ("G", "A")),
        ((site("0/1", ref="CG", alt="CA", pos=94781858),), ("G", "A")),
        ((site("0/1", ref="CGC", alt="CAC,C", pos=94781858),), ("G", "A")),
        ((site("0/2", ref="CGC", alt="CAC,C", pos=94781858),), ("G", UNDOCUMENTED)),
        ((site("0/1", ref="g", alt="a"),), ("G", "A")),
        ((site("0/1", alt="GA"),), ("G", "G")),
        ((site("0/1", alt="T"),), ("G", UNDOCUMENTED)),
    ],
)
def test_split_and_joined_rows_give_one_reading(
    tmp_path: Path, rows: tuple[str, ...], alleles: tuple[str, ...]
) -> None:
    assert reading(tmp_path, STAR_2, *rows).alleles == alleles


def test_variant_stated_twice_is_not_a_variant_on_both_strands(tmp_path: Path) -> None:
    assert reading(tmp_path, STAR_2, site("0/1"), site("1/0")).alleles == ("G", "A")
    longer = site("1/0", ref="GC", alt="AC")
    assert reading(tmp_path, STAR_2, site("0/1"), longer).alleles == ("G", "A")


@pytest.mark.parametrize(
    "cells", [("0/0", "1/1"), ("0/0", "0/1"), ("0/1", "0/0"), ("0|1", "1|0"), ("0/1", "./1")]
)
def test_site_stated_twice_with_two_genotypes_is_no_call(
    tmp_path: Path, cells: tuple[str, str]
) -> None:
    found = reading(tmp_path, STAR_2, *(site(cell) for cell in cells))
    assert found.state is CallState.NO_CALL


def test_quality_that_is_no_number_is_not_believed(tmp_path: Path) -> None:
    assert reading(tmp_path, STAR_2, site("0/1:nan", keys="GT:GQ")).state is CallState.NO_CALL


@pytest.mark.parametrize("index", ["", "tbi"])
def test_rows_that_contradict_are_no_call(tmp_path: Path, index: str) -> None:
    found = reading(tmp_path, STAR_2, site("0/1"), site("1/1"), index=index)
    assert found.state is CallState.NO_CALL
    assert "two records disagree" in found.reason


def test_phased_rows_on_one_strand_contradict(tmp_path: Path) -> None:
    rows = (
        row("chr2", 233760233, "CAT", "C", "1|0"),
        row("chr2", 233760233, "CAT", "CATAT", "1|0"),
    )
    assert reading(tmp_path, REPEAT, *rows).state is CallState.NO_CALL


def test_overlapping_blocks_keep_the_first(tmp_path: Path) -> None:
    blocks = [
        row("chr10", pos, "T", "<NON_REF>", "0/0", info="END=94782000")
        for pos in (94781000, 94781500)
    ]
    found = reading(tmp_path, STAR_2, *blocks)
    assert (found.state, found.alleles) == (CallState.REFERENCE_BLOCK, ("G", "G"))
    assert found.record.startswith("chr10:94781000")


def test_block_without_call_beside_a_block_with_one_is_doubtful(tmp_path: Path) -> None:
    blocks = [
        row("chr10", pos, "T", "<NON_REF>", call, info="END=94782000")
        for pos, call in ((94781000, "0/0"), (94781500, "./."))
    ]
    assert reading(tmp_path, STAR_2, *blocks).state is CallState.NO_CALL


def test_doubted_row_makes_a_position_doubtful(tmp_path: Path) -> None:
    found = reading(tmp_path, STAR_2, site("0/1"), site("0/1", alt="T", passed="LowQual"))
    assert found.state is CallState.NO_CALL


# --- indels


@pytest.mark.parametrize(
    ("pos", "ref", "alt"),
    [
        (97740410, "GATGA", "G"),  # as defined: leftmost
        (97740414, "AATGA", "A"),  # shifted right by one unit
        (97740411, "ATGAA", "A"),  # shifted by one base
        (97740410, "GATGAATGA", "GATGA"),  # not trimmed
        (97740409, "TGATGA", "TG"),  # anchored one base earlier
        (97740410, "GATGA", "T,G"),  # beside another alternative: see below
    ],
)
def test_deletion_is_known_in_any_normalisation(
    tmp_path: Path, pos: int, ref: str, alt: str
) -> None:
    number = alt.split(",").index("G") + 1 if "," in alt else 1
    found = reading(tmp_path, DELETION, row("chr1", pos, ref, alt, f"0/{number}"))
    assert (found.state, found.alleles) == (CallState.CALLED, ("GATGA", "G"))


@pytest.mark.parametrize(
    ("pos", "ref", "alt", "allele"),
    [
        (233760233, "CAT", "CATAT", "CATAT"),
        (233760233, "C", "CAT", "CATAT"),
        (233760233, "CAT", "C", "C"),
        (233760233, "C", "CATAT", "CATATAT"),
        (233760235, "TA", "T", UNDOCUMENTED),
        (233760234, "AT", "ATAT", "CATAT"),
        (233760235, "T", "TAT", "CATAT"),
        (233760233, "CATAT", "CATATAT", "CATAT"),
    ],
)
def test_repeat_is_counted_in_any_normalisation(
    tmp_path: Path, pos: int, ref: str, alt: str, allele: str
) -> None:
    found = reading(tmp_path, REPEAT, row("chr2", pos, ref, alt, "0/1"))
    assert found.alleles == ("CAT", allele)


@pytest.mark.parametrize("alt", [".", "<NON_REF>", "<*>"])
def test_reference_only_row_at_the_anchor_reads_an_indel_as_reference(
    tmp_path: Path, alt: str
) -> None:
    found = reading(tmp_path, DELETION, row("chr1", 97740410, "G", alt, "0/0"))
    assert found.alleles == ("GATGA", "GATGA")


def test_substitution_beside_an_indel_says_nothing_about_it(tmp_path: Path) -> None:
    found = reading(tmp_path, DELETION, row("chr1", 97740410, "G", "C", "0/1"))
    assert found.state is CallState.NOT_COVERED


# --- * and symbolic alleles


def test_star_allele_without_a_defined_deletion_is_undocumented(tmp_path: Path) -> None:
    assert reading(tmp_path, STAR_2, site("1/2", alt="A,*")).alleles == ("A", UNDOCUMENTED)


def test_defined_deletion_over_another_indel_is_not_undocumented_there(tmp_path: Path) -> None:
    deletion = row("chr22", 42128198, "CTCAG", "C", "0/1")
    found = table(save(tmp_path, vcf(deletion)))
    assert seen(found, "CYP2D6:42128198").alleles == ("CTCAG", "C")
    assert seen(found, "CYP2D6:42128200").alleles == ("C", MISSING)


def test_star_allele_inside_a_defined_deletion_is_missing(tmp_path: Path) -> None:
    """CYP2D6 42127845 deletes 19 bases, 42127852 among them: the deletion's row tells of it."""
    deletion = row("chr22", 42127845, "GCACATCCGGATGTAGGATC", "G", "0/1")
    covered = row("chr22", 42127852, "C", "*", "0/1")
    found = reading(tmp_path, "CYP2D6:42127852", deletion, covered)
    assert found.alleles == ("C", MISSING)
    assert reading(tmp_path, "CYP2D6:42127845", deletion, covered).alleles[1] == "G"


def test_undefined_deletion_over_a_position_is_undocumented(tmp_path: Path) -> None:
    found = reading(tmp_path, STAR_2, site("0/1", pos=94781857, ref="CCG", alt="C"))
    assert found.alleles == ("G", UNDOCUMENTED)


def test_undefined_deletion_over_one_position_alone_is_undocumented_there(tmp_path: Path) -> None:
    found = reading(tmp_path, STAR_17, site("0/1", ref="AC", alt="A", pos=94761899))
    assert found.alleles == ("C", UNDOCUMENTED)


def test_symbolic_deletion_says_nothing_about_bases(tmp_path: Path) -> None:
    rows = (site("0/1", pos=94781000, ref="T", alt="<DEL>", info="END=94790000"), site("0/1"))
    assert reading(tmp_path, STAR_2, *rows).alleles == ("G", "A")
    assert reading(tmp_path, STAR_2, rows[0]).state is CallState.NOT_COVERED


# --- GRCh37 positions whose reference is not verified

UNVERIFIED = next(
    p for p in positions()
    if p.grch37 is not None and p.grch37.status == "unverified" and len(p.grch37.ref) == 1
    and p.chromosome == "7" and len(p.alleles) == 2 and max(map(len, p.alleles)) == 1
)  # fmt: skip


def older(folder: Path, *rows: str) -> Observation:
    """Return the reading of the unverified position in a GRCh37 file."""
    anchor = row("1", 97915614, "C", "T", "0/0")
    header = contigs(Assembly.GRCH37, prefix="", mitochondrial="MT")
    return seen(table(save(folder, vcf(anchor, *rows, header=header))), UNVERIFIED.id)


def test_unverified_position_in_a_block_is_not_assumed_reference(tmp_path: Path) -> None:
    assert UNVERIFIED.grch37 is not None
    pos = UNVERIFIED.grch37.pos
    block = row("7", pos - 100, "N", "<NON_REF>", "0/0", info=f"END={pos + 100}")
    assert older(tmp_path, block).state is CallState.NOT_COVERED


def test_unverified_position_is_read_from_a_record_that_states_ref(tmp_path: Path) -> None:
    assert UNVERIFIED.grch37 is not None
    first, second = UNVERIFIED.alleles
    pos = UNVERIFIED.grch37.pos
    assert older(tmp_path, row("7", pos, first, second, "0/1")).alleles == (first, second)
    assert older(tmp_path, row("7", pos, first, ".", "0/0")).alleles == (first, first)
    turned = older(tmp_path, row("7", pos, second, first, "0/1"))
    assert sorted(turned.alleles) == sorted((first, second))


def test_unverified_position_with_a_strange_ref_is_no_call(tmp_path: Path) -> None:
    assert UNVERIFIED.grch37 is not None
    strange = next(b for b in "ACGT" if b not in UNVERIFIED.alleles)
    line = row("7", UNVERIFIED.grch37.pos, strange, UNVERIFIED.alleles[0], "0/0")
    found = older(tmp_path, line)
    assert found.state is CallState.NO_CALL
    assert "not verified" in found.reason
