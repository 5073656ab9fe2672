"""Stores that are filled before a server opens them."""

from collections.abc import Iterable

from annlab import Run
from annlab.datasets.serialize import bytes_for_display
from annlab.store.run_store import RunStore


def keep(runs: Iterable[Run], url: str) -> None:
    """Store runs and their points, as a server does."""
    store = RunStore(url)
    for run in runs:
        store.save(run)
        config = run.config.dataset
        store.save_dataset(config.digest, bytes_for_display(config))
