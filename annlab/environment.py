"""Server settings from ``ANNLAB_*`` environment variables."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "ANNLAB_"


def _not_a_file(path: Path | None) -> Path | None:
    if path is not None and path.is_file():
        raise ValueError("a file is no folder")
    return path


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
        one per core, at most four.
    scheduler : str
        ``ANNLAB_SCHEDULER``: address of a Dask cluster to use instead. Empty: none.
    max_work : float
        ``ANNLAB_MAX_WORK``: largest product networks × steps × parameters of one training.
    data_dir : Path or None
        ``ANNLAB_DATA_DIR``: folder with the files of Fashion-MNIST. None: ``~/.cache/annlab``.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    database_url: str = ""
    store_mb: _Number = 500.0
    workers: Annotated[int, Field(ge=0, description="a whole number of at least 0")] = Field(
        default_factory=lambda: min(4, os.cpu_count() or 1)
    )
    scheduler: str = ""
    max_work: _Number = 1e10
    # Only validated here; `annlab.datasets.fashion_mnist` reads the variable itself.
    data_dir: Annotated[
        Path | None, AfterValidator(_not_a_file), Field(description="the path of a folder")
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


@lru_cache(maxsize=8)
def _read(values: tuple[str | None, ...]) -> Environment:
    # A page asks several times in each rerun, and pydantic-settings takes a millisecond.
    try:
        return Environment()
    except ValidationError as error:
        sentences = [
            f"{_PREFIX}{str(name).upper()} must be "
            f"{Environment.model_fields[str(name)].description}; got {wrong['input']!r}."
            for wrong in error.errors()
            for name in wrong["loc"][:1]
        ]
        raise ValueError(" ".join(sentences)) from None
