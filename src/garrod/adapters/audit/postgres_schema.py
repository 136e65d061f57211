"""The tables of the log in PostgreSQL, in a schema of their own, and its words for statements."""

from __future__ import annotations

from garrod.adapters.audit import schema

SCHEMA = "garrod_audit"
LOCK = 0x47415544  # "GAUD": the advisory lock of whoever writes
IS_THERE = f"SELECT to_regclass('{SCHEMA}.seal') IS NOT NULL"
_REFUSES = "RAISE EXCEPTION 'the audit log is append only'"
_CHANGED = ("entries", "people", "heads")
_EVERY = (*_CHANGED, "seal")
TABLES = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    "CREATE TABLE entries (id BIGINT PRIMARY KEY, entry BYTEA NOT NULL, hashes BYTEA NOT NULL)",
    'CREATE TABLE people (patient TEXT COLLATE "C" NOT NULL, entry BIGINT NOT NULL, '
    "glass INTEGER NOT NULL, PRIMARY KEY (patient, entry))",
    "CREATE TABLE heads (id BIGINT PRIMARY KEY, head BYTEA NOT NULL)",
    "CREATE TABLE seal (id BIGINT PRIMARY KEY CHECK (id = 1), head BYTEA NOT NULL)",
    "CREATE TABLE marks (journal TEXT PRIMARY KEY, upto BIGINT NOT NULL)",
    f"CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_REFUSES}; END $$",
    *(
        f"CREATE FUNCTION {table}_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.id IS DISTINCT FROM (SELECT coalesce(max(id), -1) + 1 FROM {SCHEMA}.{table}) "
        f"THEN {_REFUSES}; END IF; RETURN NEW; END $$"
        for table in ("entries", "heads")
    ),
    *(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refused()"
        for table in _CHANGED
    ),
    "CREATE TRIGGER seal_keep BEFORE DELETE ON seal FOR EACH ROW EXECUTE FUNCTION refused()",
    *(
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refused()"
        for table in _EVERY
    ),
    *(
        f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_follow()"
        for table in ("entries", "heads")
    ),
)
WORDS = {  # of the statements that SQLite says in another way
    schema.SEAL: (
        "INSERT INTO seal (id, head) VALUES (1, ?) "
        "ON CONFLICT (id) DO UPDATE SET head = excluded.head WHERE seal.head = ?"
    ),
    schema.KEYS: (
        "SELECT head FROM heads WHERE id IN (SELECT min(id) FROM heads "
        "GROUP BY convert_from(head, 'UTF8')::json->>'key') ORDER BY id DESC"
    ),
}
