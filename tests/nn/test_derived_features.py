"""Derived features: each equals its code, scikit-learn's polynomials and NumPy's sine."""

import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from annlab.nn.derived_features import (
    FEATURES,
    PLAIN,
    features_of,
    input_names,
    network_inputs,
)

X = np.random.default_rng(0).normal(size=(3, 40, 2)).astype(np.float32)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_what_its_code_says(name: str) -> None:
    entry = FEATURES[name]
    names = ("x",) if entry.n_features == 1 else ("x1", "x2")
    columns = np.random.default_rng(1).normal(size=(len(names), 50))
    expected = eval(entry.code, {"np": np, **dict(zip(names, columns, strict=True))})
    np.testing.assert_array_equal(entry.f(*columns), expected)


def test_features_of_a_plane_are_the_polynomials_of_scikit_learn() -> None:
    names = ("x1", "x2", "x1_squared", "x1_x2", "x2_squared")
    found = network_inputs(X[0], names)
    expected = PolynomialFeatures(degree=2, include_bias=False).fit_transform(X[0])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_features_of_one_input_are_the_powers_up_to_five() -> None:
    x = X[0, :, :1]
    found = network_inputs(x, features_of(1))
    expected = PolynomialFeatures(degree=5, include_bias=False).fit_transform(x)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_sines_are_those_of_numpy() -> None:
    np.testing.assert_array_equal(network_inputs(X, ("sin_x1", "sin_x2")), np.sin(X))


def test_leading_axes_and_the_type_stay() -> None:
    found = network_inputs(X, ("x1_x2", "x1", "sin_x2"))
    assert found.shape == (3, 40, 3)
    assert found.dtype == np.float32


def test_without_names_the_features_are_the_inputs() -> None:
    assert network_inputs(X, ()) is X
    np.testing.assert_array_equal(network_inputs(X, PLAIN[2]), X)


def test_every_feature_belongs_to_one_number_of_features() -> None:
    assert [len(features_of(n)) for n in (1, 2, 3, 784)] == [5, 7, 0, 0]
    assert set(features_of(1)) | set(features_of(2)) == set(FEATURES)
    assert len({entry.label for entry in FEATURES.values()}) == len(FEATURES)


def test_inputs_are_named_after_the_features_of_the_data() -> None:
    names = ("x2", "x1_squared", "x1_x2", "sin_x2")
    assert input_names(["width", "height"], names) == [
        "height",
        "width²",
        "width·height",
        "sin height",
    ]
    assert input_names(["a", "b", "c"], ()) == ["a", "b", "c"]
