"""Selection of one network of a run, with weights and data."""

import numpy as np
import pytest

from annlab import Run
from annlab.analysis.median_network import median_network
from annlab.datasets import load_run_dataset
from annlab.figures.of_run.one_network import one_network


def _same(layers, others) -> bool:
    return all(
        np.array_equal(W, V) and np.array_equal(b, c)
        for (W, b), (V, c) in zip(layers, others, strict=True)
    )


def test_median_network_is_the_default(any_run: Run) -> None:
    weights = any_run.layers()
    for asked, k in [(None, median_network([any_run])), (0, 0), (2, 2)]:
        one = one_network(any_run, None, None, asked)
        assert _same(one.layers, [(W[k], b[k]) for W, b in weights])


def test_early_stopping_shows_the_best_weights(early_run: Run) -> None:
    best = [(W[1], b[1]) for W, b in early_run.best_layers]
    last = [(W[1], b[1]) for W, b in early_run.checkpoints.at()]
    assert not _same(best, last)
    assert _same(one_network(early_run, None, None, 1).layers, best)
    assert _same(one_network(early_run, None, "best", 1).layers, best)
    assert _same(one_network(early_run, None, "last", 1).layers, last)


@pytest.mark.parametrize("network", [-1, 3])
def test_a_network_that_does_not_exist_is_refused(binary_run: Run, network: int) -> None:
    with pytest.raises(ValueError, match=f"network: must be from 0 to 2; got {network}"):
        one_network(binary_run, None, None, network)


def test_an_epoch_without_weights_is_refused(binary_run: Run) -> None:
    with pytest.raises(ValueError, match="epoch: weights were kept at"):
        one_network(binary_run, None, 99, None)


@pytest.mark.parametrize("k", [0, 2])
def test_each_network_has_its_own_data(own_run: Run, k: int) -> None:
    whole = load_run_dataset(own_run.config)
    one = one_network(own_run, whole, None, k)
    assert one.dataset is whole.networks[k]
    X, y = one.samples(None)
    np.testing.assert_array_equal(X, whole.networks[k].X_test)
    np.testing.assert_array_equal(y, whole.networks[k].y_test)


def test_an_axis_says_whether_its_feature_is_scaled(binary_run: Run, own_run: Run) -> None:
    assert one_network(binary_run, None, None, 0).feature_name(1) == "x2"
    assert one_network(own_run, None, None, 0).feature_name(0).endswith(" (scaled)")
