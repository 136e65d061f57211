"""The laboratory: a file looked through, drops kept, checks in words, and what is written."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from garrod.adapters.facts.changes import Change, Compared
from garrod.core.errors import ConflictError, InputError, VcfError
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.person import Person
from garrod.core.resource import Version
from garrod.core.variant import Assembly
from garrod.entry.demo_story import GENOME
from garrod.entry.web.asked import Sent
from garrod.entry.web.laboratory import checking
from garrod.entry.web.laboratory.authorising import Result, resources_of
from garrod.entry.web.laboratory.calling import Calls, Coverage, Hints, calls_of, read_drop
from garrod.entry.web.laboratory.checking import looked_through
from garrod.entry.web.laboratory.earlier import choices_of, faults_of
from garrod.entry.web.laboratory.faults import FAULTS, fault_view
from garrod.entry.web.laboratory.giving import Authorised
from garrod.entry.web.laboratory.keeping import Drop, Drops, Fault
from garrod.entry.web.laboratory.otherwise import NONE, others_of
from garrod.entry.web.laboratory.presenter import drop_view, form_view
from garrod.entry.web.laboratory.queue import queue_view
from garrod.entry.web.laboratory.reading import mark_of
from garrod.entry.web.laboratory.states import moment, size_words
from garrod.entry.web.laboratory.verdicts import checks_of
from garrod.entry.wire import Services

ID = "a" * 32
NO_HINTS = Hints()
HEAD = b"##fileformat=VCFv4.2\n"
DROP = Drop(ID, "p1", "p.vcf", 1_500, "0" * 64, "2026-11-28T09:05:00+00:00", "Practitioner/x",
            state="read", sample="S", samples=("S",), lines=1_204)  # fmt: skip
HIM = Person("Patient/p1", name="Bert", sex="male")


def finding(gene: str = "CYP2C19", name: str = "*2/*2", **more: Any) -> GeneFinding:
    candidate = Candidate(name, 0.99, "Poor Metabolizer")
    told: dict[str, Any] = {"phenotype": "Poor Metabolizer", "candidates": (candidate,), **more}
    return GeneFinding(gene, told.pop("status", Status.CALLED), packs=("pgx@1",), **told)


def calls(*findings: GeneFinding, hints: Hints = NO_HINTS, **more: Any) -> Calls:
    covered = tuple(Coverage(f.gene, 35, 34, (("GQ 12 is below 20", 1),)) for f in findings)
    told: dict[str, Any] = {"assembly": Assembly.GRCH38, "unplaced": 0, **more}
    return Calls(None, findings=findings, coverage=covered, hints=hints, **told)  # type: ignore[arg-type]


def verdicts(
    hints: Hints = NO_HINTS, person: Person = HIM, same: tuple[Drop, ...] = (), **more: Any
) -> dict[str, tuple[str, str]]:
    view = drop_view(DROP, person, {}, calls=calls(finding(), hints=hints, **more), same=same)
    return {check.name: (check.kind, check.words) for check in view.checks}


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "VCF004", "empty"),
        (gzip.compress(b""), "VCF004", "nothing"),
        (gzip.compress(HEAD * 999)[:-20], "VCF005", "line"),
        (b"\x1f\x8b rubbish", "VCF005", "line 1"),
        (b"<html>", "VCF007", "line 1: “<html>”"),
        (b"BCF\x02\x02", "LAB002", "BCF"),
        (HEAD * 3 + b"x" * 2_000, "LAB001", "line 4"),
        (HEAD + b"x" * 2_000 + b"\n", "LAB001", "line 2"),
        (gzip.compress(HEAD * 2_000), "LAB003", "more than"),
    ],
)
@pytest.mark.parametrize("chunk", [64, 900])
def test_file_that_is_not_whole_is_told_with_its_line(
    tmp_path: Path, content: bytes, code: str, words: str, chunk: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(checking, "CHUNK", chunk)
    monkeypatch.setattr(checking, "LONGEST", 1_000)
    monkeypatch.setattr(checking, "MOST", 30_000)
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(VcfError) as told:
        looked_through(path)
    assert told.value.code == code
    assert words in told.value.message
    assert str(path) not in told.value.message


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_lines_are_counted(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(HEAD * 4 + b"x" + end)
    assert looked_through(path).lines == 5


def kept(folder: Path, content: bytes = b"x") -> tuple[Drops, Sent]:
    drops = Drops(folder / "laboratory")
    path = drops.ready() / ".part-1"
    path.write_bytes(content)
    return drops, Sent(path, "p.vcf", len(content), "0" * 64)


def test_drop_is_kept_once(tmp_path: Path) -> None:
    drops, file = kept(tmp_path)
    assert drops.keep(DROP, file)
    assert drops.get(ID) == DROP
    file.path.write_bytes(b"other")
    assert not drops.keep(DROP, file)
    upload = drops.upload(ID)
    assert upload is not None
    assert upload.read_bytes() == b"x"
    assert drops.every() == [DROP]


@pytest.mark.parametrize("id", ["", "..", "../x", "b" * 32, "A" * 32])
def test_drop_that_is_not_there_is_told(tmp_path: Path, id: str) -> None:
    with pytest.raises(InputError, match="no such drop"):
        kept(tmp_path)[0].get(id)


def test_one_decides_at_a_time(tmp_path: Path) -> None:
    drops, file = kept(tmp_path)
    drops.keep(DROP, file)
    with (
        drops.deciding(ID),
        pytest.raises(ConflictError, match="at this moment"),
        drops.deciding(ID),
    ):
        pass
    with drops.deciding(ID) as drop:
        assert drop == DROP


def test_half_a_drop_is_no_drop(tmp_path: Path) -> None:
    drops, _ = kept(tmp_path)
    (drops.folder / f".new-{ID}-1").mkdir()
    assert drops.every() == []


def test_file_is_read_and_goes(tmp_path: Path) -> None:
    drops, file = kept(tmp_path, GENOME.read_bytes())
    drop = replace(DROP, state="sent", sample="", samples=(), lines=0)
    drops.keep(drop, file)
    services = Services()
    drop = read_drop(services, drops, drop, "male")
    assert (drop.state, drop.sample) == ("read", "SYNTHETIC-1")
    assert drops.upload(ID) is None
    found = calls_of(services, drops.facts(ID))
    told = {f.gene: f for f in found.findings}
    assert told["CYP2C19"].candidates[0].name == "*2/*2"
    assert told["CYP2C19"].proofs[0].line  # the line of the file is still known
    covered = {c.gene: c for c in found.coverage}
    assert covered["CYP2C19"].why == (("GQ 12 is below 20", 1),)
    assert found.hints.x_read > 100
    assert mark_of(found, HIM) != mark_of(found, replace(HIM, findings=(finding(),)))


def test_resources_are_the_drops_own_each_time(tmp_path: Path) -> None:
    drops, file = kept(tmp_path, GENOME.read_bytes())
    drop = replace(DROP, state="sent", sample="", samples=(), lines=0)
    drops.keep(drop, file)
    services = Services()
    drop = read_drop(services, drops, drop, "male")
    result = Result(drop, HIM, calls_of(services, drops.facts(ID)), "2026-11-28", "He was asked")
    first = resources_of(result, "Practitioner/x", "2026-11-28T09:00:00+00:00")
    again = resources_of(result, "Practitioner/y", "2026-11-29T09:00:00+00:00", again=True)
    assert [r["id"] for r in first] == [r["id"] for r in again]
    assert {r["resourceType"] for r in first} == {"DiagnosticReport", "Observation"}
    assert {r["subject"]["reference"] for r in first} == {"Patient/p1"}
    text = orjson.dumps(first).decode()
    assert "urn:uuid" not in text
    assert "Patient/patient" not in text
    assert "He was asked" in text
    report = first[0]
    assert report["performer"] == [{"reference": "Practitioner/x"}]
    assert (report["status"], again[0]["status"]) == ("final", "amended")
    assert {r["status"] for r in again} == {"amended", "cancelled"}  # what was not assessed stays


def test_checks_say_what_they_saw() -> None:
    assert verdicts()["Genome build"][0] == "ok"
    kind, words = verdicts(assembly=Assembly.GRCH37, unplaced=3)["Genome build"]
    assert kind == "look"
    assert "3 places have no counterpart" in words
    assert verdicts()["Sample"][0] == "look"  # never simply believed
    assert verdicts()["Coverage"] == (
        "look",
        "34 of 35 places that define alleles were read. Not whole: CYP2C19. Each is told below.",
    )


@pytest.mark.parametrize(
    ("sex", "hints", "kind"),
    [
        ("male", Hints(), "not"),
        ("male", Hints(x_read=9), "ok"),
        ("male", Hints(x_read=9, x_two=1), "stop"),
        ("female", Hints(x_read=9, x_two=1), "ok"),
        ("female", Hints(x_read=9, x_single=9), "stop"),
        ("female", Hints(x_read=9, x_single=8), "ok"),
        ("", Hints(x_read=9, x_two=9), "ok"),
    ],
)
def test_sex_is_a_hint(sex: str, hints: Hints, kind: str) -> None:
    assert verdicts(hints, replace(HIM, sex=sex))["Sex"][0] == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, "look"),
        ({"patient": "p2"}, "look"),
        ({"patient": "p2", "state": "authorised"}, "stop"),
        ({"patient": "p2", "state": "authorised", "sample": "T"}, "ok"),
    ],
)
def test_same_file_again_is_told(more: dict[str, str], kind: str) -> None:
    other = replace(DROP, id="b" * 32, **more)  # type: ignore[arg-type]
    assert verdicts(same=(other,))["Seen before"][0] == kind


@pytest.mark.parametrize(
    ("known", "kind", "said"),
    [
        ((), "not", "no result of these genes"),
        ((finding("DPYD"),), "not", "no result of these genes"),
        ((finding(),), "ok", "1 gene of the record, all read the same"),
        ((finding(), finding("TPMT", "*1/*3A")), "ok", "2 genes of the record, all"),
        (
            (finding(), finding("TPMT", "*1/*1")),
            "look",
            "1 of 2 genes of the record read",
        ),
        (
            (finding(candidates=(), status=Status.NO_CALL, phenotype=""),),
            "not",
            "no result of these genes",
        ),
    ],
)
def test_earlier_results_hint_at_a_swapped_sample(
    known: tuple[GeneFinding, ...], kind: str, said: str
) -> None:
    told = calls(finding(), finding("TPMT", "*1/*3A"))
    person = replace(HIM, findings=known)
    (check,) = (c for c in checks_of(DROP, person, told, ()) if c.name == "Earlier results")
    assert (check.kind, said in check.words) == (kind, True)
    done = replace(DROP, state="authorised")
    assert "Earlier results" not in {c.name for c in checks_of(done, person, told, ())}


def test_what_the_record_says_stands_beside_each_gene() -> None:
    known = replace(
        HIM,
        findings=(
            finding(),
            finding("TPMT", "*1/*1"),
            finding("DPYD", candidates=(), status=Status.NO_CALL, phenotype=""),
        ),
    )
    told = (finding(), finding("TPMT", "*1/*3A"), finding("DPYD"), finding("UGT1A1"))
    view = drop_view(DROP, known, {}, calls=calls(*told))
    rows = {row.gene: row for row in view.genes}
    assert view.genes[0].gene == "TPMT"  # what differs stands first
    assert rows["TPMT"].is_loud
    assert rows["CYP2C19"].effect == "Says the same"
    assert rows["DPYD"].effect == "Stands beside it"
    assert rows["UGT1A1"].before == "Nothing"
    assert "Other than the record says now: TPMT." in view.writes


def test_earlier_result_that_differs_needs_a_choice_and_a_reason() -> None:
    known = replace(HIM, findings=(finding("TPMT", "*1/*1"), finding()))
    told = calls(finding(), finding("TPMT", "*1/*3A"))
    rows = drop_view(DROP, known, {}, calls=told).genes
    assert [to for to, _ in faults_of(choices_of({}, rows), rows)] == [
        "#earlier-TPMT", "#earlier-why",
    ]  # fmt: skip
    form = {"earlier-TPMT": "correct", "earlier-CYP2C19": "correct", "earlier-why": "swapped"}
    choices = choices_of(form, rows)
    assert faults_of(choices, rows) == []
    assert choices.corrected == ("TPMT",)  # of what says the same nothing is withdrawn
    assert "swapped" in choices.remarks()[0]
    (one,) = form_view(form, (), rows).earlier
    assert (one.gene, one.is_corrected, one.is_left) == ("TPMT", True, False)
    assert faults_of(choices_of({"earlier-TPMT": "x"}, rows), rows) != []
    assert "stands beside" in choices_of({**form, "earlier-TPMT": "stand"}, rows).remarks()[0]


def test_only_what_waits_can_be_authorised() -> None:
    done = replace(DROP, state="authorised", decided_at=DROP.sent_at, decided_by="local")
    view = drop_view(done, HIM, {}, calls=calls(finding()))
    assert view.writes == ()
    assert view.decided == ("Authorised by this machine’s own user, 28 November 2026, 09:05 UTC.")
    assert {row.before for row in view.genes} == {""}
    gone = drop_view(replace(done, state="rejected", reason="Swapped"), HIM, {})
    assert gone.decided.endswith(": Swapped")


def test_several_samples_are_a_question() -> None:
    asks = replace(DROP, state="sent", sample="", samples=tuple(f"S{n}" for n in range(900)))
    view = drop_view(asks, HIM, {})
    assert view.state == "asks"
    assert len(view.samples) == 500
    assert "900 samples" in view.samples_words


@pytest.mark.parametrize("code", [*FAULTS, "LAB005"])
def test_each_fault_says_what_to_do(code: str) -> None:
    told = fault_view(code, "the file: line 1234: broken")
    assert told.line == "Line 1,234"
    assert len(told.act) > 20
    assert code not in told.title


def test_build_alone_can_be_answered() -> None:
    for code, state in (("VCF013", "build"), ("VCF014", "unreadable")):
        drop = replace(DROP, state="unreadable", fault=Fault(code, "the file: words"))
        view = drop_view(drop, HIM, {})
        assert (view.state, view.may_say_build) == (state, state == "build")


def told(name: str, phenotype: str = "Poor Metabolizer", status: str = "called") -> dict[str, Any]:
    return {
        "gene": "X", "status": status, "phenotype": phenotype, "activity_score": "",
        "diplotypes": [{"name": n, "probability": 1.0} for n in name.split(";") if n],
    }  # fmt: skip


def test_what_is_called_otherwise_says_from_what_to_what_and_why() -> None:
    why = ("pgx-phenotypes 1 -> 2",)
    changes = (
        Change("S", "CYP2C19", ("phenotype",), told("*2/*2"), told("*2/*2", "Normal Metabolizer"),
               why),
        Change("S", "NEW", ("gene",), None, told("*1/*1;*1/*2;*2/*2;*3/*3", "", "ambiguous"), why),
        Change("S", "FAR", (), told("*1/*1"), told("*1/*1"), (), ("FAR:1", "FAR:2")),
    )  # fmt: skip
    first, new, far = others_of(changes)
    assert (first.was, first.now) == (
        "Called: *2/*2, Poor metaboliser",
        "Called: *2/*2, Normal metaboliser",
    )
    assert first.why == "pgx-phenotypes 1 → 2"
    assert (new.was, new.now) == (NONE, "Ambiguous: *1/*1 or *1/*2 or *2/*2 or 1 more")
    assert far.not_kept.startswith("2 new places lie outside")
    view = queue_view((), (), ((DROP, Compared("S", "p.vcf", changes, 3)),), (),
                      people={"p1": "Bert"}, staff={}, read="now", is_cut=False)  # fmt: skip
    assert view.inbox[0].genes == "CYP2C19, NEW, FAR"


@pytest.mark.parametrize(
    ("size", "words"),
    [(5, "5 bytes"), (1_500, "1.5 kB"), (2_000_000, "2 MB"), (2_000_000_000, "2 GB")],
)
def test_sizes_are_words(size: int, words: str) -> None:
    assert size_words(size) == words


def test_time_that_is_none_is_told() -> None:
    assert moment("nonsense") == "day not known"


@pytest.mark.parametrize(
    ("states", "is_whole"),
    [
        (("final", "final"), True),
        (("final", "cancelled"), True),  # a gene that was not assessed
        (("final", "entered-in-error"), False),
        (("final",), False),
    ],
)
def test_report_without_all_of_its_results_is_not_given_out_as_a_message(
    states: tuple[str, ...], is_whole: bool
) -> None:
    def version(kind: str, id: str, **more: Any) -> Version:
        body = orjson.dumps({"resourceType": kind, "id": id, **more})
        return Version(kind, id, 1, datetime(2026, 11, 28, tzinfo=UTC), "PUT", 1, body=body)

    listed = [{"reference": f"Observation/{n}"} for n in range(2)]
    report = version("DiagnosticReport", "r", status="amended", result=listed)
    results = tuple(version("Observation", str(n), status=s) for n, s in enumerate(states))
    found = Authorised(report, results, version("Patient", "p"))
    if is_whole:
        found.demand_whole()
    else:
        with pytest.raises(InputError, match="withdrawn, or may not be seen"):
            found.demand_whole()
