"""A laboratory's file through the real server: who may, a sign-in anew, a kill, new packs."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import garrod.adapters.policy as policy
from garrod.adapters.facts.read import read_facts
from garrod.entry.demo_reset import FILES
from garrod.entry.demo_story import GENOME
from tests.acceptance.test_reinterpret import other_phenotypes
from tests.making.laboratory import bench
from tests.making.server import Server, server
from tests.making.site import put_in_force, site_at

pytestmark = pytest.mark.slow
STORY = GENOME.read_bytes()
WHO = "demo-2"


def observations(running: Server, who: str = WHO) -> list[dict[str, object]]:
    answer = running.ask("GET", f"/fhir/Observation?patient={who}&_count=200").json()
    return [e["resource"] for e in answer.get("entry", []) if e["resource"].get("derivedFrom")
            or "genotype" in str(e["resource"].get("meta"))]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("laboratory") / "data", demo=True) as made:
        yield made


@pytest.mark.parametrize("role", ["laboratory-scientist", "geneticist"])
def test_who_works_there_drops_files(demo: Server, role: str) -> None:
    with bench(demo, role) as made:
        assert "Whose genome is it?" in made.open("/laboratory").text
        assert 'href="/laboratory"' in made.last
        answer = made.drop("demo-3", STORY, "genome.vcf")
        assert "Authorise these results" in answer.text


@pytest.mark.parametrize(
    "role",
    ["prescriber", "pharmacist", "nurse", "analyst", "governance-officer", "patient", "proxy"],
)
def test_nobody_else_sees_or_drops_anything(demo: Server, role: str) -> None:
    with bench(demo, "laboratory-scientist") as made:
        path = made.drop("demo-1", STORY, "genome.vcf").url.path
    kept = sorted(p.name for p in (demo.folder / FILES / "laboratory").iterdir())
    with bench(demo, role) as made:
        page = made.open("/patients").text
        assert 'href="/laboratory"' not in page
        csrf = re.findall(r'name="csrf" value="([^"]*)"', page)[0]
        for there in ("/laboratory", "/laboratory/for/demo-1", path):
            assert made.open(there).status_code in (403, 404), there
        answer = made.client.post(
            "/laboratory/for/demo-1",
            data={"csrf": csrf, "key": "x"},
            files={"file": ("p.vcf", STORY)},
        )
        assert answer.status_code in (403, 404)
        answer = made.client.post(path, data={"csrf": csrf, "do": "authorise", "sure": "yes"})
        assert answer.status_code in (403, 404)
    assert sorted(p.name for p in (demo.folder / FILES / "laboratory").iterdir()) == kept


def test_whoever_is_not_signed_in_keeps_nothing(demo: Server) -> None:
    with bench(demo, "laboratory-scientist") as made:
        made.client.cookies.clear()
        before = sorted(p.name for p in (demo.folder / FILES / "laboratory").iterdir())
        answer = made.client.post(
            "/laboratory/for/demo-1",
            data={"csrf": "x"},
            files={"file": ("p.vcf", STORY)},
        )
        assert answer.status_code == 403
        assert sorted(p.name for p in (demo.folder / FILES / "laboratory").iterdir()) == before


def test_sign_in_of_a_while_ago_authorises_nothing(tmp_path: Path) -> None:
    rules = tmp_path / "policy"
    shutil.copytree(Path(policy.__path__[0]) / "text", rules)
    access = rules / "access.toml"
    access.write_text(access.read_text().replace("seconds = 300", "seconds = 1"))
    settings = {"GARROD_POLICY": str(rules)}
    with server(tmp_path / "data", demo=True, settings=settings) as running:
        with bench(running, "laboratory-scientist") as made:
            path = made.drop(WHO, STORY, "genome.vcf").url.path
            time.sleep(2.5)
            answer = made.send(path, "authorise", sure="yes")
            assert answer.status_code == 403
            assert "to authorise a laboratory result, sign in again" in answer.text
            assert "seen=" not in answer.text  # nothing of the form stands in an address
            assert "Waits to be authorised" in made.open(path).text
        assert observations(running) == []


def test_killed_server_leaves_whole_drops_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with server(folder, demo=True) as running:
        with bench(running, "laboratory-scientist") as made:
            path = made.drop(WHO, STORY, "genome.vcf").url.path
        running.kill()
    place = folder / FILES / "laboratory" / path.rpartition("/")[2]
    (place / "facts.json.gz").unlink()  # as if it had been killed while it read
    shutil.copy(GENOME, place / "upload.vcf")
    state = place / "state.json"
    state.write_text(state.read_text().replace('"state":"read"', '"state":"sent"'))
    (folder / FILES / "laboratory" / ".part-x").write_bytes(STORY[:999])
    with (
        server(folder, demo=True) as running,
        bench(running, "laboratory-scientist") as made,
    ):
        assert "Authorise these results" in made.open(path).text
        assert "Authorised by" in made.send(path, "authorise", sure="yes").text
        running.kill()
    state.write_text(state.read_text().replace('"state":"authorised"', '"state":"read"'))
    with (
        server(folder, demo=True) as running,
        bench(running, "laboratory-scientist") as made,
    ):  # as if it had been killed between the record and the drop's own state
        made.open(path)
        assert "Authorised by" in made.send(path, "authorise", sure="yes").text
        written = observations(running)
        assert written
        assert {o["meta"]["versionId"] for o in written} == {"1"}  # type: ignore[index]


def test_new_packs_bring_results_up_again(tmp_path: Path) -> None:
    """Authorised by one version of a pack; another calls a gene otherwise: left, then taken."""
    folder, site = tmp_path / "data", site_at(tmp_path / "site")
    made_up = other_phenotypes(tmp_path) / "pgx-phenotypes" / "2099.1.0"
    pack = site / "pgx-phenotypes" / "2099.1.0"
    shutil.copytree(made_up, pack)
    with server(folder, demo=True) as running, bench(running, "laboratory-scientist") as made:
        path = made.drop(WHO, STORY, "genome.vcf").url.path
        made.send(path, "authorise", sure="yes")
        assert "Nothing that was authorised here" in made.open("/laboratory").text
    put_in_force(site, pack)
    settings = {"GARROD_PACKS": str(site)}
    with (
        server(folder, demo=True, settings=settings) as running,
        bench(running, "laboratory-scientist") as made,
    ):
        queue = made.open("/laboratory").text
        assert "pgx-phenotypes 2026.11.0 → 2099.1.0" in queue
        assert ">ABCG2<" in queue
        page = made.open(path).text
        assert "Called otherwise now" in page
        assert "Renamed function" in page or "Renamed Function" in page
        made.send(path, "leave")
        assert "Nothing that was authorised here" in made.open("/laboratory").text
        before = {o["id"]: o for o in observations(running)}
        made.open(path)
        form = made.last
        for _ in range(2):  # sent twice
            made.last = form
            made.send(path, "again")
        after = {o["id"]: o for o in observations(running)}
        assert set(before) == set(after)
        abcg2 = [o for o in after.values() if "Renamed Function" in str(o)]
        assert abcg2
        assert {o["status"] for o in abcg2} == {"amended"}
        assert {o["meta"]["versionId"] for o in abcg2} == {"2"}  # type: ignore[index]
        assert "Called otherwise now" not in made.open(path).text
    facts = read_facts(folder / FILES / "laboratory" / path.rpartition("/")[2] / "facts.json.gz")
    assert "pgx-phenotypes@2099.1.0" in facts.origin.packs
