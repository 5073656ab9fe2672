"""Stores that are filled before a server opens them."""

from collections.abc import Iterable

from annlab import Run, load_dataset
from annlab.datasets.loading import dataset_to_bytes
from annlab.store import RunStore


def keep(runs: Iterable[Run], url: str) -> None:
    """Store runs and their points, as a server does."""
    store = RunStore(url)
    for run in runs:
        store.save(run)
        config = run.config.dataset
        points = load_dataset(config).for_display()
        store.save_dataset(config.digest, dataset_to_bytes(points))
