"""A run trains on from a network of another run."""

import numpy as np
import pytest

from annlab import RunConfig, evaluate
from annlab.runs.train_on import Entry, train_on
from annlab.training import train
from tests.training.configs import make


@pytest.fixture(scope="module")
def first():
    return train(make(n_seeds=2))


def test_new_run_begins_where_the_network_was(first) -> None:
    for epoch in (None, 2):
        config = train_on(first, epoch=epoch, network=1)
        assert config.model_copy(update={"model": first.config.model}) == first.config
        second = train(config)
        for k in range(2):
            assert second.history["train_loss"][0, k] == pytest.approx(
                evaluate(first, split="train", epoch=epoch).loss[1], rel=1e-5
            )


def test_changes_replace_weights_and_biases(first) -> None:
    changes = {Entry(0, 1, 3): 5.0, Entry(0, 2, 4): -6.0, Entry(1, 5, 0): 7.0}
    weights = train_on(first, changes=changes).model.initial_weights
    before = train_on(first).model.initial_weights
    # Layers of shapes (2, 5) and (5, 1): 10 weights, 5 biases, 5 weights, 1 bias.
    assert {i: w for i, w in enumerate(weights) if w != before[i]} == {8: 5.0, 14: -6.0, 20: 7.0}
    assert len(weights) == 21
    np.testing.assert_array_equal(first.layers()[0][0][0].ravel(), before[:10])  # unchanged


@pytest.mark.parametrize("entry", [(0, 3, 0), (0, 0, 5), (2, 0, 0), (-1, 0, 0), (0, -1, 0)])
def test_changes_of_missing_weights_are_refused(first, entry) -> None:
    with pytest.raises(IndexError):
        train_on(first, changes={Entry(*entry): 1.0})


def test_weights_must_be_finite_and_kept(first) -> None:
    with pytest.raises(ValueError, match="finite"):
        train_on(first, changes={Entry(0, 0, 0): np.nan})
    with pytest.raises(ValueError, match="weights were kept at"):
        train_on(first, epoch=77)
    with pytest.raises(IndexError):
        train_on(first, network=2)


def test_result_is_a_valid_config(first) -> None:
    config = train_on(first)
    assert RunConfig.from_url(config.to_url()) == config
