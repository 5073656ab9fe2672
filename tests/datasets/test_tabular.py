"""Measured data sets: as scikit-learn ships them."""

import numpy as np
import pytest
from sklearn import datasets

from annlab import DatasetConfig, load_dataset
from annlab.datasets import DATASETS
from annlab.datasets.tabular import TABULAR

LOADERS = {
    "breast_cancer": datasets.load_breast_cancer,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
}


def test_every_table_is_compared():
    assert {spec.name for spec in TABULAR} == set(LOADERS)


@pytest.mark.parametrize("name", list(LOADERS))
def test_table_is_scikit_learns(name):
    bunch = LOADERS[name]()
    dataset = load_dataset(DatasetConfig(name=name))
    np.testing.assert_array_equal(dataset.X_train, bunch.data.astype(np.float32))
    np.testing.assert_array_equal(dataset.y_train, bunch.target.astype(dataset.y_train.dtype))
    assert dataset.y_train.dtype == (np.float32 if name == "diabetes" else np.int64)
    assert dataset.feature_names == tuple(bunch.feature_names)


@pytest.mark.parametrize("name", list(LOADERS))
def test_entry_knows_the_shape_without_loading(name):
    bunch = LOADERS[name]()
    spec = DATASETS[name]
    assert (spec.n_rows, spec.n_features) == bunch.data.shape
    assert DatasetConfig(name=name).n_points == spec.n_rows


@pytest.mark.parametrize("name", ["breast_cancer", "iris"])
def test_classes_have_scikit_learns_names(name):
    assert DATASETS[name].class_names == tuple(LOADERS[name]().target_names)


@pytest.mark.parametrize("name", ["wine", "digits"])
def test_classes_are_named_in_order(name):
    names = DATASETS[name].class_names
    assert len(names) == len(LOADERS[name]().target_names)
    assert [label[-1] for label in names] == [str(k) for k in range(len(names))]


def test_regression_has_no_classes():
    assert DatasetConfig(name="diabetes").class_names == ()
