"""The five cases of the simulator: made-up people and an order for each, judged by the real engine.

Case -> Person and order -> care/decide -> which choice fits. Nothing of the answer is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from garrod.care.decide.card import card_of
from garrod.care.decide.moment import Answered
from garrod.care.decide.naming import codes_of_line
from garrod.core.advice import Action, Target
from garrod.core.medicine import Act, Coding, MedicineLine, Proposal
from garrod.core.person import Condition, Person
from garrod.entry.consult import Consult
from garrod.entry.web.prescribe.form import Form, medicine_of, order_of, with_dose
from garrod.entry.web.prescribe.looking import Looked, line_of, usual_dose
from garrod.science.pgx.outside import OutsideRow

ATC, SNOMED = "http://www.whocc.no/atc", "http://snomed.info/sct"
AS_IS, OTHER, LOWER, HIGHER, TEST = "as-is", "other", "lower", "higher", "test"
CHOICES = {
    AS_IS: "Prescribe it as it stands",
    OTHER: "Prescribe another medicine",
    LOWER: "Prescribe a lower dose",
    HIGHER: "Prescribe a higher dose",
    TEST: "Ask for a gene test as well",
}
FITS = {
    Action.AVOID: OTHER,
    Action.PREFER_ALTERNATIVE: OTHER,
    Action.STOP: OTHER,
    Action.START_LOWER: LOWER,
    Action.ADJUST: LOWER,
    Action.START_HIGHER: HIGHER,
    Action.TEST_FIRST: TEST,
    Action.CONSIDER_TEST: TEST,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One case. All of it is made up."""

    id: str
    title: str
    story: str
    drug: str
    sex: str
    born: date
    has: tuple[tuple[str, str], ...]  # SNOMED CT code, words
    takes: tuple[tuple[str, str], ...] = ()  # ATC code, words
    genes: tuple[OutsideRow, ...] = ()


CASES = (
    Case(
        "1",
        "A stent, and a gene that does not switch clopidogrel on",
        "A woman of 66 had a stent put in last week. Her genome was read years ago: CYP2C19 "
        "*2/*2. She is to have clopidogrel.",
        "clopidogrel",
        "female",
        date(1960, 3, 14),
        (("394659003", "Acute coronary syndrome"),),
        genes=(OutsideRow("CYP2C19", diplotype="*2/*2", source="case"),),
    ),
    Case(
        "2",
        "The same medicine, and nobody has looked",
        "A man of 65 with an acute coronary syndrome is to have clopidogrel. His genes were "
        "never tested.",
        "clopidogrel",
        "male",
        date(1961, 7, 2),
        (("394659003", "Acute coronary syndrome"),),
    ),
    Case(
        "3",
        "Normal genes that do not act normally",
        "A woman of 52 takes paroxetine and now wants something for pain: codeine. CYP2D6 is "
        "*1/*1.",
        "codeine",
        "female",
        date(1974, 1, 23),
        (("35489007", "Depressive disorder"),),
        (("N06AB05", "Paroxetine 20 mg tablets"),),
        (OutsideRow("CYP2D6", diplotype="*1/*1", source="case"),),
    ),
    Case(
        "4",
        "Chemotherapy, and an enzyme at half strength",
        "A man of 71 with cancer of the colon is to start capecitabine. One copy of DPYD "
        "carries c.1905+1G>A (*2A).",
        "capecitabine",
        "male",
        date(1955, 10, 9),
        (("363406005", "Malignant neoplasm of colon"),),
        genes=(OutsideRow("DPYD", diplotype="Reference/c.1905+1G>A (*2A)", source="case"),),
    ),
    Case(
        "5",
        "Clopidogrel once more",
        "A man of 59 with an acute coronary syndrome is to have clopidogrel. CYP2C19 was read "
        "as *1/*1.",
        "clopidogrel",
        "male",
        date(1967, 5, 30),
        (("394659003", "Acute coronary syndrome"),),
        genes=(OutsideRow("CYP2C19", diplotype="*1/*1", source="case"),),
    ),
)


def case_named(id: str) -> Case | None:
    """Return a case by its id, or None."""
    return next((case for case in CASES if case.id == id), None)


def person_of(consult: Consult, case: Case) -> Person:
    """Return the made-up person of a case."""
    found = consult.services.outside_findings((), case.genes, sex=case.sex)
    return Person(
        f"Patient/case-{case.id}",
        name=f"Case {case.id}-Synthetic",
        sex=case.sex,
        birth_date=case.born,
        medicines=tuple(
            MedicineLine(words, (Coding(ATC, code, words),), reference=f"MedicationStatement/{n}")
            for n, (code, words) in enumerate(case.takes, 1)
        ),
        conditions=tuple(
            Condition(words, (Coding(SNOMED, code, words),)) for code, words in case.has
        ),
        findings=tuple(found.values()),
        is_synthetic=True,
    )


def judged(consult: Consult, case: Case) -> Looked:
    """Return what the engine says of a case's order, as Prescribe would have it."""
    person, knowledge = person_of(consult, case), consult.services.knowledge
    form = Form(case.drug)
    medicine = medicine_of(knowledge.medicines, form)
    form = with_dose(form, usual_dose(consult, person, form, medicine))
    order = order_of(form, medicine, person.reference.partition("/")[2])
    line = replace(line_of(order, person.reference.partition("/")[2]), reference="draft/case")
    decision = consult.services.answer(
        person, Proposal(Act.ORDER, line), today=consult.clock().date()
    )
    card = card_of(decision, Target(line.text, codes_of_line(line)))
    answer = Answered(line, decision, card)
    return Looked(person, form, medicine, order, answer, card, knowledge.medicines)


def fitting(looked: Looked) -> str:
    """Return the choice that fits what the engine says."""
    if looked.card is None or not looked.card.advice:
        return AS_IS
    return FITS.get(looked.card.advice[0].action, AS_IS)
