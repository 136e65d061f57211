"""UK Core as a site imports it: which profiles give a snapshot, which of its examples are kept.

Reference: HL7 UK's definitions and examples of UK Core. The examples are XML, and claim no profile:
each is asked for that of its type whose name its file begins with. The order of XML elements is not
asked here (two examples have it wrong): JSON has none.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from garrod.adapters.fhir.check.profiles import Profiles
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.run import run_import
from garrod.adapters.packs.load import load_pack, load_shelf, newest
from garrod.knowledge.shelf import Shelf
from validation.fhir_examples import FHIR, listed
from validation.figures import Figure, at_least, none_of, share, show

SOURCE = "uk-core-examples"
ENDING = "-Example.xml"


def imported(target: Path, folder: Path = FHIR) -> tuple[Shelf, tuple[str, ...]]:
    """Return the shelf with UK Core imported below the target, and what the import said."""
    wish = Wish(load_shelf(), "", "2026-11-28")
    made = run_import("ukcore", folder / "uk-core-definitions", target, wish)
    folders = [*newest().values(), *made.folders]
    return Shelf(load_pack(f) for f in folders), made.notes


def asked(name: str, resource: dict[str, Any], profiles: Profiles) -> list[str]:
    """Return the profile that an example is of, by the name of its file."""
    stem = name.removesuffix(ENDING)
    kind = resource["resourceType"]
    found = [u for u in profiles.of_kind(kind) if stem.startswith(u.rpartition("/")[2])]
    whole = [u for u in profiles.of_kind(kind) if u.endswith(f"/UKCore-{kind}")]
    return [max(found, key=len)] if found else whole


def examples(shelf: Shelf, folder: Path = FHIR) -> list[tuple[str, list[str], list[Issue]]]:
    """Return each example with the profile that it was asked for, and its errors."""
    profiles, xml, found = Profiles(shelf), XmlFormat(shelf), []
    for path in sorted((folder / SOURCE).glob("*.xml")):
        resource = parse(xml.from_xml(path.read_bytes(), is_strict=False))
        urls = asked(path.name, resource, profiles)
        issues = profiles.check(resource, urls)
        found.append((path.name, urls, [i for i in issues if i.severity is Severity.ERROR]))
    return found


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures, and the examples that nobody explained."""
    with TemporaryDirectory() as folder:
        shelf, notes = imported(Path(folder))
    said = notes[0].split()
    seen = examples(shelf)
    refused = [(name, wrong[0]) for name, _, wrong in seen if wrong]
    reasons = listed()
    unknown = [(n, i) for n, i in refused if not reasons.get((SOURCE, n, i.rule, i.path))]
    with_profile = sum(bool(urls) for _, urls, _ in seen)
    figures = [
        at_least("profiles and extensions with a snapshot", int(said[0]), int(said[2]), 100),
        share("examples asked for a profile", with_profile, len(seen)),
        share("examples that keep R4 and the profile", len(seen) - len(refused), len(seen)),
        none_of("refusals without a reason looked up", len(unknown), len(seen)),
    ]  # fmt: skip
    return figures, [*notes, *(f"- {n}: {i.rule} {i.path} {i.message}" for n, i in unknown)]


def main() -> int:
    """Print the figures."""
    return show("UK Core", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
