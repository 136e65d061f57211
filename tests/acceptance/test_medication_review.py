"""garrod medication-review, as a pharmacist meets it: text, JSON, errors in one line."""

import json
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import Run

FIRST = ("pincer:a:", "review-start:start-f3:")
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "a", "gender": "female",
                      "birthDate": "1941-03-02"}},
        *(
            {"resource": {
                "resourceType": "MedicationRequest", "id": f"m{n}", "status": "active",
                "intent": "order", "subject": {"reference": "Patient/a"},
                "authoredOn": "2025-01-10", "medicationCodeableConcept": {"text": name},
                "dosageInstruction": [{"text": directions}],
            }}
            for n, (name, directions) in enumerate((
                ("Naproxen 500 mg tablets", "one tablet twice daily"),
                ("Warfarin 3 mg tablets", "one tablet once daily"),
                ("Zopiclone 7.5 mg tablets", "one tablet at night"),
            ))
        ),
        {"resource": {
            "resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/a"},
            "code": {"text": "Atrial fibrillation"},
        }},
    ],
}  # fmt: skip


def test_a_whole_list_is_reviewed_as_text_and_as_json(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_text(json.dumps(BUNDLE), encoding="utf-8")
    text = run("medication-review", "--person", str(file))
    assert (text.code, text.err) == (0, "")
    assert "STOP OR TAPER" in text.out
    assert "plan for zopiclone: 75 %" in text.out
    told = run("medication-review", "--person", str(file), "--format", "json")
    findings = json.loads(told.out)["findings"]
    spoken = [{a["id"].rpartition(":")[0] for a in f["advice"]} for f in findings]
    assert {"review-stopp:d11"} in spoken
    assert sum("interactions:bleeding" in one for one in spoken) == 1


def test_advise_without_an_order_says_each_problem_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_text(json.dumps(BUNDLE), encoding="utf-8")
    told = json.loads(run("advise", "--person", str(file)).out)
    assert set(told) == {"advice", "clear", "not_assessed"}
    stomach = [
        a for a in told["advice"] if a["id"].startswith(("pincer:a", "review-start:start-f3"))
    ]
    assert len(stomach) == 1
    assert {e["locus"].partition(";")[0] for e in stomach[0]["evidence"]} == {
        "indicator A", "Appendix 1, START section F criterion 3",
    }  # fmt: skip


def test_a_wrong_format_or_file_is_one_line(run: Run, tmp_path: Path) -> None:
    wrong = run("medication-review", "--person", str(tmp_path / "none.json"))
    assert wrong.code == 10
    assert len(wrong.err.splitlines()) == 1
    assert run("medication-review", "--person", "x", "--format", "pdf").code == 2
