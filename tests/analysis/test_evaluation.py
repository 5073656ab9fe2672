"""Scores of runs against scikit-learn."""

import dataclasses
import tracemalloc

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
)

from annlab import (
    DatasetConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    evaluate,
    load_dataset,
    train,
)
from annlab.analysis import prediction
from annlab.analysis.baselines import linear_baseline, majority_baseline, mean_baseline
from annlab.analysis.prediction import forward_pass, predict

SPLITS = ("train", "validation", "test", "all")
EPOCHS = (0, None)


def outputs(run, split, epoch):
    """Return true values, and outputs of every network in float64."""
    X, y = load_dataset(run.config.dataset).split(split)
    return y, forward_pass(run.config, run.checkpoints.at(epoch), X).output.astype(np.float64)


@pytest.fixture(params=["binary_run", "multiclass_run"])
def classification_run(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("epoch", EPOCHS)
def test_classification_scores_match_scikit_learn(classification_run, split, epoch):
    run = classification_run
    y, output = outputs(run, split, epoch)
    scores = evaluate(run, split=split, epoch=epoch)
    assert (scores.split, scores.n_samples) == (split, len(y))
    assert scores.epoch == (run.n_epochs if epoch is None else epoch)
    n_classes = max(2, output.shape[-1])
    labels = range(n_classes)
    assert scores.accuracy.shape == (3,)
    assert scores.confusion.shape == (3, n_classes, n_classes)
    np.testing.assert_array_equal(scores.headline, scores.accuracy)
    for k in range(run.n_seeds):
        probability = output[k] if output.shape[-1] > 1 else np.hstack([1 - output[k], output[k]])
        called = probability.argmax(axis=1)
        assert scores.accuracy[k] == pytest.approx(accuracy_score(y, called), abs=1e-12)
        np.testing.assert_array_equal(
            scores.confusion[k], confusion_matrix(y, called, labels=labels)
        )
        expected = precision_recall_fscore_support(y, called, labels=labels, zero_division=0)
        np.testing.assert_allclose(scores.precision[k], expected[0], rtol=1e-12)
        np.testing.assert_allclose(scores.recall[k], expected[1], rtol=1e-12)
        np.testing.assert_allclose(scores.f1[k], expected[2], rtol=1e-12)
        np.testing.assert_array_equal(scores.support, expected[3])
        *expected, _ = precision_recall_fscore_support(
            y, called, labels=labels, average="weighted", zero_division=0
        )
        weighted = [scores.weighted_precision, scores.weighted_recall, scores.weighted_f1]
        np.testing.assert_allclose([score[k] for score in weighted], expected, rtol=1e-12)
        # Rows of float32 probabilities sum to one only to float32 rounding.
        probability = probability / probability.sum(axis=1, keepdims=True)
        assert scores.loss[k] == pytest.approx(log_loss(y, probability, labels=labels), rel=1e-5)


@pytest.mark.parametrize(("name", "called"), [("moons", 1), ("wine", 0)])
def test_precision_of_a_class_without_predictions_is_zero(trained, name, called):
    # All weights are zero before training, so all samples get the same class.
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name=name),
            model=ModelConfig(init="zeros"),
            training=TrainingConfig(max_epochs=1),
        )
    )
    y = load_dataset(run.config.dataset).y_train
    scores = evaluate(run, split="train", epoch=0)
    expected = precision_recall_fscore_support(y, np.full(len(y), called), zero_division=0)
    assert (expected[0] == 0).sum() == len(expected[0]) - 1
    np.testing.assert_allclose(scores.precision[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(scores.recall[0], expected[1], rtol=1e-12)
    np.testing.assert_allclose(scores.f1[0], expected[2], rtol=1e-12)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("epoch", EPOCHS)
def test_regression_scores_match_scikit_learn(regression_run, split, epoch):
    run = regression_run
    y, output = outputs(run, split, epoch)
    y = y.astype(np.float64)
    scores = evaluate(run, split=split, epoch=epoch)
    np.testing.assert_array_equal(scores.headline, scores.mse)
    for k in range(run.n_seeds):
        predicted = output[k, :, 0]
        mse = mean_squared_error(y, predicted)
        assert scores.mse[k] == pytest.approx(mse, rel=1e-10)
        assert scores.loss[k] == pytest.approx(mse, rel=1e-5)
        assert scores.mae[k] == pytest.approx(mean_absolute_error(y, predicted), rel=1e-10)
        assert scores.r2[k] == pytest.approx(r2_score(y, predicted), rel=1e-10)


@pytest.mark.parametrize("split", SPLITS)
def test_classification_baseline_matches_scikit_learns_dummy(classification_run, split):
    dataset = load_dataset(classification_run.config.dataset)
    dummy = DummyClassifier(strategy="most_frequent").fit(dataset.X_train, dataset.y_train)
    expected = dummy.score(*dataset.split(split))
    assert evaluate(classification_run, split=split).baseline == pytest.approx(expected, abs=1e-12)


def test_baseline_is_fitted_to_the_training_split(classification_run):
    dataset = load_dataset(classification_run.config.dataset)
    # The training split has only class 0, and the test split hardly any of it.
    y_test = (np.arange(len(dataset.y_test)) > 4).astype(np.int64)
    one_sided = dataclasses.replace(dataset, y_train=0 * dataset.y_train, y_test=y_test)
    dummy = DummyClassifier(strategy="most_frequent").fit(one_sided.X_train, one_sided.y_train)
    expected = dummy.score(one_sided.X_test, one_sided.y_test)
    assert expected == 5 / len(y_test)
    assert evaluate(classification_run, dataset=one_sided).baseline == pytest.approx(expected)


@pytest.mark.parametrize("split", SPLITS)
def test_balanced_accuracy_and_the_most_common_class_match_scikit_learn(classification_run, split):
    dataset = load_dataset(classification_run.config.dataset)
    X, y = dataset.split(split)
    scores = evaluate(classification_run, split=split)
    every = predict(classification_run.config, classification_run.layers(), dataset, X)
    expected = [balanced_accuracy_score(y, called) for called in every]
    np.testing.assert_allclose(scores.balanced_accuracy, expected, atol=1e-12)
    dummy = DummyClassifier(strategy="most_frequent").fit(dataset.X_train, dataset.y_train)
    prior = DummyClassifier(strategy="prior").fit(dataset.X_train, dataset.y_train)
    found, called = majority_baseline(dataset, split), dummy.predict(X)
    assert found.accuracy == pytest.approx(accuracy_score(y, called), abs=1e-12)
    assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(y, called), abs=1e-12)
    np.testing.assert_array_equal(found.confusion[0], confusion_matrix(y, called))
    labels = range(len(dataset.class_names))
    assert found.log_loss == pytest.approx(log_loss(y, prior.predict_proba(X), labels=labels))


@pytest.mark.parametrize("split", SPLITS)
def test_regression_baseline_matches_scikit_learns_dummy(regression_run, split):
    dataset = load_dataset(regression_run.config.dataset)
    dummy = DummyRegressor().fit(dataset.X_train, dataset.y_train.astype(np.float64))
    X, y = dataset.split(split)
    expected = mean_squared_error(y.astype(np.float64), dummy.predict(X))
    assert evaluate(regression_run, split=split).baseline == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("loss", ["mae", "huber"])
def test_loss_is_the_loss_of_the_run(trained, loss):
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="diabetes", scaling="standard"),
            training=TrainingConfig(loss=loss, max_epochs=2, batch_size=64),
        )
    )
    scores = evaluate(run, split="train")
    y, output = outputs(run, "train", None)
    size = np.abs(output[0, :, 0] - y)
    by_hand = size if loss == "mae" else np.where(size < 1, size**2 / 2, size - 0.5)
    assert scores.loss[0] == pytest.approx(by_hand.mean(), rel=1e-5)
    assert scores.loss[0] != pytest.approx(scores.mse[0], rel=0.1)


def test_test_split_is_the_default(binary_run):
    assert evaluate(binary_run).split == "test"
    np.testing.assert_array_equal(
        evaluate(binary_run).loss, evaluate(binary_run, split="test").loss
    )


def test_given_dataset_is_used(binary_run):
    # Scored on other data of the same shape.
    other = load_dataset(DatasetConfig(name="circles", test_fraction=0.2))
    scores = evaluate(binary_run, dataset=other)
    assert scores.n_samples == 200
    assert evaluate(binary_run).n_samples == 40


def test_split_without_samples_is_refused(trained):
    run = trained(RunConfig(training=TrainingConfig(max_epochs=1)))
    with pytest.raises(ValueError, match="this data set has no test split; test_fraction is 0"):
        evaluate(run)


def test_epoch_without_weights_is_refused(binary_run):
    with pytest.raises(ValueError, match="epoch: weights were kept at 0, 1, 2"):
        evaluate(binary_run, epoch=999)


def test_output_activation_of_a_regression_is_applied(trained):
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="diabetes", scaling="standard"),
            model=ModelConfig(output_activation="softplus"),
            training=TrainingConfig(max_epochs=1, batch_size=64),
        )
    )
    _, output = outputs(run, "train", None)
    assert output.min() > 0
    passed = forward_pass(
        run.config, run.checkpoints.at(), load_dataset(run.config.dataset).X_train
    )
    np.testing.assert_allclose(output, np.logaddexp(0, passed.logits), rtol=1e-5)


@pytest.mark.parametrize("target_scaling", ["none", "standard"])
def test_linear_and_mean_baselines_match_scikit_learn(target_scaling):
    config = DatasetConfig(
        name="diabetes", test_fraction=0.3, scaling="standard", target_scaling=target_scaling
    )
    dataset = load_dataset(config)
    for found, oracle in (
        (linear_baseline(dataset, "test"), LinearRegression()),
        (mean_baseline(dataset, "test"), DummyRegressor()),
    ):
        oracle.fit(dataset.X_train, dataset.y_train)
        said = oracle.predict(dataset.X_test)
        assert found.mse[0] == pytest.approx(mean_squared_error(dataset.y_test, said), rel=1e-4)
        assert found.rmse[0] == pytest.approx(np.sqrt(found.mse[0]))
        assert found.mae[0] == pytest.approx(mean_absolute_error(dataset.y_test, said), rel=1e-4)
        assert found.r2[0] == pytest.approx(r2_score(dataset.y_test, said), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("target_scaling", ["none", "standard"])
def test_converged_linear_regression_matches_scikit_learn(target_scaling):
    config = RunConfig(
        dataset=DatasetConfig(
            name="function_1d", function="cubic", scaling="standard", target_scaling=target_scaling
        ),
        training=TrainingConfig(
            optimizer="sgd", learning_rate=0.1, batch_size=1000, max_epochs=300
        ),
    )
    run, dataset = train(config), load_dataset(config.dataset)
    oracle = LinearRegression().fit(dataset.X_train, dataset.y_train)
    said = predict(config, run.checkpoints.at(), dataset, dataset.X_train)[0]
    np.testing.assert_allclose(said, oracle.predict(dataset.X_train), atol=1e-3)
    # The score in the history is in the target's own unit, also with target scaling.
    error = mean_squared_error(dataset.y_train, said)
    assert run.history["train_mse"][-1, 0] == pytest.approx(error, rel=1e-3)


def test_converged_softmax_regression_matches_scikit_learn():
    config = RunConfig(
        dataset=DatasetConfig(name="iris", scaling="standard"),
        training=TrainingConfig(
            optimizer="nesterov",
            learning_rate=0.5,
            batch_size=1000,
            max_epochs=3000,
            weight_decay=0.01,
        ),
    )
    run, dataset = train(config), load_dataset(config.dataset)
    # scikit-learn's penalty is half the squared norm, on the sum of the losses.
    oracle = LogisticRegression(C=1 / (0.01 * len(dataset.y_train)), tol=1e-8, max_iter=1000)
    oracle.fit(dataset.X_train, dataset.y_train)
    output = forward_pass(config, run.checkpoints.at(), dataset.X_train).output[0]
    np.testing.assert_allclose(output, oracle.predict_proba(dataset.X_train), atol=1e-3)


@pytest.mark.parametrize("split", ["train", "all"])
def test_many_networks_and_samples_are_scored_in_pieces(run, split, monkeypatch):
    dataset = load_dataset(run.config.dataset)
    X, _ = dataset.split(split)
    layers = run.checkpoints.at()
    whole = evaluate(run, split=split, dataset=dataset)
    said = predict(run.config, layers, dataset, X)
    assert said.shape == (run.n_seeds, *dataset.split(split)[1].shape)
    for numbers in (1, 50, 700):
        monkeypatch.setattr(prediction, "_NUMBERS", numbers)
        pieces = evaluate(run, split=split, dataset=dataset)
        for name, values in dataclasses.asdict(whole).items():
            if isinstance(values, np.ndarray):
                np.testing.assert_allclose(getattr(pieces, name), values, rtol=1e-6)
        np.testing.assert_allclose(
            predict(run.config, layers, dataset, X), said, rtol=1e-5, atol=1e-7
        )
        one = [(W[1], b[1]) for W, b in layers]
        np.testing.assert_allclose(
            predict(run.config, one, dataset, X), said[1], rtol=1e-5, atol=1e-7
        )


def test_scores_of_many_networks_need_little_memory(trained):
    config = RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=5000),
        model=ModelConfig(hidden_sizes=(32, 32)),
        training=TrainingConfig(max_epochs=1, batch_size=1000, n_seeds=100),
    )
    run, dataset = trained(config), load_dataset(config.dataset)
    tracemalloc.start()
    evaluate(run, split="train", dataset=dataset)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6  # one layer of all networks at once takes 64 MB


@pytest.mark.parametrize("error", [0.0, 0.5])
def test_r2_of_a_constant_target_matches_scikit_learn(regression_run, error):
    dataset = load_dataset(regression_run.config.dataset)
    y = np.full_like(dataset.y_train, 2)
    same = dataclasses.replace(dataset, y_train=y, y_test=y[: len(dataset.y_test)] + error)
    expected = r2_score(same.y_test, np.full(len(same.y_test), 2.0))
    assert mean_baseline(same, "test").r2 == expected
    assert np.all(evaluate(regression_run, dataset=same).r2 == 0)
