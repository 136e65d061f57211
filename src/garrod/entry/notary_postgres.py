"""The notary of a log in PostgreSQL: `python -m garrod.entry.notary_postgres`, begun by a server.

It is that of `notary`, but for where it seals; the database is named by the environment alone,
since every process of a machine is shown the arguments of the others.
"""

from __future__ import annotations

import argparse
import os
import sys

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.journal import secret_of
from garrod.adapters.audit.postgres import Database, PostgresLog, PostgresSealer
from garrod.entry.notary import asked_of, main

COMMAND = (sys.executable, "-m", "garrod.entry.notary_postgres")
DATABASE = "GARROD_AUDIT_DATABASE"


def in_database(told: argparse.Namespace, around: Around) -> PostgresSealer:
    """Return who seals in the database that the environment names."""
    database = Database(os.environ[DATABASE])
    log = PostgresLog(database, told.log, told.key, around)
    secret = secret_of(told.key, around.chance)
    return PostgresSealer(database, log, secret, **asked_of(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], in_database))
