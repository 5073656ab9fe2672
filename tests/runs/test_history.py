"""History columns and checkpoint epochs."""

import numpy as np
import pytest

from annlab.runs.history import (
    CHECKPOINT_BYTES,
    MAX_CHECKPOINTS,
    checkpoint_epochs,
)


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
