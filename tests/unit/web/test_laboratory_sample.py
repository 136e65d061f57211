"""Whose sample a dropped file is, in words: a mixture, kin, other files here, ancestry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from garrod.core.genotype import NOT_COVERED, CallState, GenotypeTable, Observation
from garrod.core.variant import Assembly
from garrod.entry.demo_story import GENOME
from garrod.entry.web.asked import Sent
from garrod.entry.web.laboratory.calling import calls_of, read_drop
from garrod.entry.web.laboratory.keeping import Drops
from garrod.entry.web.laboratory.verdicts import checks_of
from garrod.entry.web.laboratory.view import Check
from garrod.entry.web.laboratory.weighing import (
    Alike,
    Near,
    Unseen,
    Weighed,
    Whose,
    readings_of,
    weighed_of,
    whose_of,
)
from garrod.entry.wire import Services
from garrod.science.samples.kinship import Kinship
from garrod.science.samples.likeness import Likeness
from garrod.science.samples.mixture import Mixture
from tests.unit.web.test_laboratory import DROP, HIM, calls, finding

CLEAN = Mixture(900, 27_000, 0.006, 0.004, 0.008, 1_200, 3)
UNTOLD = Mixture(0, 0, 0.0, 0.0, 1.0, 0, 0)


def said(whose: Whose, name: str, unseen: tuple[Unseen, ...] = ()) -> Check:
    told = calls(finding(), unseen=unseen)
    return next(c for c in checks_of(DROP, HIM, told, (), whose) if c.name == name)


def of(mixture: Mixture = UNTOLD, **more: object) -> Whose:
    return Whose(Weighed(mixture, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mixture", "kind", "words"),
    [
        (UNTOLD, "not", "does not count the reads of each allele"),
        (replace(UNTOLD, places=12, reads=300), "not", "at 12 places where both"),
        (CLEAN, "ok", "0.4 % to 0.8 % is another person’s (limit 5 %)"),
        (CLEAN, "ok", "By 27,000 reads at 900 places"),
        (CLEAN, "ok", "of 1,200 places with two different alleles, 3 show far more of one"),
        (replace(CLEAN, low=0.06, high=0.14), "stop", "Likely mixed: by 27,000 reads"),
        (replace(CLEAN, lopsided=300), "stop", "Ask for a new sample"),
        (replace(CLEAN, high=0.07), "look", "Could not be told for sure"),
        (replace(CLEAN, lopsided=50), "look", "Could not be told for sure"),
    ],
)
def test_another_persons_dna(mixture: Mixture, kind: str, words: str) -> None:
    check = said(of(mixture), "Another person’s DNA")
    assert check.kind == kind
    assert words in check.words.replace("\N{NO-BREAK SPACE}", " ")


def near(coefficient: float, told: int = 900) -> Near:
    return Near("S\x1b2", Kinship(coefficient, 4_000, told))


@pytest.mark.parametrize(
    ("whose", "kind", "words"),
    [
        (of(), "not", "this sample alone"),
        (of(others=2), "not", "2 other samples, but too few places"),
        (of(others=1, known=1), "ok", "Of 1 other sample, none is nearer"),
        (of(others=1, known=1, left_out=2_700), "ok", "2,700 more were not looked at"),
        (of(others=1, known=1, near=(near(0.49),)), "stop", "“S?2” looks like the same person’s"),
        (of(others=1, known=1, near=(near(0.24),)), "look", "a parent’s, child’s"),
        (of(others=1, known=1, near=(near(0.1),)), "look", "(kinship 0.10 over 4,000 places)"),
    ],
)
def test_others_in_the_file(whose: Whose, kind: str, words: str) -> None:
    check = said(whose, "Others in the file")
    assert check.kind == kind
    assert words in check.words


def file(alike: int, places: int, *, patient: str = "p2", state: str = "read") -> Alike:
    drop = replace(DROP, id="b" * 32, patient=patient, state=state, name="other.vcf")
    return Alike(drop, Likeness(places, alike))


@pytest.mark.parametrize(
    ("others", "kind", "words"),
    [
        ((), "not", "No other file here shows 10 places"),
        ((file(9, 9),), "not", "No other file here"),
        ((file(9, 30), file(8, 40)), "ok", "Not read like the files of 1 other person here"),
        ((file(30, 30),), "look", "dropped for another person: alike at all 30 places"),
        ((file(30, 30, state="authorised"),), "stop", "authorised for another person"),
        (
            (file(30, 30, patient="p1"), file(9, 30)),
            "ok",
            "Read like this person’s file “other.vcf”",
        ),
        ((file(30, 32, patient="p1"),), "look", "alike at 30 of 32 places"),
        ((file(12, 30, patient="p1"), file(30, 30)), "stop", "One of the two is not this person’s"),
    ],
)
def test_other_files_here(others: tuple[Alike, ...], kind: str, words: str) -> None:
    check = said(Whose(Weighed(CLEAN), others), "Other files here")
    assert check.kind == kind
    assert words in check.words
    assert "p2" not in check.words


@pytest.mark.parametrize(
    ("unseen", "kind", "words"),
    [
        ((), "not", "No table"),
        ((Unseen("EUR", ()), Unseen("AFR", ())), "ok", "at least 99 of 100"),
        ((Unseen("EUR", ()), Unseen("AFR", (("CYP2D6", 0.13), ("A", 0.09), ("B", 0.02)))),
         "look", "forebears came from Africa: CYP2D6 13 %, A 9 %."),
    ],
)  # fmt: skip
def test_alleles_by_ancestry(unseen: tuple[Unseen, ...], kind: str, words: str) -> None:
    check = said(of(), "Alleles by ancestry", unseen)
    assert check.kind == kind
    assert words in check.words.replace("\N{NO-BREAK SPACE}", " ")


def test_file_that_was_read_before_is_not_said_to_fit() -> None:
    for name in ("Another person’s DNA", "Others in the file", "Other files here"):
        assert said(Whose(), name).kind == "not"


SERVICES = Services()


def dropped(drops: Drops, id: str, text: bytes, patient: str) -> None:
    path = drops.folder / "sent"
    path.write_bytes(text)
    sent = Sent(path, "p.vcf", len(text), id[0] * 64)
    drop = replace(
        DROP, id=id, patient=patient, sha256=sent.sha256, state="sent", lines=0, sample=""
    )
    assert drops.keep(drop, sent)
    assert read_drop(SERVICES, drops, drops.get(id), "male").state == "read"


def test_what_a_drop_shows_is_kept_and_compared_and_goes_with_it(tmp_path: Path) -> None:
    drops, text = Drops(tmp_path / "l"), GENOME.read_bytes()
    drops.ready()
    ids = ["a" * 32, "b" * 32, "c" * 32]
    for id, patient in zip(ids, ("p1", "p2", "p1"), strict=True):
        dropped(drops, id, text, patient)
    whose = whose_of(drops, drops.get(ids[0]))
    assert whose.weighed is not None
    assert whose.weighed.readings.shows
    assert {one.drop.id for one in whose.alike} == set(ids[1:])
    assert all(one.likeness.alike == one.likeness.places for one in whose.alike)
    drops.forget(ids[1])
    assert weighed_of(drops, ids[1]) is None
    assert {one.drop.id for one in whose_of(drops, drops.get(ids[0])).alike} == {ids[2]}


def test_very_same_file_and_sample_is_left_to_its_own_check(tmp_path: Path) -> None:
    drops, text = Drops(tmp_path / "l"), GENOME.read_bytes()
    drops.ready()
    for id in ("a" * 32, "b" * 32):
        dropped(drops, id, text, "p1")
    drops.change("b" * 32, sha256="a" * 64)
    assert whose_of(drops, drops.get("a" * 32)).alike == ()


def test_readings_tell_what_differs_and_what_was_not_read() -> None:
    places = SERVICES.caller.positions()
    autosomal = [p for p in places if p.chromosome.isdecimal()][:3]
    on_x = next(p for p in places if p.chromosome == "X")
    seen = [
        Observation(CallState.CALLED, (p.alleles[n], p.alleles[0]))
        for n, p in zip((1, 0, 0, 1), (*autosomal, on_x), strict=True)
    ]
    palette = tuple((NOT_COVERED, one) for one in seen)
    codes = np.array([[1], [1], [0], [1]], np.uint16)
    told = readings_of(GenotypeTable(("S",), Assembly.GRCH38, (*autosomal, on_x), codes, palette))
    first = autosomal[0]
    assert dict(told.shows) == {first.id: "/".join(sorted(first.alleles[:2]))}
    assert told.unread == {autosomal[2].id}


def test_story_cannot_show_copies_and_says_of_whom(tmp_path: Path) -> None:
    drops = Drops(tmp_path / "l")
    drops.ready()
    dropped(drops, "a" * 32, GENOME.read_bytes(), "p1")
    told = calls_of(SERVICES, drops.facts("a" * 32))
    shares = {one.population: dict(one.genes) for one in told.unseen}
    assert set(shares) == {"EUR", "SAS", "AFR", "EAS", "AMR"}
    assert 0.4 < shares["EAS"]["CYP2D6"] < 0.5  # *36+*10 and the like are copies
    assert shares["EAS"]["CYP2C19"] > 0.05  # *3: the story’s file leaves its place out
    assert "CYP2C9" not in shares["EAS"]
