"""Runs created without training, and helpers for tests of the store."""

from collections.abc import Callable

import numpy as np
import pytest
import sqlalchemy as sa

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, tensor_file
from annlab.runs.run_record import Checkpoints, Ending
from annlab.store.run_store import RunStore, StoreError


def make_run(
    seed: int = 0,
    *,
    ending: Ending = "finished",
    units: int = 4,
    n_seeds: int = 1,
    last: float = 0.5,
) -> Run:
    """Create a run without training; more units make the run larger."""
    config = RunConfig(
        dataset=DatasetConfig(name="moons"),
        model=ModelConfig(hidden_sizes=(units, units)),
        training=TrainingConfig(seed=seed, max_epochs=2, n_seeds=n_seeds),
    )
    random = np.random.default_rng(seed)
    return Run(
        config=config,
        history={
            f"train_{name}": np.array([[1.0], [0.8], [last]]) + np.arange(n_seeds)
            for name in ("loss", *(score.name for score in config.task.scores))
        },
        checkpoints=Checkpoints(
            np.array([0, 2]),
            tuple(
                (random.normal(size=(2, n_seeds, n_in, n_out)), np.zeros((2, n_seeds, n_out)))
                for n_in, n_out in config.architecture.layers
            ),
        ),
        epochs_trained=np.full(n_seeds, 2),
        epoch_seconds=np.array([0.0, 0.1, 0.2]),
        duration_seconds=0.25,
        accelerator="CPU",
        ending=ending,
    )


RUN = make_run()
DIGEST = RUN.config.digest
SIZE = len(RUN.to_bytes())

# Every method of a store.
CALLS: dict[str, Callable[[RunStore], object]] = {
    "save": lambda store: store.save(RUN),
    "load": lambda store: store.load(DIGEST),
    "list_runs": lambda store: store.list_runs(),
    "pin": lambda store: store.pin(DIGEST),
    "rename": lambda store: store.rename(DIGEST, "name"),
    "delete": lambda store: store.delete(DIGEST),
    "save_dataset": lambda store: store.save_dataset("d", b"points"),
    "load_dataset": lambda store: store.load_dataset("d"),
}


def sql(url: str, statement: str, **parameters: object) -> list[tuple]:
    """Change the database directly, bypassing the store."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement), parameters)
        return [tuple(row) for row in result] if result.returns_rows else []


def seeds(store: RunStore) -> list[int]:
    """The listed runs by their seeds."""
    return [info.config.training.seed for info in store.list_runs()]


def same(a: Run | None, b: Run) -> bool:
    """Compare stored runs, ignoring the order of parts in the file."""
    if a is None:
        return False
    (arrays, facts), (others, others_facts) = (
        tensor_file.load(run.to_bytes(), kind="run") for run in (a, b)
    )
    np.testing.assert_equal(arrays, others)
    return facts == others_facts


def fails(call: Callable[[RunStore], object], store: RunStore) -> str:
    """Message of the StoreError that a call raises."""
    with pytest.raises(StoreError) as caught:
        call(store)
    assert isinstance(caught.value, RuntimeError)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence
