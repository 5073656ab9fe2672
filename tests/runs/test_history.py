"""What is kept of a training, and how much that is."""

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.runs.history import (
    CHECKPOINT_BYTES,
    MAX_CHECKPOINTS,
    checkpoint_epochs,
    most_bytes,
)
from annlab.validation import MAX_RUN_BYTES


@pytest.mark.parametrize("max_epochs", [1, 2, 3, 10, 100, 10_000])
@pytest.mark.parametrize("n_parameters", [3, 1411, 1_000_000])
@pytest.mark.parametrize("n_seeds", [1, 20])
def test_checkpoint_epochs(max_epochs, n_parameters, n_seeds):
    epochs = checkpoint_epochs(max_epochs, n_parameters, n_seeds)
    assert epochs[0] == 0
    assert epochs[-1] == max_epochs
    assert list(epochs) == sorted(set(epochs))
    assert len(epochs) <= MAX_CHECKPOINTS
    # Two ends are always kept, and the first epoch; beyond them size decides.
    kept_bytes = len(epochs) * n_parameters * n_seeds * 4
    assert len(epochs) <= 3 or kept_bytes <= CHECKPOINT_BYTES


def test_checkpoints_are_even_in_the_logarithm_of_the_epoch():
    epochs = np.array(checkpoint_epochs(10_000, 25, 1))
    assert len(epochs) > 30
    late = epochs[epochs > 100]  # where rounding to whole epochs no longer shows
    ratios = late[1:] / late[:-1]
    np.testing.assert_allclose(ratios, ratios.mean(), rtol=0.02)


def test_small_runs_keep_every_early_epoch():
    assert checkpoint_epochs(5, 25, 1) == (0, 1, 2, 3, 4, 5)


def test_what_is_recorded_is_no_larger_than_foretold(run):
    # Not every one of the first epochs has weights of its own.
    assert 0.8 * most_bytes(run.config) <= run.n_bytes <= most_bytes(run.config)


def test_gradients_are_counted_too(trained):
    config = RunConfig(
        dataset=DatasetConfig(n_samples=40),
        training=TrainingConfig(max_epochs=3, record_gradients=True),
    )
    assert most_bytes(config) == trained(config).n_bytes


def test_a_run_that_would_fill_the_memory_is_refused():
    short = TrainingConfig(max_epochs=50, batch_size=20)
    points = DatasetConfig(n_samples=20)
    huge = ModelConfig(hidden_sizes=(1024,) * 10)
    alone = RunConfig(dataset=points, model=huge, training=short)
    assert most_bytes(alone) < MAX_RUN_BYTES
    with pytest.raises(ValidationError, match=r"would take 1,1\d\d MB; at most 128 MB are kept"):
        RunConfig(dataset=points, model=huge, training=short.model_copy(update={"n_seeds": 10}))
