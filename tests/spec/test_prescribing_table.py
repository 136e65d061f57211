"""What a prescriber is shown of an order, read as a clinical pharmacist and a GP would read it.

Each row is an invented person and an order. tier, action, target, says and options are of what
comes first; pieces counts what is shown (T1 to T3), so that nothing is added unseen; never is what
no title, summary or option that is shown may hold. Blank tier: nothing is shown.
"""

import pytest

from garrod.core.advice import Advice, Tier
from tests.making.scenarios import answer_to
from tests.spec.tables import spec_table

ROWS = spec_table("prescribing")
SHOWN = (Tier.T1, Tier.T2, Tier.T3)


def words_of(advice: Advice) -> str:
    """Return all that is read of a piece of advice, each option's name before a colon."""
    return " ".join((advice.title, advice.summary, *(f"{o.name}:" for o in advice.options)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_prescriber_is_shown_what_matters_first_and_nothing_that_misleads(
    row: dict[str, str],
) -> None:
    shown = [a for a in answer_to(row).advice if a.tier in SHOWN]
    assert len(shown) == int(row["pieces"])
    for word in filter(None, row["never"].split("|")):
        assert not [a.title for a in shown if word in words_of(a)], word
    if not row["tier"]:
        return
    first = shown[0]
    told = (first.tier.value, first.action.value, first.target.name)
    assert told == (row["tier"], row["action"], row["target"])
    assert row["says"] in first.title
    assert "|".join(o.name for o in first.options) == row["options"]
    assert first.summary
    assert all(step.text for step in first.because)
    assert all(e.source for e in first.evidence)


@pytest.mark.parametrize("row", [r for r in ROWS if not r["tier"]], ids=lambda row: row["case"])
def test_order_of_which_nothing_is_shown_is_told_to_be_checked(row: dict[str, str]) -> None:
    decision = answer_to(row)
    is_local = any(n.subject == "form" for n in decision.not_assessed)
    assert is_local or decision.clear
    assert decision.not_assessed
