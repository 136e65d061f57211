"""Lists what Garrod is made of, from the metadata of what is installed: CycloneDX 1.6 and a page.

python -m tools.sbom [-o FILE] [--extras reports,postgres]     the bill of materials, as JSON
python -m tools.sbom --page                                     docs/security/components.md

Source: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/; package URLs,
https://github.com/package-url/purl-spec (pypi); licences by SPDX identifiers
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
CHECKED = ROOT / "tools" / "licences.toml"  # of those whose metadata does not say it well
PAGE = ROOT / "docs" / "security" / "components.md"
NOTE = "<!-- Written by `python -m tools.sbom --page`; do not edit. -->\n\n"
SHIPPED = ("reports", "postgres")  # what people install beside the core
DENIED = re.compile(r"\b(?:AGPL|GPL|SSPL|BUSL|CC-BY-N[CD]|CC-BY-NC-\w+|Commons-Clause)\b", re.I)
UNKNOWN = "unknown"
SPELLED = {  # how authors write what SPDX calls otherwise
    "mit": "MIT", "mit license": "MIT", "bsd-3-clause": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause", "isc license": "ISC", "apache-2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0", "mpl-2.0": "MPL-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One distribution: its name, version, licence, from what that is known, and who needs it."""

    name: str
    version: str
    licence: str
    known_by: str
    needs: tuple[str, ...]


def normal(name: str) -> str:
    """Return a name as indexes compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(extras: tuple[str, ...]) -> list[str]:
    """Return the requirements of the project and of some of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        *project["dependencies"],
        *(r for extra in extras for r in project["optional-dependencies"][extra]),
    ]


def parts_of(extras: tuple[str, ...] = SHIPPED) -> tuple[dict[str, Part], list[str]]:
    """Return all that is installed by need, by name, and what is needed and not installed."""
    found: dict[str, Part] = {}
    seen: dict[str, set[str]] = {}
    missing: set[str] = set()
    todo = [Requirement(r) for r in asked(extras)]
    while todo:
        requirement = todo.pop()
        name = normal(requirement.name)
        if name in seen and set(requirement.extras) <= seen[name]:
            continue
        seen.setdefault(name, set()).update(requirement.extras)
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            missing.add(name)
            continue
        needs = _needs(installed, seen[name])
        licence, known_by = licence_of(installed)
        names = tuple(sorted({normal(n.name) for n in needs}))
        found[name] = Part(name, installed.version, licence, known_by, names)
        todo += needs
    return dict(sorted(found.items())), sorted(missing)


def _needs(installed: Distribution, extras: set[str]) -> list[Requirement]:
    wanted = [Requirement(r) for r in installed.requires or ()]
    return [
        r
        for r in wanted
        if r.marker is None or any(r.marker.evaluate({"extra": e}) for e in extras | {""})
    ]


def licence_of(installed: Distribution) -> tuple[str, str]:
    """Return a licence as SPDX says it, and whether the metadata or a person said so."""
    told = installed.metadata
    name = normal(str(told["Name"]))
    checked = tomllib.loads(CHECKED.read_text(encoding="utf-8"))
    if name in checked:
        return str(checked[name]["licence"]), "checked"
    if told.get("License-Expression"):
        return str(told["License-Expression"]), "metadata"
    said = [str(told.get("License") or "").strip().lower(), *_classifiers(told)]
    return next((SPELLED[s] for s in said if s in SPELLED), UNKNOWN), "metadata"


def _classifiers(told: Any) -> list[str]:
    return [str(c) for c in told.get_all("Classifier") or () if str(c).startswith("License ::")]


def is_denied(licence: str) -> bool:
    """Return whether a licence is none that we may depend on: unknown, or on the list.

    Where one may choose ("A OR B"), one that is fine is enough.
    """
    choices = re.split(r"\s+OR\s+", licence) if "(" not in licence else [licence]
    return all(c == UNKNOWN or DENIED.search(c) is not None for c in choices)


def bom(parts: dict[str, Part], version: str) -> dict[str, Any]:
    """Return the bill of materials; without a time or a number of its own, so that it can be made
    again to the byte."""
    own = {"type": "application", "bom-ref": "garrod", "name": "garrod", "version": version}
    direct = sorted({normal(Requirement(r).name) for r in asked(SHIPPED)} & set(parts))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"expression": "Apache-2.0"}]}},
        "components": [
            {
                "type": "library",
                "bom-ref": _purl(part),
                "name": part.name,
                "version": part.version,
                "purl": _purl(part),
                "licenses": [{"expression": part.licence}],
            }
            for part in parts.values()
        ],
        "dependencies": [
            {"ref": "garrod", "dependsOn": [_purl(parts[n]) for n in direct]},
            *(
                {"ref": _purl(p), "dependsOn": [_purl(parts[n]) for n in p.needs if n in parts]}
                for p in parts.values()
            ),
        ],
    }


def _purl(part: Part) -> str:
    return f"pkg:pypi/{part.name}@{part.version}"


def page() -> str:
    """Return the page of components: what each is licensed by, and what needs it."""
    parts, _ = parts_of()
    direct = {normal(Requirement(r).name) for r in asked(SHIPPED)}
    lines = [
        NOTE + "# Components and their licences\n",
        "What is installed with Garrod, its reports and PostgreSQL included, on Linux. Versions: "
        "`uv.lock`; the bill of materials of an installation (CycloneDX 1.6): "
        "`python -m tools.sbom -o sbom.json`. Licences are by their SPDX names, as the metadata of "
        "each says or, marked *checked*, as its licence file does "
        "(`tools/licences.toml`).\n",
        "| Component | Licence | Needed by |\n|---|---|---|",
    ]
    for part in parts.values():
        by = sorted(other.name for other in parts.values() if part.name in other.needs)
        by = ["**garrod**", *by] if part.name in direct else by
        licence = part.licence + (" *checked*" if part.known_by == "checked" else "")
        lines.append(f"| {part.name} | {licence} | {', '.join(by)} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Return 0 when the bill was written, 1 where something needed is not installed."""
    parser = argparse.ArgumentParser(prog="python -m tools.sbom")
    parser.add_argument("-o", dest="file", default="-")
    parser.add_argument("--page", action="store_true", help="write the page instead")
    parser.add_argument("--extras", default=",".join(SHIPPED))
    given = parser.parse_args(arguments)
    parts, missing = parts_of(tuple(e for e in given.extras.split(",") if e))
    if missing:
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 1
    if given.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    from garrod import __version__

    text = json.dumps(bom(parts, __version__), indent=2) + "\n"
    if given.file == "-":
        sys.stdout.write(text)
    else:
        Path(given.file).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
