"""Which looks somebody is asked about, and which not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from garrod.care.govern.snoop_model import Case, Contact, Look, Nearness, Sign, Staff, Subject
from garrod.care.govern.snoop_words import reasons
from garrod.care.govern.snooping import suspicions
from tests.making.snooping import ANN, BEN, HOUSE, MONDAY, WARD, days, look, told, visit

OWN = Staff("quill", "1oaklane|zz11zz", "own", frozenset((HOUSE,)))
FAMILY = Subject("quill", "9elmlane|zz99zz")
REGISTERED = Contact(frozenset((HOUSE,)))


def signs(case: Case) -> list[Sign]:
    return [one.sign for one in case.evidence]


def only(cases: Sequence[Case]) -> Case:
    (case,) = cases
    return case


@pytest.mark.parametrize(
    ("subject", "sign"),
    [
        (FAMILY, Sign.FAMILY),
        (Subject("other", "1oaklane|zz11zz"), Sign.ADDRESS),
        (Subject("other", works_at=frozenset((HOUSE,))), Sign.COLLEAGUE),
        (Subject("other", is_public=True), Sign.PUBLIC),
    ],
)
def test_a_look_from_afar_at_somebody_close_is_asked_about(subject: Subject, sign: Sign) -> None:
    case = only(suspicions(told([look(1, "p")], staff={ANN: OWN}, people={"p": subject})))
    assert (case.who, case.patients, case.entries) == (ANN, ("p",), (1,))
    assert signs(case)[:2] in ([sign, Sign.FAR], [Sign.FAR, sign])


def test_a_look_at_ones_own_record_is_asked_about_as_that() -> None:
    case = only(suspicions(told([look(1, "own")], staff={ANN: OWN}, people={"own": FAMILY})))
    assert Sign.OWN in signs(case)
    assert Sign.FAMILY not in signs(case)


def test_a_look_at_a_relative_in_ones_care_is_not_asked_about() -> None:
    sources = told(
        [look(1, "p")],
        staff={ANN: OWN},
        people={"p": FAMILY},
        contacts={"p": [visit(ANN, HOUSE)]},
    )
    assert suspicions(sources) == []


def test_a_look_at_a_relative_on_ones_ward_is_not_asked_about() -> None:
    staff = {ANN: replace(OWN, teams=frozenset((WARD,)))}
    sources = told(
        [look(1, "p")], staff=staff, people={"p": FAMILY}, contacts={"p": [visit(WARD, HOUSE)]}
    )
    assert suspicions(sources) == []


def test_one_look_at_a_stranger_is_not_asked_about() -> None:
    assert suspicions(told([look(1, "p")], staff={ANN: OWN}, people={"p": Subject("else")})) == []


def test_a_common_name_counts_for_less_than_a_rare_one() -> None:
    crowd = {f"q{n}": Subject("quill") for n in range(900)}
    near = {"p": [visit(HOUSE)]}
    rare = told([look(1, "p")], staff={ANN: OWN}, people={"p": FAMILY}, contacts=near)
    common = told([look(1, "p")], staff={ANN: OWN}, people={"p": FAMILY, **crowd}, contacts=near)
    assert only(suspicions(rare)).points > 3.15
    assert suspicions(common) == []


def test_a_second_tie_adds_to_the_first() -> None:
    both = {"p": replace(FAMILY, is_public=True)}
    one = only(suspicions(told([look(1, "p")], staff={ANN: OWN}, people={"p": FAMILY})))
    two = only(suspicions(told([look(1, "p")], staff={ANN: OWN}, people=both)))
    assert two.points > one.points + 1


def test_coming_back_to_a_stranger_is_asked_about_and_to_a_patient_is_not() -> None:
    looks = [look(n, "p", at) for n, at in enumerate(days(4, every=3))]
    case = only(suspicions(told(looks)))
    assert [one.times for one in case.evidence if one.sign is Sign.AGAIN] == [4]
    assert case.entries == (0, 1, 2, 3)
    assert (case.first, case.last) == (MONDAY, MONDAY + timedelta(days=9))
    assert suspicions(told(looks, contacts={"p": [visit(ANN, hours=300)]})) == []


def test_coming_back_while_colleagues_look_as_often_is_the_house_s_business() -> None:
    looks = [
        look(10 * n + k, "p", at + timedelta(minutes=k), who=who)
        for n, at in enumerate(days(4, every=3))
        for k, who in enumerate((ANN, BEN, "Practitioner/cat"))
    ]
    assert suspicions(told(looks)) == []


def test_coming_back_to_somebody_registered_counts_too() -> None:
    looks = [look(n, "p", at) for n, at in enumerate(days(5, every=2))]
    case = only(suspicions(told(looks, contacts={"p": [REGISTERED]})))
    assert case.evidence[0].nearness is Nearness.KNOWN


def test_looks_far_apart_are_cases_of_their_own() -> None:
    looks = [look(n, "p", at) for n, at in enumerate(days(2, every=60))]
    found = suspicions(told(looks, staff={ANN: OWN}, people={"p": FAMILY}))
    assert sorted(case.entries for case in found) == [(0,), (1,)]


def test_many_strangers_within_an_hour_are_one_case() -> None:
    looks = [look(n, f"s{n}", MONDAY + timedelta(minutes=n)) for n in range(12)]
    case = only(suspicions(told(looks)))
    assert signs(case)[0] is Sign.MANY
    assert case.evidence[0].times == 12
    assert len(case.patients) == 12


def test_many_of_ones_own_list_within_an_hour_are_no_case() -> None:
    looks = [look(n, f"s{n}", MONDAY + timedelta(minutes=n)) for n in range(12)]
    contacts = {f"s{n}": [visit(ANN)] for n in range(12)}
    assert suspicions(told(looks, contacts=contacts)) == []


def test_a_meeting_held_each_week_is_usual_for_who_holds_it() -> None:
    """The same hour of the same size, week after week: not one of them is asked about."""
    looks = [
        look(100 * week + n, f"s{week}-{n}", MONDAY + timedelta(days=7 * week, minutes=n))
        for week in range(30)
        for n in range(12)
    ]
    contacts = {one.patient: [REGISTERED] for one in looks}
    assert suspicions(told(looks, contacts=contacts)) == []
    case = only(suspicions(told(looks[:12], contacts=contacts)))
    assert signs(case)[0] is Sign.MANY


def test_nights_are_usual_for_who_works_at_night() -> None:
    night = MONDAY.replace(hour=3)
    worked = [look(50 + n, f"n{n}", at) for n, at in enumerate(days(80, at=night))]
    contacts = {one.patient: [visit(ANN, at=one.at)] for one in worked}
    people = {"p": FAMILY}
    once = told([look(1, "p", night)], staff={ANN: OWN}, people=people)
    always = told([look(1, "p", night), *worked], staff={ANN: OWN}, people=people,
                  contacts=contacts)  # fmt: skip
    assert Sign.HOUR in signs(only(suspicions(once)))
    assert Sign.HOUR not in signs(only(suspicions(always)))


def test_a_broken_glass_that_no_contact_explains_counts() -> None:
    people = {"p": Subject("else", is_public=True)}
    plain = only(suspicions(told([look(1, "p")], people=people)))
    broken = only(suspicions(told([look(1, "p", glass=True)], people=people)))
    assert broken.points == pytest.approx(plain.points + 1)
    near = {"p": [visit(HOUSE)]}
    assert Sign.GLASS not in {
        sign
        for case in suspicions(told([look(1, "p", glass=True)], people=people, contacts=near))
        for sign in signs(case)
    }


def test_refusals_are_counted_and_said() -> None:
    looks = [look(1, "p", refused=True), look(2, "p", MONDAY + timedelta(hours=2), refused=True)]
    case = only(suspicions(told(looks, staff={ANN: OWN}, people={"p": FAMILY})))
    assert case.refused == 2
    assert list(reasons(case))[-1] == "They were refused 2 times."
    once = only(suspicions(told(looks[:1], staff={ANN: OWN}, people={"p": FAMILY})))
    assert list(reasons(once))[-1] == "They were refused once."


def test_reasons_are_words_that_tell_nothing_of_the_record() -> None:
    case = only(suspicions(told([look(1, "p")], staff={ANN: OWN}, people={"p": FAMILY})))
    said = " ".join(reasons(case))
    assert "They have the same family name as the person (about 1 person in 1,000)." in said
    assert "Nothing on record ties them or their organisation to the person" in said
    assert "quill" not in said.casefold()


def test_reasons_say_days_and_people() -> None:
    again = [look(n, "p", at) for n, at in enumerate(days(4, every=3))]
    many = [look(100 + n, f"s{n}", MONDAY + timedelta(days=2, minutes=n)) for n in range(12)]
    said = " ".join(word for case in suspicions(told([*again, *many])) for word in reasons(case))
    assert "They came back on 4 more days than colleagues in the same role." in said
    assert "They opened the records of 12 people within an hour." in said


def test_the_strongest_case_comes_first_whatever_the_order_of_the_looks() -> None:
    people = {"p": FAMILY, "q": replace(FAMILY, address=OWN.address, is_public=True)}
    looks = [look(1, "p"), look(2, "q")]
    found = suspicions(told(looks, staff={ANN: OWN}, people=people))
    back = suspicions(told(list(reversed(looks)), staff={ANN: OWN}, people=people))
    assert [case.patients for case in found] == [("q",), ("p",)] == [c.patients for c in back]


def test_no_looks_are_no_cases() -> None:
    empty: list[Look] = []
    assert suspicions(told(empty)) == []
