"""How much to give, in milligrams: from equations, usual doses and genotypes on the shelf.

medicine, row, person -> warfarin's equations · usual dose times the row's factor · maintenance dose
What an equation lacks is named: no dose is better than one made from guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType

from garrod.care.decide.setting import Setting
from garrod.care.decide.words import listed
from garrod.core.advice import Because
from garrod.core.evidence import Evidence
from garrod.core.finding import GeneFinding
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.dose import (
    DAYS,
    PACK,
    DoseEstimate,
    Equation,
    NoEstimate,
    Warfarin,
    WarfarinCase,
    load_warfarin,
    surface_m2,
    warfarin_dose,
)

WARFARIN, THROMBOSIS = "warfarin", "venous-thrombosis"
LIKELY = 0.05  # a candidate genotype from here on widens the interval. Source: the design
WEAK = "weak"
# Inhibitions that make a usual dose no guide, by drug. Source: product information (unchecked)
SPOILED = {"tacrolimus": frozenset(("CYP3A4:strong", "CYP3A4:moderate"))}
# Uses for which the usual dose on the shelf is not meant. Source: pack pgx-doses, usual doses
OTHER_USES = {"tacrolimus": frozenset(("liver-transplant",))}
BY_WEIGHT, BY_SURFACE = "mg/kg/d", "mg/m2/d"


@dataclass(frozen=True, slots=True)
class UsualDose:
    """A usual starting dose by weight or surface; `most` is the limit after any increase."""

    low: float
    high: float
    unit: str
    most: float | None
    context: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The maintenance dose of a drug for some diplotypes; 0 mg where it must not be used."""

    gene: str
    diplotypes: frozenset[str]
    words: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Doses:
    """What the shelf knows of doses in milligrams."""

    warfarin: Warfarin
    usual: Mapping[str, tuple[UsualDose, ...]]
    maintenance: Mapping[str, tuple[Maintenance, ...]]
    citations: Mapping[str, Evidence]
    reference: str


@dataclass(frozen=True, slots=True)
class Dosing:
    """A dose in words, the hops that show how it came about, and its citations."""

    sentences: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    evidence: tuple[Evidence, ...] = ()


NO_DOSING = Dosing()


def load_doses(shelf: Shelf) -> Doses:
    """Return what the shelf knows of doses.  Raises: KnowledgeError KNO002, KNO004, KNO006."""
    usual: dict[str, list[UsualDose]] = {}
    for row in shelf.rows(PACK, "usual"):
        most = float(row["most"]) if row["most"] else None
        dose = UsualDose(
            float(row["low"]),
            float(row["high"]),
            row["unit"],
            most,
            row["context"],
            row["evidence"],
        )
        usual.setdefault(row["drug"], []).append(dose)
    maintenance: dict[str, list[Maintenance]] = {}
    for row in shelf.rows(PACK, "maintenance"):
        pairs = frozenset(values_in(row["diplotypes"]))
        maintenance.setdefault(row["drug"], []).append(
            Maintenance(row["gene"], pairs, row["words"], row["evidence"])
        )
    return Doses(
        warfarin=load_warfarin(shelf),
        usual={drug: tuple(rows) for drug, rows in usual.items()},
        maintenance={drug: tuple(rows) for drug, rows in maintenance.items()},
        citations=shelf.pack(PACK).evidence,
        reference=shelf.reference(PACK),
    )


def dosing_of(doses: Doses, medicine: Medicine, setting: Setting, dose_factor: str) -> Dosing:
    """Return the dose that fits a person, or what is missing for it; nothing for other drugs."""
    if medicine.drug == WARFARIN:
        return _warfarin(doses, setting)
    if medicine.drug in doses.maintenance:
        return _maintained(doses, medicine.drug, setting.person)
    if dose_factor and medicine.drug in doses.usual:
        return _scaled(doses, medicine.drug, setting, dose_factor)
    return NO_DOSING


def _warfarin(doses: Doses, setting: Setting) -> Dosing:
    """Return the weekly dose by each equation; by the clinical one alone without genotypes."""
    acting = _acting_on(setting.person.finding("CYP2C9"), doses.warfarin.modifiers)
    if acting:
        text = (
            f"No dose in milligrams is given: {listed(acting)} acts on CYP2C9 and is no term of "
            "the equations; measure the INR more often"
        )
        return Dosing((f"{text}.",), (Because("dose", text, "CYP2C9"),))
    cases = tuple(_cases(setting))
    has_genes = bool(cases[0].cyp2c9) and cases[0].vkorc1_a is not None
    sentences, because, cited = [], [], []
    for equation in doses.warfarin.equations:
        if equation.needs_genes is not has_genes:
            continue
        told = _widest(doses.warfarin, equation, cases)
        text = _in_words(told)
        sentences.append(f"{text}.")
        because.append(Because("dose", text, equation.model))
        cited.append(doses.citations[equation.evidence])
    if any(" mg a week" in sentence for sentence in sentences):
        cited.append(doses.citations["spread"])
    return Dosing(tuple(sentences), tuple(because), tuple(dict.fromkeys(cited)))


def _acting_on(
    finding: GeneFinding | None, known: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Return the medicines that act on a gene's enzyme, but for weak ones and those known."""
    if finding is None or finding.conversion is None:
        return []
    by = finding.conversion.by
    return list(dict.fromkeys(m.name for m in by if m.strength != WEAK and m.drug not in known))


def _cases(setting: Setting) -> Iterator[WarfarinCase]:
    """Yield the person with each likely combination of genotypes, the most likely first."""
    person = setting.person
    base = WarfarinCase(
        age=setting.age,
        height_cm=float(person.height_cm) if person.height_cm is not None else None,
        weight_kg=float(person.weight_kg) if person.weight_kg is not None else None,
        ethnicity=person.ethnicity,
        drugs=setting.taken,
        is_smoker=person.is_smoker,
        target_inr=float(person.target_inr) if person.target_inr is not None else None,
        has_thrombosis=THROMBOSIS in setting.indications,
    )
    pairs = [tuple(name.split("/")) for name in _likely(person.finding("CYP2C9"))] or [()]
    counts: list[int | None] = [
        *(n for n in map(_a_alleles, _likely(person.finding("VKORC1"), by_phenotype=True)))
    ] or [None]
    for pair, count in product(pairs, counts):
        yield replace(base, cyp2c9=pair, vkorc1_a=count)


def _likely(finding: GeneFinding | None, *, by_phenotype: bool = False) -> list[str]:
    """Return the names (or phenotypes) of the likely candidates; none without a diplotype."""
    if finding is None:
        return []
    names = (
        c.phenotype if by_phenotype else c.name
        for c in finding.candidates
        if c.probability >= LIKELY
    )
    is_wanted = (lambda n: n.startswith("-1639")) if by_phenotype else (lambda n: "*" in n)
    return [name for name in dict.fromkeys(names) if is_wanted(name)]


def _a_alleles(phenotype: str) -> int:
    return phenotype.rpartition(" ")[2].count("A")


def _widest(
    warfarin: Warfarin, equation: Equation, cases: tuple[WarfarinCase, ...]
) -> DoseEstimate | NoEstimate:
    """Return the estimate of the likeliest genotypes, its interval wide enough for the others."""
    told = [warfarin_dose(warfarin, equation, case) for case in cases]
    lost = next((t for t in told if isinstance(t, NoEstimate)), None)
    if lost is not None:
        return lost
    found = [t for t in told if isinstance(t, DoseEstimate)]
    low, high = min(t.low for t in found), max(t.high for t in found)
    return replace(found[0], low=low, high=high)


def _in_words(told: DoseEstimate | NoEstimate) -> str:
    name = told.equation.name
    start = f"{name[:1].upper()}{name[1:]}"
    if isinstance(told, NoEstimate):
        return f"{start} gives no dose: {listed(told.reasons)}"
    like = "people" if told.group == "unknown" else f"{told.group.capitalize()} people"
    assumed = f" ({listed(told.assumed)})" if told.assumed else ""
    return (
        f"{start} gives about {told.mg_per_week:.0f} mg a week "
        f"({told.mg_per_week / DAYS:.1f} mg a day){assumed}; nine of ten {like} "
        f"came to need {told.low:.0f} to {told.high:.0f} mg a week"
    )


def _maintained(doses: Doses, drug: str, person: Person) -> Dosing:
    """Return the maintenance dose of a genotype that is called, or that it cannot be told."""
    rows = doses.maintenance[drug]
    finding = person.finding(rows[0].gene)
    acting = _acting_on(finding)
    if acting:
        text = f"The label's maintenance doses are not for people who take {listed(acting)}"
        return Dosing((f"{text}.",), (Because("dose", text, rows[0].evidence),))
    names = _likely(finding)
    fitting = {row for row in rows for name in names if name in row.diplotypes}
    known = {name for row in rows for name in row.diplotypes}
    if len(fitting) == 1 and set(names) <= known:
        row = next(iter(fitting))
        text = f"With {row.gene} {names[0]}: {row.words}"
        because = (Because("dose", text, row.evidence),)
        return Dosing((f"{text}.",), because, (doses.citations[row.evidence],))
    if not names:
        return NO_DOSING
    text = f"The label gives no single maintenance dose for {rows[0].gene} {' or '.join(names)}"
    return Dosing((f"{text}.",), (Because("dose", text, rows[0].evidence),))


def _scaled(doses: Doses, drug: str, setting: Setting, dose_factor: str) -> Dosing:
    """Return the usual starting doses times the row's factor, and in mg where size is known."""
    spoiled = sorted(mark for mark in setting.inhibitors if mark in SPOILED.get(drug, ()))
    if spoiled:
        text = (
            "No dose in milligrams is given: a medicine that inhibits CYP3A is taken, and raises "
            "its level; a higher start may be too much"
        )
        return Dosing((f"{text}.",), (Because("dose", text, spoiled[0]),))
    if drug in OTHER_USES and setting.indications & OTHER_USES[drug]:
        return NO_DOSING
    factors = [float(part) for part in dose_factor.split("-")]
    sentences, because, cited = [], [], []
    for usual in doses.usual[drug]:
        low, high = usual.low * factors[0], usual.high * factors[-1]
        if usual.most is not None:
            low, high = min(low, usual.most), min(high, usual.most)
        by = "kg" if usual.unit == BY_WEIGHT else "m²"
        amount = _range(low, high)
        sized = _for_size(usual, low, high, setting)
        text = f"{amount} mg per {by} a day, from {usual.context}{sized}"
        sentences.append(f"That is {text}.")
        because.append(Because("dose", text, usual.evidence))
        cited.append(doses.citations[usual.evidence])
    return Dosing(tuple(sentences), tuple(because), tuple(dict.fromkeys(cited)))


def _for_size(usual: UsualDose, low: float, high: float, setting: Setting) -> str:
    """Return the dose for the person's weight or surface, where it is known."""
    person = setting.person
    if person.weight_kg is None:
        return ""
    size, shown = float(person.weight_kg), f"{person.weight_kg:f} kg"
    if usual.unit == BY_SURFACE:
        if person.height_cm is None:
            return ""
        size = surface_m2(float(person.height_cm), size)
        shown = f"{size:.2f} m²"
    return f"; for {shown}, {_range(low * size, high * size)} mg a day"


def _range(low: float, high: float) -> str:
    """Return one figure or two, to two or three digits."""
    one, other = f"{low:.3g}", f"{high:.3g}"
    return one if one == other else f"{one} to {other}"
