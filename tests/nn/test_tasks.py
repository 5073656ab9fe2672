"""Tasks against scikit-learn."""

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import accuracy_score, hamming_loss
from sklearn.preprocessing import LabelBinarizer

from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TASKS, as_columns
from tests.targets import outputs_of

SEEDS, SAMPLES = 2, 300


@pytest.mark.parametrize("task", list(TASKS))
def test_default_loss_fits_default_output_activation(task):
    entry = TASKS[task]
    assert LOSSES[entry.losses[0]].canonical in (None, entry.output_activations[0])


def test_one_hot_encoding_matches_scikit_learn():
    y = np.random.default_rng(2).integers(0, 4, 50)
    encoded = TASKS["multiclass"].encode(y[:, None], 4)
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, LabelBinarizer().fit(range(4)).transform(y))


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_one_output_is_a_column(task):
    encoded = TASKS[task].encode(np.array([[1], [0], [1]]), 1)
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, [[1], [0], [1]])


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_accuracy_and_decoding_match_scikit_learn(task):
    n_outputs, random = outputs_of(task), np.random.default_rng(1)
    y = random.integers(0, 3 if task == "multiclass" else 2, SAMPLES)
    target = TASKS[task].encode(y[:, None], n_outputs)
    output = random.uniform(0, 1, (SEEDS, SAMPLES, n_outputs))
    # Predicted classes, computed without `decode`.
    true = target.argmax(-1) if task == "multiclass" else target[:, 0]
    called = output.argmax(-1) if task == "multiclass" else np.round(output[..., 0])
    np.testing.assert_array_equal(TASKS[task].decode(output)[..., 0], called)
    metric = TASKS[task].headline.of_output
    for k in range(SEEDS):
        expected = accuracy_score(true, called[k])
        assert metric(np, target, output[k]).mean() == pytest.approx(expected, abs=1e-12)
        in_torch = metric(torch, torch.tensor(target), torch.tensor(output[k]))
        assert in_torch.double().mean().item() == pytest.approx(expected, abs=1e-12)


def test_output_of_one_half_is_class_one():
    assert TASKS["binary"].decode(np.array([[0.4999], [0.5]])).tolist() == [[0], [1]]


def test_regression_score_is_the_squared_error():
    target, output = np.random.default_rng(1).normal(0, 3, (2, SAMPLES, 1))
    value = TASKS["regression"].headline.of_output(np, target, output)
    np.testing.assert_allclose(value, ((output - target) ** 2)[..., 0], rtol=1e-12)
    np.testing.assert_array_equal(TASKS["regression"].decode(output), output)


@pytest.mark.parametrize(
    ("task", "n"),
    [
        ("binary", 1),
        ("multiclass", 5),
        ("regression", 1),
        ("multioutput_regression", 3),
        ("multilabel", 3),
    ],
)
def test_number_of_outputs(task, n):
    assert TASKS[task].n_outputs(5, 3) == n


def test_scores_of_labels_match_scikit_learn():
    random, entry = np.random.default_rng(1), TASKS["multilabel"]
    y = random.integers(0, 2, (SAMPLES, 3))
    output = random.uniform(0, 1, (SEEDS, SAMPLES, 3))
    target = entry.encode(y, 3)
    oracles = {
        "label_accuracy": lambda y, called: 1 - hamming_loss(y, called),
        "subset_accuracy": accuracy_score,
    }
    assert {score.name for score in entry.scores} == set(oracles)
    for score in entry.scores:
        for k in range(SEEDS):
            called = (output[k] >= 0.5).astype(int)
            expected = oracles[score.name](y, called)
            found = (
                score.of_prediction(y, entry.decode(output[k])),
                score.of_output(np, target, output[k]),
                score.of_output(torch, torch.tensor(target), torch.tensor(output[k])).numpy(),
            )
            for values in found:
                assert values.shape == (SAMPLES,)
                assert values.mean() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("task", "y", "dummy"),
    [
        ("binary", [1, 0, 1, 1], DummyClassifier()),
        ("multiclass", [2, 0, 1, 2, 3], DummyClassifier()),
        ("regression", [0.5, -1.0, 4.0], DummyRegressor()),
        ("multioutput_regression", [[0.5, 3.0], [-1.0, 9.0], [4.0, 0.0]], DummyRegressor()),
        ("multilabel", [[0, 1], [0, 0], [1, 1]], DummyClassifier()),
    ],
)
def test_constant_prediction_matches_scikit_learn(task, y, dummy):
    y, entry = as_columns(np.array(y)), TASKS[task]
    expected = dummy.fit(y, y).predict(y[:1])
    np.testing.assert_allclose(entry.constant(y), np.ravel(expected))
    # A prediction is perfect for targets equal to it.
    perfect = entry.headline.of_prediction(y, y)
    np.testing.assert_array_equal(perfect, np.full(len(y), 1.0 if entry.headline.is_share else 0))


@pytest.mark.parametrize("entry", TASKS.values(), ids=TASKS)
def test_a_task_stays_itself_when_it_is_pickled_or_copied(entry):
    assert pickle.loads(pickle.dumps(entry)) is entry
    assert copy.deepcopy(entry) is entry
    assert pickle.loads(pickle.dumps(entry.headline)) == entry.headline
