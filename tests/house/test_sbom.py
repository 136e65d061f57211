"""What Garrod is made of is known: each part by a licence that we may depend on."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tools.sbom import CHECKED, PAGE, SHIPPED, Part, asked, bom, is_denied, main, normal, parts_of

DEVELOPER = ("reports", "postgres", "test", "dev", "e2e", "docs")


def installed(*extras: str) -> dict[str, Part]:
    """Return what is installed of the extras; skips where some of it is not."""
    parts, missing = parts_of(extras)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return parts


def test_no_part_has_a_licence_that_is_unknown_or_denied() -> None:
    parts, _ = parts_of(DEVELOPER)
    assert len(parts) > 40
    assert {name: part.licence for name, part in parts.items() if is_denied(part.licence)} == {}


@pytest.mark.parametrize(
    ("licence", "denied"),
    [
        ("MIT", False),
        ("LGPL-3.0-or-later", False),
        ("GPL-3.0-only OR MIT", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("GPL-3.0-only", True),
        ("MIT AND GPL-2.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("SSPL-1.0", True),
        ("BUSL-1.1", True),
        ("CC-BY-NC-4.0", True),
        ("unknown", True),
    ],
)
def test_licences_are_judged(licence: str, denied: bool) -> None:
    assert is_denied(licence) is denied


def test_every_checked_licence_says_what_was_read() -> None:
    for name, told in tomllib.loads(CHECKED.read_text(encoding="utf-8")).items():
        assert set(told) == {"licence", "read"}, name
        assert re.search(r"\d{4}-\d\d-\d\d", told["read"]), name
        assert not is_denied(told["licence"])


def test_bill_is_whole_and_its_references_lead_somewhere() -> None:
    parts = installed("reports", "postgres")
    made = bom(parts, "1.0")
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    references = [c["bom-ref"] for c in made["components"]]
    assert len(references) == len(set(references)) == len(parts)
    wanted = {normal(re.split(r"[\[<>=!~ ]", r)[0]) for r in asked(("reports", "postgres"))}
    assert wanted <= {c["name"] for c in made["components"]}
    told = {d["ref"]: d["dependsOn"] for d in made["dependencies"]}
    assert set(told) == {"garrod", *references}
    assert {ref for refs in told.values() for ref in refs} == set(references)
    for component in made["components"]:
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@\S+", component["purl"])
        assert component["licenses"][0]["expression"]


def test_bill_is_written_by_the_command(tmp_path: Path) -> None:
    installed("reports", "postgres")
    file = tmp_path / "sbom.json"
    assert main(["-o", str(file)]) == 0
    first = file.read_bytes()
    assert json.loads(first)["metadata"]["component"]["name"] == "garrod"
    assert main(["-o", str(file)]) == 0
    assert file.read_bytes() == first


def test_page_of_components_names_what_is_installed_by_the_same_licence() -> None:
    """What others need in turn may change by itself: of that, only a changed licence is a fault."""
    parts = installed(*SHIPPED)
    told = dict(
        re.findall(r"^\| ([a-z0-9-]+) \| (.+?)(?: \*checked\*)? \|", PAGE.read_text(), re.M)
    )
    direct = {normal(re.split(r"[\[<>=!~ ]", r)[0]) for r in asked(SHIPPED)}
    assert direct <= set(told), "run: python -m tools.sbom --page"
    changed = {n: p.licence for n, p in parts.items() if n in told and told[n] != p.licence}
    assert changed == {}, "run: python -m tools.sbom --page"
    assert len(set(told) & set(parts)) > 0.8 * len(parts), "run: python -m tools.sbom --page"
