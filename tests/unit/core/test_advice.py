"""The shape of advice is a contract: exactly these keys, in plain values."""

from garrod.core.advice import Action, Advice, Because, Option, Target, Tier
from garrod.core.evidence import Evidence

KEYS = [
    *("id", "action", "target", "tier", "strength", "title", "summary", "because", "options"),
    *("dose_factor", "monitoring", "population", "p_recommendation", "stable"),
    *("next_position", "evidence", "packs"),
]


def sample() -> Advice:
    return Advice(
        id="a1",
        action=Action.AVOID,
        target=Target("clopidogrel", ("atc|B01AC04",)),
        tier=Tier.T2,
        strength="Strong",
        title="t",
        summary="s",
        because=(Because("order", "clopidogrel 75 mg", "order/1"),),
        evidence=(Evidence("CPIC", "2022", "table 1", "CC0-1.0", pmid="35034351"),),
        packs=("pgx-guidance-cpic@1",),
        options=(Option("ticagrelor", "not activated by CYP2C19"),),
        p_recommendation=0.97,
        stable=False,
    )


def test_advice_as_json_has_exactly_the_contract_keys() -> None:
    assert list(sample().as_json()) == KEYS


def test_advice_as_json_writes_coded_values_as_text() -> None:
    written = sample().as_json()
    assert written["action"] == "avoid"
    assert written["tier"] == "T2"
    assert written["target"] == {"name": "clopidogrel", "codes": ["atc|B01AC04"]}
    assert written["evidence"][0]["pmid"] == "35034351"
    assert written["options"][0]["order"] is None
