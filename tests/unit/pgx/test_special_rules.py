"""The rules that single genes have, each on made readings."""

import pytest

from garrod.core.finding import Status
from garrod.core.genotype import MISSING, UNDOCUMENTED, Observation, StructuralCall
from garrod.science.pgx.describe import PREFERRED, SAME_MEANING, CallSettings
from garrod.science.pgx.single import NO_PAIR
from garrod.science.pgx.structure import SNV_ONLY
from tests.making.calls import GENES, Changes, call, call_seen, names, only, read

STAR_1 = 94842866  # rs3758581, which tells CYP2C19 *1 from *38
DPYD_2A, DPYD_2846, DPYD_9A = 97450058, 97082391, 97883329
DPYD_INTRON, DPYD_TAG = 97579893, 97573863  # HapB3: rs75017182 and its tag rs56038477
HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"
UGT1A1_80, UGT1A1_REPEAT, UGT1A1_6 = 233759924, 233760233, 233760498
NAT2_341, NAT2_590 = 18400344, 18400593
G6PD_MED = 154534419
MEDITERRANEAN = "Mediterranean, Dallas, Panama, Sassari, Cagliari, Birmingham"

NAT2_SAME: Changes = {  # *1/*30, *5/*6 and *16/*34 all look like this without phase
    NAT2_341: read("T", "C"),
    NAT2_590: read("G", "A"),
    18400806: read("G", "A"),
}
CYP2D6_1_4: Changes = {
    42128945: read("C", "T"),
    42130692: read("G", "A"),
    42126611: read("C", "G"),
    42129130: read("C", "G"),
}


class TestCyp2c19:
    """*38 is GRCh38's own allele, *1 is GRCh37's: the same function."""

    def test_missing_rs3758581_leaves_1_and_38_open_but_not_the_phenotype(self) -> None:
        found = call("CYP2C19", {STAR_1: None})
        assert found.status is Status.AMBIGUOUS
        assert set(names(found)[:3]) == {"*1/*1", "*1/*38", "*38/*38"}
        top = found.phenotypes[0]
        assert (top.phenotype, top.probability > 0.95) == ("Normal Metabolizer", True)
        assert SAME_MEANING in found.reasons
        assert found.next_position == f"CYP2C19:{STAR_1}"

    def test_star_1_and_38_have_the_same_mass_beforehand(self) -> None:
        found = {c.name: c.probability for c in call("CYP2C19", {STAR_1: None}).candidates}
        assert found["*1/*1"] == pytest.approx(found["*38/*38"])
        assert found["*1/*38"] == pytest.approx(2 * found["*1/*1"])

    def test_missing_rs12248560_hides_star_17(self) -> None:
        found = call("CYP2C19", {STAR_1: read("G", "G"), 94761900: None})
        assert {"*1/*1", "*1/*17", "*17/*17"} <= set(names(found))
        assert found.next_position == "CYP2C19:94761900"


class TestDpyd:
    """Two lowest-function variants decide; the intronic variant of HapB3 outranks its tag."""

    def test_unphased_variants_are_taken_in_trans_with_the_reason(self) -> None:
        found = call("DPYD", {DPYD_2A: read("C", "T"), DPYD_2846: read("T", "A")})
        assert found.candidates[0].name == "c.1905+1G>A (*2A)/c.2846A>T"
        assert (found.phenotype, found.activity_score) == ("Poor Metabolizer", "0.5")
        assert found.components == ("c.1905+1G>A (*2A)", "c.2846A>T")
        assert any("taken in trans" in reason for reason in found.reasons)

    def test_phased_variants_on_one_strand_leave_the_other_normal(self) -> None:
        changes = {
            DPYD_2A: read("C", "T", phased=True),
            DPYD_2846: read("T", "A", phased=True),
        }
        found = call("DPYD", changes)
        assert found.candidates[0].name == "Reference/c.1905+1G>A (*2A)"
        assert (found.phenotype, found.activity_score) == ("Intermediate Metabolizer", "1.0")
        assert found.components == ("c.1905+1G>A (*2A)", "c.2846A>T")

    def test_phase_sets_that_do_not_join_take_the_arrangement_of_least_function(self) -> None:
        changes = {
            DPYD_2A: read("C", "T", phased=True, phase_set=1),
            DPYD_2846: read("T", "A", phased=True, phase_set=2),
        }
        found = call("DPYD", changes)
        assert found.candidates[0].name == "c.1905+1G>A (*2A)/c.2846A>T"
        assert any("phase sets" in reason for reason in found.reasons)

    def test_three_variants_on_two_strands_keep_the_lowest_of_each(self) -> None:
        changes = {
            DPYD_9A: read("A", "G", phased=True),
            DPYD_2846: read("T", "A", phased=True),
            DPYD_2A: read("T", "C", phased=True),
        }
        found = call("DPYD", changes)
        assert found.candidates[0].name == "c.1905+1G>A (*2A)/c.2846A>T"
        assert len(found.components) == 3

    def test_hapb3_with_both_variants_is_one_allele(self) -> None:
        found = call("DPYD", {DPYD_INTRON: read("G", "C"), DPYD_TAG: read("C", "T")})
        assert found.candidates[0].name == f"Reference/{HAPB3}"
        assert (found.phenotype, found.activity_score) == ("Intermediate Metabolizer", "1.5")
        assert not any("HapB3" in reason for reason in found.reasons)

    def test_hapb3_tag_without_the_intronic_variant_is_not_hapb3_and_warned_of(self) -> None:
        found = call("DPYD", {DPYD_TAG: read("C", "T")})
        assert found.candidates[0].name == "Reference/Reference"
        assert any("the intronic variant decides" in reason for reason in found.reasons)

    def test_hapb3_intronic_variant_decides_beside_a_homozygous_tag(self) -> None:
        found = call("DPYD", {DPYD_INTRON: read("G", "C"), DPYD_TAG: read("T", "T")})
        assert found.activity_score == "1.5"
        assert any("the intronic variant decides" in reason for reason in found.reasons)

    def test_hapb3_intronic_variant_alone_has_the_same_activity(self) -> None:
        found = call("DPYD", {DPYD_INTRON: read("G", "C")})
        assert (found.candidates[0].name, found.activity_score) == (
            "Reference/c.1129-5923C>G",
            "1.5",
        )

    def test_hapb3_by_its_tag_where_the_intronic_position_was_not_read(self) -> None:
        found = call("DPYD", {DPYD_INTRON: None, DPYD_TAG: read("C", "T")})
        assert found.candidates[0].name == f"Reference/{HAPB3}"

    def test_no_variant_is_reference_with_the_reference_as_component(self) -> None:
        found = call("DPYD", {})
        assert (found.status, found.components) == (Status.CALLED, ("Reference",))

    def test_a_strand_half_read_counts_what_it_shows(self) -> None:
        seen = read("T", MISSING, phased=True)
        assert "c.1905+1G>A (*2A)" in call("DPYD", {DPYD_2A: seen}).candidates[0].name


class TestRyr1:
    """Malignant hyperthermia: a known variant decides, and nothing is ever normal."""

    def test_reference_is_uncertain_never_normal(self) -> None:
        assert call("RYR1", {}).phenotype == "Uncertain Susceptibility"

    def test_a_malignant_variant_outranks_an_uncertain_one(self) -> None:
        changes = {
            38500898: read("C", "T"),  # c.7522C>T, malignant hyperthermia associated
            38440796: read("A", "G"),  # c.97A>G, uncertain
            38440851: read("C", "A"),  # c.152C>A, uncertain
        }
        found = call("RYR1", changes)
        assert "c.7522C>T" in found.candidates[0].name
        assert found.phenotype == "Malignant Hyperthermia Susceptibility"
        assert len(found.components) == 3

    def test_a_homozygous_variant_stands_on_both_strands(self) -> None:
        found = call("RYR1", {38440796: read("G", "G"), 38440851: read("C", "A")})
        assert names(found)[0] == "c.97A>G/c.97A>G"


class TestUgt1a1:
    """*80 is the proxy of the repeats: alone, it leaves them untested."""

    def test_repeat_and_proxy_make_80_28(self) -> None:
        changes = {UGT1A1_80: read("C", "T"), UGT1A1_REPEAT: read("CAT", "CATAT")}
        found = call("UGT1A1", changes)
        assert names(found)[:2] == ["*1/*80+*28", "*28/*80"]

    def test_proxy_without_the_repeat_read_leaves_28_and_37_open(self) -> None:
        found = call("UGT1A1", {UGT1A1_80: read("C", "T"), UGT1A1_REPEAT: None})
        assert {"*1/*80", "*1/*80+*28", "*1/*80+*37"} <= set(names(found))
        assert found.status is Status.AMBIGUOUS
        assert found.next_position == f"UGT1A1:{UGT1A1_REPEAT}"

    @pytest.mark.parametrize(
        ("repeat", "allele"), [("C", "*36"), ("CATAT", "*28"), ("CATATAT", "*37")]
    )
    def test_each_repeat_is_its_own_allele(self, repeat: str, allele: str) -> None:
        found = call("UGT1A1", {UGT1A1_REPEAT: read("CAT", repeat)})
        assert names(found) == [f"*1/{allele}"]

    def test_two_repeats_without_a_reference_strand(self) -> None:
        assert names(call("UGT1A1", {UGT1A1_REPEAT: read("CATAT", "CATATAT")})) == ["*28/*37"]


class TestNat2:
    """A published table prefers one of the unphased pairs that look the same."""

    def test_published_choice_counts_only_when_asked_for(self) -> None:
        plain = call("NAT2", NAT2_SAME)
        asked = call("NAT2", NAT2_SAME, settings=CallSettings(prefer=True))
        assert set(names(plain)) >= set(names(asked)[:1])
        assert (names(plain)[0], names(asked)[0]) == ("*1/*30", "*5/*6")
        assert (PREFERRED in plain.reasons, PREFERRED in asked.reasons) == (False, True)

    def test_published_choice_takes_only_its_rivals_mass(self) -> None:
        plain = call("NAT2", NAT2_SAME)
        asked = call("NAT2", NAT2_SAME, settings=CallSettings(prefer=True, listed_from=0))
        rivals = {"*1/*30", "*16/*34", "*5/*6"}
        before = sum(c.probability for c in plain.candidates if c.name in rivals)
        after = sum(c.probability for c in asked.candidates if c.name in rivals)
        assert after == pytest.approx(before)


class TestSlco1b1:
    """Without a pair of alleles, rs4149056 still tells the function."""

    @pytest.mark.parametrize(
        ("bases", "phenotype"),
        [
            (("T", "T"), "Normal Function"),
            (("T", "C"), "Decreased Function"),
            (("C", "C"), "Poor Function"),
        ],
    )
    def test_fallback_reads_the_lone_variant(self, bases: tuple[str, str], phenotype: str) -> None:
        # two variants that no allele carries together, on one strand
        changes = {
            21178615: read(*bases, phased=True),
            21172782: read("C", "C", phased=True),
            21200595: read("C", "C", phased=True),
        }
        found = call("SLCO1B1", changes)
        assert (found.status, found.phenotype) == (Status.AMBIGUOUS, phenotype)
        assert found.candidates[0].name == f"rs4149056 {'/'.join(bases)}"
        assert NO_PAIR in found.reasons

    def test_no_fallback_where_the_lone_variant_was_not_read(self) -> None:
        changes = {21178615: None, 21172782: read("C", "C"), 21200595: read("C", "C")}
        found = call("SLCO1B1", changes)
        assert (found.status, found.candidates) == (Status.AMBIGUOUS, ())


class TestG6pd:
    """X-linked: one copy in males, two in females."""

    def test_male_written_with_two_alleles_has_one(self) -> None:
        found = call("G6PD", {G6PD_MED: read("A", "A")}, sex="male")
        assert (names(found), found.phenotype) == ([MEDITERRANEAN], "Deficient")

    def test_male_written_with_one_allele_has_one_whatever_is_stated(self) -> None:
        found = call("G6PD", {G6PD_MED: read("A")}, copies=1)
        assert (names(found), found.phenotype) == ([MEDITERRANEAN], "Deficient")

    def test_heterozygous_female_is_variable(self) -> None:
        found = call("G6PD", {G6PD_MED: read("G", "A")}, sex="female")
        assert (names(found), found.phenotype) == ([f"B (reference)/{MEDITERRANEAN}"], "Variable")

    def test_heterozygous_person_of_unstated_sex_is_variable_with_the_reason(self) -> None:
        found = call("G6PD", {G6PD_MED: read("G", "A")})
        assert found.phenotype == "Variable"
        assert any("sex is not stated" in reason for reason in found.reasons)

    def test_heterozygous_male_contradicts_himself_and_has_no_phenotype(self) -> None:
        found = call("G6PD", {G6PD_MED: read("G", "A")}, sex="male")
        assert (found.status, found.phenotype) == (Status.AMBIGUOUS, "Indeterminate")
        assert any("where one copy is expected" in reason for reason in found.reasons)


class TestMtRnr1:
    """One copy, many variants; a mixture counts as the variant."""

    def test_1555_is_increased_risk(self) -> None:
        found = call("MT-RNR1", {1555: read("G")}, copies=1)
        assert names(found) == ["m.1555A>G"]
        assert found.phenotype == "increased risk of aminoglycoside-induced hearing loss"

    def test_a_mixture_is_taken_as_the_variant_with_the_reason(self) -> None:
        found = call("MT-RNR1", {1555: read("A", "G")}, copies=1)
        assert names(found) == ["m.1555A>G"]
        assert any("mixture" in reason for reason in found.reasons)

    def test_two_variants_are_both_named_and_the_greater_risk_decides(self) -> None:
        found = call("MT-RNR1", {1555: read("G"), 827: read("G")}, copies=1)
        assert names(found) == ["m.1555A>G + m.827A>G"]
        assert found.phenotype == "increased risk of aminoglycoside-induced hearing loss"

    def test_reference_written_with_two_alleles_is_one(self) -> None:
        assert names(call("MT-RNR1", {})) == ["Reference"]

    def test_one_position_of_many_is_not_a_normal_result(self) -> None:
        found = call_seen("MT-RNR1", only("MT-RNR1", {1555: read("A")}))
        assert found.status is Status.AMBIGUOUS


class TestCyp2d6:
    """Copies and hybrids need their own records."""

    @staticmethod
    def record(kind: str, copies: int | None) -> tuple[StructuralCall, ...]:
        return (StructuralCall("CYP2D6", kind, copies, 9, f"chr22:1 N><{kind}>"),)

    def test_single_variants_only_are_never_certain_when_copies_are_demanded(self) -> None:
        found = call("CYP2D6", {}, settings=CallSettings(demand_copies=True))
        assert (found.status, names(found)[0]) == (Status.AMBIGUOUS, "*1/*1")
        assert SNV_ONLY in found.reasons

    def test_single_variants_only_are_called_but_marked_otherwise(self) -> None:
        found = call("CYP2D6", {})
        assert (found.status, SNV_ONLY in found.reasons) == (Status.CALLED, True)

    @pytest.mark.parametrize(
        ("copies", "diplotype", "phenotype", "score"),
        [
            (0, "*5/*5", "Poor Metabolizer", "0.0"),
            (1, "*1/*5", "Intermediate Metabolizer", "1.0"),
            (2, "*1/*1", "Normal Metabolizer", "2.0"),
            (3, "*1/*1x2", "Ultrarapid Metabolizer", "3.0"),
        ],
    )
    def test_counted_copies_change_the_diplotype(
        self, copies: int, diplotype: str, phenotype: str, score: str
    ) -> None:
        settings = CallSettings(demand_copies=True)
        found = call("CYP2D6", {}, structural=self.record("CNV", copies), settings=settings)
        assert (found.status, names(found)[0]) == (Status.CALLED, diplotype)
        assert (found.phenotype, found.activity_score) == (phenotype, score)
        assert SNV_ONLY not in found.reasons

    def test_three_copies_of_two_alleles_leave_open_which_is_doubled(self) -> None:
        found = call("CYP2D6", CYP2D6_1_4, structural=self.record("DUP", 3))
        assert found.status is Status.AMBIGUOUS
        assert {"*1/*4x2", "*1x2/*4"} <= set(names(found))

    def test_two_alleles_with_one_copy_counted_contradict(self) -> None:
        found = call("CYP2D6", CYP2D6_1_4, structural=self.record("DEL", 1))
        assert found.status is Status.AMBIGUOUS
        assert any("where one copy was counted" in reason for reason in found.reasons)

    def test_a_hybrid_is_named_and_leaves_the_call_uncertain(self) -> None:
        found = call("CYP2D6", {}, structural=self.record("*36", 1))
        assert found.status is Status.AMBIGUOUS
        assert any("hybrid allele *36" in reason for reason in found.reasons)

    def test_a_doubtful_record_is_said_and_leaves_the_call_uncertain(self) -> None:
        found = call("CYP2D6", {}, structural=self.record("doubtful", None))
        assert found.status is Status.AMBIGUOUS
        assert any("not usable" in reason for reason in found.reasons)

    def test_records_of_different_events_are_one_count(self) -> None:
        both = (*self.record("DEL", 2), *self.record("DUP", 3))
        assert names(call("CYP2D6", {}, structural=both))[0] == "*1/*1x2"

    def test_records_that_disagree_leave_the_count_open(self) -> None:
        both = (*self.record("DEL", 1), *self.record("DUP", 3))
        found = call("CYP2D6", {}, structural=both)
        assert found.status is Status.AMBIGUOUS
        assert any("copy number is not clear" in reason for reason in found.reasons)


class TestSinglePositions:
    """Genes of one position, and a position beside the alleles."""

    @pytest.mark.parametrize(
        ("bases", "phenotype"),
        [(("C", "C"), "-1639 GG"), (("C", "T"), "-1639 AG"), (("T", "T"), "-1639 AA")],
    )
    def test_vkorc1_is_written_on_the_other_strand(
        self, bases: tuple[str, str], phenotype: str
    ) -> None:
        assert call("VKORC1", {31096368: read(*bases)}).phenotype == phenotype

    def test_rs12777823_stands_beside_cyp2c9(self) -> None:
        found = call_seen(
            "CYP2C9", only("CYP2C9", {94645745: read("G", "A"), 94942290: read("C", "C")})
        )
        assert found.positions == {"rs12777823": "A/G"}
        assert [proof.rsid for proof in found.proofs] == ["rs12777823"]

    def test_rs12777823_not_read_is_empty_never_reference(self) -> None:
        assert call("CYP2C9", {}).positions == {"rs12777823": ""}

    @pytest.mark.parametrize("gene", ["NUDT15", "CACNA1S", "TPMT", "DPYD", "G6PD", "RYR1"])
    def test_an_undocumented_base_is_ambiguous_where_a_peer_reads_reference(
        self, gene: str
    ) -> None:
        position = GENES[gene].positions[0]
        odd = Observation(read("A").state, (position.alleles[0], UNDOCUMENTED), record="odd")
        found = call(gene, {position.grch38.pos: odd})
        assert found.status is Status.AMBIGUOUS
        assert {c.phenotype for c in found.candidates} == {"Indeterminate"}
        assert found.reasons[0].startswith("undocumented base at")
