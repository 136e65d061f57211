"""Every way in which a pack may lower a hard stop is named; what lowers none is not."""

from collections.abc import Callable

import pytest

from garrod.care.govern.lowering import lowered_rules, policies_of
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from tests.making.shelves import SHELF, changed, same

ENGLAND, CPIC = "policy-england", "pgx-guidance"


def where(column: str, value: str, **new: str) -> Callable[[Row], Row]:
    """Return a change of the rows whose column has a value."""
    return lambda row: {**row, **new} if row[column] == value else row


def without(column: str, value: str) -> Callable[[Row], Row | None]:
    """Return a change that leaves out the rows whose column has a value."""
    return lambda row: None if row[column] == value else row


def lowered(after: Shelf) -> str:
    found = [line for line in lowered_rules(SHELF, after) if not line.startswith("policy-us")]
    return "\n".join(line for line in found if not line.startswith("policy-netherlands"))


def test_same_shelf_lowers_nothing() -> None:
    assert policies_of(SHELF) == (ENGLAND, "policy-netherlands", "policy-us")
    assert lowered_rules(SHELF, SHELF) == ()


LOWERING = [
    (changed(ENGLAND, "hard_stops", without("drugs", "abacavir")), "no hard stop any more"),
    (changed(ENGLAND, "hard_stops", where("drugs", "abacavir", tier="T3")), "is tier T3"),
    (
        changed(ENGLAND, "hard_stops", where("gene", "DPYD", keys="0.0")),
        "capecitabine with DPYD Poor Metabolizer was T1",
    ),
    (
        changed(ENGLAND, "hard_stops", where("gene", "DPYD", drugs="fluorouracil")),
        "capecitabine with DPYD 0.0 was T1",
    ),
    (
        changed(
            ENGLAND,
            "hard_stops",
            same,
            {
                "drugs": "abacavir",
                "gene": "HLA-B",
                "keys": "*57:01 positive",
                "tier": "T2",
                "evidence": "own",
            },
        ),
        "abacavir with HLA-B *57:01 positive was T1, is tier T2",
    ),
    (
        changed(ENGLAND, "contraindications", where("drug", "codeine", below_age="6")),
        "codeine must not be used for pain under 12",
    ),
    (
        changed(ENGLAND, "contraindications", where("drug", "codeine", tier="T3")),
        "codeine must not be used for pain under 12",
    ),
    (
        changed(ENGLAND, "contraindications", where("drug", "codeine", below_age="young")),
        "codeine must not be used for pain under 12",
    ),
    (changed(ENGLAND, "sources", without("pack", CPIC)), f"guidance of {CPIC} is heard no longer"),
    (
        changed(ENGLAND, "sources", where("pack", CPIC, rank="9")),
        f"speaks before {CPIC}",
    ),
    (
        changed(CPIC, "recommendations", without("drugs", "abacavir")),
        "abacavir with HLA-B *57:01 positive (general) was avoid, and no row says so any more",
    ),
    (
        changed(
            CPIC,
            "recommendations",
            lambda r: {**r, "action": "start-lower"} if r["drugs"] == "abacavir" else r,
        ),
        "abacavir with HLA-B *57:01 positive (general) was avoid, is start-lower",
    ),
    (
        changed(
            CPIC,
            "recommendations",
            lambda r: {**r, "dose_factor": "0.9"} if r["action"] == "start-lower" else r,
        ),
        "starts at a higher share of the usual dose",
    ),
    (
        changed(CPIC, "genes", without("drug", "abacavir")),
        "abacavir is no longer checked against HLA-B",
    ),
    (
        changed("drugs", "drugs", lambda r: {**r, "synonyms": ""} if r["drug"] == "codeine" else r),
        "codeine is no longer recognised by",
    ),
    (changed("drugs", "drugs", without("drug", "abacavir")), "abacavir is no longer recognised"),
    (
        changed(
            "pgx-phenotypes",
            "functions",
            lambda r: (
                {**r, "function": "Normal function"}
                if (r["gene"], r["allele"]) == ("TPMT", "*2")
                else r
            ),
        ),
        "TPMT *2 alone or twice no longer gives Poor Metabolizer",
    ),
    (
        changed(
            "pgx-definitions",
            "alleles",
            lambda r: None if (r["gene"], r["allele"]) == ("TPMT", "*2") else r,
        ),
        "TPMT *2, which leads to a hard stop, is known no longer",
    ),
    (
        changed(
            "pgx-definitions",
            "alleles",
            lambda r: {**r, "defines": ""} if (r["gene"], r["allele"]) == ("TPMT", "*2") else r,
        ),
        "TPMT *2, which leads to a hard stop, is defined otherwise",
    ),
]


@pytest.mark.parametrize(("after", "said"), LOWERING, ids=[said for _, said in LOWERING])
def test_lowered_rule_is_named(after: Shelf, said: str) -> None:
    assert said in lowered(after)


def test_reason_of_a_stop_that_is_newly_spoken_softly_is_named() -> None:
    rows = SHELF.rows(CPIC, "recommendations")
    code = next(
        r["implication"] for r in rows if r["drugs"] == "abacavir" and r["action"] == "avoid"
    )
    quiet = {"implication": code, "tier": "T4", "evidence": "own"}
    after = changed(ENGLAND, "quiet", same, quiet)
    assert f"advice with the reason '{code}', once T1, is spoken at T4" in lowered(after)
    assert lowered_rules(after, after) == ()
    loud = changed(ENGLAND, "quiet", same, {**quiet, "tier": "T1"})
    other = changed(ENGLAND, "quiet", same, {**quiet, "implication": "no-such-reason"})
    assert (lowered(loud), lowered(other)) == ("", "")


HARMLESS = [
    changed(ENGLAND, "tiers", where("action", "monitor", tier="T5")),
    changed(
        ENGLAND,
        "hard_stops",
        same,
        {"drugs": "x", "gene": "G", "keys": "k", "tier": "T1", "evidence": "own"},
    ),
    changed(ENGLAND, "contraindications", where("drug", "codeine", below_age="18")),
    changed(ENGLAND, "contraindications", without("drug", "prasugrel")),
    changed(CPIC, "recommendations", without("drugs", "efavirenz")),
    changed("drugs", "drugs", without("drug", "efavirenz")),
]


@pytest.mark.parametrize("after", HARMLESS)
def test_change_that_lowers_no_hard_stop_names_nothing(after: Shelf) -> None:
    assert lowered_rules(SHELF, after) == ()


def test_policy_and_source_that_are_gone_are_not_compared() -> None:
    kept = [SHELF.pack(n) for n in SHELF.names() if n not in ("policy-us", "pgx-guidance-fda")]
    assert all("policy-us" not in line for line in lowered_rules(SHELF, Shelf(kept)))
