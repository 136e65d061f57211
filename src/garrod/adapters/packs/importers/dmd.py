"""garrod packs import dmd: a release of the NHS dictionary of medicines and devices, in XML.

f_lookup2, f_ingredient2, f_vtm2, f_vmp2, f_amp2, f_vmpp2, f_ampp2 -> concepts (VTM, VMP, AMP, VMPP,
AMPP, INGREDIENT, FORM, ROUTE, UNIT_OF_MEASURE, SUPPLIER) and what is stated of each
A VMP is a kind of its VTM, an AMP of its VMP, an AMPP of its VMPP; no pack is a kind of a product.
Source: NHSBSA and NHS England, dm+d technical specification of data files, release 2
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

from garrod.adapters.packs.importers.carry import Wish
from garrod.adapters.packs.importers.concepts import (
    Release,
    Written,
    opened,
    refuse_where,
    write_release,
)
from garrod.adapters.packs.importers.dmd_layout import (
    CODED,
    DATES,
    FILES,
    FLAGS,
    LINKS,
    LOOKUPS,
    NUMBERS,
    PARTS,
    KindOf,
    Layout,
)
from garrod.adapters.packs.importers.reading import find_files
from garrod.adapters.terminology.build import Builder
from garrod.adapters.terminology.model import DMD
from garrod.adapters.terminology.schema import ABBREVIATED, PREVIOUS
from garrod.core.errors import InputError, KnowledgeError
from garrod.core.identifiers import is_verhoeff

NAME = "dmd"
DATED = re.compile(r"f_\w+2_\d(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d\d)\.xml(?:\.gz)?")
Record = dict[str, str]


@dataclass
class Filling:
    """What is gathered while the files are read, one record at a time."""

    builder: Builder
    lookups: dict[tuple[str, str], str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    twice: int = 0
    properties: list[tuple[object, ...]] = field(default_factory=list)
    previous: list[tuple[int, int]] = field(default_factory=list)  # old, new


def import_dmd(source: Path, target: Path, wish: Wish) -> Written:
    """Return the folder of the pack of a release, and notes.

    Raises: InputError INP051 (a file missing, cut off or other than published), INP010, INP050,
    KnowledgeError KNO008, KNO009 (half a release).
    """
    files, date = _find(source)
    version = ".".join(str(int(part)) for part in date.split("-"))
    release = Release(
        NAME,
        version,
        DMD,
        "NHS dm+d: products, packs, ingredients, forms, routes, units, suppliers",
        "NHS dictionary of medicines and devices (a site's own download from TRUD)",
        "https://www.nhsbsa.nhs.uk/pharmacies-gp-practices-and-appliance-contractors/"
        "dictionary-medicines-and-devices-dmd",
        "Open Government Licence 3.0; SNOMED CT content under the SNOMED CT licence of the site",
        ("prices and reimbursement", "GTINs", "BNF and ATC codes", "the history file"),
    )
    return write_release(target, release, wish, lambda builder: _fill(builder, files, date))


def _find(source: Path) -> tuple[dict[str, Path], str]:
    """Return each file by its name, and the day of the release."""
    found: dict[str, Path] = {}
    dates: dict[str, str] = {}
    for name in FILES:
        paths = find_files(source, f"f_{name}2_*.xml")
        if len(paths) != 1:
            told = "holds no" if not paths else f"holds {len(paths)} files"
            raise InputError(
                f"{source}: {told} f_{name}2_….xml; expected one: name the folder of one whole, "
                "unpacked release",
                code="INP051",
            )
        (found[name],) = paths
        date = DATED.fullmatch(paths[0].name)
        if date is None:
            raise InputError(
                f"{paths[0]}: its name does not end in a digit and ddmmyy, as dm+d's files do",
                code="INP051",
            )
        dates[name] = f"20{date['year']}-{date['month']}-{date['day']}"
    if len(set(dates.values())) != 1:
        said = ", ".join(f"{name} of {date}" for name, date in sorted(dates.items()))
        raise KnowledgeError(
            f"{source}: the files are of different releases ({said}); download them together",
            code="KNO009",
        )
    return found, next(iter(dates.values()))


def _fill(builder: Builder, files: dict[str, Path], date: str) -> Sequence[str]:
    builder.add("kind", [(kind.value, kind.name) for kind in KindOf])
    filling = Filling(builder)
    for name, layout in FILES.items():
        before, _ = builder.one("select count(*), 0 from concept")
        try:
            for section, tag, record in _records(files[name], layout):
                _take(filling, section, tag, record)
        except sqlite3.IntegrityError as error:
            raise KnowledgeError(
                f"{files[name]}: an identifier is there twice", code="KNO009"
            ) from error
        except ValueError as error:
            raise InputError(
                f"{files[name]}: an identifier is no whole number ({error}); download it again",
                code="INP051",
            ) from error
        _flush(filling)
        after, _ = builder.one("select count(*), 0 from concept")
        if after == before:
            raise InputError(f"{files[name]}: holds no record; download it again", code="INP051")
    _add_previous(filling)
    builder.sort()
    _check_whole(builder)
    builder.say(system=DMD, version=date, name="NHS dm+d")
    number, _ = builder.one("select count(*), 0 from concept")
    loose, _ = builder.one(
        "select count(*), 0 from property p left join concept c on c.id = cast(p.value as integer) "
        "where p.type = 'coding' and c.id is null"
    )
    notes = [f"{number} concepts of {date}"]
    notes += (
        [f"{filling.twice} identifiers of two kinds; the first is kept"] if filling.twice else []
    )
    return [*notes, f"{loose} units, forms, routes or suppliers without words"] if loose else notes


def _records(path: Path, layout: Layout) -> Iterator[tuple[str, str, Record]]:
    """Yield section, tag and fields of each record; one record is in memory at a time.

    Raises: InputError INP051.
    """
    above: list[ElementTree.Element] = []
    with opened(path) as file:
        try:
            for event, element in ElementTree.iterparse(file, ("start", "end")):
                if event == "start":
                    if not above and element.tag != layout.root:
                        raise InputError(
                            f"{path}: its root is {element.tag[:60]}, expected {layout.root}; is "
                            "it the right file?",
                            code="INP051",
                        )
                    above.append(element)
                    continue
                above.pop()
                if element.tag in layout.records and above:
                    fields = {part.tag: (part.text or "").strip() for part in element}
                    yield above[-1].tag, element.tag, {k: v for k, v in fields.items() if v}
                    above[-1].clear()
                elif len(above) == 1:
                    above[0].clear()
        except ElementTree.ParseError as error:
            raise InputError(
                f"{path}: is cut off or not XML ({error}); download it again", code="INP051"
            ) from error


def _take(filling: Filling, section: str, tag: str, record: Record) -> None:
    if tag == "INFO":
        _take_lookup(filling, section, record)
    elif tag in PARTS:
        _take_part(filling, tag, record)
    else:
        _take_product(filling, tag, record)
    if len(filling.properties) > 10_000:
        _flush(filling)


def _flush(filling: Filling) -> None:
    filling.builder.add("property", filling.properties)
    filling.properties.clear()


def _take_lookup(filling: Filling, section: str, record: Record) -> None:
    code, words = record.get("CD", ""), record.get("DESC", "")
    filling.lookups[section, code] = words
    if section in LOOKUPS and code.isdecimal():
        old = record.get("CDPREV", "")
        _add_concept(filling, int(code), section, words, record.get("INVALID") == "1")
        if old.isdecimal() and old != "0":
            filling.previous.append((int(old), int(code)))


def _add_concept(filling: Filling, id: int, kind: str, term: str, is_invalid: bool) -> bool:
    """Return whether a concept was new; one that another kind has already is counted."""
    found = filling.builder.db.execute("select kind from concept where id = ?", (id,)).fetchone()
    if found is not None and found[0] != KindOf[kind].value:
        filling.twice += 1
        return False
    if kind not in LOOKUPS and not is_verhoeff(str(id)):
        raise InputError(
            f"the {kind} {id} has not the check digit of an identifier; download the release again",
            code="INP051",
        )
    filling.builder.add("concept", [(id, int(not is_invalid), KindOf[kind].value, term)])
    return True


def _take_product(filling: Filling, tag: str, record: Record) -> None:
    kind = "INGREDIENT" if tag == "ING" else tag
    own, upward = LINKS[kind]
    id = int(record.pop(own, ""))
    name, full = record.pop("NM", ""), record.pop("DESC", "")
    is_invalid = record.pop("INVALID", "") == "1"
    if not _add_concept(filling, id, kind, full or name, is_invalid):
        return
    others = [(ABBREVIATED, record.pop("ABBREVNM", "")), (PREVIOUS, record.pop("NMPREV", ""))]
    others += [(PREVIOUS, record.pop("NM_PREV", "")), (ABBREVIATED, name if full else "")]
    filling.builder.add(
        "description",
        [(id, next(filling.numbers), use, "en", term) for use, term in others if term],
    )
    if upward in record:
        filling.builder.add("parent", [(id, int(record[upward]))])
    old = record.get(f"{own}PREV", "")
    if old:
        filling.previous.append((int(old), id))
    for field_name, value in record.items():
        filling.properties.append(_property(filling, id, field_name, value))


def _take_part(filling: Filling, tag: str, record: Record) -> None:
    owner, head, section = PARTS[tag]
    id = int(record.pop(owner, ""))
    first = _property(filling, id, head, record.pop(head, ""), section=section)
    filling.properties.append(first)
    for name, value in record.items():
        filling.properties.append(_property(filling, id, name, value, within=first[1]))


def _property(
    filling: Filling, id: int, name: str, value: str, *, section: str = "", within: object = 0
) -> tuple[object, ...]:
    section = section or CODED.get(name, "")
    words, type = "", "string"
    if section in LOOKUPS or section in KindOf.__members__:
        type = "coding"
    elif section:
        type, words = "code", filling.lookups.get((section, value), "")
    elif name in FLAGS:
        type, value = "boolean", "true" if value in ("1", "0001") else "false"
    elif name in DATES:
        type = "dateTime"
    elif name in NUMBERS:
        type = "decimal"
    return id, next(filling.numbers), name, value, type, words, within


def _add_previous(filling: Filling) -> None:
    """Keep identifiers that were replaced: no longer active, and leading to the present one."""
    db = filling.builder.db
    rows = []
    for old, new in filling.previous:
        db.execute(
            "insert or ignore into concept select ?, 0, kind, term from concept where id = ?",
            (old, new),
        )
        rows.append((old, next(filling.numbers), "replacedBy", str(new), "coding", "", 0))
    filling.builder.add("property", rows)


def _check_whole(builder: Builder) -> None:
    """Return nothing where the files fit together.  Raises: KnowledgeError KNO009."""
    names = ", ".join(f"'{name}'" for name, kind in CODED.items() if kind in KindOf.__members__
                      and kind not in LOOKUPS)  # fmt: skip
    refuse_where(
        builder,
        "select count(*), min(p.name || ' ' || p.value) from property p left join concept c "
        f"on c.id = cast(p.value as integer) where p.name in ({names}) and c.id is null",
        "links to products or ingredients that are not there",
    )
    refuse_where(
        builder,
        "select count(*), min(p.name || ' of ' || p.concept) from property p "
        "left join concept c on c.id = p.concept where c.id is null",
        "statements on products that are not there",
    )
