"""A person is a snapshot: ages are counted in completed years, and repr names nobody."""

from datetime import date

import pytest

from garrod.core.finding import GeneFinding, Status
from garrod.core.person import ANY_GENE, GeneState, Person, Requested


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 3, 13), 67),
        (date(2026, 3, 14), 68),
        (date(2026, 12, 31), 68),
        (date(1958, 3, 14), 0),
    ],
)
def test_age_counts_completed_years(day: date, age: int) -> None:
    assert Person("Patient/p", birth_date=date(1958, 3, 14)).age_on(day) == age


def test_age_of_a_person_born_on_the_leap_day_changes_on_the_first_of_march() -> None:
    person = Person("Patient/p", birth_date=date(2000, 2, 29))
    assert [person.age_on(date(2026, 2, 28)), person.age_on(date(2026, 3, 1))] == [25, 26]


def test_age_without_a_birth_date_is_unknown() -> None:
    assert Person("Patient/p").age_on(date(2026, 1, 1)) is None


def test_repr_shows_neither_name_nor_birth_date() -> None:
    shown = repr(Person("Patient/p", name="Ada Example-Synthetic", birth_date=date(1958, 3, 14)))
    assert "Ada" not in shown
    assert "1958" not in shown


def test_finding_of_a_gene_that_was_not_tested_is_none() -> None:
    tested = GeneFinding("CYP2C19", Status.CALLED)
    person = Person("Patient/p", findings=(tested,))
    assert person.finding("CYP2C19") is tested
    assert person.finding("CYP2D6") is None


def gene(name: str, status: Status) -> GeneFinding:
    return GeneFinding(name, status)


@pytest.mark.parametrize(
    ("findings", "requested", "unseen", "told"),
    [
        ((gene("DPYD", Status.CALLED),), (), (), GeneState.PRESENT),
        (
            (gene("DPYD", Status.AMBIGUOUS),),
            (Requested("", genes=("DPYD",)),),
            (),
            GeneState.PRESENT,
        ),
        ((gene("DPYD", Status.NO_CALL),), (), (), GeneState.NOT_CALLABLE),
        ((gene("DPYD", Status.NO_CALL),), (Requested("", genes=("DPYD",)),), (), GeneState.PENDING),
        ((gene("DPYD", Status.NOT_ASSESSED),), (), (), GeneState.ABSENT),
        ((gene("TPMT", Status.CALLED),), (), (), GeneState.ABSENT),
        ((), (Requested("PGx panel", genes=(ANY_GENE,)),), (), GeneState.PENDING),
        ((), (Requested("potassium"), Requested("TPMT", genes=("TPMT",))), (), GeneState.ABSENT),
        ((), (), ("genetics",), GeneState.UNSEEN),
        ((gene("DPYD", Status.CALLED),), (), ("genetics",), GeneState.PRESENT),
    ],
)
def test_the_states_of_a_test_are_told_apart(
    findings: tuple[GeneFinding, ...],
    requested: tuple[Requested, ...],
    unseen: tuple[str, ...],
    told: GeneState,
) -> None:
    person = Person("Patient/1", findings=findings, requested=requested, unseen=frozenset(unseen))
    assert person.gene_state("DPYD") is told


def test_test_that_is_awaited_is_the_one_that_names_the_gene() -> None:
    blood, panel = Requested("full blood count"), Requested("panel", genes=("DPYD", "TPMT"))
    person = Person("Patient/1", requested=(blood, panel))
    assert person.awaited("TPMT") is panel
    assert person.awaited("CYP2C19") is None
