"""Proofs of a real log are the same with tiles beside it and without, and who seals adds them."""

import os
from pathlib import Path

from garrod.adapters.audit.journal import Journal
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.sealer import Sealer
from garrod.care.govern.audit import canonical
from tests.making.audits import entry_of, opened

SECRET = b"a secret of thirty-two bytes ..."


def test_proofs_are_the_same_with_tiles_and_without(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.append([(canonical(entry_of("p")), ("p",), False)] * 700)
    log.close()
    reading = Reading(tmp_path / "audit.db")
    asked = [
        (index, size) for size in (256, 300, 512, 701) for index in (0, 255, 256, 299, 511, 700)
    ]
    asked = [(index, size) for index, size in asked if index < size]
    plain = (
        [reading.inclusion(*one) for one in asked],
        [reading.consistency(s) for s in (1, 256, 600)],
    )
    sealer = Sealer(opened(tmp_path), SECRET, every=3600.0)
    journal = Journal(tmp_path / "audit.db", SECRET, os.urandom)
    journal.keep(canonical(entry_of("q")))
    tops = tmp_path / "audit.db-tops"
    assert not tops.exists()
    assert [count for _, count in sealer.seal(sealer.opened(journal.path))] == [1]
    sealer.rest()
    assert tops.stat().st_size == 2 * 32
    sealer.close()
    journal.close()
    assert [reading.inclusion(*one) for one in asked] == plain[0]
    assert [reading.consistency(s, 701) for s in (1, 256, 600)] == plain[1]
    (tmp_path / "audit.db-tiles").unlink()
    assert [reading.inclusion(*one) for one in asked] == plain[0]
    reading.close()
