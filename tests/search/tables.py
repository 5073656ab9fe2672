"""Tables of searches with given scores, without a training."""

from typing import Any

import numpy as np

from annlab import DatasetConfig, RunConfig, TrainingConfig
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable

RATE = SearchedSetting(address="lr", low=1e-3, high=1.0, n_levels=4)
L2 = SearchedSetting(address="l2", low=1e-4, high=0.1, n_levels=3)
MOONS = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=200, validation_fraction=0.3, test_fraction=0.2),
    training=TrainingConfig(max_epochs=9, batch_size=64),
)
DIABETES = RunConfig(
    dataset=DatasetConfig(name="diabetes", validation_fraction=0.3, scaling="standard"),
    training=TrainingConfig(max_epochs=9),
)
LABELS = RunConfig(
    dataset=DatasetConfig(
        name="labels", n_samples=150, validation_fraction=0.3, test_fraction=0.2, scaling="standard"
    ),
    training=TrainingConfig(max_epochs=9),
)
LINNERUD = RunConfig(
    dataset=DatasetConfig(name="linnerud", validation_fraction=0.3, scaling="standard"),
    training=TrainingConfig(max_epochs=9),
)


def search_of(base: RunConfig = MOONS, **values: Any) -> SearchConfig:
    return SearchConfig(base=base, **{"space": (RATE, L2), "n_seeds": 2, **values})


def table_of(scores: Any, diverged: Any = None, **values: Any) -> SearchTable:
    """Table with given headline scores at the last epoch, shape (n_configs, n_seeds).

    Scores at earlier epochs are half as high, and losses are 1 - score.
    """
    last = np.asarray(scores, np.float32)
    values = {"n_seeds": last.shape[1], **values}
    empty = SearchTable.empty(search_of(**values))
    n = len(last)
    empty.scores[1, :n] = last[:, :, None] * [0.5, 0.5, 1.0]
    empty.scores[0] = 1 - empty.scores[1]
    if diverged is not None:
        empty.diverged_epochs[:n] = diverged
    return empty


def random_table(seed: int = 0, n_seeds: int = 4, **values: Any) -> SearchTable:
    table = SearchTable.empty(search_of(n_seeds=n_seeds, **values))
    random = np.random.default_rng(seed)
    table.scores[:] = random.random(table.scores.shape, np.float32)
    return table
