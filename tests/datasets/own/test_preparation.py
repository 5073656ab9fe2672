"""Preparation of own columns: fitted on the training samples alone, the same in NumPy."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer

from annlab.datasets import load_dataset, load_for_training
from annlab.datasets.config import DatasetConfig
from annlab.datasets.own import tables
from annlab.datasets.own.own_data import OwnColumn
from annlab.datasets.own.preparation import fit_preparation, medians_in, prepare
from annlab.datasets.split import raw_splits
from tests.own_data import ARRAYS, mixed_table

TABLE = mixed_table()
COLUMNS = TABLE.own.columns
SPLITS = {"test_fraction": 0.25, "validation_fraction": 0.2}


def _prepared(X: np.ndarray, preparation: Any) -> np.ndarray:
    return prepare(COLUMNS, X, medians_in(preparation))


def test_numpy_prepares_as_scikit_learn_does() -> None:
    preparation = fit_preparation(COLUMNS, TABLE.X[:50])
    there = preparation.transform(TABLE.X)
    np.testing.assert_array_equal(_prepared(TABLE.X, preparation), there)


def test_inputs_agree_with_pandas_dummies() -> None:
    names = ["1 red", "2 green", "3 blue", "4 other", "5 gap"]
    color = [names[4 if np.isnan(code) else int(code)] for code in TABLE.X[:, 2]]
    expected = pd.get_dummies(pd.Series(color)).to_numpy(float)
    inputs = _prepared(TABLE.X, fit_preparation(COLUMNS, TABLE.X))
    np.testing.assert_array_equal(inputs[:, 3:], expected)


def test_a_column_without_gaps_has_a_median_for_new_rows() -> None:
    medians = medians_in(fit_preparation(COLUMNS, TABLE.X[:50]))
    np.testing.assert_array_equal(medians[:2], np.nanmedian(TABLE.X[:50, :2], axis=0))
    assert medians[2] == 0  # a category


def test_neighbors_are_prepared_each_in_its_way() -> None:
    one = OwnColumn(name="one", values=("a",))  # like a number, it has one input
    plain, gaps = OwnColumn(name="plain"), OwnColumn(name="gaps", has_missing=True)
    columns = (plain, plain, one, one, plain, gaps, gaps, plain, plain)
    X = np.random.default_rng(0).normal(size=(9, len(columns)))
    X[:, 2:4] = 0
    X[2:4, 5:7] = np.nan
    preparation = fit_preparation(columns, X)
    medians = np.nanmedian(X, axis=0)
    np.testing.assert_array_equal(medians_in(preparation), medians)
    there = preparation.transform(X)
    assert there.shape == (9, 11)
    np.testing.assert_array_equal(prepare(columns, X, medians), there)


def test_the_median_is_of_the_training_samples() -> None:
    tables.provide(TABLE)
    config = DatasetConfig(own=TABLE.own, **SPLITS)
    splits = raw_splits(config)
    train = TABLE.X[splits.rows["train"]]
    median = SimpleImputer(strategy="median").fit(train[:, [1]]).statistics_[0]
    assert splits.medians is not None
    assert splits.medians[1] == median != np.nanmedian(TABLE.X[:, 1])
    for split in ("train", "validation", "test"):
        missing = np.isnan(TABLE.X[splits.rows[split], 1])
        inputs = splits.samples[split][0]
        np.testing.assert_array_equal(inputs[missing, 1], median)
        np.testing.assert_array_equal(inputs[:, 2], missing)


@pytest.mark.parametrize("scaling", ["none", "minmax", "standard"])
def test_training_knows_how_a_raw_row_becomes_features(scaling: str) -> None:
    tables.provide(TABLE)
    config = DatasetConfig(own=TABLE.own, scaling=scaling, **SPLITS)
    scales = load_for_training(config).preprocessing
    assert scales.medians is not None
    rows = TABLE.X[raw_splits(config).rows["test"]]
    inputs = prepare(COLUMNS, rows, scales.medians[0])
    features = inputs * scales.factor[0] + scales.shift[0]
    np.testing.assert_allclose(features, load_dataset(config).X_test, atol=1e-5)


def test_a_column_that_is_empty_in_training_becomes_zero() -> None:
    X = TABLE.X.copy()
    X[:50, 1] = np.nan
    preparation = fit_preparation(COLUMNS, X[:50])
    assert medians_in(preparation)[1] == 0
    np.testing.assert_array_equal(_prepared(X, preparation), preparation.transform(X))


def test_plain_numbers_stay_as_they_are() -> None:
    preparation = fit_preparation(ARRAYS.own.columns, ARRAYS.X)
    np.testing.assert_array_equal(preparation.transform(ARRAYS.X), ARRAYS.X)
    assert not ARRAYS.own.is_prepared
