"""Server settings from ``ANNLAB_*`` environment variables."""

import os
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from annlab.host.log import set_up_log
from annlab.host.workers import workers_of_this_host

_PREFIX = "ANNLAB_"
# Shortest key of a teacher, so that trying all of them is hopeless.
MIN_KEY = 12


def _not_a_file(path: Path | None) -> Path | None:
    if path is not None and path.is_file():
        raise ValueError("a file is no folder")
    return path


def _is_database(url: str) -> str:
    """Refuse what `annlab.store.database` would refuse without asking the database."""
    if not url:
        return url
    from sqlalchemy import make_url  # here, because what trains needs no database
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url.replace("postgres://", "postgresql://", 1))
        parts.get_dialect()
    except (ArgumentError, ValueError):
        raise ValueError("malformed, or of no known kind") from None
    is_file = parts.get_backend_name() == "sqlite" and parts.database not in _NO_FILE
    if not is_file and parts.get_backend_name() != "postgresql":
        raise ValueError("no file, or another kind of database")
    return url


def _is_address(address: str) -> str:
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if address and (not parts.hostname or parts.port is None):  # a wrong port is a ValueError
        raise ValueError("no host or no port")
    return address


# As SQLite spells a database in memory, which the next connection would not find.
_NO_FILE = (None, "", ":memory:")
# Error messages quote the description of a field as the expected value.
_Number = Annotated[float, Field(ge=0, allow_inf_nan=False, description="a number of at least 0")]


class Environment(BaseSettings):
    """Values of all ``ANNLAB_*`` environment variables. An empty variable counts as unset.

    Attributes
    ----------
    database_url : str
        ``ANNLAB_DATABASE_URL``: SQLAlchemy URL of the database of runs. Empty: SQLite in
        ``.annlab/runs.sqlite`` below the current directory.
    store_mb : float
        ``ANNLAB_STORE_MB``: largest total size of stored runs in megabytes.
    workers : int
        ``ANNLAB_WORKERS``: number of training processes; 0: one thread of the server. Default:
        as many as the cores and the memory allow, `annlab.host.workers`.
    scheduler : str
        ``ANNLAB_SCHEDULER``: address of a Dask cluster to use instead. Empty: none.
    max_work : float
        ``ANNLAB_MAX_WORK``: largest product networks × steps × parameters of one training.
    max_minutes : float
        ``ANNLAB_MAX_MINUTES``: longest duration of one training; it then ends with what it has.
    shipped_runs : bool
        ``ANNLAB_SHIPPED_RUNS``: whether a page may open with results that come with annlab.
    data_dir : Path or None
        ``ANNLAB_DATA_DIR``: folder with the files of Fashion-MNIST. None: ``~/.cache/annlab``.
    teacher_key : str or None
        ``ANNLAB_TEACHER_KEY``: who enters it may change the runs of everybody. None: nobody may,
        unless the server serves one machine only.
    metrics_port : int or None
        ``ANNLAB_METRICS_PORT``: port on the loopback address for metrics. None: no metrics.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    database_url: Annotated[
        str,
        AfterValidator(_is_database),
        Field(description="the address of an SQLite file or of a PostgreSQL database"),
    ] = ""
    store_mb: _Number = 500.0
    workers: Annotated[int, Field(ge=0, description="a whole number of at least 0")] = Field(
        default_factory=lambda: workers_of_this_host().n_workers
    )
    scheduler: Annotated[
        str,
        AfterValidator(_is_address),
        Field(description="an address with a port, such as tcp://10.0.0.5:8786"),
    ] = ""
    max_work: _Number = 1e10
    max_minutes: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="a number above 0")
    ] = 60.0
    shipped_runs: Annotated[bool, Field(description="0 or 1")] = True
    # Only validated here; `annlab.datasets.fashion_mnist` reads the variable itself.
    data_dir: Annotated[
        Path | None, AfterValidator(_not_a_file), Field(description="the path of a folder")
    ] = None
    teacher_key: Annotated[
        str | None,
        Field(min_length=MIN_KEY, description=f"a text of at least {MIN_KEY} characters"),
    ] = None
    metrics_port: Annotated[
        int | None, Field(ge=1, le=65_535, description="a port number from 1 to 65535")
    ] = None

    @staticmethod
    def read() -> "Environment":
        """Read the current environment variables.

        Raises
        ------
        ValueError
            If variables have invalid values; the message has one sentence per variable.
        """
        return _read(tuple(os.environ.get(name) for name in _NAMES))


_NAMES = [f"{_PREFIX}{name.upper()}" for name in Environment.model_fields]
# An address may contain a password.
_SECRET = {"database_url", "scheduler", "teacher_key"}


def check_environment() -> Environment:
    """Check all ``ANNLAB_*`` variables at the start of a server.

    The log gets a warning for each name that annlab does not know, and the chosen number of
    workers where the host sets none, once per process.

    Raises
    ------
    ValueError
        If variables have invalid values; the message has one sentence per variable.
    """
    _warn_of_unknown_variables()
    environment = Environment.read()
    if "workers" not in environment.model_fields_set and not environment.scheduler:
        _log_choice()
    return environment


@cache
def _log_choice() -> None:
    set_up_log().info(workers_of_this_host().reason)


@cache
def _warn_of_unknown_variables() -> None:
    known = [name.removeprefix(_PREFIX) for name in _NAMES]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in _NAMES:
            nearest = get_close_matches(name.removeprefix(_PREFIX), known, n=1)
            hint = f": did you mean {_PREFIX}{nearest[0]}?" if nearest else "."
            set_up_log().warning("annlab does not know the variable %s%s", name, hint)


@lru_cache(maxsize=8)
def _read(values: tuple[str | None, ...]) -> Environment:
    # A page asks several times in each rerun, and pydantic-settings takes a millisecond.
    try:
        return Environment()
    except ValidationError as error:
        fields = {str(wrong["loc"][0]): wrong["input"] for wrong in error.errors()}
        raise ValueError(" ".join(map(_sentence, fields, fields.values()))) from None


def _sentence(field: str, value: object) -> str:
    got = "." if field in _SECRET else f"; got {value!r}."
    return f"{_PREFIX}{field.upper()} must be {Environment.model_fields[field].description}{got}"
