"""Data sets of arrays: what is refused, and what is trained."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris

from annlab import Dataset, DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate, train
from annlab.datasets import forget_datasets, load_dataset
from annlab.datasets.own import tables

X = np.arange(12.0).reshape(6, 2)
Y = ["a", "b"] * 3


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ((X, Y[:5]), "y: needs one value for each of the 6 rows"),
        (([["one"], ["two"]], Y[:2]), "X: must hold numbers"),
        ((np.zeros((0, 2)), []), "X: must have rows and columns"),
        ((np.zeros((2, 2, 2)), Y[:2]), "X: must have rows and columns"),
        ((np.where(X == 3, np.nan, X), Y), "x2: NaN in 1 row"),
        ((np.where(X > 7, np.inf, X), Y), "x1: infinity in 2 rows"),
        ((X, [1.5, np.nan, 2, 2, np.nan, 1]), "y: NaN in 2 rows"),
        ((X, ["a", None, "b", "b", "a", "a"]), "y: NaN in 1 row"),
        ((X, np.array(["a", float("nan"), "b"] * 2, object)), "y: NaN in 2 rows"),
        ((X, np.array([*Y[:5], pd.NA], object)), "y: NaN in 1 row"),
        ((X, np.array(["a", 1] * 3, object)), "y: labels must be texts or numbers, not both"),
        ((np.where(X == 3, -7e300, X), Y), "x2: a number beyond 1e30 in 1 row"),
        ((X, [1e31, 0.5, 1, 2, 3, 1e40]), "y: a number beyond 1e30 in 2 rows"),
        ((X, [3] * 6), "y: every row has the same value, 3"),
        ((np.zeros((1001, 1000)), [0, 1] * 500 + [0]), "at most 1,000,000 numbers"),
    ],
)
def test_arrays_that_cannot_be_learned_are_refused(arrays: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Dataset.from_arrays(*arrays)


@pytest.mark.parametrize(
    ("y", "task", "names"),
    [
        (Y, "binary", ("a", "b")),
        ([2, 1, 3, 3, 2, 1], "multiclass", ("1", "2", "3")),
        ([1.0, 2.0, 1.0, 2.0, 1.0, 2.0], "binary", ("1", "2")),
        ([True, False] * 3, "binary", ("False", "True")),
        ([0.5, 1, 2, 3, 4, 5], "regression", ()),
        (["yes ", "yes"] * 3, "binary", ("yes", "yes ")),
    ],
)
def test_the_target_decides_the_task(y: Any, task: str, names: tuple[str, ...]) -> None:
    data = Dataset.from_arrays(X, y)
    assert data.task.name == task
    assert data.class_names == names


@pytest.mark.parametrize(
    ("y", "task", "sentence"),
    [
        ([1, 2, 3] * 2, "binary", "task: 'binary' needs 2 classes, and y has 3"),
        (Y, "multiclass", "task: 'multiclass' needs 3 classes or more, and y has 2"),
        (Y, "regresion", "task: must be one of .*; got 'regresion'"),
        (Y, "regression", "y: must hold numbers for a regression"),
    ],
)
def test_a_task_that_does_not_fit_is_refused(y: Any, task: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Dataset.from_arrays(X, y, task=task)


def test_equal_samples_under_two_names_can_both_be_used() -> None:
    made = [
        Dataset.from_arrays(X, np.linspace(0, 0.9, 6), target_name=name) for name in ("", "a", "b")
    ]
    forget_datasets()
    for data in made:
        assert data.config is not None
        assert load_dataset(data.config).config == data.config


def test_whole_numbers_can_be_a_quantity() -> None:
    assert Dataset.from_arrays(X, range(6), task="regression").task.name == "regression"
    many = Dataset.from_arrays(np.arange(50.0), range(50))
    assert many.task.name == "regression"


@pytest.mark.parametrize(("name", "load"), [("iris", load_iris), ("diabetes", load_diabetes)])
def test_arrays_of_a_built_in_data_set_train_as_it_does(name: str, load: Any) -> None:
    settings: dict[str, Any] = {"test_fraction": 0.2, "scaling": "minmax"}
    data = Dataset.from_arrays(*load(return_X_y=True), task=None, **settings)
    there = load_dataset(DatasetConfig(name=name, **settings))
    np.testing.assert_array_equal(data.X_train, there.X_train)
    np.testing.assert_array_equal(data.y_test, there.y_test)
    runs = [
        train(
            RunConfig(
                dataset=config,
                model=ModelConfig(hidden_sizes=(3,)),
                training=TrainingConfig(max_epochs=5, n_seeds=2),
            ),
            dataset=given,
        )
        for config, given in ((data.config, data), (there.config, None))
    ]
    for layer, other in zip(runs[0].layers(), runs[1].layers(), strict=True):
        np.testing.assert_array_equal(layer[0], other[0])
    np.testing.assert_array_equal(evaluate(runs[0]).loss, evaluate(runs[1]).loss)


def test_data_that_are_no_longer_at_hand_can_be_given() -> None:
    data = Dataset.from_arrays(X, Y)
    assert data.config is not None
    config = RunConfig(dataset=data.config, training=TrainingConfig(max_epochs=1))
    tables.forget(data.config.own.content)
    forget_datasets()
    with pytest.raises(ValueError, match="Give them as `dataset=`"):
        train(config)
    assert train(config, dataset=data).n_epochs == 1


def test_data_of_another_config_are_refused() -> None:
    data = Dataset.from_arrays(X, Y)
    with pytest.raises(ValueError, match="dataset: it has other settings"):
        train(RunConfig(), dataset=data)


def test_groups_stay_together() -> None:
    groups = ["p1", "p2", "p3"] * 6
    data = Dataset.from_arrays(np.arange(18.0), ["a", "b"] * 9, groups=groups, test_fraction=0.34)
    assert data.config is not None
    own = data.config.own
    assert own is not None
    assert own.group_sizes == (6, 6, 6)
    for wrong, sentence in (([1] * 6, "same group"), ([1] * 5, "each of the 6 rows")):
        with pytest.raises(ValueError, match=sentence):
            Dataset.from_arrays(X, Y, groups=wrong)


def test_the_content_says_what_is_learned() -> None:
    def content(*arrays: Any, **options: Any) -> str:
        config = Dataset.from_arrays(*arrays, **options).config
        assert config is not None
        assert config.own is not None
        return config.own.content

    assert content(X, Y) == content(X.tolist(), Y)
    different = {
        content(X, Y),
        content(X + 1, Y),
        content(X, ["b", "a"] * 3),
        content(X, Y, feature_names=("u", "v")),
        content(X, Y, class_names=("c", "d")),
        content(X, Y, groups=[0, 1, 2, 0, 1, 2]),
        content(X, X[:, 0] / 7),
        content(X, X[:, 0] / 7, target_name="a"),
    }
    assert len(different) == 8
