"""What is committed is ours, says where things are, and names commands that exist."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.house.source_tree import ROOT, committed, place, tree

VERBS = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
HAZARDS = yaml.safe_load((ROOT / "safety" / "hazards.yaml").read_text(encoding="utf-8"))["hazards"]
DESIGNED = {"demo", "genome", "advise", "packs"}  # until the command line can be asked itself


def text_files() -> list[tuple[Path, str]]:
    """Return the committed files that are text, with their text."""
    found = []
    for path in committed():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def commands() -> set[str]:
    """Return the verbs of the command line, from itself."""
    app = ROOT / "src" / "garrod" / "entry" / "cli" / "app.py"
    if not app.exists():
        return DESIGNED
    from tools.docs.command_line import verbs

    return verbs()


def test_make_has_the_verbs_of_the_house_and_ci_uses_them() -> None:
    wanted = {"help", "setup", "check", "test", "validate", "bench", "docs", "demo"}
    assert wanted == VERBS
    said = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert list(dict.fromkeys(re.findall(r"^make (\w+)", said, re.M))) == ["check", "test"]


def test_every_dependency_has_its_reason_beside_it() -> None:
    content = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(content)["project"]
    wanted = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    wanted += tomllib.loads(content)["build-system"]["requires"]
    assert wanted
    for requirement in wanted:
        line = next(x for x in content.splitlines() if f'"{requirement}"' in x)
        assert re.search(r"# \S.{10,}", line), requirement


def test_every_ignored_rule_has_its_reason_beside_it() -> None:
    content = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = re.findall(r'^    "[A-Z]+\d+",.*$', content, re.M)
    assert ignored
    assert [line for line in ignored if not re.search(r"# \S.{5,}", line)] == []


def test_no_committed_text_names_a_place_on_some_machine() -> None:
    places = [f"/{name}/" for name in ("work", "tmp", "root", "home")]
    found = [
        f"{place(path)}:{number}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), start=1)
        if any(re.search(rf"(?<![\w.:/{{}}-]){p}", line) for p in places)
    ]
    assert found == []


@pytest.mark.shared
def test_no_committed_file_is_a_copy_of_somebody_elses(shared: Path) -> None:
    ours = {p for p in committed() if p.stat().st_size and p.name not in ("LICENSE", "py.typed")}
    sizes = {p.stat().st_size for p in ours}
    theirs = {
        hashlib.sha256(p.read_bytes()).hexdigest()
        for p in shared.rglob("*")
        if p.is_file() and p.stat().st_size in sizes
    }
    copies = [place(p) for p in ours if hashlib.sha256(p.read_bytes()).hexdigest() in theirs]
    assert copies == []


def test_commands_in_documents_exist() -> None:
    known, unknown = commands(), []
    for path, text in text_files():
        if path.suffix != ".md":
            continue
        for block in re.findall(r"^```.*?\n(.*?)^```", text, re.M | re.S):
            for line in block.splitlines():
                garrod = re.match(r"\s*(?:\$ )?garrod ([a-z-]+)", line)
                make = re.match(r"\s*(?:\$ )?make ([a-z]+)", line)
                if garrod and garrod[1] not in known:
                    unknown.append(f"{place(path)}: {line}")
                if make and make[1] not in VERBS:
                    unknown.append(f"{place(path)}: {line}")
    assert unknown == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path, text in text_files():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            is_ours = not target.startswith(("http", "mailto:"))
            if is_ours and not (path.parent / target).exists():
                broken.append(f"{place(path)} -> {target}")
    assert broken == []


def functions_of(path: Path) -> set[str]:
    return {getattr(node, "name", "") for node in tree(path).body}


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda h: h["id"])
def test_every_hazard_has_a_control_and_tests_that_exist(hazard: dict[str, object]) -> None:
    keys = {"id", "hazard", "cause", "harm", "severity", "control", "where", "tests"}
    assert set(hazard) == keys
    assert all(hazard.values())
    assert hazard["severity"] in {"minor", "significant", "considerable", "major", "catastrophic"}
    for where in hazard["where"]:
        assert (ROOT / where).exists(), where
    for test in hazard["tests"]:
        file, _, function = test.partition("::")
        assert (ROOT / file).is_file(), test
        assert function.split("[")[0] in functions_of(ROOT / file), test


def test_hazards_are_numbered_once() -> None:
    ids = [h["id"] for h in HAZARDS]
    assert len(ids) == len(set(ids)) >= 15


def test_changelog_speaks_in_three_voices() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = text.split("\n## ")[1]
    headings = re.findall(r"^### (.+)$", first, re.M)
    assert headings == ["Clinical behaviour", "Knowledge packs", "Software"]


def test_every_decision_says_who_decided_and_what_follows() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert len(decisions) >= 5
    for number, path in enumerate(decisions, start=1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04d}-")
        for heading in ("Context", "Options", "Decision", "Consequences", "Deciders"):
            assert f"## {heading}" in text, path.name
