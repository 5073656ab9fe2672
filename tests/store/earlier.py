"""Database, run file and links written by the last code of results version 2."""

import json
import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from annlab.config import RunConfig
from annlab.runs.run import Run
from annlab.runs.uploads import read_file
from annlab.store.run_store import RunStore
from annlab.store.tables import RUNS

_DATA = Path(__file__).parent / "data"
RUN_FILE = _DATA / "version2.safetensors"
LINKS: dict[str, Any] = json.loads((_DATA / "version2-links.json").read_text())
# By their settings, in the order in which they were stored.
DIGESTS = dict(
    zip(
        ("finished", "linear", "stopped", "early", "regression", "iris", "diverged"),
        reversed(LINKS["runs"]),
        strict=True,
    )
)
N_RUNS = len(DIGESTS)


def restore(url: str) -> None:
    """Copy the runs of version 2 into a database, creating an SQLite file if needed."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        shutil.copy(_DATA / "version2.sqlite", str(address.database))
        return
    RunStore(url).list_runs()  # creates the tables, whose version is unchanged
    source, target = (sa.create_engine(one, poolclass=sa.NullPool) for one in (_file(), url))
    with source.connect() as connection:
        rows = [row._asdict() for row in connection.execute(sa.select(RUNS))]
    with target.begin() as connection:
        connection.execute(sa.insert(RUNS), rows)


def _file() -> str:
    return f"sqlite:///file:{_DATA / 'version2.sqlite'}?mode=ro&immutable=1&uri=true"


def read_run_file() -> Run:
    """The run of iris that was saved to a file."""
    run = read_file(RUN_FILE.read_bytes())
    assert isinstance(run, Run)
    return run


def config(name: str) -> RunConfig:
    """Settings of one of the stored runs, from its link."""
    return RunConfig.from_url(LINKS["runs"][DIGESTS[name]])
