"""Whatever is taken: the converted finding is that of a plain reading of the two tables.

The oracle knows no rules, ranges or look-ups of the code: it reads the rows of the packs and the
published arithmetic (PMC6951851) afresh for each question.
"""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.science.pgx.describe import phenotype_shares
from garrod.science.pgx.phenoconversion import behaving
from garrod.science.pgx.phenotype import load_phenotyping, phenotype_of
from tests.making.conversions import FACTS, IM, NM, PM, SHELF, UM, taking
from tests.making.desk_time import drawn

PHENOTYPES = load_phenotyping(SHELF)
MODULATORS = SHELF.rows("cyp-modulators", "modulators")
POLICY = SHELF.rows("policy-england", "phenoconversion")
ENZYMES = {"CYP2D6": "CYP2D6", "CYP2C19": "CYP2C19", "CYP2B6": "CYP2B6", "CYP2C9": "CYP2C9"}
ALLELES = {
    "CYP2D6": ("*1", "*4", "*10", "*41", "*1x2", "*2x≥3", "*22"),
    "CYP2C19": ("*1", "*2", "*9", "*17"),
    "CYP2B6": ("*1", "*4", "*6", "*18"),
    "CYP2C9": ("*1", "*2", "*3"),
}
DRUGS = sorted({row["drug"] for row in MODULATORS} | {"codeine", "warfarin"})
ORDER = ["weak", "moderate", "strong"]


@st.composite
def findings(draw: st.DrawFn) -> GeneFinding:
    gene = draw(st.sampled_from(sorted(ALLELES)))
    allele = st.sampled_from(ALLELES[gene])
    pairs = draw(st.lists(st.tuples(allele, allele), min_size=1, max_size=4, unique=True))
    told = [phenotype_of(PHENOTYPES, gene, pair) for pair in pairs]
    candidates = tuple(
        Candidate("/".join(pair), 1 / len(pairs), r.phenotype, r.activity_score, r.keys)
        for pair, r in zip(pairs, told, strict=True)
    )
    shares = phenotype_shares(candidates)
    first = shares[0]
    status = draw(st.sampled_from((Status.CALLED, Status.AMBIGUOUS)))
    return GeneFinding(
        gene, status, candidates, first.phenotype, first.activity_score, phenotypes=shares
    )


medicines = st.lists(st.sampled_from(DRUGS), max_size=4, unique=True)


def plain_strength(gene: str, effect: str, taken: list[str]) -> str:
    """Return how strongly medicines act together, from the rows alone."""
    strengths = []
    for drug in taken:
        key = (ENZYMES[gene], effect, drug)
        said = [r for r in MODULATORS if (r["enzyme"], r["effect"], r["drug"]) == key]
        read = [r for r in said if r["certainty"] == "read"]
        if said:
            believed = sorted(said, key=lambda r: r["source"] != "fda-ddi")[:1]
            strengths.append(max((r["strength"] for r in read or believed), key=ORDER.index))
    if not strengths:
        return ""
    if effect == "inhibits" and "strong" not in strengths and strengths.count("moderate") > 1:
        return "strong"
    return max(strengths, key=ORDER.index)


def plain_2d6(score: str, factor: Fraction) -> str | None:
    """Return the phenotype of a lowered score by the published bins; None: several fit."""
    value = Fraction(score.removeprefix("≥")) * factor
    if score.startswith("≥") and factor > 0 and value <= Fraction(9, 4):
        return None
    if value == 0:
        return PM
    if value < Fraction(5, 4):
        return IM
    return NM if value <= Fraction(9, 4) else UM


def plain_step(gene: str, effect: str, strength: str, phenotype: str) -> str:
    for row in POLICY:
        if (row["rule"], row["gene"], row["effect"]) != ("step", gene, effect):
            continue
        if strength in row["strength"].split("|") and phenotype in row["from"].split("|"):
            return row["to"]
    return phenotype


def plain(gene: str, candidate: Candidate, taken: list[str]) -> str:
    """Return the phenotype that a candidate behaves as."""
    down = plain_strength(gene, "inhibits", taken)
    up = plain_strength(gene, "induces", taken)
    effect, strength = ("inhibits", down) if down in ("moderate", "strong") else ("induces", up)
    if gene in ("CYP2C19", "CYP2B6") or effect == "induces":
        return plain_step(gene, effect, strength, candidate.phenotype)
    factor = Fraction(0) if strength == "strong" else Fraction(1, 2)
    is_unknown = candidate.activity_score == "n/a"
    if gene == "CYP2D6":
        alone = any(plain_strength(gene, "inhibits", [drug]) == "strong" for drug in taken)
        if is_unknown:
            return PM if alone else candidate.phenotype
        return plain_2d6(candidate.activity_score, factor) or candidate.phenotype
    value = Fraction(candidate.activity_score) * factor
    return PM if value < 1 else IM if value < 2 else NM


@given(findings(), medicines, st.sampled_from(DRUGS))
@settings(max_examples=drawn(400), deadline=None)
def test_finding_behaves_as_a_plain_reading_says(
    finding: GeneFinding, drugs: list[str], about: str
) -> None:
    taken = [drug for drug in drugs if drug != about]
    found = behaving(FACTS, finding.gene, finding, taking(*drugs), about=about)
    assert found is not None
    wanted = [plain(finding.gene, c, taken) for c in finding.candidates]
    assert [c.phenotype for c in found.candidates] == wanted


@given(findings(), medicines, st.randoms(use_true_random=False))
@settings(max_examples=drawn(200), deadline=None)
def test_conversion_keeps_the_whole_probability_and_no_order_of_medicines_matters(
    finding: GeneFinding, drugs: list[str], chance: object
) -> None:
    found = behaving(FACTS, finding.gene, finding, taking(*drugs))
    chance.shuffle(drugs)  # type: ignore[attr-defined]
    assert behaving(FACTS, finding.gene, finding, taking(*drugs)) == found
    assert found is not None
    assert abs(sum(s.probability for s in found.phenotypes) - 1) < 1e-9
    assert [c.probability for c in found.candidates] == [c.probability for c in finding.candidates]
    assert [c.name for c in found.candidates] == [c.name for c in finding.candidates]


@given(findings(), medicines)
@settings(max_examples=drawn(200), deadline=None)
def test_poor_stays_poor_and_an_inhibitor_never_raises_a_score(
    finding: GeneFinding, drugs: list[str]
) -> None:
    found = behaving(FACTS, finding.gene, finding, taking(*drugs))
    assert found is not None
    for was, now in zip(finding.candidates, found.candidates, strict=True):
        if was.phenotype == PM:
            assert now.phenotype == PM
        if was.activity_score not in ("", "n/a"):
            before, after = (Fraction(c.activity_score.strip("≥")) for c in (was, now))
            assert after <= before
