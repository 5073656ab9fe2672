"""Stores that are filled before a server opens them."""

from collections.abc import Iterable

from annlab import Run
from annlab.datasets.loading import dataset_to_bytes, load_for_display
from annlab.store import RunStore


def keep(runs: Iterable[Run], url: str) -> None:
    """Store runs and their points, as a server does."""
    store = RunStore(url)
    for run in runs:
        store.save(run)
        config = run.config.dataset
        points = load_for_display(config)
        store.save_dataset(config.digest, dataset_to_bytes(points))
