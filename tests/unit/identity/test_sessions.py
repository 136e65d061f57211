"""The store of sessions: nobody opens one by reading its file, and what is over is gone."""

import sqlite3
import stat
from pathlib import Path

import pytest

from garrod.adapters.identity import sessions
from garrod.adapters.identity.model import Login
from garrod.adapters.identity.sessions import DEMO_FILE, FILE, SessionStore, store_in
from garrod.core.errors import OutsideError

ID, WHO, BODY, NOW, END = "p" + "a" * 32, "Practitioner/ann", b"Ann of the practice", 1000.0, 2000.0


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return store_in(tmp_path)


def test_file_tells_neither_ids_nor_who(store: SessionStore, tmp_path: Path) -> None:
    store.keep(ID, WHO, BODY, END, NOW)
    assert store.held(ID, NOW) == BODY
    store.close()
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for secret in (ID.encode(), ID[1:].encode(), WHO.encode(), BODY, b"Ann"):
        assert secret not in written
    assert store.held(ID, NOW) == BODY  # opened again


def test_demo_has_a_store_of_its_own(store: SessionStore, tmp_path: Path) -> None:
    store_in(tmp_path, is_demo=True).keep(ID, WHO, BODY, END, NOW)
    assert (tmp_path / DEMO_FILE).exists()
    assert store.held(ID, NOW) is None


def test_session_that_is_over_is_not_held_and_goes_with_the_next(
    store: SessionStore, tmp_path: Path
) -> None:
    store.keep(ID, WHO, BODY, END, NOW)
    store.end("other", END)
    store.end_all("somebody", NOW, END)
    assert store.held(ID, END) is None
    assert (store.count(WHO, END - 1), store.count(WHO, END)) == (1, 0)
    store.keep("next", WHO, BODY, END + 9, END)
    with sqlite3.connect(tmp_path / FILE) as db:
        counts = [
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("session", "spent", "cut")
        ]
    assert counts == [1, 0, 0]


def test_ended_ids_stay_ended(store: SessionStore) -> None:
    assert not store.has_ended(ID, WHO, NOW)
    store.end(ID, END)
    assert store.has_ended(ID, WHO, NOW)
    store.end_all(WHO, NOW, END)
    assert store.has_ended("another", WHO, NOW)
    assert not store.has_ended("another", WHO, NOW + 1)
    assert not store.has_ended("another", "somebody", NOW)


def test_row_that_was_changed_or_moved_opens_nothing(store: SessionStore, tmp_path: Path) -> None:
    store.keep(ID, WHO, BODY, END, NOW)
    store.keep("thief", "Practitioner/thief", b"thief", END, NOW)
    with sqlite3.connect(tmp_path / FILE) as db:
        rows = db.execute("SELECT row, body FROM session").fetchall()
        for (row, _), (_, body) in zip(rows, reversed(rows), strict=True):
            db.execute("UPDATE session SET body = ? WHERE row = ?", (body, row))
    assert store.held(ID, NOW) is None
    assert store.held("thief", NOW) is None


def test_what_was_used_is_used_for_all_until_its_end(store: SessionStore, tmp_path: Path) -> None:
    other = store_in(tmp_path)
    assert store.use("x", END, NOW)
    assert not other.use("x", END, NOW)
    assert not other.use("y", NOW - 1, NOW)
    assert other.use("x", END + 9, END)


def test_of_too_many_sessions_those_that_end_first_go(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "EACH", 3)
    for n in range(5):
        store.keep(f"s{n}", WHO, BODY, END + n, NOW)
    assert [bool(store.held(f"s{n}", NOW)) for n in range(5)] == [False, False, True, True, True]
    monkeypatch.setattr(sessions, "MOST", 4)
    for n in range(3):
        store.keep(f"t{n}", f"somebody {n}", BODY, END + 9, NOW)
    held = [n for n in ("s2", "s3", "s4", "t0", "t1", "t2") if store.held(n, NOW)]
    assert held == ["s4", "t0", "t1", "t2"]


def test_file_that_cannot_be_used_is_said_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(b"no database at all, but as long as the head of one" * 4)
    store = store_in(tmp_path)
    for ask in (lambda: store.held(ID, NOW), lambda: store.end(ID, END)):
        with pytest.raises(OutsideError, match=r"sessions\.db") as told:
            ask()
        assert told.value.code == "IDP011"
    path.unlink()
    assert store.held(ID, NOW) is None
    with pytest.raises(OutsideError, match="cannot be read"):
        SessionStore(tmp_path / "none" / FILE).held(ID, NOW)


def test_what_is_kept_beside_a_session_is_its_own_and_goes_with_it(
    store: SessionStore, tmp_path: Path
) -> None:
    store.keep(ID, WHO, BODY, END, NOW)
    assert store.put_aside(ID, "key", b"typed words", END, NOW)
    assert store.put_aside(ID, "key", b"other words", END, NOW)  # replaced
    assert store.put_aside("of-this-machine", "key", b"theirs", END, NOW)
    assert store.aside(ID, "key", NOW) == b"other words"
    assert [store.aside(ID, "another", NOW), store.aside("x", "key", NOW)] == [None, None]
    assert store.aside(ID, "key", END) is None
    written = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"words" not in written
    store.end(ID, END)
    assert store.aside(ID, "key", NOW) is None
    assert store.aside("of-this-machine", "key", NOW) == b"theirs"


def test_what_is_kept_beside_a_session_goes_where_all_of_somebody_end(store: SessionStore) -> None:
    store.keep(ID, WHO, BODY, END, NOW)
    store.put_aside(ID, "key", b"words", END, NOW)
    store.end_all(WHO, NOW, END)
    assert store.aside(ID, "key", NOW) is None


def test_what_is_kept_beside_a_session_is_bounded(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not store.put_aside(ID, "large", bytes(sessions.LARGEST + 1), END, NOW)
    for n in range(sessions.ASIDE_EACH + 3):
        store.put_aside(ID, f"key {n}", b"words", END + n, NOW)
    held = [store.aside(ID, f"key {n}", NOW) for n in range(sessions.ASIDE_EACH + 3)]
    assert held == [None] * 3 + [b"words"] * sessions.ASIDE_EACH
    monkeypatch.setattr(sessions, "ASIDE", 2)
    store.put_aside("next", "key", b"words", END + 99, NOW)
    held = [store.aside(ID, f"key {n}", NOW) for n in range(sessions.ASIDE_EACH + 3)]
    assert held.count(b"words") == 1
    store.drop_aside("next", "key")
    assert store.aside("next", "key", NOW) is None


def test_what_somebody_wrote_into_the_file_beside_a_session_is_not_taken(
    store: SessionStore, tmp_path: Path
) -> None:
    store.put_aside(ID, "key", b"words", END, NOW)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE aside SET body = zeroblob(40)")
    assert store.aside(ID, "key", NOW) is None


def test_sign_in_that_is_over_ends_its_own_sessions(store: SessionStore) -> None:
    begun = {
        "one": Login("s1", "u1"),
        "two": Login("s1", "u1"),
        "other": Login("s2", "u1"),
        "nobody's": Login("s1", "u2"),
        "unnamed": Login(),
        "ours": None,
    }
    for id, login in begun.items():
        store.keep(id, WHO, BODY, END, NOW, login=login)
    store.put_aside("one", "key", BODY, END, NOW)
    assert store.end_login(Login()) == 0
    assert store.end_login(Login("s3", "")) == 0
    assert store.end_login(Login("s1", "u1")) == 2
    held = [id for id in begun if store.held(id, NOW) is not None]
    assert held == ["other", "nobody's", "unnamed", "ours"]
    assert store.aside("one", "key", NOW) is None
    store.keep("three", WHO, BODY, END, NOW, login=Login("s4", "u1"))
    assert store.end_login(Login("", "u1")) == 2
    assert store.end_login(Login("s1")) == 1
    assert [id for id in begun if store.held(id, NOW) is not None] == ["unnamed", "ours"]


def test_file_tells_no_sign_in(store: SessionStore, tmp_path: Path) -> None:
    store.keep(ID, WHO, BODY, END, NOW, login=Login("session-there", "somebody-there"))
    store.close()
    written = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"-there" not in written
    store.keep("next", WHO, BODY, END + 9, END)
    store.close()
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("SELECT count(*) FROM login").fetchone() == (0,)
