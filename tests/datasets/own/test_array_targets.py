"""Arrays with several targets: what they are, what is refused, and what is trained."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_linnerud, make_multilabel_classification

from annlab import (
    Dataset,
    DatasetConfig,
    ModelConfig,
    Run,
    RunConfig,
    TrainingConfig,
    load_dataset,
    train,
)
from annlab.datasets.own.own_data import MAX_TARGETS

X = np.arange(12.0).reshape(6, 2)
VALUES = np.column_stack([X[:, 0] / 7, X[:, 1] ** 2])
LABELS = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 0]])


def _own(data: Dataset) -> Any:
    assert data.config is not None
    return data.config.own


@pytest.mark.parametrize(
    ("y", "task", "expected"),
    [
        (VALUES, "multioutput_regression", VALUES),
        (VALUES.round().astype(int), "multioutput_regression", VALUES.round()),
        (LABELS, "multilabel", LABELS),
        (LABELS.astype(float), "multilabel", LABELS),
        (LABELS == 1, "multilabel", LABELS),
        ((LABELS == 1).tolist(), "multilabel", LABELS),
        # A column of 0 and 1 beside other numbers is a number, too.
        (np.c_[VALUES, LABELS[:, 0]], "multioutput_regression", np.c_[VALUES, LABELS[:, 0]]),
    ],
)
def test_the_columns_decide_what_they_are(y: Any, task: str, expected: np.ndarray) -> None:
    data = Dataset.from_arrays(X, y)
    assert data.task.name == task
    assert data.class_names == ()
    assert data.target_names == tuple(f"y{k + 1}" for k in range(expected.shape[1]))
    np.testing.assert_array_equal(data.y_train, expected.astype(data.y_train.dtype))


def test_the_task_can_be_chosen_for_zeros_and_ones() -> None:
    data = Dataset.from_arrays(X, LABELS, task="multioutput_regression")
    assert data.task.name == "multioutput_regression"
    assert data.y_train.dtype == np.float32


def test_names_of_pandas_are_used() -> None:
    frame = pd.DataFrame({"size": X[:, 0], "age": X[:, 1]})
    y = pd.DataFrame({"weight": VALUES[:, 0], "is old": [True, False] * 3})
    data = Dataset.from_arrays(frame, y)
    assert data.feature_names == ("size", "age")
    assert data.target_names == ("weight", "is old")
    np.testing.assert_array_equal(data.y_train, y.to_numpy(np.float32))
    labels = pd.DataFrame(LABELS[:, :2] == 1, columns=["old", "ill"]).astype("boolean")
    assert Dataset.from_arrays(X, labels).target_names == ("old", "ill")
    # Numbers as names are none, and names that are given win.
    assert Dataset.from_arrays(X, pd.DataFrame(VALUES)).target_names == ("y1", "y2")
    assert Dataset.from_arrays(X, y, target_name=["a", "b"]).target_names == ("a", "b")


@pytest.mark.parametrize("names", [["a", "a"], ["a" * 101, "b"], ["", "b"]])
def test_names_that_a_data_set_cannot_have_are_not_taken_from_pandas(names: list[str]) -> None:
    data = Dataset.from_arrays(pd.DataFrame(X, columns=names), VALUES)
    assert data.feature_names == ("x1", "x2")
    assert Dataset.from_arrays(X, pd.DataFrame(VALUES, columns=names)).target_names == ("y1", "y2")


def test_the_name_of_a_table_is_no_name_of_its_column() -> None:
    class Named(np.ndarray[Any, Any]):  # as in a file of HDF5
        name = "/table"

    data = Dataset.from_arrays(np.asarray(X).view(Named), VALUES.view(Named))
    assert (data.feature_names, data.target_names) == (("x1", "x2"), ("y1", "y2"))


@pytest.mark.parametrize("name", ["", "cm", ["cm"]])
def test_one_column_is_one_target(name: Any) -> None:
    plain = _own(Dataset.from_arrays(X, VALUES[:, 0], target_name="cm"))
    column = pd.DataFrame({"cm": VALUES[:, 0]})
    for y in (column, column["cm"]):
        data = Dataset.from_arrays(X, y, target_name=name)
        assert data.y_train.shape == (6,)
        assert _own(data) == plain


@pytest.mark.parametrize(
    ("y", "options", "sentence"),
    [
        (VALUES[:5], {}, r"y: needs one row for each of the 6 rows of X, got shape \(5, 2\)"),
        (5, {}, r"y: needs one value for each of the 6 rows of X, got shape \(\)"),
        (np.zeros((6, 2, 2)), {}, "y: needs one value for each of the 6 rows"),
        (np.zeros((6, 0)), {}, f"y: needs 1 to {MAX_TARGETS} columns, got 0"),
        (np.zeros((6, 21)), {}, f"y: needs 1 to {MAX_TARGETS} columns, got 21"),
        (
            np.where(VALUES == 9, np.nan, VALUES),
            {"target_name": ("waist", "pulse")},
            r"pulse: NaN in 1 row \(index 1\)",
        ),
        (np.where(VALUES > 30, np.inf, VALUES), {}, r"y2: infinity in 3 rows \(index 3, 4 and 5\)"),
        (np.where(VALUES > 90, -1e31, VALUES), {}, r"y2: a number beyond 1e30 in 1 row"),
        (np.c_[VALUES, [5.0] * 6], {}, "y3: every row has the same value, 5"),
        (LABELS * [1, 1, 0], {}, "y3: no row has this label"),
        (np.maximum(LABELS, [0, 1, 0]), {}, "y2: every row has this label"),
        ([["a", "b"]] * 6, {}, "y1: several targets must be numbers, or 0 and 1 for labels"),
        (
            pd.DataFrame({"u": VALUES[:, 0], "v": [*"abcdef"]}),
            {},
            "v: several targets must be numbers, or 0 and 1 for labels",
        ),
        (
            pd.DataFrame({"u": LABELS[:, 0], "v": [True, None, False] * 2}),
            {},
            r"v: NaN in 2 rows \(index 1 and 4\)",
        ),
        (VALUES, {"target_name": "size"}, "target_name: 2 names are needed, got 1"),
        (VALUES[:, 0], {"target_name": ["a", "b"]}, "target_name: 1 name is needed, got 2"),
        (VALUES, {"target_name": ["a", "a"]}, "target_name: two targets have the name 'a'"),
        (VALUES, {"target_name": ["a", " "]}, "target_name: the name of target 2 is empty"),
        (VALUES, {"class_names": ["a", "b"]}, "class_names: several targets have no classes"),
        (VALUES, {"task": "regression"}, "task: 'regression' needs one target, and y has 2"),
        (LABELS, {"task": "multiclass"}, "task: 'multiclass' needs one target, and y has 3"),
        (
            VALUES.round(),
            {"task": "multilabel"},
            "task: 'multilabel' needs a 0 or 1 in every cell, and y2 has 9",
        ),
        (VALUES[:, 0], {"task": "multilabel"}, "task: 'multilabel' needs 2 targets or more"),
    ],
)
def test_what_cannot_be_learned_is_refused(y: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Dataset.from_arrays(X, y, **options)


def test_the_content_says_which_targets_are_learned() -> None:
    different = {
        _own(Dataset.from_arrays(*arrays, **options)).content
        for arrays, options in (
            ((X, VALUES), {}),
            ((X, VALUES[:, ::-1]), {}),
            ((X, VALUES), {"target_name": ["a", "b"]}),
            ((X, VALUES[:, 0]), {}),
            ((X, LABELS), {}),
            ((X, LABELS), {"task": "multioutput_regression"}),
        )
    }
    assert len(different) == 6


def _trained(data: Dataset, config: DatasetConfig | None = None) -> Run:
    training = TrainingConfig(max_epochs=5, n_seeds=2)
    model = ModelConfig(hidden_sizes=(3,))
    if config is None:
        assert data.config is not None
        return train(RunConfig(dataset=data.config, model=model, training=training), dataset=data)
    return train(RunConfig(dataset=config, model=model, training=training))


@pytest.mark.parametrize(
    ("config", "load"),
    [
        (DatasetConfig.suggested("linnerud"), lambda: load_linnerud(return_X_y=True)),
        (
            DatasetConfig(name="labels", n_samples=80, noise=0, seed=6, test_fraction=0.2),
            lambda: make_multilabel_classification(
                80, n_features=2, n_classes=3, n_labels=2, random_state=6
            ),
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_arrays_of_a_built_in_data_set_train_as_it_does(config: DatasetConfig, load: Any) -> None:
    same = ("test_fraction", "scaling", "target_scaling", "resample")
    settings = {name: getattr(config, name) for name in same}
    data = Dataset.from_arrays(*load(), target_name=config.spec.target_names, **settings)
    there = load_dataset(config)
    np.testing.assert_array_equal(data.X_train, there.X_train)
    np.testing.assert_array_equal(data.y_test, there.y_test)
    np.testing.assert_array_equal(data.target_mean, there.target_mean)
    for layer, other in zip(_trained(data).layers(), _trained(data, config).layers(), strict=True):
        np.testing.assert_array_equal(layer[0], other[0])
