"""A made-up person with every gene and much advice: what the report's tests lay out.

The advice is hand-made in the shape that `care/decide` gives it; nothing here is clinical fact
beyond the well-known pairs it names.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from garrod.adapters.report.model import Report
from garrod.care.decide.words import likelihood
from garrod.core.advice import Action, Advice, Because, NotAssessed, Option, Target, Tier
from garrod.core.evidence import Evidence
from garrod.core.finding import Candidate, GeneFinding, PhenotypeShare, Status

PACKS = (
    "medicines@2026.11.0",
    "pgx-definitions@2025.11.5",
    "pgx-frequencies@2026.11.0",
    "pgx-guidance@2026.11.0",
    "pgx-phenotypes@2026.11.0",
    "policy-england@2026.11.0",
)
ATC = "http://www.whocc.no/atc"
DAY = date(2026, 11, 25)
SNV_ONLY = (
    "SNV only: gene deletion, duplication and hybrid alleles (such as *5, xN, *36, *68) "
    "cannot be seen in this file"
)


def cpic(locus: str, pmid: str) -> Evidence:
    """Return a citation of a CPIC guideline."""
    slug = locus.casefold().replace(" ", "-")
    url = f"https://cpicpgx.org/guidelines/guideline-for-{slug}/"
    return Evidence("CPIC", "1.56.0", f"{locus} guideline", "CC0-1.0", pmid, url, DAY)


def advice(
    name: str,
    action: Action,
    result: tuple[str, str, str],
    *,
    atc: str = "",
    tier: Tier = Tier.T2,
    p: float | None = 0.9995,
    **more: object,
) -> Advice:
    """Return a piece of advice; `result` is gene, phenotype in words, diplotype."""
    gene, phenotype, diplotype = result
    because = (
        Because("medicine", f"{name} is the medicine in question", name),
        Because("population", "adults", "adults"),
        Because(
            "guidance", f"CPIC {name} and {gene}: {action.value}, strength Strong", f"r-{name}"
        ),
        Because("phenotype", f"{gene}: {phenotype}, {likelihood(p or 0.9995)}", gene),
        Because("diplotype", f"{gene} {diplotype}. Allele frequencies were pooled.", gene),
        Because("variant", "rs4244285 (g.94781859G>A): chr10:94781859 G>A 1/1", "line 291"),
    )
    made = Advice(
        id=f"pgx:{gene}-{name}:Patient/demo-1",
        action=action,
        target=Target(name, (f"{ATC}|{atc}",) if atc else ()),
        tier=tier,
        strength="Strong",
        title=f"{action.value} {name}: {gene} {phenotype}",
        summary=f"Guidance for {name} changes with {gene}.",
        because=because,
        evidence=(cpic(*GUIDELINES[gene]),),
        packs=PACKS,
        population="adults",
        p_recommendation=p,
        stable=p is not None and p > 0.99,
    )
    return replace(made, **more)  # type: ignore[arg-type]


GUIDELINES = {
    "CYP2C19": ("antidepressants and CYP2D6, CYP2C19", "37032427"),
    "CYP2D6": ("opioids and CYP2D6, OPRM1, COMT", "33387367"),
    "SLCO1B1": ("statins and SLCO1B1", "35152405"),
    "HLA-B": ("abacavir and HLA-B", "24561393"),
    "DPYD": ("fluoropyrimidines and DPYD", "29152729"),
    "TPMT": ("thiopurines and TPMT, NUDT15", "30447069"),
}
POOR_2C19 = ("CYP2C19", "poor metaboliser", "*2/*2")
LOW_SLCO = ("SLCO1B1", "decreased function", "*1/*5")
POOR_2D6 = ("CYP2D6", "intermediate metaboliser", "*4/*41")


def clopidogrel() -> Advice:
    """Return: choose another medicine than clopidogrel, because CYP2C19 does not activate it."""
    return advice(
        "clopidogrel",
        Action.PREFER_ALTERNATIVE,
        POOR_2C19,
        atc="B01AC04",
        title="Choose another medicine than clopidogrel: CYP2C19 poor metaboliser",
        summary=(
            "Clopidogrel is hardly turned into its active form, so that clots are more likely. "
            "Use prasugrel or ticagrelor where neither is contra-indicated."
        ),
        options=(
            Option("prasugrel", "named by the guideline; not affected by the results at hand"),
            Option("ticagrelor", "named by the guideline; not affected by the results at hand"),
        ),
        evidence=(cpic("clopidogrel and CYP2C19", "35034351"),),
    )


def simvastatin() -> Advice:
    """Return: choose another statin, less than certain."""
    base = advice(
        "simvastatin",
        Action.PREFER_ALTERNATIVE,
        LOW_SLCO,
        atc="C10AA01",
        p=0.874,
        title="Choose another medicine than simvastatin: SLCO1B1 decreased function",
        summary=(
            "More simvastatin stays in the blood, and with it the risk to muscle. Use another "
            "statin; where that is not possible, do not exceed 20 mg a day. This is likely "
            "(87 %); the file also allows: usual dosing of simvastatin (13 %)."
        ),
        options=(
            Option("rosuvastatin", "named by the guideline; not affected by the results at hand"),
            Option("pravastatin", "named by the guideline; not affected by the results at hand"),
        ),
        monitoring=("creatine kinase where there is muscle pain",),
        next_position="SLCO1B1:21178615",
        evidence=(cpic("statins and SLCO1B1", "35152405"),),
    )
    caution = Because("caution", "SLCO1B1: 7 of 35 positions were not read", "SLCO1B1")
    return replace(base, because=(*base.because, caution))


def codeine() -> Advice:
    """Return: watch codeine; copies of CYP2D6 were not counted."""
    base = advice(
        "codeine",
        Action.MONITOR,
        POOR_2D6,
        atc="R05DA04",
        tier=Tier.T3,
        p=0.71,
        stable=False,
        title="Watch more closely with codeine: CYP2D6 intermediate metaboliser",
        summary="Less morphine is formed: pain relief may be weak. Give the usual dose and review.",
        evidence=(cpic("opioids and CYP2D6, OPRM1, COMT", "33387367"),),
    )
    return replace(
        base, because=(*base.because, Because("caution", f"CYP2D6: {SNV_ONLY}", "CYP2D6"))
    )


# name, ATC code, gene result, action, dose factor, alternatives
AHEAD = (
    ("abacavir", "J05AF06", ("HLA-B", "*57:01 positive", "*57:01 positive"), "avoid", "", ()),
    ("amitriptyline", "N06AA09", POOR_2C19, "start-lower", "0.5", ()),
    ("citalopram", "N06AB04", POOR_2C19, "start-lower", "0.5", ("sertraline",)),
    ("escitalopram", "N06AB10", POOR_2C19, "start-lower", "0.5", ("sertraline",)),
    ("voriconazole", "J02AC03", POOR_2C19, "prefer-alternative", "", ("isavuconazole",)),
    ("lansoprazole", "A02BC03", POOR_2C19, "start-lower", "0.5", ()),
    ("pantoprazole", "A02BC02", POOR_2C19, "start-lower", "0.5", ()),
    ("tramadol", "N02AX02", POOR_2D6, "monitor", "", ()),
    ("tamoxifen", "L02BA01", POOR_2D6, "prefer-alternative", "", ("an aromatase inhibitor",)),
    ("atomoxetine", "N06BA09", POOR_2D6, "adjust", "", ()),
    ("capecitabine", "L01BC06", ("DPYD", "intermediate metaboliser", "Reference/c.1905+1G>A"),
     "start-lower", "0.5", ()),
    ("azathioprine", "L04AX01", ("TPMT", "intermediate metaboliser", "*1/*3A"),
     "start-lower", "0.3-0.8", ()),
)  # fmt: skip


def ahead(count: int = 60) -> tuple[Advice, ...]:
    """Return so much advice for medicines not taken; beyond the list, names are made up."""
    found = []
    for i in range(count):
        name, atc, result, action, factor, options = AHEAD[i % len(AHEAD)]
        number = i // len(AHEAD)
        found.append(
            advice(
                f"{name} {number + 1}" if number else name,
                Action(action),
                result,
                atc=atc,
                tier=Tier.T1 if name == "abacavir" else Tier.T2,
                dose_factor=factor or None,
                options=tuple(Option(o, "named by the guideline") for o in options),
            )
        )
    return tuple(found)


def called(
    gene: str, name: str, phenotype: str, score: str = "", *, unread: int = 0
) -> GeneFinding:
    """Return a certain finding."""
    return GeneFinding(
        gene,
        Status.CALLED,
        (Candidate(name, 0.9991, phenotype, score),),
        phenotype,
        score,
        (PhenotypeShare(phenotype, score, 0.9991),),
        reasons=(f"{unread} of {unread + 30} positions were not read",) if unread else (),
        missing=tuple(f"{gene}:{n}" for n in range(unread)),
        prior="population:pooled",
        packs=PACKS[1:3],
    )


def ambiguous(gene: str, candidates: tuple[Candidate, ...], **more: object) -> GeneFinding:
    """Return a finding with several candidates, the most likely first."""
    shares: dict[tuple[str, str], float] = {}
    for c in candidates:
        key = (c.phenotype, c.activity_score)
        shares[key] = shares.get(key, 0) + c.probability
    first = candidates[0]
    made = GeneFinding(
        gene,
        Status.AMBIGUOUS,
        candidates,
        first.phenotype,
        first.activity_score,
        tuple(PhenotypeShare(p, s, mass) for (p, s), mass in shares.items()),
        prior="population:pooled",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def untold(gene: str, status: Status, reason: str) -> GeneFinding:
    """Return a finding without a result."""
    return GeneFinding(gene, status, reasons=(reason,))


NORMAL = "Normal Metabolizer"
IVA = "ivacaftor non-responsive CFTR sequence"
OUTSIDE_ONLY = "only an outside call can tell this gene"
UNREAD = "no defining position was read"


def findings() -> tuple[GeneFinding, ...]:
    """Return a finding for each of the 24 genes."""
    slco = (
        Candidate("*1/*5", 0.8741, "Decreased Function"),
        Candidate("*1/*15", 0.1259, "Normal Function"),
    )
    cyp2b6 = tuple(
        Candidate(name, p, "Intermediate Metabolizer")
        for name, p in (("*1/*7", 0.6334), ("*5/*9", 0.1826), ("*5/*6", 0.1822), ("*1/*39", 0.001))
    )
    return (
        called("ABCG2", "rs2231142 reference (G)/rs2231142 reference (G)", "Normal Function"),
        called("CACNA1S", "Reference/Reference", "Uncertain Susceptibility"),
        called("CFTR", f"{IVA}/{IVA}", "ivacaftor non-responsive in CF patients", unread=56),
        ambiguous("CYP2B6", cyp2b6, next_position="CYP2B6:41009358"),
        called("CYP2C19", "*2/*2", "Poor Metabolizer", unread=3),
        replace(called("CYP2C9", "*1/*2", "Intermediate Metabolizer", "1.5"),
                positions={"rs12777823": "G/G"}),
        ambiguous("CYP2D6", (Candidate("*4/*41", 1.0, "Intermediate Metabolizer", "0.25"),),
                  reasons=(SNV_ONLY,)),
        called("CYP3A4", "*1/*1", NORMAL),
        called("CYP3A5", "*3/*3", "Poor Metabolizer"),
        called("CYP4F2", "*1/*3", "n/a"),
        replace(called("DPYD", "Reference/c.1905+1G>A (*2A)", "Intermediate Metabolizer", "1.0"),
                components=("c.1905+1G>A (*2A)",)),
        called("G6PD", "B (reference)/B (reference)", "Normal"),
        called("IFNL3", "rs12979860 reference (C)/rs12979860 variant (T)", "n/a"),
        called("NAT2", "*5/*6", "Poor Metabolizer"),
        called("NUDT15", "*1/*1", NORMAL),
        called("RYR1", "Reference/Reference", "Uncertain Susceptibility"),
        ambiguous("SLCO1B1", slco, reasons=("7 of 35 positions were not read",),
                  next_position="SLCO1B1:21178615"),
        called("TPMT", "*1/*3A", "Intermediate Metabolizer"),
        called("UGT1A1", "*1/*80+*28", "Intermediate Metabolizer"),
        called("VKORC1", "rs9923231 variant (T)/rs9923231 variant (T)", "-1639 AA"),
        untold("F5", Status.NO_CALL, UNREAD),
        untold("MT-RNR1", Status.NO_CALL, UNREAD),
        untold("HLA-A", Status.NOT_ASSESSED, OUTSIDE_ONLY),
        untold("HLA-B", Status.NOT_ASSESSED, OUTSIDE_ONLY),
    )  # fmt: skip


def gaps() -> tuple[NotAssessed, ...]:
    """Return what could not be assessed, for medicines taken and not taken."""
    return (
        *(
            NotAssessed(Target(drug), gene, reason, "not-tested")
            for drug, gene, reason in (
                ("allopurinol", "HLA-B", f"not assessed: {OUTSIDE_ONLY}"),
                ("carbamazepine", "HLA-A", f"not assessed: {OUTSIDE_ONLY}"),
                ("carbamazepine", "HLA-B", f"not assessed: {OUTSIDE_ONLY}"),
                ("gentamicin", "MT-RNR1", f"could not be called: {UNREAD}"),
            )
        ),
        NotAssessed(
            Target("levothyroxine"),
            "genes",
            "no gene–drug guidance is on the shelf for this medicine",
            "no-guidance",
        ),
    )


def person(**more: object) -> Report:
    """Return the report of the made-up person."""
    report = Report(
        title="Pharmacogenomic report",
        sample="DEMO-1",
        assembly="GRCh38",
        source="demo-1.vcf.gz",
        source_sha256="9f2c" * 16,
        made_on=DAY,
        software="garrod 0.1.0",
        subject_note="Synthetic person",
        medicines=(
            "Clopidogrel 75 mg tablets, one a day",
            "Simvastatin 40 mg tablets, one at night",
            "Codeine 30 mg tablets, when needed",
            "Sertraline 50 mg tablets, one a day",
            "Levothyroxine 100 microgram tablets, one a day",
        ),
        now=(clopidogrel(), simvastatin(), codeine()),
        clear=(
            "sertraline: CYP2C19 poor metaboliser, CYP2B6 intermediate metaboliser: usual "
            "dosing. The start is unchanged.",
        ),
        next=ahead(),
        findings=findings(),
        not_assessed=gaps(),
        packs=PACKS,
        warnings=("the file is not sorted by position; every line was read all the same",),
    )
    return replace(report, **more)  # type: ignore[arg-type]
