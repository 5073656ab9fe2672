"""Measured data sets against scikit-learn."""

import numpy as np
import pytest
from sklearn import datasets
from sklearn.utils import Bunch

from annlab import DatasetConfig, load_dataset
from annlab.datasets import DATASETS
from annlab.datasets.tabular import TABULAR


def iris_petals():
    """Petals of the first two species."""
    iris = datasets.load_iris()
    return Bunch(
        data=iris.data[:100, 2:],
        target=iris.target[:100],
        feature_names=iris.feature_names[2:],
        target_names=iris.target_names[:2],
    )


LOADERS = {
    "breast_cancer": datasets.load_breast_cancer,
    "iris": datasets.load_iris,
    "iris_petals": iris_petals,
    "wine": datasets.load_wine,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
    "california_housing": datasets.fetch_california_housing,
}
REGRESSION = ("diabetes", "california_housing")


@pytest.fixture(params=list(LOADERS))
def name(request):
    """Every table; downloaded tables are skipped without their files."""
    if DATASETS[request.param].missing_message:
        request.getfixturevalue("shared_datasets")
    return request.param


def test_every_table_has_a_reference():
    assert {spec.name for spec in TABULAR} == set(LOADERS)


def test_table_matches_scikit_learn(name):
    bunch = LOADERS[name]()
    dataset = load_dataset(DatasetConfig(name=name))
    np.testing.assert_array_equal(dataset.X_train, bunch.data.astype(np.float32))
    np.testing.assert_array_equal(dataset.y_train, bunch.target.astype(dataset.y_train.dtype))
    assert dataset.y_train.dtype == (np.float32 if name in REGRESSION else np.int64)
    assert dataset.feature_names == tuple(bunch.feature_names)


def test_entry_states_the_shape_without_loading(name):
    bunch = LOADERS[name]()
    spec = DATASETS[name]
    assert (spec.n_rows, spec.n_features) == bunch.data.shape
    assert DatasetConfig(name=name).n_points == spec.n_rows


@pytest.mark.parametrize("name", ["breast_cancer", "iris", "iris_petals"])
def test_class_names_match_scikit_learn(name):
    assert DATASETS[name].class_names == tuple(LOADERS[name]().target_names)


@pytest.mark.parametrize("name", ["wine", "digits"])
def test_class_names_are_in_order(name):
    names = DATASETS[name].class_names
    assert len(names) == len(LOADERS[name]().target_names)
    assert [label[-1] for label in names] == [str(k) for k in range(len(names))]


@pytest.mark.parametrize("name", REGRESSION)
def test_regression_has_a_target_name_and_no_classes(name):
    assert DatasetConfig(name=name).class_names == ()
    assert DATASETS[name].target_name


def test_classification_has_no_target_name():
    for entry in TABULAR:
        assert bool(entry.target_name) == (entry.task == "regression")


def test_digits_have_an_image_shape():
    bunch = datasets.load_digits()
    X = load_dataset(DatasetConfig(name="digits")).X_train
    pictures = X.reshape(-1, *DATASETS["digits"].image_shape)
    np.testing.assert_array_equal(pictures, bunch.images)


def test_california_prices_have_the_published_unit(shared_datasets):
    y = load_dataset(DatasetConfig(name="california_housing")).y_train
    assert y[0] == pytest.approx(4.526)  # the first district: 452,600 $
    assert y.max() == pytest.approx(5.00001)  # cut off at 500,001 $


def test_missing_california_data_offline_gives_a_sentence(offline):
    with pytest.raises(ValueError, match="California Housing is not on this machine") as error:
        load_dataset(DatasetConfig(name="california_housing"))
    assert "SCIKIT_LEARN_DATA" in str(error.value)
    assert "cal_housing_py3.pkz" in str(error.value)
    assert error.value.__suppress_context__
