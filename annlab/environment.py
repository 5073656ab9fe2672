"""Environment variables that a host may set: `Environment`."""

import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_PREFIX = "ANNLAB_"


def _not_a_file(path: Path | None) -> Path | None:
    if path is not None and path.is_file():
        raise ValueError("a file is no folder")
    return path


# The description of a field says what its value must be.
_Number = Annotated[float, Field(ge=0, allow_inf_nan=False, description="a number of at least 0")]


class Environment(BaseSettings):
    """What a host may set: every ``ANNLAB_*`` variable. An empty one sets nothing.

    Attributes
    ----------
    database_url : str
        ``ANNLAB_DATABASE_URL``: SQLAlchemy's address of the database of runs. Empty: SQLite in
        ``.annlab/runs.sqlite`` below the current directory.
    store_mb : float
        ``ANNLAB_STORE_MB``: megabytes that all stored runs together may take.
    workers : int
        ``ANNLAB_WORKERS``: processes that train; 0: one thread of the server. By default one for
        each core, four at most.
    scheduler : str
        ``ANNLAB_SCHEDULER``: address of a Dask cluster to use instead. Empty: none.
    max_work : float
        ``ANNLAB_MAX_WORK``: largest networks × steps × parameters of one training.
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
    # For the check alone: `annlab.datasets.fashion_mnist` reads the variable itself.
    data_dir: Annotated[
        Path | None, AfterValidator(_not_a_file), Field(description="the path of a folder")
    ] = None

    @classmethod
    def read(cls) -> Self:
        """Read the variables as they are now.

        Raises
        ------
        ValueError
            If some have wrong values; the message is a sentence for each, which names it.
        """
        try:
            return cls()
        except ValidationError as error:
            sentences = [
                f"{_PREFIX}{str(name).upper()} must be "
                f"{cls.model_fields[str(name)].description}; got {wrong['input']!r}."
                for wrong in error.errors()
                for name in wrong["loc"][:1]
            ]
            raise ValueError(" ".join(sentences)) from None
