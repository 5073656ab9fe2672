"""History columns, checkpoint epochs, and the growing history."""

import numpy as np
import pytest

from annlab.runs.history import (
    CHECKPOINT_BYTES,
    MAX_CHECKPOINTS,
    History,
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
    # Both ends and the first epoch always have checkpoints; the size decides on others.
    kept_bytes = len(epochs) * n_parameters * n_seeds * 4
    assert len(epochs) <= 3 or kept_bytes <= CHECKPOINT_BYTES


def test_late_checkpoints_are_evenly_spaced_in_log_epochs():
    epochs = np.array(checkpoint_epochs(10_000, 25, 1))
    late = epochs[epochs > 100]  # large epochs, for which rounding to integers is negligible
    ratios = late[1:] / late[:-1]
    np.testing.assert_allclose(ratios, ratios.mean(), rtol=0.02)


@pytest.mark.parametrize("max_epochs", [1, 5, 39, 40])
def test_short_runs_have_a_checkpoint_at_every_epoch(max_epochs):
    assert checkpoint_epochs(max_epochs, 25, 1) == tuple(range(max_epochs + 1))


@pytest.mark.parametrize("max_epochs", [41, 60, 100, 300, 10_000])
def test_long_runs_have_as_many_checkpoints_as_allowed(max_epochs):
    epochs = np.array(checkpoint_epochs(max_epochs, 25, 1))
    assert len(epochs) == MAX_CHECKPOINTS
    distances = np.diff(epochs)
    # Rounding may shorten a distance by one epoch, never more: dense at first.
    assert (np.diff(distances) >= -1).all()
    assert distances[0] == 1


def _blocks(*sizes, n_columns=2, n_seeds=3):
    """Make blocks of rows with all different numbers."""
    numbers = np.arange(sum(sizes) * n_columns * n_seeds, dtype=np.float32)
    rows = numbers.reshape(-1, n_columns, n_seeds)
    return rows, np.split(rows, np.cumsum(sizes)[:-1])


def test_a_new_history_is_empty():
    history = History(["train_loss", "train_accuracy"], n_seeds=3)
    assert len(history) == 0
    assert {name: rows.shape for name, rows in history.as_dict().items()} == {
        "train_loss": (0, 3),
        "train_accuracy": (0, 3),
    }
    with pytest.raises(IndexError):
        _ = history.last


@pytest.mark.parametrize("sizes", [(1,), (0, 1), (1,) * 40, (3, 100, 1), (500,)])
@pytest.mark.parametrize("capacity", [0, 1, 16, 1000])
def test_blocks_become_columns(sizes, capacity):
    history = History(["a", "b"], 3, capacity)
    rows, blocks = _blocks(*sizes)
    for block in blocks:
        history.append(block)
    assert len(history) == len(rows)
    found = history.as_dict()
    assert list(found) == ["a", "b"]
    for i, column in enumerate(found.values()):
        assert column.dtype == np.float32
        np.testing.assert_array_equal(column, rows[:, i])
    np.testing.assert_array_equal(history.last, rows[-1])
    for start in range(len(rows) + 1):
        np.testing.assert_array_equal(history.rows(start), rows[start:])


def test_arrays_that_were_read_never_change():
    history = History(["a", "b"], 3, capacity=4)
    rows, blocks = _blocks(2, 1, 1, 60)
    seen = []
    for block in blocks:
        history.append(block)
        seen.append(history.as_dict()["b"])
    for found in seen:
        np.testing.assert_array_equal(found, rows[: len(found), 1])
        with pytest.raises(ValueError, match="read-only"):
            found[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        history.last[0] = 0


def test_reading_does_not_copy():
    history = History(["a", "b"], 3)
    history.append(_blocks(5)[0])
    a, again = history.as_dict()["a"], history.as_dict()["a"]
    assert np.shares_memory(a, again)
    assert a.flags.c_contiguous


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 2), (1, 2, 4), (1, 1, 2, 3)])
def test_a_block_of_another_shape_is_refused(shape):
    history = History(["a", "b"], 3)
    with pytest.raises(ValueError, match=r"block: must be of shape \(n_rows, 2, 3\), got"):
        history.append(np.zeros(shape))
    assert len(history) == 0
