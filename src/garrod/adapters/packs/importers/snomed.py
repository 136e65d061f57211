"""garrod packs import snomed: a snapshot of SNOMED CT in RF2, one edition with all that it needs.

Concept, Description, Relationship (is-a alone) -> concepts, terms, is-a steps
Refsets: simple -> members; language -> the term to show; map and association -> maps
Source: SNOMED International, Release File Specification (columns, file names, identifiers)
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.concepts import (
    Release,
    Written,
    columns_of,
    lines_of,
    write_release,
)
from garrod.adapters.packs.importers.reading import find_files
from garrod.adapters.packs.importers.snomed_checks import check_whole, choose_terms, namespaces
from garrod.adapters.terminology.build import Builder
from garrod.adapters.terminology.model import SNOMED
from garrod.adapters.terminology.schema import ACCEPTABLE, FSN
from garrod.core.errors import InputError, KnowledgeError
from garrod.core.identifiers import is_verhoeff

NAME = "snomed"
CONCEPT = ("id", "effectiveTime", "active", "moduleId", "definitionStatusId")
DESCRIPTION = ("id", "effectiveTime", "active", "moduleId", "conceptId", "languageCode", "typeId",
               "term", "caseSignificanceId")  # fmt: skip
RELATIONSHIP = ("id", "effectiveTime", "active", "moduleId", "sourceId", "destinationId",
                "relationshipGroup", "typeId")  # fmt: skip
MEMBER = ("id", "effectiveTime", "active", "moduleId", "refsetId", "referencedComponentId")
IS_A, FSN_TYPE = "116680003", "900000000000003001"
TEXT_DEFINITION = "900000000000550004"
CORE = frozenset(("900000000000207008", "900000000000012004"))  # the modules of International
KINDS = ("Concept", "Description", "Relationship")
FILE = re.compile(
    r"x?sct2_(?P<kind>Concept|Description|Relationship)_(?P<own>[A-Za-z0-9]*)Snapshot"
    r"(?:-[A-Za-z-]+)?_(?P<where>[A-Za-z0-9]+)_(?P<date>\d{8})\.txt(?:\.gz)?"
)
REFSET = re.compile(r"x?der2_(?P<pattern>[a-z]*)Refset_[A-Za-z0-9]*Snapshot[A-Za-z0-9_-]*"
                    r"_(?P<date>\d{8})\.txt(?:\.gz)?")  # fmt: skip


@dataclass
class Found:
    """The files of a download."""

    files: dict[str, list[Path]] = field(default_factory=lambda: {k: [] for k in KINDS})
    parts: dict[str, set[str]] = field(default_factory=lambda: {k: set() for k in KINDS})
    refsets: list[Path] = field(default_factory=list)
    date: str = ""


def import_snomed(source: Path, target: Path, wish: Wish) -> Written:
    """Return the folder of the pack of a snapshot, and notes.

    Raises: InputError INP051 (files missing, cut off or other than published), INP010, INP050,
    KnowledgeError KNO008, KNO009 (half a release).
    """
    found = _find(source)
    version = ".".join(str(int(p)) for p in (found.date[:4], found.date[4:6], found.date[6:]))
    release = Release(
        NAME,
        version,
        SNOMED,
        "SNOMED CT: concepts, terms, is-a, reference sets and maps",
        "SNOMED CT (a site's own licensed release)",
        "https://www.snomed.org/",
        "SNOMED CT licence of the site; not to be passed on",
        ("attributes other than is-a", "text definitions", "OWL axioms"),
    )
    return write_release(target, release, wish, lambda builder: _fill(builder, found))


def _find(source: Path) -> Found:
    found = Found()
    for path in find_files(source, "*_*Snapshot*.txt"):
        told = FILE.fullmatch(path.name)
        if told is not None:
            found.files[told["kind"]].append(path)
            found.parts[told["kind"]].add(f"{told['own']} {told['where']}".strip())
        elif told := REFSET.fullmatch(path.name):
            found.refsets.append(path)
        else:
            continue
        found.date = max(found.date, told["date"])
    wanted = set().union(*found.parts.values())
    for kind in KINDS:
        lacking = wanted - found.parts[kind]
        if lacking or not wanted:
            raise InputError(
                f"{source}: holds no sct2_{kind}_…Snapshot_….txt"
                + (f" of {', '.join(sorted(lacking))}" if lacking else "")
                + "; name the folder of a whole RF2 release (its Snapshot)",
                code="INP051",
            )
    return found


def _fill(builder: Builder, found: Found) -> Sequence[str]:
    modules: set[str] = set()
    try:
        for path in found.files["Concept"]:
            builder.add("concept", _concepts(path, modules))
    except sqlite3.IntegrityError as error:
        raise KnowledgeError(
            f"{path}: a concept is there twice; a snapshot has each once: leave one release",
            code="KNO009",
        ) from error
    for path in found.files["Description"]:
        builder.add("description", _descriptions(path))
    for path in found.files["Relationship"]:
        builder.add("parent", _steps(path))
    builder.db.execute("create table loose.language (description integer, refset integer, "
                       "preferred integer)")  # fmt: skip
    numbers = count(1)
    unread = [p.name for p in found.refsets if not _refset(builder, p, numbers)]
    builder.sort()
    check_whole(builder)
    choose_terms(builder)
    builder.add("namespace", [(n,) for n in namespaces(builder)])
    is_core = modules <= CORE
    version = f"{SNOMED}/900000000000207008/version/{found.date}" if is_core else found.date
    builder.say(system=SNOMED, version=version, name="SNOMED CT")
    number, _ = builder.one("select count(*), 0 from concept")
    notes = [f"{number} concepts of {found.date}"]
    return [*notes, *(f"not read: {name}" for name in sorted(unread))]


def _concepts(path: Path, modules: set[str]) -> Iterator[tuple[object, ...]]:
    for row in lines_of(path, CONCEPT):
        code = row[0]
        if not code.isdecimal() or not is_verhoeff(code):
            raise InputError(f"{path}: {code[:20]!r} has not the check digit of a concept; "
                             "download it again", code="INP051")  # fmt: skip
        modules.add(row[3])
        yield int(code), int(row[2] == "1"), 0, ""


def _descriptions(path: Path) -> Iterator[tuple[object, ...]]:
    for id, _, active, _, concept, language, type, term, _ in lines_of(path, DESCRIPTION):
        if active == "1" and type != TEXT_DEFINITION:
            use = FSN if type == FSN_TYPE else ACCEPTABLE
            yield int(concept), int(id), use, language, term


def _steps(path: Path) -> Iterator[tuple[object, ...]]:
    for row in lines_of(path, RELATIONSHIP):
        if row[2] == "1" and row[7] == IS_A:
            yield int(row[4]), int(row[5])


def _refset(builder: Builder, path: Path, numbers: Iterator[int]) -> bool:
    """Return whether a file of a reference set is of a sort that is kept, once it is."""
    columns = columns_of(path)
    own = {name: place for place, name in enumerate(columns)}
    rows = (row for row in lines_of(path, MEMBER) if row[2] == "1")
    if columns == list(MEMBER):
        builder.add("member", ((int(r[4]), int(r[5])) for r in rows))
    elif "acceptabilityId" in own:
        place = own["acceptabilityId"]
        builder.add("loose.language", (
            (int(r[5]), int(r[4]), int(r[place] == "900000000000548007")) for r in rows
        ))  # fmt: skip
    elif "mapTarget" in own or "targetComponentId" in own:
        builder.add("mapping", _mappings(rows, own, numbers))
    else:
        return False
    return True


def _mappings(
    rows: Iterator[list[str]], own: dict[str, int], numbers: Iterator[int]
) -> Iterator[tuple[object, ...]]:
    target = own.get("mapTarget", own.get("targetComponentId", 0))
    group, priority, rule = (own.get(n) for n in ("mapGroup", "mapPriority", "mapRule"))
    for number, row in zip(numbers, rows, strict=False):
        yield (
            int(row[4]),
            int(row[5]),
            number,
            row[target],
            int(row[group]) if group else 0,
            int(row[priority]) if priority else 0,
            row[rule] if rule else "",
        )
