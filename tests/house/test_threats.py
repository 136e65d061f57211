"""Each threat has a control that stands in the code, and tests that exist; so do OWASP's ten."""

import ast
import re
from typing import Any

import pytest
import yaml

from tests.house.source_tree import ROOT, tree

MODEL = yaml.safe_load((ROOT / "safety" / "threats.yaml").read_text(encoding="utf-8"))
THREATS, OWASP = MODEL["threats"], MODEL["owasp"]
KINDS = {
    "spoofing": "S", "tampering": "T", "repudiation": "R", "information disclosure": "I",
    "denial of service": "D", "elevation of privilege": "E",
}  # fmt: skip
BORDERS = {
    "api", "hooks", "clinic", "events", "store", "network", "outside", "packs", "logs",
}  # fmt: skip


def check_tests(tests: list[str]) -> None:
    assert tests
    for test in tests:
        file, _, function = test.partition("::")
        assert (ROOT / file).is_file(), test
        names = {
            node.name
            for node in tree(ROOT / file).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert function in names, test
        assert function.startswith("test_"), test


@pytest.mark.parametrize("threat", THREATS, ids=lambda t: t["id"])
def test_every_threat_has_a_control_and_tests_that_exist(threat: dict[str, Any]) -> None:
    assert set(threat) == {
        "id", "stride", "at", "threat", "control", "where", "tests", "left",
    }  # fmt: skip
    assert threat["id"][0] == KINDS[threat["stride"]]
    assert set(threat["at"]) <= BORDERS
    assert threat["threat"]
    assert threat["control"]
    for where in threat["where"]:
        assert (ROOT / where).exists(), where
    check_tests(threat["tests"])


def test_every_kind_and_border_has_a_threat() -> None:
    assert {t["stride"] for t in THREATS} == set(KINDS)
    assert {border for t in THREATS for border in t["at"]} == BORDERS
    ids = [t["id"] for t in THREATS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("risk", OWASP, ids=lambda r: r["id"])
def test_every_risk_of_owasp_has_tests_that_exist(risk: dict[str, Any]) -> None:
    assert set(risk) == {"id", "risk", "tests"}
    check_tests(risk["tests"])


def test_risks_are_the_ten_of_2023() -> None:
    assert [r["id"] for r in OWASP] == [f"API{n}:2023" for n in range(1, 11)]


def test_page_of_the_model_is_the_models() -> None:
    from tools.docs.__main__ import NOTE
    from tools.docs.threats import page

    written = (ROOT / "docs" / "security" / "threats.md").read_text(encoding="utf-8")
    assert written == NOTE + page()


def test_security_policy_names_nobody_and_leads_to_the_private_way() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in text
    assert "docs/security/threats.md" in text
    assert not re.search(r"[\w.]+@[\w.]+|mailto:", text)


def test_every_setting_is_on_the_page_of_settings() -> None:
    found = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"\bGARROD_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    page = (ROOT / "docs" / "security" / "settings.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(GARROD_[A-Z_]+)`", page, re.M)
    assert sorted(named) == sorted(set(named))
    assert set(named) == found, (found - set(named), set(named) - found)
