"""Cards as CDS Hooks has them, Markdown that is never markup of a record, and what was shown."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.cds.cards import Place, answer_json, card_json, filled
from garrod.adapters.cds.catalogue import SERVICES
from garrod.adapters.cds.markdown import detail_of, escaped
from garrod.adapters.cds.prefetch import read_value, unseen
from garrod.adapters.cds.request import call_of, document_of, plain
from garrod.adapters.cds.shown import Shown, ShownCards
from garrod.adapters.fhir.draft import draft_order
from garrod.adapters.store import open_store
from garrod.care.decide.card import card_of
from garrod.care.decide.model import Decision
from garrod.core.advice import Action, Advice, Because, NotAssessed, Option, Target, Tier
from garrod.core.errors import InputError
from garrod.core.evidence import Evidence
from garrod.core.person import Person

PLACE = Place(UUID(int=7), "p1", "MedicationRequest/o1", "https://here.example/openapi.json")
CONDITION = {"resourceType": "Condition"}
EVIDENCE = Evidence("CPIC", "1", "table 2", "CC0-1.0", pmid="1", url="https://cpic.example/x")
PERSON = Person("Patient/elsewhere")


def advice(tier: Tier = Tier.T2, **more: Any) -> Advice:
    option = Option("prasugrel", "works without CYP2C19", ("http://www.whocc.no/atc|B01AC22",))
    bare = Option("aspirin", "")
    said: dict[str, Any] = {
        "id": "pgx:clopidogrel",
        "action": Action.PREFER_ALTERNATIVE,
        "target": Target("clopidogrel"),
        "tier": tier,
        "strength": "strong",
        "title": "Choose another medicine than clopidogrel",
        "summary": "It works less.",
        "because": (Because("gene", "CYP2C19 *2/*2", "x"),),
        "evidence": (EVIDENCE,),
        "packs": ("p@1",),
        "options": (Option(**_as(option), order=draft_order(option, PERSON)), bare),
        "monitoring": ("platelet function",),
        **more,
    }
    return Advice(**said)


def _as(option: Option) -> dict[str, Any]:
    return {"name": option.name, "reason": option.reason, "codes": option.codes}


def card(*advice: Advice, gaps: tuple[NotAssessed, ...] = ()) -> Any:
    found = card_of(Decision(advice, (), gaps), Target("Clopidogrel 75 mg"))
    assert found is not None
    return found


def test_suggestions_replace_the_draft_or_take_it_back() -> None:
    told = card_json(card(advice()), PLACE)
    swap, back = told["suggestions"]
    assert swap["label"] == "prasugrel"
    assert [a["type"] for a in swap["actions"]] == ["delete", "create"]
    assert swap["actions"][1]["resource"]["subject"] == {"reference": "Patient/p1"}
    assert swap["actions"][1]["resource"]["status"] == "draft"
    assert back["label"] == "Do not prescribe Clopidogrel 75 mg"
    assert [a["type"] for a in back["actions"]] == ["delete"]
    assert told["selectionBehavior"] == "at-most-one"


def test_test_beside_a_medicine_takes_no_draft_back() -> None:
    order = {"resourceType": "ServiceRequest", "status": "draft", "intent": "proposal"}
    option = Option("CYP2C19 test", "clopidogrel need not wait", order=order)
    told = card_json(card(advice(Tier.T3, options=(option,))), PLACE)
    (suggestion,) = told["suggestions"]
    assert [a["type"] for a in suggestion["actions"]] == ["create"]


def test_without_a_draft_nothing_is_deleted() -> None:
    told = card_json(card(advice()), Place(UUID(int=7), "p1"))
    assert [[a["type"] for a in s["actions"]] for s in told["suggestions"]] == [["create"]]


def test_quiet_advice_takes_no_order_back() -> None:
    told = card_json(card(advice(Tier.T3, options=())), PLACE)
    assert "suggestions" not in told
    assert "selectionBehavior" not in told


def test_source_is_that_of_the_loudest_advice() -> None:
    told = card_json(card(advice()), PLACE)
    assert told["source"]["label"] == "CPIC"
    assert told["source"]["url"] == "https://cpic.example/x"
    assert told["source"]["topic"]["code"] == "prefer-alternative"
    assert told["links"] == [
        {"label": "CPIC 1", "url": "https://cpic.example/x", "type": "absolute"}
    ]


@pytest.mark.parametrize(
    "url", [None, "javascript:alert(1)", "http://plain.example", "https://a b"]
)
def test_address_that_is_none_is_no_link(url: str | None) -> None:
    evidence = (Evidence("CPIC", "1", "", "CC0-1.0", url=url),)
    told = card_json(card(advice(evidence=evidence)), PLACE)
    assert "links" not in told
    assert told["source"]["url"] == PLACE.page


def test_hard_stop_says_what_it_takes() -> None:
    told = card_json(card(advice(Tier.T1)), PLACE)["extension"]["health.garrod.card"]
    assert told["needs"] == ["reason", "second-person"]
    assert told["tier"] == "T1"
    assert told["advice"][0]["packs"] == ["p@1"]


def test_detail_has_what_why_options_watch_source_and_gaps() -> None:
    gaps = tuple(NotAssessed(Target("x"), f"check {n}", "no result") for n in range(20))
    said = detail_of(card(advice(), gaps=gaps))
    for part in ("It works less.", "**Why**", "**Options**", "**Watch**", "**Source**", "PMID 1"):
        assert part in said
    assert "… 8 more" in said


def test_text_of_a_record_is_never_markup() -> None:
    evil = "[x](https://evil.example) <img src=x> **bold**\n# head | a"
    said = escaped(evil)
    assert "](" not in said.replace("\\](", "")
    assert "<img" not in said.replace("\\<", "")
    assert "\n" not in said
    assert "://evil" not in said


@given(st.text())
def test_escaped_text_holds_no_bare_sign_of_markdown(words: str) -> None:
    said = escaped(words)
    for place, sign in enumerate(said):
        if sign in "*_[]<>`#|~":
            assert place
            assert said[place - 1] == "\\"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_nothing_empty_is_left(value: Any) -> None:
    def empties(inside: Any) -> bool:
        listed = list(inside.values()) if isinstance(inside, dict) else inside
        if not isinstance(listed, list):
            return False
        return any(
            (v in (None, "", [], {}) and v is not False and v != 0) or empties(v) for v in listed
        )

    assert not empties(filled(value))


def test_zero_and_false_are_no_emptiness() -> None:
    assert filled({"a": 0, "b": False, "c": Decimal(0), "d": [0, None]}) == {
        "a": 0,
        "b": False,
        "c": Decimal(0),
        "d": [0],
    }


def test_answer_without_anything_to_add_is_cards_alone() -> None:
    assert answer_json([], [], []) == {"cards": []}


@pytest.mark.parametrize(
    ("value", "missing", "failed", "count"),
    [
        (None, 0, 0, 0),
        ("123", 1, 0, 0),
        (7, 1, 0, 0),
        ({"resourceType": "Patient"}, 1, 0, 0),
        ({"resourceType": "Condition", "id": "c"}, 0, 0, 1),
        ({"resourceType": "OperationOutcome"}, 0, 1, 0),
        ({"resourceType": "Bundle"}, 0, 0, 0),
        ({"resourceType": "Bundle", "entry": [{}, 7, {"resource": CONDITION}]}, 0, 0, 1),
    ],
)  # fmt: skip
def test_prefetch_is_there_empty_failed_or_not_sent(
    value: Any, missing: int, failed: int, count: int
) -> None:
    had = read_value("conditions", value)
    assert (len(had.missing), len(had.failed), len(had.resources)) == (missing, failed, count)


def test_warning_within_a_searchset_is_no_failure_and_an_error_is() -> None:
    def outcome(severity: str) -> dict[str, Any]:
        issue = {"resourceType": "OperationOutcome", "issue": [{"severity": severity}]}
        return {"resourceType": "Bundle", "entry": [{"resource": issue}]}

    assert read_value("conditions", outcome("warning")).failed == ()
    assert read_value("conditions", outcome("error")).failed == ("conditions",)


def test_patient_told_to_be_nobody_is_missing() -> None:
    assert read_value("patient", None).missing == ("patient",)
    assert read_value("patient", {"resourceType": "Bundle"}).missing == ("patient",)


def test_keys_tell_which_facts_stay_unknown() -> None:
    assert unseen(["observations", "goals", "patient"]) == {"results", "genetics"}


@given(JSON)
def test_any_json_is_a_call_or_is_refused(value: Any) -> None:
    try:
        body = orjson.dumps({"hook": "order-sign", "context": value, "prefetch": value})
    except (TypeError, orjson.JSONEncodeError):
        return
    with pytest.raises(InputError):
        call_of(body, SERVICES["garrod-order-sign"])


@given(st.binary())
def test_any_bytes_are_an_object_or_are_refused(body: bytes) -> None:
    try:
        found = document_of(body)
    except InputError:
        return
    assert isinstance(found, dict)


def test_words_without_what_is_no_text() -> None:
    assert plain("a\u0000b\u202ec\nd" + "x" * 300, 8) == "a b c dx"


def test_reference_is_taken_for_an_id_and_a_token_of_another_kind_is_not_sent() -> None:
    sent = (
        b'{"hook":"patient-view","context":{"patientId":"Patient/p1"},"fhirServer":"https://e/r4",'
        b'"fhirAuthorization":{"access_token":"x y","token_type":"MAC"}}'
    )
    call = call_of(sent, SERVICES["garrod-patient-view"])
    assert call.patient == "p1"
    assert call.ehr is not None
    assert call.ehr.token == ""
    assert "x y" not in repr(call)
    assert len(call.notes) == 2
    lone = b'{"hook":"patient-view","context":{"patientId":"p"},"fhirAuthorization":{"a":1}}'
    assert "without fhirServer" in call_of(lone, SERVICES["garrod-patient-view"]).notes[0]


def test_shown_card_is_found_again() -> None:
    shown = Shown(
        *("u1", "p1", "garrod-order-sign", "Practitioner/1", datetime(2026, 3, 3, tzinfo=UTC)),
        *("MedicationRequest/o1", "abc", "T2", "Avoid", "clopidogrel", ("a|b",), ("x",), ("p@1",)),
        {"will-monitor": "monitor"},
        {"s1": "prasugrel"},
    )

    async def round_trip() -> tuple[Shown | None, Shown | None]:
        store = await open_store("sqlite:///:memory:", clock=lambda: shown.at)
        try:
            cards = ShownCards(store)
            await cards.keep([])
            await cards.keep([shown])
            return await cards.find("u1"), await cards.find("u2")
        finally:
            await store.close()

    assert asyncio.run(round_trip()) == (shown, None)
