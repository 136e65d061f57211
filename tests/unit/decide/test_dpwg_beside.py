"""What stands on a list beside eliglustat or codeine is never read as nothing beside it."""

import pytest

from garrod.care.decide.behaviour import inhibitor_marks
from garrod.care.decide.policy import NATIONS, load_policy
from garrod.core.identifiers import Icd10, Snomed
from garrod.core.medicine import Coding
from garrod.knowledge.medicines import load_medicines
from garrod.science.pgx.guidance import load_guidance
from tests.making.conversions import CONVERSIONS, SHELF
from tests.unit.decide.test_dpwg_circumstances import chosen, opinion

MEDICINES = load_medicines(SHELF)
POLICIES = {nation: load_policy(SHELF, pack) for nation, pack in NATIONS.items()}
PACKS = ("pgx-guidance", "pgx-guidance-dpwg", "pgx-guidance-fda")


def beside(line: str) -> str:
    """Return the population that eliglustat's row is for beside a line, for an intermediate."""
    taken = tuple(medicine.drug for medicine in MEDICINES.find_all(line))
    marks = tuple(sorted(inhibitor_marks(CONVERSIONS, taken)))
    return chosen(opinion("eliglustat", "CYP2D6=0.5", taken=taken, inhibits=marks))


@pytest.mark.parametrize(
    "line",
    [
        *("clarithromycin", "itraconazole", "ketoconazole", "posaconazole", "voriconazole"),
        *("cobicistat", "Genvoya", "indinavir", "Kaletra", "saquinavir", "telaprevir"),
        *("telithromycin", "conivaptan", "boceprevir", "ritonavir", "nefazodone"),
        *("nelfinavir", "idelalisib", "ceritinib", "tucatinib", "mifepristone"),
    ],
)
def test_strong_inhibitor_of_cyp3a_beside_eliglustat_is_seen(line: str) -> None:
    assert beside(line) == "eliglustat-3a-strong"


@pytest.mark.parametrize(
    "line",
    [
        *("ciprofloxacin", "fluconazole", "diltiazem", "verapamil", "aprepitant"),
        *("fosamprenavir", "imatinib", "crizotinib", "isavuconazole", "letermovir"),
        *("Ciclosporin", "amiodarone", "netupitant", "ribociclib", "nilotinib"),
    ],
)
def test_moderate_inhibitor_of_cyp3a_beside_eliglustat_is_seen(line: str) -> None:
    assert beside(line) == "eliglustat-3a-moderate"


@pytest.mark.parametrize("line", ["quinine", "givosiran"])
def test_moderate_inhibitor_of_cyp2d6_beside_eliglustat_is_seen(line: str) -> None:
    assert beside(line) == "eliglustat-2d6-moderate"


@pytest.mark.parametrize("line", ["dronedarone", "darunavir", "cimetidine", "tipranavir"])
def test_inhibitor_of_both_enzymes_beside_eliglustat_is_seen(line: str) -> None:
    assert beside(line) == "eliglustat-both"


def test_sources_that_differ_on_erythromycin_are_heard_at_their_strongest() -> None:
    assert beside("erythromycin") == "eliglustat-3a-strong"


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize(
    "coding",
    [
        Coding(Icd10.system, "N18.3"),
        Coding(Icd10.system, "N18.5"),
        Coding(Icd10.system, "N19"),
        Coding(Snomed.system, "433144002"),
        Coding(Snomed.system, "431857002"),
        Coding(Snomed.system, "433146000"),
        Coding("", "", "Chronic kidney disease stage 3A"),
        Coding("", "", "CKD stage 4"),
        Coding("", "", "Renal impairment"),
    ],
)
def test_poor_kidney_function_is_known_by_code_and_words(nation: str, coding: Coding) -> None:
    assert "poor-kidney-function" in POLICIES[nation].indications_of([coding])


@pytest.mark.parametrize(
    "coding",
    [
        Coding(Icd10.system, "N18.1"),
        Coding(Icd10.system, "N18.2"),
        Coding(Icd10.system, "N18.9"),
        Coding(Snomed.system, "709044004"),
        Coding("", "", "CKD stage 2"),
        Coding("", "", "Adrenal insufficiency"),
        Coding("", "", "No evidence of renal impairment"),
        Coding("", "", "Renal function normal"),
    ],
)
def test_kidneys_that_may_work_well_are_not_poor(coding: Coding) -> None:
    assert "poor-kidney-function" not in POLICIES["england"].indications_of([coding])


def test_codeine_is_avoided_at_low_dose_where_kidneys_are_poor() -> None:
    given = opinion("codeine", "CYP2D6=3.0", why=("pain", "poor-kidney-function"), mg="40")
    assert given.top.recommendation is not None
    assert given.top.recommendation.action == "avoid"


@pytest.mark.parametrize("nation", NATIONS)
def test_every_indication_that_guidance_asks_for_is_known_to_the_policy(nation: str) -> None:
    known = {indication.name for indication in POLICIES[nation].indications}
    asked = {
        indication
        for pack in PACKS
        for population in load_guidance(SHELF, pack).populations.values()
        for indication in population.indications
    }
    assert asked <= known
