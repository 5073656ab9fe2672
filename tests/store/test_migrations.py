"""Databases of earlier versions of the tables: migrated once, whole or not at all."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import annlab.store.database
from annlab.store.database import Database, StoreError
from annlab.store.migrations import MIGRATIONS, Migration
from annlab.store.run_store import RunStore
from annlab.store.tables import METADATA
from tests.store import version1
from tests.store.own import ANNA, FILE, FILE_DIGEST
from tests.store.runs import RUN, fails, make_run, same, seeds, sql

LATEST = len(MIGRATIONS)
# Versions to come: one beside which servers of today go on working, and one beside which not.
ADDITIVE = Migration(
    (
        "ALTER TABLE annlab_runs ADD COLUMN course TEXT",
        "CREATE TABLE annlab_news (text {blob})",
        "INSERT INTO annlab_news (text) VALUES (NULL)",
    ),
    is_additive=True,
)
OTHER = Migration(("ALTER TABLE annlab_runs RENAME COLUMN name TO title",), is_additive=False)
BROKEN = Migration(("DROP TABLE annlab_news", "SELECT oops"), is_additive=True)


def versions(url: str) -> list[tuple]:
    return sql(url, "SELECT version, migration FROM annlab_schema")


def schema(url: str) -> dict[str, object]:
    """Columns, keys and indexes of all tables."""
    found = sa.inspect(sa.create_engine(url, poolclass=sa.NullPool))
    return {
        name: (
            {
                # By the kind of their values: SQLite knows several names of a type.
                column["name"]: (column["type"]._type_affinity, column["nullable"])
                for column in found.get_columns(name)
            },
            found.get_pk_constraint(name)["constrained_columns"],
            sorted(index["column_names"] for index in found.get_indexes(name)),
        )
        for name in found.get_table_names()
        if name != "annlab_schema"
    }


def contents(url: str) -> dict[str, list[tuple]]:
    """All rows of all tables."""
    names = sa.inspect(sa.create_engine(url, poolclass=sa.NullPool)).get_table_names()
    return {name: sorted(sql(url, f"SELECT * FROM {name}"), key=repr) for name in names}


def use(url: str, *more: Migration) -> None:
    """Open a database as a server does that knows more versions."""
    Database(url, (*MIGRATIONS, *more)).transact(
        lambda connection: connection.scalar(sa.text("SELECT 1"))
    )


def test_migrations_create_the_tables_that_the_code_describes(store, url):
    store.list_runs()
    found = schema(url)
    sql(url, "DROP TABLE annlab_schema")
    METADATA.drop_all(sa.create_engine(url, poolclass=sa.NullPool))
    METADATA.create_all(sa.create_engine(url, poolclass=sa.NullPool))
    assert found == schema(url)


def test_a_store_of_version_1_opens_with_all_that_is_in_it(store, url, caplog):
    version1.restore(url)
    before = sql(url, "SELECT * FROM annlab_runs ORDER BY digest")
    with caplog.at_level(logging.INFO):
        assert seeds(store) == version1.SEEDS
    assert f"were brought from version 1 to {LATEST}." in caplog.text
    assert sql(url, "SELECT * FROM annlab_runs ORDER BY digest") == before
    assert versions(url) == [(1, LATEST)]
    assert all(same(store.load(make_run(seed).config.digest), make_run(seed)) for seed in (0, 1, 2))
    infos = {info.digest: info for info in store.list_runs()}
    assert infos[version1.NAMED].name == "named before"
    assert [digest for digest, info in infos.items() if info.pinned] == [version1.PINNED]
    assert store.load_dataset("d" * 64) == b"points\0\xff"
    assert store.computations.load("c" * 64) == (b"counts", True)
    assert store.own_data.load(FILE_DIGEST) == FILE
    assert store.own_data.title(ANNA, FILE_DIGEST) == "leaves.csv"


def test_a_migrated_store_has_the_tables_of_a_new_one(store, url, tmp_path):
    version1.restore(url)
    store.list_runs()
    migrated = schema(url)
    for name in (*migrated, "annlab_schema"):
        sql(url, f"DROP TABLE {name}")
    RunStore(url).list_runs()
    assert migrated == schema(url)


@pytest.mark.parametrize("lost", ["annlab_schema", "annlab_computations", "annlab_own_claims"])
def test_version_1_is_recognized_without_all_of_its_tables(store, url, lost):
    """Tables that version 1 had made in part, or before it knew all of them."""
    version1.restore(url)
    sql(url, f"DROP TABLE {lost}")
    assert seeds(store) == version1.SEEDS
    store.computations.save("pieces-1", b"counts", is_complete=True)
    store.own_data.add(ANNA, "e" * 64, b"file")
    assert versions(url) == [(1, LATEST)]


def test_a_store_is_migrated_once(url):
    """Servers that start at once, also without retries."""
    version1.restore(url)
    begin = threading.Barrier(6)

    def start(_: int) -> None:
        begin.wait()
        use(url, ADDITIVE)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(begin.parties) as pool:
        patch.setattr(annlab.store.database, "_is_passing", lambda error: False)
        list(pool.map(start, range(begin.parties)))
    assert versions(url) == [(1, LATEST + 1)]
    assert sql(url, "SELECT * FROM annlab_news") == [(None,)]


def test_a_migration_that_fails_changes_nothing(url):
    version1.restore(url)
    before = contents(url), schema(url)
    with pytest.raises(StoreError, match="oops"):
        use(url, ADDITIVE, BROKEN)
    assert (contents(url), schema(url)) == before
    assert seeds(RunStore(url)) == version1.SEEDS


# --- two versions side by side ------------------------------------------------------------


def test_a_server_of_version_1_goes_on_working(store, url):
    version1.restore(url)
    store.save(RUN)
    # It refuses tables unless all versions are its own.
    assert sql(url, version1.PREPARED) == [(1,)]
    for digest in ("x" * 64, version1.PINNED):  # a new run, and one that is stored again
        sql(url, version1.SAVE, digest=digest)
    listed = [row[0] for row in sql(url, version1.LIST)]
    assert sorted(listed) == sorted(info.digest for info in store.list_runs())
    assert len(listed) == 4
    assert store.load("x" * 64) is not None
    size = sql(url, "SELECT max(size_bytes) FROM annlab_runs")[0][0]
    sql(url, version1.PRUNE, keep="x" * 64, max_bytes=2 * size)
    assert {info.digest for info in store.list_runs()} == {"x" * 64, version1.PINNED}
    store.save(make_run(7))
    assert seeds(store)[0] == 7


def test_a_server_of_today_goes_on_beside_an_additive_version(store, url):
    store.save(RUN)
    use(url, ADDITIVE)
    assert versions(url) == [(1, LATEST + 1)]
    other = RunStore(url)
    other.save(make_run(1))
    assert other.rename(make_run(1).config.digest, "new")
    assert seeds(store) == seeds(other) == [1, 0]
    assert versions(url) == [(1, LATEST + 1)]
    use(url, ADDITIVE)


def test_a_newer_store_is_left_alone(store, url):
    store.save(RUN)
    use(url, ADDITIVE, OTHER)
    before = contents(url), schema(url)
    sentence = fails(RunStore.list_runs, RunStore(url))
    assert f"was written by a newer version of annlab (tables {LATEST + 2}; this " in sentence
    assert "annlab leaves it unchanged: update annlab, or use another database." in sentence
    assert (contents(url), schema(url)) == before
    use(url, ADDITIVE, OTHER)
