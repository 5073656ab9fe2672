"""Raw rows: back and forth between rows and features, and predictions of all networks."""

from typing import Any

import numpy as np
import pytest

from annlab import RunConfig, load_dataset, train
from annlab.analysis.prediction import predict
from annlab.analysis.raw_row import (
    columns_of,
    features_of_row,
    median_row,
    outside_training,
    predict_features,
    row_of_features,
    training_ranges,
)
from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OTHER, OwnColumn
from annlab.datasets.own.table import Table
from annlab.nn.forward import forward
from annlab.nn.tasks import TASKS
from annlab.runs.run import Run
from tests.exports.configs import config_of
from tests.exports.own_files import own_file
from tests.exports.scripts import Train

SPLITS = {"test_fraction": 0.3, "split_seed": 2}


def _own(task: str = "multiclass", **data: Any) -> tuple[Table, RunConfig]:
    _, table = own_file(task=task)
    tables.provide(table)
    config = config_of(
        {"own": table.own, **SPLITS, "scaling": "standard", **data},
        {"hidden_sizes": (4,)},
        {"max_epochs": 3, "n_seeds": 3},
    )
    return table, config


@pytest.fixture(
    scope="module",
    params=["multiclass", "binary", "regression", "multioutput_regression", "multilabel"],
)
def own_run(request: pytest.FixtureRequest) -> tuple[Table, Run]:
    scales = TASKS[request.param].scales_target
    target = {"target_scaling": "standard"} if scales else {}
    table, config = _own(request.param, resample="split", **target)
    return table, train(config)


def _cells(table: Table, row: np.ndarray) -> list[Any]:
    cells: list[Any] = []
    for column, value in zip(table.own.columns, row.tolist(), strict=True):
        if np.isnan(value):
            cells.append(None)
        else:
            cells.append(value if column.is_number else [*column.values, OTHER][int(value)])
    return cells


def _test_rows(table: Table, k: int) -> np.ndarray:
    from sklearn.model_selection import train_test_split

    classes = table.y if table.own.class_names else None
    _, test = train_test_split(
        np.arange(len(table.y)), test_size=0.3, random_state=2 + k, stratify=classes
    )
    return np.asarray(test)


def test_rows_of_a_file_become_the_features_and_come_back(own_run: tuple[Table, Run]) -> None:
    table, run = own_run
    scales = run.preprocessing
    assert scales
    columns = columns_of(run.config.dataset, scales)
    for k in range(3):
        dataset = load_dataset(run.config, k)
        for row, x in zip(table.X[_test_rows(table, k)], dataset.X_test, strict=True):
            cells = _cells(table, row)
            np.testing.assert_allclose(
                features_of_row(columns, scales, cells)[k], x, rtol=1e-6, atol=1e-6
            )
            size, *others = row_of_features(columns, scales, x, k)
            # Nine digits are more than float32 has.
            assert size == pytest.approx(cells[0], rel=1e-6, abs=0.01)
            assert others == cells[1:]


@pytest.mark.parametrize("name", ["breast_cancer", "wine", "diabetes", "iris"])
@pytest.mark.parametrize("scaling", ["none", "minmax", "standard"])
def test_rows_of_built_in_data_come_back_as_published(
    name: str, scaling: str, trained: Train
) -> None:
    config = config_of({"name": name, "scaling": scaling}, {}, {"max_epochs": 1})
    scales = trained(config).preprocessing
    assert scales
    columns = columns_of(config.dataset, scales)
    raw = np.asarray(config.dataset.spec.make()[0])
    X = load_dataset(config).X_train
    for row, x in zip(raw[:40], X[:40], strict=True):
        found = row_of_features(columns, scales, x)
        # Within the precision of float32 features, and with no more digits than that.
        np.testing.assert_allclose(
            np.array(found, float), row, rtol=1e-6, atol=1e-6 * np.ptp(raw, axis=0).max()
        )
        np.testing.assert_allclose(features_of_row(columns, scales, found)[0], x, atol=1e-5)
    if name == "iris":
        assert [list(row_of_features(columns, scales, x)) for x in X] == raw.tolist()
    low, high = np.transpose(training_ranges(columns, scales, X))
    np.testing.assert_allclose(low, raw.min(axis=0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(high, raw.max(axis=0), rtol=1e-6)
    np.testing.assert_allclose(
        np.array(median_row(columns, scales, X), float),
        np.median(raw, axis=0),
        rtol=1e-5,
        atol=1e-5,
    )


def test_all_networks_predict_a_row(own_run: tuple[Table, Run]) -> None:
    table, run = own_run
    scales = run.preprocessing
    assert scales
    columns = columns_of(run.config.dataset, scales)
    row = _test_rows(table, 1)[5]
    features = features_of_row(columns, scales, _cells(table, table.X[row]))
    found = predict_features(run.config, run.layers(), scales, features)
    for k in range(3):
        layers = [(W[k], b[k]) for W, b in run.layers()]
        dataset = load_dataset(run.config, k)
        expected = predict(run.config, layers, dataset, features[[k]])[0]
        if found.values is not None:
            assert found.values[k] == pytest.approx(expected, rel=1e-6)
            continue
        if found.labels is not None:
            np.testing.assert_array_equal(found.labels[k] >= 0.5, expected)
            names = run.config.model.activation, run.config.output_activation
            output = forward(layers, features[[k]], *names).output[0]
            np.testing.assert_allclose(found.labels[k], output, rtol=1e-5)
            continue
        assert found.probabilities is not None
        assert found.probabilities[k].sum() == pytest.approx(1, rel=1e-5)
        assert found.probabilities[k].argmax() == expected
        names = run.config.model.activation, run.config.output_activation
        output = forward(layers, features[[k]], *names).output[0]
        np.testing.assert_allclose(found.probabilities[k, -len(output) :], output, rtol=1e-5)


def test_networks_of_shared_data_share_the_features(trained: Train) -> None:
    config = config_of({"name": "diabetes", "scaling": "minmax"}, {}, {"max_epochs": 2})
    several = config.training.model_copy(update={"n_seeds": 4})
    run = trained(config.model_copy(update={"training": several}))
    assert run.preprocessing
    dataset = load_dataset(config)
    found = predict_features(config, run.layers(), run.preprocessing, dataset.X_train[:1])
    expected = predict(config, run.layers(), dataset, dataset.X_train[:1])[:, 0]
    assert found.values is not None
    assert found.values.shape == (4, 1)
    np.testing.assert_allclose(found.values, expected[:, None], rtol=1e-5)


def test_a_typical_row_has_medians_and_the_most_common_value() -> None:
    table, config = _own()
    scales = train(config).preprocessing
    assert scales
    columns = columns_of(config.dataset, scales)
    dataset = load_dataset(config)
    size, weight, color = median_row(columns, scales, dataset.X_train)
    train_rows = np.setdiff1d(np.arange(len(table.y)), _test_rows(table, 0))
    X = table.X[train_rows]
    assert size == pytest.approx(np.median(X[:, 0]), rel=1e-5)
    assert weight == pytest.approx(np.nanmedian(X[:, 1]), abs=1e-4)
    names = [*columns[2].values, OTHER]
    assert color == names[np.bincount(X[~np.isnan(X[:, 2]), 2].astype(int)).argmax()]


def test_numbers_beyond_the_training_samples_are_named() -> None:
    columns = [OwnColumn(name="a"), OwnColumn(name="b", values=("x", "y")), OwnColumn(name="c")]
    ranges = [(0.0, 1.0), None, (-5.0, 5.0)]
    assert outside_training(columns, [0.0, "x", 5.0], ranges) == ()
    found = outside_training(columns, [1.5, "x", -6], ranges)
    assert found == (("a", 1.5, 0.0, 1.0), ("c", -6, -5.0, 5.0))
    assert outside_training(columns, [0.5, "y", None], ranges) == ()


def test_an_unknown_value_counts_as_another_or_is_refused() -> None:
    _, config = _own()
    scales = train(config).preprocessing
    assert scales
    columns = columns_of(config.dataset, scales)
    unseen = features_of_row(columns, scales, [1.0, 2.0, "never seen"])
    np.testing.assert_array_equal(unseen, features_of_row(columns, scales, [1.0, 2.0, OTHER]))
    strict = [*columns[:2], columns[2].model_copy(update={"has_other": False})]
    with pytest.raises(ValueError, match="color has no value “never seen” in the data"):
        features_of_row(strict, scales, [1.0, 2.0, "never seen"])
    with pytest.raises(ValueError, match="size needs a value: none is missing in the data"):
        features_of_row(columns, scales, [None, 2.0, "red"])
    for number in (1e31, -np.inf, np.nan, "5"):
        with pytest.raises(ValueError, match="size needs a number of at most 1e30"):
            features_of_row(columns, scales, [number, 2.0, "red"])
