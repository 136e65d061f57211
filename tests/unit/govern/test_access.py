"""An actor is kept as JSON and comes back whole, from what an earlier release wrote too."""

import json
from dataclasses import replace

import pytest

from garrod.care.govern.access import LOCAL, Actor, Deed, actor_told, demand, told_actor
from garrod.care.govern.access import LocalAccess as Local
from garrod.core.errors import AccessDenied

ANN = Actor(
    "Practitioner/ann",
    "pharmacist",
    "Organization/ward",
    "hospital",
    "ETREAT",
    scopes=frozenset(("user/*.rs", "openid")),
    patient="p1",
    client="app",
    session="j1",
    groups=frozenset(("Group/g",)),
    emergency="unconscious",
)


@pytest.mark.parametrize("actor", [ANN, LOCAL, Actor("x", scopes=frozenset())])
def test_actor_comes_back_whole_from_json(actor: Actor) -> None:
    assert actor_told(json.loads(json.dumps(told_actor(actor)))) == actor


def test_purpose_of_an_earlier_release_is_treatment() -> None:
    assert actor_told({"id": "ann", "purpose": "care"}).purpose == "TREAT"
    assert actor_told({"id": "ann"}).purpose == "TREAT"


def test_what_is_no_actor_is_refused() -> None:
    with pytest.raises(TypeError):
        actor_told({"role": "nurse"})


def test_same_person_in_another_session_is_the_same_and_by_other_software_is_not() -> None:
    assert ANN.is_as(replace(ANN, session="j2", purpose="TREAT", emergency="", scopes=None))
    for change in ({"id": "b"}, {"role": "nurse"}, {"client": "other"}, {"patient": "p2"}):
        assert not ANN.is_as(replace(ANN, **change))


def test_local_access_knows_nobody_else() -> None:
    demand(Local(), LOCAL, Deed.READ, "Patient")
    with pytest.raises(AccessDenied):
        demand(Local(), ANN, Deed.READ, "Patient")
    assert Local().reach(ANN) == frozenset()
    assert Local().reach(LOCAL) is None
