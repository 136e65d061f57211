"""Terminology over HTTP: made releases in force are asked; what is not loaded is said."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.making import releases as made
from tests.making.server import Server, server
from tests.making.site import garrod, put_in_force, site_at

SNOMED, DMD = "http://snomed.info/sct", "https://dmd.nhs.uk"
COLOURS = {
    "resourceType": "CodeSystem", "url": "https://example.org/colours", "version": "2",
    "status": "active", "content": "complete", "name": "Colours",
    "concept": [
        {"code": "red", "display": "Red", "concept": [{"code": "scarlet", "display": "Scarlet"}]},
        {"code": "blue", "display": "Blue", "designation": [{"language": "fr", "value": "Bleu"}]},
        {"code": "old", "display": "Old", "property": [{"code": "status", "valueCode": "retired"}]},
    ],
}  # fmt: skip
REDS = {
    "resourceType": "ValueSet", "url": "https://example.org/reds", "status": "active",
    "compose": {"include": [{"system": COLOURS["url"], "filter": [
        {"property": "concept", "op": "is-a", "value": "red"}]}]},
}  # fmt: skip
MIXED = {
    "resourceType": "ValueSet", "url": "https://example.org/mixed", "status": "active",
    "compose": {"include": [{"valueSet": [REDS["url"]]}, {"system": SNOMED, "filter": [
        {"property": "concept", "op": "descendent-of", "value": made.HEART}]}],
        "exclude": [{"system": SNOMED, "concept": [{"code": made.ANGINA}]}]},
}  # fmt: skip
TO_DMD = {
    "resourceType": "ConceptMap", "url": "https://example.org/map", "status": "active",
    "group": [{"source": COLOURS["url"], "target": "https://example.org/other", "element": [
        {"code": "red", "target": [{"code": "R", "equivalence": "wider"}]},
        {"code": "blue", "target": [{"equivalence": "unmatched"}]}]}],
}  # fmt: skip


EVERY = ("CodeSystem/$lookup", "CodeSystem/$validate-code", "CodeSystem/$subsumes",
         "ValueSet/$validate-code", "ValueSet/$expand", "ConceptMap/$translate")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("terms")
    found = site_at(base / "site")
    made.small_rf2(base / "rf2")
    made.dmd(base / "dmd")
    for name, source in (("snomed", base / "rf2"), ("dmd", base / "dmd")):
        out = garrod("packs", "import", name, source, "-o", found)
        put_in_force(found, Path(out.strip()))
    return found


@pytest.fixture(scope="module")
def fhir(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARROD_PACKS", str(site))
        with server(tmp_path_factory.mktemp("served") / "data") as running:
            for resource in (COLOURS, REDS, MIXED, TO_DMD):
                kind = resource["resourceType"]
                wrote = running.ask("POST", f"/fhir/{kind}", json=resource)
                assert wrote.status_code == 201, wrote.text
            yield running


def ask(fhir: Server, path: str, **more: str) -> dict[str, Any]:
    answer = fhir.client.get(f"{fhir.base}/fhir/{path}", params=more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def values(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        p["name"]: next((v for k, v in p.items() if k.startswith("value")), p.get("part"))
        for p in answer.get("parameter", [])
    }


def said(fhir: Server, path: str, **more: str) -> dict[str, Any]:
    return values(ask(fhir, path, **more))


def refusal(fhir: Server, path: str, **more: str) -> tuple[int, str]:
    answer = fhir.client.get(f"{fhir.base}/fhir/{path}", params=more)
    issue = answer.json()["issue"][0]
    return answer.status_code, issue.get("details", {}).get("text", "")


def codes(answer: dict[str, Any]) -> list[str]:
    return [c["code"] for c in answer["expansion"].get("contains", [])]


def test_lookup_tells_a_product_of_dmd_with_its_strength(fhir: Server) -> None:
    answer = ask(fhir, "CodeSystem/$lookup", system=DMD, code=made.VMP)
    assert values(answer)["display"] == "Fictamol 50mg tablets"
    held = [p["part"] for p in answer["parameter"] if p["name"] == "property"]
    strength = next(p for p in held if p[0]["valueCode"] == "ISID")
    assert strength[1]["valueCoding"]["display"] == "Fictamol"
    parts = {p["part"][0]["valueCode"]: p["part"][1] for p in strength if "part" in p}
    assert parts["STRNT_NMRTR_VAL"] == {"name": "value", "valueDecimal": 50}
    assert parts["STRNT_NMRTR_UOMCD"]["valueCoding"]["display"] == "mg"
    old = said(fhir, "CodeSystem/$lookup", system=DMD, code=made.OLD_VMP)
    assert old["display"] == "Fictamol 50mg tablets"


def test_lookup_by_post_names_the_properties_that_are_wanted(fhir: Server) -> None:
    parts = [{"name": "coding", "valueCoding": {"system": SNOMED, "code": made.HEART}},
             {"name": "property", "valueCode": "child"}]  # fmt: skip
    body = {"resourceType": "Parameters", "parameter": parts}
    answer = fhir.ask("POST", "/fhir/CodeSystem/$lookup", json=body).json()
    named = [p["part"] for p in answer["parameter"] if p["name"] == "property"]
    assert [p[1]["valueCode"] for p in named] == [made.ANGINA, made.FAILURE]
    uses = {p["part"][1]["valueCoding"]["display"] for p in answer["parameter"]
            if p["name"] == "designation"}  # fmt: skip
    assert uses == {"Fully specified name", "Synonym"}


def test_code_that_is_not_loaded_is_unknown_and_never_true(fhir: Server) -> None:
    status, text = refusal(fhir, "CodeSystem/$lookup", system="http://loinc.org", code="1-8")
    assert (status, "is not loaded here" in text) == (404, True)
    loinc = {"url": "http://loinc.org", "code": "1-8"}
    assert refusal(fhir, "CodeSystem/$validate-code", **loinc)[0] == 404
    sets = {"url": "https://example.org/none", "system": SNOMED, "code": made.HEART}
    assert refusal(fhir, "ValueSet/$validate-code", **sets)[0] == 404
    foreign = made.sctid(900, "10", "1000124")
    status, text = refusal(fhir, "CodeSystem/$validate-code", url=SNOMED, code=foreign)
    assert (status, "namespace 1000124" in text) == (404, True)


def test_validate_code_of_a_system(fhir: Server) -> None:
    path = "CodeSystem/$validate-code"
    yes = said(fhir, path, url=SNOMED, code=made.ANGINA, display="angina")
    assert yes == {"result": True, "display": "Angina"}
    assert said(fhir, path, url=SNOMED, code=made.code(77))["result"] is False
    wrong = said(fhir, path, url=SNOMED, code=made.ANGINA, display="Asthma")
    assert (wrong["result"], "Angina" in wrong["message"]) == (False, True)
    gone = said(fhir, path, url=SNOMED, code=made.GONE)
    assert (gone["result"], gone["message"]) == (True, "the code is no longer active")
    intent = "http://hl7.org/fhir/task-intent"  # of which HL7's pack holds one code
    assert said(fhir, path, url=intent, code="unknown")["result"] is True
    assert refusal(fhir, path, url=intent, code="order")[0] == 404
    assert said(fhir, path, url=COLOURS["url"], code="green")["result"] is False


def test_validate_code_of_a_value_set(fhir: Server) -> None:
    path = "ValueSet/$validate-code"
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    system = "http://hl7.org/fhir/administrative-gender"
    assert said(fhir, path, url=gender, system=system, code="female")["result"] is True
    assert said(fhir, path, url=gender, system=system, code="femail")["result"] is False
    mixed = {"url": str(MIXED["url"])}
    assert said(fhir, path, **mixed, system=SNOMED, code=made.FAILURE)["result"] is True
    assert said(fhir, path, **mixed, system=SNOMED, code=made.ANGINA)["result"] is False
    assert said(fhir, path, **mixed, system=COLOURS["url"], code="scarlet")["result"] is True
    concept = {
        "coding": [{"system": "urn:x", "code": "1"}, {"system": SNOMED, "code": made.FAILURE}]
    }
    body = {"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": MIXED["url"]},
        {"name": "codeableConcept", "valueCodeableConcept": concept}]}  # fmt: skip
    assert values(fhir.ask("POST", f"/fhir/{path}", json=body).json())["result"] is True


def test_expand_filters_and_pages(fhir: Server) -> None:
    heart = f"{SNOMED}?fhir_vs=isa/{made.HEART}"
    whole = ask(fhir, "ValueSet/$expand", url=heart)
    assert codes(whole) == [made.HEART, made.ANGINA, made.FAILURE]
    assert whole["expansion"]["total"] == 3
    page = ask(fhir, "ValueSet/$expand", url=heart, count="1", offset="1")
    assert (codes(page), page["expansion"]["total"]) == ([made.ANGINA], 3)
    words = ask(fhir, "ValueSet/$expand", url=heart, filter="heart fail",
                includeDesignations="true")  # fmt: skip
    assert codes(words) == [made.FAILURE]
    assert len(words["expansion"]["contains"][0]["designation"]) == 2
    colours = {"url": f"{DMD}/ValueSet/AMP"}
    assert set(codes(ask(fhir, "ValueSet/$expand", **colours))) == {made.AMP, made.OLD_AMP}
    assert codes(ask(fhir, "ValueSet/$expand", **colours, activeOnly="true")) == [made.AMP]
    assert refusal(fhir, "ValueSet/$expand", url=heart, fliter="x")[0] == 400
    nested = ask(fhir, "ValueSet/$expand", url=str(MIXED["url"]))
    assert codes(nested) == ["red", "scarlet", made.FAILURE]


def test_expand_of_one_that_is_stored_or_sent(fhir: Server) -> None:
    found = ask(fhir, "ValueSet", url=str(REDS["url"]))["entry"][0]["resource"]["id"]
    assert codes(ask(fhir, f"ValueSet/{found}/$expand")) == ["red", "scarlet"]
    sent = {**REDS, "compose": {"include": [{"system": COLOURS["url"]}]}}
    body = {"resourceType": "Parameters", "parameter": [
        {"name": "valueSet", "resource": sent},
        {"name": "activeOnly", "valueBoolean": True}]}  # fmt: skip
    answer = fhir.ask("POST", "/fhir/ValueSet/$expand", json=body)
    assert codes(answer.json()) == ["red", "scarlet", "blue"]


def test_translate_by_a_map_of_the_record_and_of_a_release(fhir: Server) -> None:
    path = "ConceptMap/$translate"
    red = said(fhir, path, system=str(COLOURS["url"]), code="red")
    assert red["result"] is True
    assert red["match"][1]["valueCoding"] == {"system": "https://example.org/other", "code": "R"}
    assert said(fhir, path, system=str(COLOURS["url"]), code="blue")["result"] is False
    back = said(fhir, path, system="https://example.org/other", code="R", reverse="true")
    assert back["match"][0]["valueCode"] == "narrower"
    history = f"{SNOMED}?fhir_cm=900000000000526001"
    new = said(fhir, path, url=history, system=SNOMED, code=made.GONE)
    assert new["match"][1]["valueCoding"]["display"] == "Heart failure"
    assert refusal(fhir, path, system=DMD, code=made.VMP, targetsystem="urn:x")[0] == 404


def test_subsumes(fhir: Server) -> None:
    path = "CodeSystem/$subsumes"
    pairs = {
        (made.HEART, made.ANGINA): "subsumes",
        (made.ANGINA, made.HEART): "subsumed-by",
        (made.ANGINA, made.FAILURE): "not-subsumed",
        (made.HEART, made.HEART): "equivalent",
    }
    for (a, b), outcome in pairs.items():
        assert said(fhir, path, system=SNOMED, codeA=a, codeB=b)["outcome"] == outcome
    vtm = said(fhir, path, system=DMD, codeA=made.VTM, codeB=made.AMP)
    assert vtm["outcome"] == "subsumes"
    genders = {"system": "http://hl7.org/fhir/administrative-gender"}
    assert refusal(fhir, path, **genders, codeA="male", codeB="female")[0] == 404


def condition(code: str) -> dict[str, Any]:
    coding = {"coding": [{"system": SNOMED, "code": code}]}
    return {"resourceType": "Condition", "code": coding, "subject": {"reference": "Patient/x"}}


def test_search_by_value_set_and_hierarchy(fhir: Server) -> None:
    for code in (made.ANGINA, made.FAILURE, made.DISEASE):
        assert fhir.ask("POST", "/fhir/Condition", json=condition(code)).status_code == 201

    def found(**more: str) -> set[str]:
        bundle = ask(fhir, "Condition", **more)
        entries = [e["resource"] for e in bundle.get("entry", [])]
        return {r["code"]["coding"][0]["code"] for r in entries}

    below = {"code:below": f"{SNOMED}|{made.HEART}"}
    assert found(**below) == {made.ANGINA, made.FAILURE}
    assert found(**{"code:above": f"{SNOMED}|{made.ANGINA}"}) == {made.ANGINA, made.DISEASE}
    assert found(**{"code:in": f"{SNOMED}?fhir_vs=refset/{made.REFSET}"}) == {
        made.ANGINA, made.FAILURE}  # fmt: skip
    assert made.FAILURE not in found(**{"code:not-in": str(MIXED["url"])})
    status, text = refusal(fhir, "Condition", **{"code:in": "https://example.org/none"})
    assert (status, "is not loaded here" in text) == (400, True)
    assert refusal(fhir, "Condition", **{"code:below": "http://loinc.org|1-8"})[0] == 400


def test_value_set_that_is_written_counts_at_once_and_no_longer_when_deleted(fhir: Server) -> None:
    mine = {**REDS, "url": "https://example.org/mine"}
    wrote = fhir.ask("POST", "/fhir/ValueSet", json=mine).json()
    assert codes(ask(fhir, "ValueSet/$expand", url=str(mine["url"]))) == ["red", "scarlet"]
    mine = {**wrote, "compose": {"include": [{"system": COLOURS["url"]}]}}
    fhir.ask("PUT", f"/fhir/ValueSet/{wrote['id']}", json=mine)
    assert len(codes(ask(fhir, "ValueSet/$expand", url=mine["url"]))) == 4
    fhir.ask("DELETE", f"/fhir/ValueSet/{wrote['id']}")
    assert refusal(fhir, "ValueSet/$expand", url=mine["url"])[0] == 404


def test_write_warns_of_a_code_that_does_not_exist(fhir: Server) -> None:
    unknown = condition(made.code(99))
    wrote = fhir.ask("POST", "/fhir/Condition", json=unknown)
    assert (wrote.status_code, "1 unknown" in wrote.headers["x-garrod-codes"]) == (201, True)
    headers = {"Prefer": "return=OperationOutcome"}
    told = fhir.ask("POST", "/fhir/Condition", json=unknown, headers=headers).json()
    assert told["issue"][0]["severity"] == "warning"
    assert told["issue"][0]["expression"] == ["Condition.code.coding[0].code"]
    fine = fhir.ask("POST", "/fhir/Condition", json=condition(made.HEART))
    assert "x-garrod-codes" not in fine.headers
    checked = fhir.ask("POST", "/fhir/Condition/$validate", json=unknown).json()
    assert "no such code" in json.dumps(checked)


@pytest.mark.parametrize(
    "parts",
    [
        "none",
        [{"name": "url", "valueUri": SNOMED}],
        [{"name": "coding", "valueCoding": {"code": 5}}],
        [{"name": "codeableConcept", "valueCodeableConcept": {"coding": {"code": "x"}}}],
        [{"name": "codeableConcept", "valueCodeableConcept": {"text": "words"}}],
        [{"name": "code", "valueCode": "1"}, {"name": "code", "valueCode": "2"}],
        [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "compose": 5}}],
        [{"name": "valueSet", "resource": {"resourceType": "ValueSet", "status": "active",
          "compose": {"include": [{"system": "urn:x", "concept": [{}]}]}}}],
        [{"name": "codeSystem", "resource": {"resourceType": "CodeSystem", "status": "active",
          "content": "complete", "concept": [{"display": "no code"}]}}],
        [{"name": "odd", "valueString": "x"}],
    ],
)  # fmt: skip
def test_question_that_cannot_be_read_is_refused_with_the_reason(fhir: Server, parts: Any) -> None:
    body = {"resourceType": "Parameters", "parameter": parts}
    for path in EVERY:
        answer = fhir.ask("POST", f"/fhir/{path}", json=body)
        assert answer.status_code in (400, 404, 422), (path, answer.text)
        assert answer.json()["resourceType"] == "OperationOutcome"
        assert answer.json()["issue"][0]["severity"] == "error"


def test_capability_statement_names_the_operations(fhir: Server) -> None:
    kinds = {r["type"]: r for r in ask(fhir, "metadata")["rest"][0]["resource"]}
    named = {o["name"] for o in kinds["CodeSystem"]["operation"]}
    assert {"lookup", "validate-code", "subsumes"} <= named


def test_server_may_refuse_codes_that_do_not_exist(site: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GARROD_PACKS", str(site))
        patch.setenv("GARROD_TERMINOLOGY", "refuse")
        with server(tmp_path / "data") as strict:
            refused = strict.ask("POST", "/fhir/Condition", json=condition(made.code(99)))
            assert (refused.status_code, "no such code" in refused.text) == (422, True)
            product = condition(made.VMP)  # of dm+d, under SNOMED CT's name
            assert strict.ask("POST", "/fhir/Condition", json=product).status_code == 201


def server_without(patch: pytest.MonkeyPatch, folder: Path) -> AbstractContextManager[Server]:
    patch.delenv("GARROD_PACKS", raising=False)
    return server(folder / "data")


def test_server_without_packs_knows_hl7_codes_and_its_own(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, server_without(patch, tmp_path) as bare:
        assert refusal(bare, "CodeSystem/$lookup", system=SNOMED, code=made.HEART)[0] == 404
        below = {"code:below": f"{SNOMED}|{made.HEART}"}
        assert refusal(bare, "Condition", **below)[0] == 400
        assert bare.ask("POST", "/fhir/Condition", json=condition(made.code(99))).status_code == 201
        bare.ask("POST", "/fhir/CodeSystem", json=COLOURS)
        bare.ask("POST", "/fhir/ValueSet", json=REDS)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            answer = bare.ask("GET", f"/fhir/Observation?code:in={REDS['url']}")
            if answer.status_code == 200:
                break
        assert answer.status_code == 200, answer.text
