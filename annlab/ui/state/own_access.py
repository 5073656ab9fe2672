"""Own data, and runs on them, as this browser may see them: under its own names, or not at all."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.datasets.own.own_data import OwnData
from annlab.runs.run import Run
from annlab.ui.browser import known_browser_key
from annlab.ui.services import services

C = TypeVar("C", bound=DatasetConfig | RunConfig)

NOT_LOADED = (
    "These settings need data that this browser has not loaded. Load the file on the page Your "
    "data."
)


def needed_data(configs: Iterable[DatasetConfig | RunConfig]) -> OwnData | None:
    """First own data of some configs that this browser may not see; None if there are none.

    Counts as a use of the data that it may see.
    """
    owns = {own.content: own for own in map(_own_of, configs) if own}
    owner = known_browser_key() or ""
    return next((own for own in owns.values() if not services().own_data.may_see(owner, own)), None)


def may_see(*configs: DatasetConfig | RunConfig) -> bool:
    """Whether this browser may see the data of all these configs, and results on them."""
    return needed_data(configs) is None


def load_if_ready(config: DatasetConfig | RunConfig) -> Dataset | None:
    """Return the data of a config, or None while workers are starting or building.

    Raises
    ------
    ValueError
        If this browser may not see the data, or they cannot be built; the message is a sentence
        for the user.
    """
    if not may_see(config):
        raise ValueError(NOT_LOADED)
    # Browsers with the same data share the work, and its error would name the first one's file.
    return services().datasets.load_if_ready(retitled(config, ""))


def load_run(config: RunConfig, digest: str = "") -> Run | None:
    """Return the stored run of a config; None if there is none, or this browser may not see it.

    Parameters
    ----------
    config : RunConfig
        Settings as this browser knows them.
    digest : str
        Digest under which the run is stored; by default that of the config.
    """
    if not may_see(config):
        return None
    run = services().repository.load(digest or config.digest)
    own = config.dataset.own
    if run is None or own is None:
        return run
    # Browsers with the same data share the run, which must not tell another's name of the file.
    mine = retitled(run.config, own.title)
    return run if mine == run.config else replace(run, config=mine)


def retitled(config: C, title: str) -> C:
    """Copy of a config with another title of its own data; itself if it has none."""
    own = _own_of(config)
    if own is None or own.title == title:
        return config
    new = own.model_copy(update={"title": title})
    if isinstance(config, DatasetConfig):
        return config.model_copy(update={"own": new})
    return config.model_copy(update={"dataset": config.dataset.model_copy(update={"own": new})})


def _own_of(config: DatasetConfig | RunConfig) -> OwnData | None:
    return config.own if isinstance(config, DatasetConfig) else config.dataset.own
