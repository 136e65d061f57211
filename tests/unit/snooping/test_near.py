"""How near the record brings somebody to a person."""

from datetime import UTC, datetime, timedelta

import pytest

from garrod.care.govern.snoop_model import Contact, Known, Nearness, Staff
from garrod.care.govern.snoop_near import Distances
from tests.making.snooping import ANN, HOUSE, MONDAY, WARD, look, visit

STAFF = {ANN: Staff(teams=frozenset((WARD,)), organisations=frozenset((HOUSE,)))}
BEFORE, LATER = MONDAY - timedelta(days=10), MONDAY + timedelta(days=20)


@pytest.mark.parametrize(
    ("contact", "near"),
    [
        (visit(ANN), Nearness.NAMED),
        (visit(ANN, at=BEFORE), Nearness.NAMED),
        (visit(ANN, at=MONDAY - timedelta(days=40)), Nearness.KNOWN),
        (visit(WARD), Nearness.TEAM),
        (visit(WARD, at=MONDAY - timedelta(days=6)), Nearness.TEAM),
        (visit(WARD, at=MONDAY - timedelta(days=9)), Nearness.AROUND),
        (visit(HOUSE), Nearness.SEEN),
        (visit(HOUSE, at=MONDAY + timedelta(hours=20)), Nearness.SEEN),
        (visit(HOUSE, at=BEFORE), Nearness.AROUND),
        (visit(HOUSE, at=MONDAY + timedelta(days=5)), Nearness.AROUND),
        (visit(HOUSE, at=MONDAY - timedelta(days=60)), Nearness.KNOWN),
        (visit(HOUSE, at=LATER), Nearness.NONE),
        (visit("Practitioner/else", "Organization/else"), Nearness.NONE),
        (Contact(frozenset((HOUSE,))), Nearness.KNOWN),
        (Contact(frozenset((WARD,))), Nearness.TEAM),
        (Contact(frozenset((ANN,))), Nearness.NAMED),
        (Contact(frozenset((HOUSE,)), BEFORE), Nearness.SEEN),
        (Contact(frozenset((HOUSE,)), None, MONDAY), Nearness.SEEN),
        (Contact(frozenset((HOUSE,)), datetime.min.replace(tzinfo=UTC)), Nearness.SEEN),
        (Contact(frozenset((HOUSE,)), None, datetime.max.replace(tzinfo=UTC)), Nearness.SEEN),
    ],
)
def test_a_contact_brings_so_near(contact: Contact, near: Nearness) -> None:
    assert Distances(Known(STAFF, {}, {"p": [contact]})).of(look(1, "p")) is near


def test_the_nearest_of_several_contacts_counts() -> None:
    known = Known(STAFF, {}, {"p": [Contact(frozenset((HOUSE,))), visit(ANN), visit(WARD)]})
    distances = Distances(known)
    assert distances.of(look(1, "p")) is Nearness.NAMED
    assert distances.of(look(2, "p", LATER + timedelta(days=40))) is Nearness.KNOWN


def test_nobody_of_whom_nothing_is_known_is_near() -> None:
    assert Distances(Known()).of(look(1, "p")) is Nearness.NONE


def test_the_organisation_of_the_audit_counts_where_the_record_names_none() -> None:
    assert Distances(Known({}, {}, {"p": [visit(HOUSE)]})).of(look(1, "p")) is Nearness.SEEN
