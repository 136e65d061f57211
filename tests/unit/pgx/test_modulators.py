"""Inhibitors and inducers: one strength for each source, and which one a policy hears."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.knowledge.medicines import load_medicines
from garrod.knowledge.pack import Pack, Row
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.modulators import (
    PACK,
    Rules,
    load_modulators,
    load_rules,
    modulations,
    rules_of,
)
from tests.making.conversions import FACTS, SHELF, taking

POLICY = "policy-england"
ROWS = SHELF.rows(POLICY, "phenoconversion")


def policy(**values: str) -> Rules:
    """Return the shipped policy with other values of rules that it states once."""
    changed = [{**row, "to": values.get(row["rule"], row["to"])} for row in ROWS]
    return rules_of(changed, POLICY, "p@1")


def heard(drug: str, enzyme: str, rules: Rules = FACTS.rules) -> tuple[str, str]:
    found = modulations(FACTS.modulators, rules, enzyme, taking(drug))
    return found[0].strength, found[0].source


def test_every_modulator_is_a_known_medicine() -> None:
    medicines = load_medicines(SHELF)
    assert [d for d in FACTS.modulators.by_drug if medicines.by_id(d) is None] == []


def test_every_source_named_by_a_row_has_its_name_and_its_place_in_the_order() -> None:
    order = set(FACTS.rules.once("sources").value.split("|"))
    used = {m.source for rows in FACTS.modulators.by_drug.values() for m in rows}
    assert used == set(FACTS.modulators.sources) == order


def test_sources_that_disagree_keep_their_own_strength() -> None:
    said = {
        (m.source, m.strength)
        for m in FACTS.modulators.by_drug["abiraterone"]
        if m.enzyme == "CYP2D6"
    }
    assert said == {("uptodate", "moderate"), ("fda", "weak")}


def test_disagreement_strongest_hears_the_strongest_and_shows_the_other() -> None:
    (found,) = modulations(FACTS.modulators, FACTS.rules, "CYP2D6", taking("abiraterone"))
    assert found.strength == "moderate"
    assert found.others == ("weak (FDA table of inhibitors (read in PMC7292748))",)
    assert found.evidence == ("uptodate", "fda-2d6")


def test_disagreement_first_hears_the_first_source_of_the_order() -> None:
    assert heard("abiraterone", "CYP2D6", policy(disagreement="first"))[0] == "weak"


def test_source_that_the_order_does_not_name_comes_last() -> None:
    rules = policy(disagreement="first", sources="uptodate")
    assert heard("abiraterone", "CYP2D6", rules) == ("moderate", "UpToDate table 116164")


def test_believed_strength_counts_only_where_none_was_read() -> None:
    assert heard("fluoxetine", "CYP2C19")[0] == "moderate"
    assert heard("fluoxetine", "CYP2C19", policy(believed="alike"))[0] == "strong"
    (found,) = modulations(FACTS.modulators, FACTS.rules, "CYP2C9", taking("amiodarone"))
    assert not found.is_read


def test_believed_strengths_that_disagree_are_not_taken_at_their_strongest() -> None:
    assert heard("omeprazole", "CYP2C19")[0] == "weak"
    assert heard("omeprazole", "CYP2C19", policy(believed="alike"))[0] == "moderate"
    (found,) = modulations(FACTS.modulators, FACTS.rules, "CYP2C19", taking("omeprazole"))
    assert found.others == ("moderate (YouScript (unchecked), believed)",)


def test_believed_strength_that_is_not_heard_is_shown_as_believed() -> None:
    (found,) = modulations(FACTS.modulators, FACTS.rules, "CYP2C19", taking("fluoxetine"))
    assert found.others == ("strong (FDA drug interaction tables (unchecked), believed)",)


def test_withdrawn_and_systemic_only_medicines_say_so() -> None:
    rows = FACTS.modulators.by_drug
    assert {m.note for m in rows["lorcaserin"]} == {"withdrawn from the market"}
    assert {m.route for m in rows["terbinafine"]} == {"systemic"}


def test_inhibitors_come_first_and_the_strongest_of_them() -> None:
    taken = taking("rifampicin", "omeprazole", "fluvoxamine", "warfarin")
    found = modulations(FACTS.modulators, FACTS.rules, "CYP2C19", taken)
    assert [m.drug for m in found] == ["fluvoxamine", "omeprazole", "rifampicin"]


def test_rule_of_a_gene_goes_before_that_of_every_gene() -> None:
    own = FACTS.rules.find("shown", "CYP3A5", "inhibits", "weak")
    every = FACTS.rules.find("shown", "CYP2C19", "inhibits", "weak")
    assert own is not None
    assert every is not None
    assert own.why != every.why
    assert FACTS.rules.find("shown", "CYP2C19", "inhibits", "strong") is None


@pytest.mark.parametrize(
    ("column", "value"), [("rule", "stepp"), ("rule", "both"), ("rule", "sources")]
)
def test_policy_that_cannot_be_understood_is_refused(column: str, value: str) -> None:
    if value == "stepp":
        rows = [{**row, column: value} for row in ROWS if row["rule"] == "step"]
    else:
        rows = [dict(row) for row in ROWS if row["rule"] != value]
    with pytest.raises(KnowledgeError) as caught:
        rules_of(rows, POLICY, "p@1")
    assert caught.value.code == "KNO006"
    assert POLICY in str(caught.value)


def test_policy_with_a_word_that_is_not_understood_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="disagreement"):
        policy(disagreement="loudest")


@pytest.mark.parametrize(("column", "value"), [("effect", "helps"), ("strength", "huge")])
def test_modulator_that_cannot_be_understood_is_refused(column: str, value: str) -> None:
    whole = SHELF.pack(PACK)
    spoilt: tuple[Row, ...] = ({**whole.tables["modulators"][0], column: value},)
    shelf = Shelf([Pack(whole.manifest, {**whole.tables, "modulators": spoilt}, whole.evidence)])
    with pytest.raises(KnowledgeError, match=value) as caught:
        load_modulators(shelf)
    assert caught.value.code == "KNO006"


@pytest.mark.parametrize("nation", ["england", "netherlands", "us"])
def test_every_nation_states_its_policy(nation: str) -> None:
    assert load_rules(SHELF, f"policy-{nation}").once("disagreement").why
