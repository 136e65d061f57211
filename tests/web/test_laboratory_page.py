"""The laboratory: what is dropped is told of plainly, and nothing is ever half-written."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from garrod.core.variant import Assembly
from garrod.entry.demo_story import GENOME
from tests.making.laboratory import Bench, bench
from tests.making.server import Server
from tests.making.vcf import contigs, row, vcf
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, held, put

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SHOTS", "")
STORY = GENOME.read_bytes()
SCRIPT = "<script>window.hostile=1</script>"
POOR = row("chr10", 94781859, "G", "A", "1/1")


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def person(clinic: Server, id: str, sex: str = "male") -> str:
    """Return somebody new, of whose genes nothing is known."""
    put(
        clinic,
        {
            "resourceType": "Patient",
            "id": id,
            "gender": sex,
            "birthDate": "1970-01-01",
            "name": [{"text": f"{id} Example-Synthetic"}],
        },
    )
    return id


@pytest.fixture
def lab(clinic: Server) -> Iterator[Bench]:
    with bench(clinic) as made:
        yield made


def folder(clinic: Server) -> Path:
    return clinic.folder / "laboratory"


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize("width", [1280, 390])
def test_every_state_is_accessible_and_fits(
    clinic: Server, signed_in: Opened, lab: Bench, width: int
) -> None:
    who = person(clinic, f"lab-states-{width}")
    seen = {
        "read": lab.drop(who, STORY, "genome.vcf"),
        "asks": lab.drop(who, vcf(POOR + row("chr10", 94781859, "G", "A", "0/1", "0/0")[:0],
                                  samples=("A",)).encode().replace(b"\tA\n", b"\tA\tB\n", 1)
                         .replace(b"\t1/1\n", b"\t1/1\t0/0\n"), "two.vcf"),
        "unreadable": lab.drop(who, STORY[:3000], "cut.vcf"),
        "build": lab.drop(who, vcf(row("chr10", 94781859, "G", "A", "1/1"), header="").encode(),
                          "build.vcf"),
        "empty": lab.drop(who, b"", "empty.vcf"),
    }  # fmt: skip
    seen["sent"] = lab.drop(who, STORY, "slow.vcf")
    place = folder(clinic) / seen["sent"].url.path.rpartition("/")[2]
    state = place / "state.json"
    state.write_text(state.read_text().replace('"state":"read"', '"state":"sent"'))
    page = signed_in(f"/laboratory/for/{who}", width=width)
    check(page)
    shot(page, f"lab-for-{width}")
    page.get_by_role("button", name="Send the file").click()
    assert "Choose a file" in page.locator(".problem").inner_text()
    check(page)
    for name, answer in seen.items():
        assert answer.status_code == 200, name
        page.goto(str(answer.url))
        check(page)
        shot(page, f"lab-{name}-{width}")
    page.goto(str(seen["read"].url))
    page.get_by_role("button", name="Authorise these results").click()
    assert "compared the sample" in page.locator(".problem").inner_text()
    check(page)
    page.goto(f"{clinic.base}/laboratory")
    check(page)
    shot(page, f"lab-queue-{width}")
    page.get_by_role("button", name="Choose").click()
    assert "Give an NHS number" in page.locator(".problem").inner_text()
    check(page)
    page.get_by_label("Whose genome is it?").fill(who[:9])
    page.get_by_role("button", name="Choose").click()
    check(page)


BAD = {
    "empty": (b"", "p.vcf", ["The file is empty"]),
    "no VCF": (b"PK\x03\x04 a spreadsheet", "results.vcf", ["This is not a VCF", "Line 1"]),
    "truncated gzip": (gzip.compress(STORY)[:-3000], "p.vcf.gz", ["cut off or damaged", "Line "]),
    "gigantic line": (b"##fileformat=VCFv4.2\n##x=" + b"A" * 11_000_000, "p.vcf",
                      ["longer than any line", "Line 2"]),
    "packed twice": (gzip.compress(gzip.compress(STORY)), "p.vcf.gz", ["packed twice"]),
    "no sample": (b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n",
                  "p.vcf", ["no sample column"]),
    "wrong build": (vcf(*(row("chr10", 94781859, "C", "A", "1/1"),)).encode(), "p.vcf",
                    ["A reference base is not what the genome has there", "Line "]),
    "columns": (vcf(POOR, "chr10\t94781860\n").encode(), "p.vcf", ["too few or too many columns"]),
    "bomb": (gzip.compress(b"##fileformat=VCFv4.2\n" + b"\0" * 30_000_000), "p.vcf.gz",
             ["longer than any line"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_told_of_plainly_and_nothing_is_kept(
    clinic: Server, lab: Bench, name: str
) -> None:
    content, file, told = BAD[name]
    who = person(clinic, "lab-bad")
    answer = lab.drop(who, content, file)
    assert answer.status_code == 200
    said = words(answer.text)
    for part in told:
        assert part in said, said
    assert str(clinic.folder) not in answer.text
    assert "Authorise these results" not in answer.text
    assert held(clinic, "Observation", who) == []
    place = folder(clinic) / answer.url.path.rpartition("/")[2]
    assert {p.name for p in place.iterdir()} <= {"state.json", "lock"}  # the file is gone


def test_hostile_header_and_names_are_words_alone(
    clinic: Server, signed_in: Opened, lab: Bench
) -> None:
    who = person(clinic, "lab-hostile")
    header = contigs() + f"##source={SCRIPT}\n"
    sample = f'{SCRIPT}\u202egnorw"><img src=x onerror=window.hostile=1>' + "W" * 200
    content = vcf(POOR, samples=(sample,), header=header).encode()
    answer = lab.drop(who, content, f"{SCRIPT}'\"; x.vcf")
    assert SCRIPT not in answer.text
    page = signed_in(answer.url.path)
    check(page)
    shot(page, "lab-hostile")
    page.get_by_label("I have compared the sample").check()
    page.get_by_role("button", name="Authorise these results").click()
    assert "Authorised by" in page.get_by_role("status").first.inner_text()
    check(page)
    page.goto(f"{clinic.base}/laboratory")
    check(page)
    assert page.evaluate("window.hostile") is None
    two = vcf(row("chr10", 94781859, "G", "A", "0/0", "1/1"), samples=("A", sample), header=header)
    page.goto(f"{clinic.base}{lab.drop(who, two.encode(), 'two.vcf').url.path}")
    check(page)
    page.get_by_label("Sample", exact=True).select_option(index=2)
    page.get_by_role("button", name="Read this sample").click()
    assert "\u202e" not in page.locator("main").inner_text()  # nothing is turned round
    assert "*2/*2" in page.locator("main").inner_text()
    check(page)
    page.get_by_label("Why", exact=True).fill(f"{SCRIPT} it is another’s")
    page.get_by_role("button", name="Reject it").click()
    check(page)
    assert page.evaluate("window.hostile") is None


def test_sent_twice_is_written_once(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-twice")
    lab.open(f"/laboratory/for/{who}")
    form = lab.hidden()
    first = lab.dropped(who, form, STORY, "genome.vcf")
    again = lab.dropped(who, form, STORY, "genome.vcf")
    assert first.url == again.url
    path = first.url.path
    seen = lab.last
    for _ in range(2):
        lab.last = seen  # the back button
        answer = lab.send(path, "authorise", sure="yes")
        assert "Authorised by" in answer.text
    assert len(held(clinic, "DiagnosticReport", who)) == 1
    written = held(clinic, "Observation", who)
    assert {o["meta"]["versionId"] for o in written} == {"1"}
    lab.last = seen
    answer = lab.send(path, "reject", reason="It is another one’s")
    assert answer.status_code == 409
    assert "decided on already" in answer.text
    place = folder(clinic) / path.rpartition("/")[2]
    assert (place / "facts.json.gz").exists()
    assert not list(place.glob("upload*"))


def test_rejected_leaves_its_reason_alone(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-reject")
    path = lab.drop(who, STORY, "genome.vcf").url.path
    assert lab.send(path, "reject", reason="no").status_code == 422
    answer = lab.send(path, "reject", reason="Two tubes were swapped")
    assert "Two tubes were swapped" in answer.text
    place = folder(clinic) / path.rpartition("/")[2]
    assert {p.name for p in place.iterdir()} == {"state.json", "lock"}
    answer = lab.send(path, "authorise", sure="yes")
    assert held(clinic, "Observation", who) == []
    assert "Two tubes were swapped" in lab.open("/laboratory").text or answer.status_code == 409


def test_several_samples_are_asked_about(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-samples")
    content = vcf(row("chr10", 94781859, "G", "A", "1/1", "0/0"), samples=("A", "B")).encode()
    answer = lab.drop(who, content, "two.vcf")
    assert "Which sample is this person?" in answer.text
    path = answer.url.path
    assert lab.send(path, "sample").status_code == 422
    assert lab.send(path, "sample", sample="2").status_code == 422
    said = words(lab.send(path, "sample", sample="1").text)
    assert "“B”, chosen here among 2" in said


def test_test_that_is_answered_is_awaited_no_more(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-asked")
    for id in ("lab-asked-1", "lab-asked-2"):
        put(
            clinic,
            {
                "resourceType": "ServiceRequest",
                "id": id,
                "status": "active",
                "intent": "order",
                "subject": {"reference": f"Patient/{who}"},
                "code": {"text": f"Gene panel {SCRIPT}"},
                "authoredOn": "2026-11-01",
            },
        )
    assert "lab-asked Example-Synthetic" in lab.open("/laboratory").text
    path = lab.drop(who, STORY + b"\n\n\n", "genome.vcf").url.path
    assert "asked for on 1 November 2026" in lab.last
    assert SCRIPT not in lab.last
    answer = lab.send(path, "authorise", sure="yes", **{"answers-lab-asked-2": "yes"})
    assert "Authorised by" in answer.text
    states = {r["id"]: r["status"] for r in held(clinic, "ServiceRequest", who)}
    assert states == {"lab-asked-1": "active", "lab-asked-2": "completed"}
    (report,) = held(clinic, "DiagnosticReport", who)
    assert report["basedOn"] == [{"reference": "ServiceRequest/lab-asked-2"}]


@pytest.mark.parametrize("width", [1280, 390])
def test_calls_that_are_other_now_are_shown_and_decided_on(
    clinic: Server, signed_in: Opened, lab: Bench, width: int
) -> None:
    """As if they had been authorised under an older pack, by which the gene meant another thing."""
    who = person(clinic, f"lab-older-{width}")
    path = lab.drop(who, STORY + b"\n" * width, "genome.vcf").url.path
    lab.send(path, "authorise", sure="yes")
    facts = folder(clinic) / path.rpartition("/")[2] / "facts.json.gz"
    text = gzip.decompress(facts.read_bytes()).replace(b"pgx-phenotypes@20", b"pgx-phenotypes@19")
    facts.write_bytes(gzip.compress(text.replace(b"Poor Metabolizer", b"Normal Metabolizer", 1)))
    page = signed_in("/laboratory", width=width)
    page.get_by_role("link", name="genome.vcf for lab-older").first.click()
    page.locator("#otherwise").wait_for()
    said = page.locator("section").filter(has=page.locator("#otherwise")).inner_text()
    assert "Normal metaboliser" in said
    assert "pgx-phenotypes 1926" in said
    check(page)
    shot(page, f"lab-otherwise-{width}")
    page.get_by_role("button", name="Leave the results as they are").click()
    assert "It was chosen to leave" in page.locator("main").inner_text()
    check(page)
    page.get_by_role("button", name="Authorise the new calls").click()
    assert page.locator("#otherwise").count() == 0


def test_build_that_cannot_be_told_is_asked_about(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-build")
    path = lab.drop(who, vcf(POOR, header="").encode(), "p.vcf").url.path
    assert "genome build cannot be told" in lab.last
    assert lab.send(path, "build").status_code == 422
    answer = lab.send(path, "build", build="GRCh38")
    assert "GRCh38, as you said" in answer.text
    assert "Authorise these results" in answer.text


def test_grch37_is_read_where_it_stands(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-37")
    header = contigs(Assembly.GRCH37, prefix="", mitochondrial="MT")
    content = vcf(row("10", 96541616, "G", "A", "1/1"), header=header).encode()
    said = words(lab.drop(who, content, "p.vcf").text)
    assert "GRCh37, as the file itself shows" in said
    assert "nothing was lifted over" in said


def test_sample_of_another_sex_needs_a_reason(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-sex")
    both = row("chrX", 154536002, "C", "T", "0/1")
    path = lab.drop(who, vcf(POOR, both).encode(), "p.vcf").url.path
    assert "is it his sample?" in words(lab.last)
    assert lab.send(path, "authorise", sure="yes").status_code == 422
    answer = lab.send(path, "authorise", sure="yes", despite="A transplant in 2019")
    assert "Authorised by" in answer.text
    (report,) = held(clinic, "DiagnosticReport", who)
    assert "A transplant in 2019" in orjson.dumps(report).decode()


def test_same_file_for_two_people_is_stopped(clinic: Server, lab: Bench) -> None:
    one, two = person(clinic, "lab-one"), person(clinic, "lab-other")
    path = lab.drop(one, STORY + b"\n", "genome.vcf").url.path
    lab.send(path, "authorise", sure="yes")
    answer = lab.drop(two, STORY + b"\n", "genome.vcf")
    assert "authorised for another person. One is wrong." in words(answer.text)
    assert lab.send(answer.url.path, "authorise", sure="yes").status_code == 422


def test_other_result_in_the_record_is_shown_and_asked_about(clinic: Server, lab: Bench) -> None:
    """What the record says of a gene changes while the page stands open: it is looked at again."""
    who = person(clinic, "lab-differs")
    path = lab.drop(who, STORY + b"\n\n", "genome.vcf").url.path
    seen = lab.last
    with bench(clinic) as colleague:
        plain = vcf(row("chr10", 94781859, "G", "A", "0/0")).encode()
        theirs = colleague.drop(who, plain, "other.vcf").url.path
        assert "Authorised by" in colleague.send(theirs, "authorise", sure="yes").text
    lab.last = seen
    answer = lab.send(path, "authorise", sure="yes")
    assert answer.status_code == 412
    assert "has changed since you looked" in answer.text
    assert lab.send(path, "authorise", sure="yes").status_code == 422
    assert "CYP2C19: say whether the earlier result is wrong" in lab.last


def test_form_of_another_session_keeps_no_file(clinic: Server, lab: Bench) -> None:
    who = person(clinic, "lab-csrf")
    lab.open(f"/laboratory/for/{who}")
    before = sorted(p.name for p in folder(clinic).iterdir()) if folder(clinic).exists() else []
    form = {**lab.hidden(), "csrf": "00" * 64}
    answer = lab.dropped(who, form, STORY, "genome.vcf")
    assert answer.status_code == 403
    late = lab.client.post(  # the file comes before what proves the form
        f"/laboratory/for/{who}",
        files=[("file", ("p.vcf", STORY)), ("csrf", (None, lab.hidden().get("csrf", "")))],
    )
    assert late.status_code == 403
    assert sorted(p.name for p in folder(clinic).iterdir()) == before
    for path in ("/patients", f"/patients/{who}/consent", "/laboratory"):
        answer = lab.client.post(path, files={"file": ("p.vcf", b"x")}, data={"csrf": "x"})
        assert answer.status_code in (400, 403), path


@pytest.mark.parametrize("script", [True, False])
def test_file_is_sent_with_and_without_script(
    clinic: Server, signed_in: Opened, script: bool, tmp_path: Path
) -> None:
    who = person(clinic, f"lab-script-{script}".lower())
    page = signed_in(f"/laboratory/for/{who}", script=script)
    page.get_by_label("Variant file").set_input_files(str(GENOME))
    page.get_by_role("button", name="Send the file").click()
    page.get_by_role("heading", name="Checks").wait_for()
    assert re.search(r"/laboratory/[0-9a-f]{32}$", page.url)
