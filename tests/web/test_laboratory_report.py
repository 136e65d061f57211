"""A result that was authorised: what becomes of an earlier one, and how it is given out."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from garrod.adapters.fhir.genomics_stated import REPLACES
from garrod.adapters.hl7v2.reports import read_reports
from garrod.adapters.hl7v2.results import results
from tests.making.laboratory import Bench, bench
from tests.making.server import Server
from tests.making.vcf import row, vcf
from tests.web.conftest import Opened
from tests.web.test_laboratory_page import SHOTS, STORY, person, shot
from tests.web.test_prescribe_page import check, held

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def lab(clinic: Server) -> Iterator[Bench]:
    with bench(clinic) as made:
        yield made


def genotype(clinic: Server, who: str) -> dict[str, str]:
    """Return the results of CYP2C19 of a person: what each says, and whether it stands."""
    found = [
        o
        for o in held(clinic, "Observation", who)
        if any(c.get("code") == "84413-4" for c in o["code"].get("coding", []))
        and "CYP2C19" in str(o.get("component"))
    ]
    return {o["valueCodeableConcept"]["text"]: o["status"] for o in found}


def advised(clinic: Server, who: str) -> str:
    """Return what decisions say of clopidogrel."""
    order = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{who}"},
        "medicationCodeableConcept": {"text": "Clopidogrel 75 mg tablets"},
    }
    body = {"resourceType": "Parameters", "parameter": [{"name": "order", "resource": order}]}
    path = f"/fhir/Patient/{who}/$advise?shape=plain"
    return clinic.ask("POST", path, json=body).text


@pytest.mark.parametrize(("choice", "left"), [("correct", "entered-in-error"), ("stand", "final")])
def test_earlier_result_that_differs_is_decided_on_with_a_reason(
    clinic: Server, signed_in: Opened, lab: Bench, choice: str, left: str
) -> None:
    who = person(clinic, f"lab-earlier-{choice}")
    plain = vcf(row("chr10", 94781859, "G", "A", "0/0")).encode() + b"\n" * len(choice)
    earlier = lab.drop(who, plain, "earlier.vcf").url.path
    assert "Authorised by" in lab.send(earlier, "authorise", sure="yes").text
    before = genotype(clinic, who)
    path = lab.drop(who, STORY + b"\n" * (6 + len(choice)), "genome.vcf").url.path
    page = signed_in(path)
    page.get_by_label("I have compared the sample").check()
    page.get_by_role("button", name="Authorise these results").click()
    assert "Say why the earlier result" in page.locator(".problem").inner_text()
    check(page)
    for radio in page.locator(f'input[type=radio][value="{choice}"]').all():
        radio.check()
    page.get_by_label("Why?").fill("The tubes were mixed up")
    page.get_by_label("I have compared the sample").check()
    shot(page, f"lab-earlier-{choice}")
    page.set_viewport_size({"width": 390, "height": 900})
    check(page)
    shot(page, f"lab-earlier-{choice}-390")
    page.get_by_role("button", name="Authorise these results").click()
    assert "Authorised by" in page.get_by_role("status").first.inner_text()
    now = genotype(clinic, who)
    assert {name: now[name] for name in before} == dict.fromkeys(before, left)
    assert [status for name, status in now.items() if name not in before] == ["final"]
    is_open = "ask the laboratory which is right" in advised(clinic, who)
    assert is_open is (choice == "stand")
    reports = held(clinic, "DiagnosticReport", who)
    assert sorted(r["status"] for r in reports) == (
        ["final", "final"] if is_open else ["amended", "final"]
    )
    assert "The tubes were mixed up" in orjson.dumps(reports).decode()
    gone = [o for o in held(clinic, "Observation", who) if o["status"] == "entered-in-error"]
    assert all("The tubes were mixed up" in str(o["note"]) for o in gone)
    assert bool(gone) is not is_open
    replaced = [o for o in held(clinic, "Observation", who) if REPLACES in str(o)]
    assert bool(replaced) is not is_open
    facts = clinic.folder / path.removeprefix("/") / "facts.json.gz"  # as by an older pack
    text = gzip.decompress(facts.read_bytes()).replace(b"pgx-phenotypes@20", b"pgx-phenotypes@19")
    facts.write_bytes(gzip.compress(text.replace(b"Poor Metabolizer", b"Normal Metabolizer", 1)))
    lab.open(path)
    lab.send(path, "again")
    (report,) = (r for r in held(clinic, "DiagnosticReport", who) if "genome.vcf" in str(r))
    assert "The tubes were mixed up" in str(report)
    assert bool([o for o in held(clinic, "Observation", who) if REPLACES in str(o)]) is not is_open


def test_report_is_given_out_as_fhir_pdf_and_hl7_of_one_object(
    clinic: Server, signed_in: Opened, lab: Bench
) -> None:
    who = person(clinic, "lab-given")
    path = lab.drop(who, STORY + b"\n" * 30, "genome.vcf").url.path
    for form in ("fhir", "pdf", "hl7"):
        assert lab.client.get(f"{path}/{form}").status_code == 404, "nothing is authorised yet"
    assert "Authorised by" in lab.send(path, "authorise", sure="yes").text
    page = signed_in(path)
    check(page)
    shot(page, "lab-given")
    assert page.locator("#give").locator("xpath=..").locator("a").count() == 3
    bundle = lab.client.get(f"{path}/fhir").json()
    written = [e["resource"] for e in bundle["entry"]]
    assert written[0]["resourceType"] == "DiagnosticReport"
    genes = {o.get("valueCodeableConcept", {}).get("text", "") for o in written}
    assert "CYP2C19 *2/*2" in genes
    hl7 = lab.client.get(f"{path}/hl7")
    (report,) = read_reports(hl7.text)
    assert report.faults == []
    found = {r.row.gene: r.row.diplotype for r in results(hl7.text, "given")}
    assert found["CYP2C19"] == "*2/*2"
    pdf = lab.client.get(f"{path}/pdf")
    assert pdf.content.startswith(b"%PDF")
    for answer in (hl7, pdf):
        assert who not in answer.headers["content-disposition"]
        assert answer.headers["cache-control"] == "no-store"
    if SHOTS:
        (Path(SHOTS) / "given.pdf").write_bytes(pdf.content)
    assert lab.client.get(f"{path}/docx").status_code == 404
