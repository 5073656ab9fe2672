"""Versions of the tables, as the SQL statements that lead from each version to the next.

A new version is a new entry at the end; an entry that was released never changes. The statements
run on SQLite and PostgreSQL; ``{blob}`` stands for the type of bytes.
"""

from typing import NamedTuple


class Migration(NamedTuple):
    """Statements that lead from one version of the tables to the next.

    Attributes
    ----------
    statements : tuple of str
        SQL, with ``{blob}`` for the type of bytes.
    is_additive : bool
        Whether servers of the version before go on reading and writing correctly. A new column then
        is nullable or has a server default, and no column changes its meaning.
    """

    statements: tuple[str, ...]
    is_additive: bool


# Version 1 was written before there was a list: its databases may lack tables that came later or,
# after a crash, any of them.
_FIRST = Migration(
    (
        """CREATE TABLE IF NOT EXISTS annlab_runs (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            name VARCHAR(200) NOT NULL,
            pinned BOOLEAN NOT NULL,
            created TIMESTAMP NOT NULL,
            size_bytes BIGINT NOT NULL,
            config TEXT NOT NULL,
            ending VARCHAR(20) NOT NULL,
            accelerator TEXT NOT NULL,
            duration_seconds DOUBLE PRECISION NOT NULL,
            n_epochs INTEGER NOT NULL,
            summary TEXT NOT NULL,
            data {blob} NOT NULL
        )""",
        """CREATE TABLE IF NOT EXISTS annlab_datasets (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            created TIMESTAMP NOT NULL,
            size_bytes BIGINT NOT NULL,
            data {blob} NOT NULL
        )""",
        """CREATE TABLE IF NOT EXISTS annlab_computations (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            created TIMESTAMP NOT NULL,
            size_bytes BIGINT NOT NULL,
            is_complete BOOLEAN NOT NULL,
            data {blob} NOT NULL
        )""",
        """CREATE TABLE IF NOT EXISTS annlab_own_data (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            created TIMESTAMP NOT NULL,
            size_bytes BIGINT NOT NULL,
            file VARCHAR(128) NOT NULL,
            facts TEXT NOT NULL,
            data {blob} NOT NULL
        )""",
        """CREATE TABLE IF NOT EXISTS annlab_own_claims (
            owner VARCHAR(64) NOT NULL,
            digest VARCHAR(128) NOT NULL,
            title VARCHAR(200) NOT NULL,
            pinned BOOLEAN NOT NULL,
            last_used TIMESTAMP NOT NULL,
            PRIMARY KEY (owner, digest)
        )""",
        """CREATE TABLE IF NOT EXISTS annlab_own_results (
            digest VARCHAR(128) NOT NULL,
            content VARCHAR(128) NOT NULL,
            PRIMARY KEY (digest, content)
        )""",
        """CREATE INDEX IF NOT EXISTS ix_annlab_runs_created
            ON annlab_runs (created)""",
        """CREATE INDEX IF NOT EXISTS ix_annlab_datasets_created
            ON annlab_datasets (created)""",
        """CREATE INDEX IF NOT EXISTS ix_annlab_computations_created
            ON annlab_computations (created)""",
        """CREATE INDEX IF NOT EXISTS ix_annlab_own_claims_digest
            ON annlab_own_claims (digest)""",
        """CREATE INDEX IF NOT EXISTS ix_annlab_own_results_content
            ON annlab_own_results (content)""",
        "CREATE TABLE IF NOT EXISTS annlab_schema (version INTEGER NOT NULL PRIMARY KEY)",
        # Version 1 has no such column, so a database that lacks it starts here.
        "ALTER TABLE annlab_schema ADD COLUMN migration INTEGER",
    ),
    is_additive=False,
)
# In a table of its own, because SQLite would read a column behind `data` through all of the data.
_ORDER = Migration(
    (
        """CREATE TABLE annlab_order (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            number BIGINT NOT NULL
        )""",
        "CREATE INDEX ix_annlab_order_number ON annlab_order (number)",
        """INSERT INTO annlab_order (digest, number)
            SELECT digest, row_number() OVER (ORDER BY max(created), digest) FROM (
                SELECT digest, created FROM annlab_runs
                UNION ALL SELECT digest, created FROM annlab_datasets
                UNION ALL SELECT digest, created FROM annlab_computations
            ) AS stored GROUP BY digest""",
        "DROP INDEX IF EXISTS ix_annlab_runs_created",
        "DROP INDEX IF EXISTS ix_annlab_datasets_created",
        "DROP INDEX IF EXISTS ix_annlab_computations_created",
    ),
    is_additive=True,
)
# A server of the version before lists deleted runs until they are removed.
_CLAIMS = Migration(
    (
        """CREATE TABLE annlab_run_claims (
            owner VARCHAR(64) NOT NULL,
            digest VARCHAR(128) NOT NULL,
            trained BOOLEAN NOT NULL,
            since TIMESTAMP NOT NULL,
            PRIMARY KEY (owner, digest)
        )""",
        "CREATE INDEX ix_annlab_run_claims_digest ON annlab_run_claims (digest)",
        """CREATE TABLE annlab_deleted_runs (
            digest VARCHAR(128) NOT NULL PRIMARY KEY,
            since TIMESTAMP NOT NULL
        )""",
    ),
    is_additive=True,
)

MIGRATIONS = (_FIRST, _ORDER, _CLAIMS)
