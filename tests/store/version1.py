"""Databases of version 1 of the tables, and the statements with which its servers use them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tests.store.runs import make_run

_DATA = Path(__file__).parent / "data"
# Seeds of the stored runs, the newest first.
SEEDS = [1, 0, 2]
PINNED = make_run(2).config.digest
NAMED = make_run(0).config.digest

# What a server of version 1 runs, as SQLAlchemy wrote it, without changes of its style.
PREPARED = "SELECT annlab_schema.version FROM annlab_schema"
LIST = """SELECT digest, name, pinned, created, size_bytes, config, ending, accelerator,
    duration_seconds, n_epochs, summary FROM annlab_runs ORDER BY created DESC, digest"""
# Saves a copy of the run 0 under another digest, or again.
SAVE = """INSERT INTO annlab_runs (digest, name, pinned, created, size_bytes, config, ending,
    accelerator, duration_seconds, n_epochs, summary, data)
    SELECT :digest, '', pinned, '2030-01-01 00:00:00.000000', size_bytes, config, ending,
    accelerator, duration_seconds, n_epochs, summary, data FROM annlab_runs
    WHERE name = 'named before'
    ON CONFLICT (digest) DO UPDATE SET created = excluded.created, data = excluded.data"""
PRUNE = """DELETE FROM annlab_runs WHERE digest != :keep AND NOT pinned AND (digest, created) IN (
    SELECT digest, created FROM (SELECT digest, created, sum(size_bytes) OVER (
    ORDER BY digest != :keep AND NOT pinned, created DESC, digest DESC
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total FROM annlab_runs) AS sizes
    WHERE total > :max_bytes)"""


def restore(url: str) -> None:
    """Fill an empty database with tables of version 1, and some rows in them."""
    address = sa.make_url(url)
    kind = address.get_backend_name()
    script = (_DATA / f"tables1-{kind}.sql").read_text()
    if kind == "sqlite":
        with closing(sqlite3.connect(str(address.database))) as connection:
            connection.executescript(script)
        return
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(script)
