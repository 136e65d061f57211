"""garrod release through the real door: what may leave about people, and what may not."""

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from garrod.care.govern.audit import entry_read
from garrod.care.govern.audit_own import own_line
from tests.acceptance.conftest import Run
from tests.making.audits import reading_of
from tests.making.desk_time import part

Json = dict[str, Any]
PEOPLE = 300
WHO = ("--analyst", "Practitioner/ann", "--project", "asthma", "--basis", "section-251")
ON = date(2026, 1, 1)
PSEUDONYM = re.compile(r"\b[a-z2-7]{26}\b")
OPT_OUT = "https://garrod.health/fhir/CodeSystem/consent-category"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of some synthetic people."""
    folder = tmp_path_factory.mktemp("made") / "world"
    start = "import sys; from garrod.entry.cli.app import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "world", "--people", str(PEOPLE), "--seed", "5"]
    subprocess.run([*command, "-o", str(folder)], check=True, capture_output=True, timeout=300)
    return folder


def lines(folder: Path, kind: str) -> list[Json]:
    return [json.loads(line) for line in (folder / f"{kind}.ndjson").read_bytes().splitlines()]


def ages(world: Path) -> list[int]:
    """Return each person's age, found without any of the code that is tested."""
    born = [date.fromisoformat(person["birthDate"]) for person in lines(world, "Patient")]
    return [(ON.toordinal() - b.toordinal()) * 4 // 1461 for b in born]


def count(run: Run, world: Path, data: Path, *where: str, more: tuple[str, ...] = ()) -> Any:
    """Return the answer to a count by sex, or None where it was refused."""
    terms = [part for term in where for part in ("--where", term)]
    ran = run(
        "release", "counts", world, "--by", "sex", "--on", ON, "--data", data, *WHO, *terms, *more
    )
    if ran.code == 12:
        assert ran.err.startswith("GARROD-REL001: ")
        assert not any(character.isdigit() for character in ran.err.partition(": ")[2])
        assert ran.out == ""
        return None
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def total(answer: Json) -> int | None:
    return {row["name"]: row["counts"] for row in answer["rows"]}["total"][0]


def test_a_script_that_asks_year_by_year_is_refused(run: Run, world: Path, tmp_path: Path) -> None:
    true, given = ages(world), dict[int, int]()
    refused = 0
    for year in range(60, 80):
        answer = count(run, world, tmp_path, f"age<{year}")
        if answer is None:
            refused += 1
        else:
            given[year] = sum(age < year for age in true)
            assert abs((total(answer) or 0) - given[year]) <= 6  # rounded; a birthday more or less
    assert refused > 5
    people = sorted(set(given.values()))
    assert len(people) > 2
    assert all(other - one > 4 for one, other in pairwise(people))


def test_everybody_else_but_a_few_is_refused_too(run: Run, world: Path, tmp_path: Path) -> None:
    true = ages(world)
    near = next(y for y in range(40, 90) if 1 < sum(y <= a < y + 1 for a in true) < 6)
    assert count(run, world, tmp_path, f"age<{near}") is not None
    assert count(run, world, tmp_path, f"age>={near + 1}") is None
    assert count(run, world, tmp_path, f"age>={near}") is not None
    assert count(run, world, tmp_path, f"age>={near}", f"age<{near + 1}") is not None  # all hidden


def test_with_noise_near_questions_are_paid_for(run: Run, world: Path, tmp_path: Path) -> None:
    noise = ("--noise", "0.4")
    for year in (65, 66):
        answer = count(run, world, tmp_path, f"age<{year}", more=noise)
        assert abs((total(answer) or 0) - sum(a < year for a in ages(world))) < 200
    ran = run("release", "counts", world, "--by", "sex", "--data", tmp_path, *WHO, *noise)
    assert (ran.code, ran.out) == (12, "")
    assert ran.err.startswith("GARROD-REL002: ")
    whose = ("--analyst", "Practitioner/ann", "--data-set", "world", "--data", tmp_path)
    assert json.loads(run("release", "budget", *whose).out)["left"] == "1/5"
    assert json.loads(run("release", "budget", *whose, "--epsilon", "2").out)["left"] == "6/5"
    assert count(run, world, tmp_path, more=noise) is not None


def words(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a resource with the name of its element."""
    if isinstance(value, dict):
        for inner, below in value.items():
            yield from words(below, inner)
    elif isinstance(value, list):
        for below in value:
            yield from words(below, name)
    elif isinstance(value, str):
        yield name, value


CODED = {"resourceType", "system", "code", "url", "status", "intent", "gender", "severity", "type",
         "category", "criticality", "periodUnit"}  # fmt: skip
CODED_WORDS = {"official", "mobile"}  # uses of names and numbers
DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


def texts(folder: Path) -> tuple[set[str], set[str]]:
    """Return the texts of resources: codes and words of FHIR, and all others but dates."""
    coded, free = set(), set()
    for path in folder.glob("*.ndjson"):
        for name, text in words(lines(folder, path.stem)):
            (coded if name in CODED else free).add(text)
    return coded, {text for text in free - coded if not DATE.fullmatch(text)}


def test_no_word_of_the_input_is_in_what_leaves(run: Run, world: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = run("release", "pseudonymise", world, "-o", out, "--data", tmp_path / "data", *WHO)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["people"] == PEOPLE
    assert told["resources"] == {p.stem: len(lines(world, p.stem)) for p in out.iterdir()}
    whole = PSEUDONYM.sub("", "".join(path.read_text() for path in out.iterdir()))
    left = {text for found in texts(out) for text in found}
    free = texts(world)[1]
    assert len(free) > 5_000
    assert not free & left
    people = lines(world, "Patient")
    known = {part for one in people for _, part in words([one["name"], one["telecom"]])} - {"home"}
    known |= {one["identifier"][0]["value"] for one in people} | {"Testham", "ZZ99 9ZZ"}
    known |= {line for one in people for line in one["address"][0]["line"]}
    known |= {text for text in free if " " in text}
    assert len(known) > 1_000
    assert [text for text in known if text in whole and text not in CODED_WORDS] == []


def test_intervals_within_a_person_are_kept(run: Run, world: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("release", "pseudonymise", world, "-o", out, "--data", tmp_path / "data", *WHO)
    before, after = lines(world, "Condition"), lines(out, "Condition")
    shifts: dict[str, set[int]] = {}
    for one, other in zip(before, after, strict=True):
        dates = (date.fromisoformat(r["onsetDateTime"]) for r in (one, other))
        first, second = dates
        shifts.setdefault(one["subject"]["reference"], set()).add((second - first).days)
    assert {len(found) for found in shifts.values()} == {1}
    assert len({next(iter(found)) for found in shifts.values()}) > 100


def test_two_projects_share_nothing_by_which_they_could_be_linked(
    run: Run, world: Path, tmp_path: Path
) -> None:
    found = []
    for project in ("asthma", "stroke"):
        who = (*WHO[:2], "--project", project, *WHO[4:])
        out = tmp_path / project
        ran = run("release", "pseudonymise", world, "-o", out, "--data", tmp_path / "data", *who)
        assert ran.code == 0, ran.err
        found.append({p for f in out.iterdir() for p in PSEUDONYM.findall(f.read_text())})
    assert len(found[0]) == len(found[1]) > PEOPLE
    assert not found[0] & found[1]
    again = tmp_path / "again"
    run("release", "pseudonymise", world, "-o", again, "--data", tmp_path / "data", *WHO)
    assert (again / "Patient.ndjson").read_bytes() == (
        tmp_path / "asthma" / "Patient.ndjson"
    ).read_bytes()


def opted_out(id: str) -> Json:
    return {
        "resourceType": "Consent", "id": f"no-{id}", "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": OPT_OUT, "code": "NATIONAL-DATA-OPT-OUT"}]}],
        "patient": {"reference": f"Patient/{id}"}, "dateTime": "2020-01-01",
    }  # fmt: skip


def whose(resource: Json) -> str:
    subject = resource.get("subject") or resource.get("patient") or {}
    own = f"Patient/{resource['id']}" if resource["resourceType"] == "Patient" else ""
    return str(own or subject.get("reference", "")).removeprefix("Patient/")


@pytest.mark.parametrize("seed", part([1, 2, 3]))
def test_every_output_is_as_if_those_who_opted_out_were_not_there(
    run: Run, world: Path, tmp_path: Path, seed: int
) -> None:
    people = [person["id"] for person in lines(world, "Patient")]
    chance = random.Random(seed)
    out = set(chance.sample(people, chance.choice((1, 40, PEOPLE - 10))))
    said, without = tmp_path / "said" / "world", tmp_path / "without" / "world"
    shutil.copytree(world, said)
    (said / "Consent.ndjson").write_text("".join(json.dumps(opted_out(i)) + "\n" for i in out))
    without.mkdir(parents=True)
    for path in world.glob("*.ndjson"):
        kept = [r for r in lines(world, path.stem) if whose(r) not in out]
        (without / path.name).write_text("".join(json.dumps(r) + "\n" for r in kept))
    answers = [
        outputs(run, folder, tmp_path / "keys", tmp_path / folder.parent.name)
        for folder in (said, without)
    ]
    assert answers[0] == answers[1]
    remaining = len(people) - len(out)
    for folder in (said, without):
        told = count(run, folder, tmp_path / folder.parent.name / "data", more=("--noise", "1"))
        assert abs((total(told) or 0) - remaining) < 100


def outputs(run: Run, folder: Path, keys: Path, place: Path) -> list[Any]:
    """Return whatever leaves of a folder: counts of several kinds, and pseudonymous records."""
    data = place / "data"
    keys.mkdir(exist_ok=True)
    if (keys / "asthma.key").exists():
        shutil.copytree(keys, data / "projects")
    found: list[Any] = []
    has = ("--where", "has=http://snomed.info/sct|38341003")
    for question in (("age-band",), ("sex,deprivation",), ("sex", *has)):
        ran = run("release", "counts", folder, "--by", *question, "--data", data, *WHO)
        assert ran.code in (0, 12), ran.err
        found.append(ran.out)
    ran = run("release", "pseudonymise", folder, "-o", place / "out", "--data", data, *WHO)
    assert ran.code == 0, ran.err
    shutil.copy(data / "projects" / "asthma.key", keys)
    assert "Consent.ndjson" not in {p.name for p in (place / "out").iterdir()}
    return [*found, {p.name: p.read_bytes() for p in (place / "out").iterdir()}]


def test_by_consent_only_those_who_said_yes_are_counted(
    run: Run, world: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "world"
    shutil.copytree(world, folder)
    yes = [person["id"] for person in lines(world, "Patient")][:60]
    consents = [
        {
            **opted_out(id), "id": f"yes-{id}", "scope": {"coding": [{"code": "research"}]},
            "category": [{"coding": [{"code": "any"}]}], "provision": {"type": "permit"},
        }
        for id in yes
    ]  # fmt: skip
    (folder / "Consent.ndjson").write_text("".join(json.dumps(c) + "\n" for c in consents))
    who = (*WHO[:4], "--basis", "consent")
    ran = run("release", "counts", folder, "--by", "sex", "--data", tmp_path / "data", *who)
    assert ran.code == 0, ran.err
    assert total(json.loads(ran.out)) == 60


def test_the_register_is_that_of_the_ledger_and_editing_is_found(
    run: Run, world: Path, tmp_path: Path
) -> None:
    data, file = tmp_path / "data", tmp_path / "register.md"
    assert count(run, world, data, "age<60") is not None
    assert count(run, world, data, "age<61") is None
    run("release", "pseudonymise", world, "-o", tmp_path / "out", "--data", data, *WHO)
    for format in ("md", "json"):
        ran = run("release", "register", "--format", format, "-o", file, "--data", data)
        assert ran.code == 0, ran.err
        assert run("release", "register", "--check", file, "--data", data).code == 0
    told = json.loads(file.read_bytes())["releases"]
    assert [line["outcome"] for line in told] == ["given", "refused", "given"]
    assert {line["analyst"] for line in told} == {"Practitioner/ann"}
    assert [line["people"] for line in told][1:] == ["", f"about {PEOPLE}"]
    file.write_text(file.read_text().replace('"refused"', '"given"'))
    ran = run("release", "register", "--check", file, "--data", data)
    assert (ran.code, ran.out.count("\n")) == (10, 1)
    run("release", "register", "-o", file, "--data", data)
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    assert run("release", "register", "--check", file, "--data", data).code == 10
    assert run("audit", "verify", "--data", data).code == 0


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE releases SET purpose = 'HQUALIMP' WHERE id = 1", "release 1 is not what"),
        ("DELETE FROM releases WHERE id = 2", "release 2 stands in the audit log"),
        ("INSERT INTO releases SELECT 9, at, analyst, project, purpose, basis, data_set, deed, "
         "what, epsilon, outcome, because, people FROM releases WHERE id = 1",
         "release 9 stands in the ledger"),
    ],
)  # fmt: skip
def test_a_ledger_that_was_changed_is_found_by_the_audit_log(
    run: Run, world: Path, tmp_path: Path, statement: str, fault: str
) -> None:
    count(run, world, tmp_path, "age<60")
    count(run, world, tmp_path, "age<61")
    with sqlite3.connect(tmp_path / "releases.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()
    file = tmp_path / "register.md"
    run("release", "register", "-o", file, "--data", tmp_path)
    ran = run("release", "register", "--check", file, "--data", tmp_path)
    assert ran.code == 10
    assert fault in ran.out


def test_a_report_names_the_worst_groups(run: Run, world: Path, tmp_path: Path) -> None:
    ran = run("release", "anonymity", world, "--known", "sex")
    told = json.loads(ran.out)
    sexes = [person["gender"] for person in lines(world, "Patient")]
    assert told["k"] == min(sexes.count(s) for s in set(sexes))
    assert (told["people"], told["alone"]) == (PEOPLE, 0)
    worse = json.loads(run("release", "anonymity", world, "--known", "sex,birth-date").out)
    assert worse["alone"] > PEOPLE * 0.8
    assert (worse["k"], worse["l"]) == (1, 1)


def test_a_copy_for_the_person_is_whole_by_the_log(run: Run, world: Path, tmp_path: Path) -> None:
    data, some = tmp_path / "data", tmp_path / "some"
    some.mkdir()
    for path in world.glob("*.ndjson"):
        kept = [r for r in lines(world, path.stem) if whose(r) in ("", "w4", "w5", "w6")]
        (some / path.name).write_text("".join(json.dumps(r) + "\n" for r in kept))
    assert run("record", "import", some, "--data", data).code == 0
    run("release", "pseudonymise", some, "-o", tmp_path / "study", "--data", data, *WHO)
    ran = run("release", "person", "w5", "--data", data, "-o", tmp_path / "copy")
    assert ran.code == 0, ran.err
    own = {
        r["resourceType"]
        for p in world.glob("*.ndjson")
        for r in lines(world, p.stem)
        if whose(r) == "w5"
    }
    files = {p.stem: p for p in (tmp_path / "copy").iterdir()}
    assert own <= files.keys()
    for kind in own:
        wanted = sum(whose(r) == "w5" for r in lines(world, kind))
        assert json.loads(ran.out)["resources"][kind] >= wanted
    reading = reading_of(data / "audit.db")
    entries = [reading.entry(i) for i in range(reading.seal().size)]
    reading.close()
    named = [entry for entry in entries if "w5" in entry_read(entry).patients]
    given = files["access-history"].read_bytes().splitlines()
    assert given == [own_line(entry, "w5") for entry in named[::-1]]
    assert b'"w4"' not in b"".join(given)  # who was named beside them in one entry
    assert any(set(entry_read(entry).patients) > {"w5"} for entry in named)
    deeds = {entry_read(entry).deed for entry in named}
    assert {"pseudonymous records", "copy for the person"} <= deeds
    assert run("release", "person", "nobody", "--data", data, "-o", tmp_path / "no").code != 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--by", "name"), "USE063"),
        (("--by", "sex,sex"), "USE063"),
        (("--by", "sex", "--where", "name=Ann"), "USE063"),
        (("--by", "sex", "--where", "sex<female"), "USE063"),
        (("--by", "sex", "--on", "today"), "USE063"),
        (("--by", "sex", "--noise", "0"), "USE060"),
        (("--by", "sex", "--purpose", "TREAT"), "ACC060"),
        (("--by", "sex", "--basis", "because"), "USE062"),
        (("--by", "sex", "--analyst", " "), "USE064"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    run: Run, world: Path, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    ran = run("release", "counts", world, "--data", tmp_path, *WHO, *arguments)
    assert (ran.code != 0, ran.out) == (True, "")
    assert ran.err.startswith(f"GARROD-{code}: ")


def test_bad_files_are_refused_without_showing_what_is_in_them(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    for content in (
        '{"resourceType":"Patient","id":"Zebedee"',
        "[1]",
        '{"id":"Zebedee"}',
        "\x1f\x8bno",
    ):
        file.write_bytes(content.encode("latin-1"))
        ran = run("release", "pseudonymise", file, "-o", tmp_path / "out", "--data", tmp_path, *WHO)
        assert ran.code == 10
        assert "Zebedee" not in ran.err
        assert not (tmp_path / "out").exists()
    assert (
        run("release", "counts", tmp_path / "none", "--by", "sex", "--data", tmp_path, *WHO).code
        == 10
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("release", "anonymity", empty).code == 10
    assert run("release", "anonymity", file, "--known", "name").code == 2
    assert run("release", "register", "--check", empty, "--data", tmp_path).code == 10
