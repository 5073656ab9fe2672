"""Scores of runs with several targets or labels against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    hamming_loss,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
    r2_score,
)

from annlab import evaluate
from annlab.analysis.prediction import forward_pass, predict
from annlab.datasets import load_run_dataset
from tests.analysis.several_targets import several

SPLITS = ("train", "validation", "test")


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize(
    "config",
    [
        several("plane_curve"),
        several("linnerud", scaling="standard", target_scaling="standard"),
        several("plane_curve", resample="sample", validation_fraction=0.2),
    ],
    ids=["plane_curve", "linnerud", "own samples"],
)
def test_scores_of_each_target_match_scikit_learn(trained, config, split) -> None:
    run, dataset = trained(config), load_run_dataset(config)
    found = evaluate(run, split=split, dataset=dataset)
    for k in range(run.n_seeds):
        X, y = dataset.of(k).split(split)
        one = [(W[k], b[k]) for W, b in run.layers()]
        said = predict(config, one, dataset.of(k), X).astype(np.float64)
        y = y.astype(np.float64)
        for score, of in (
            ("mse", mean_squared_error),
            ("mae", mean_absolute_error),
            ("r2", r2_score),
        ):
            of_each = getattr(found, f"{score}_of_targets")[k]
            np.testing.assert_allclose(of_each, of(y, said, multioutput="raw_values"), rtol=1e-5)
            assert getattr(found, score)[k] == pytest.approx(of(y, said), rel=1e-5)
    np.testing.assert_array_equal(found.headline, found.mse)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("resample", ["none", "split"])
def test_scores_of_labels_match_scikit_learn(trained, resample, split) -> None:
    config = several("labels", scaling="standard", resample=resample)
    run, dataset = trained(config), load_run_dataset(config)
    found = evaluate(run, split=split, dataset=dataset)
    y_of_first = dataset.of(0).split(split)[1]
    for k in range(run.n_seeds):
        X, y = dataset.of(k).split(split)
        one = [(W[k], b[k]) for W, b in run.layers()]
        probability = forward_pass(config, one, X).output.astype(np.float64)
        called = (probability >= 0.5).astype(int)
        assert found.label_accuracy[k] == pytest.approx(1 - hamming_loss(y, called))
        assert found.subset_accuracy[k] == pytest.approx(accuracy_score(y, called))
        np.testing.assert_array_equal(found.confusion[k], multilabel_confusion_matrix(y, called))
        expected = precision_recall_fscore_support(y, called, zero_division=0)
        for values, oracle in zip(
            (found.precision, found.recall, found.f1), expected, strict=False
        ):
            np.testing.assert_allclose(values[k], oracle)
        columns = range(y.shape[1])
        accuracies = [accuracy_score(y[:, j], called[:, j]) for j in columns]
        np.testing.assert_allclose(found.accuracy_of_labels[k], accuracies)
        of_labels = [log_loss(y[:, j], probability[:, j]) for j in columns]
        np.testing.assert_allclose(found.log_loss_of_labels[k], of_labels, rtol=1e-5)
        assert found.log_loss[k] == pytest.approx(np.mean(of_labels), rel=1e-5)
        assert found.loss[k] == pytest.approx(np.mean(of_labels), rel=1e-5)
    *_, support = precision_recall_fscore_support(y_of_first, y_of_first)
    np.testing.assert_array_equal(found.support, support)
    np.testing.assert_array_equal(found.headline, found.label_accuracy)
