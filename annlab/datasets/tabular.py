"""Measured data sets that scikit-learn ships or fetches.

Each function does its own imports, because exported scripts contain its source.
"""

import warnings

from annlab.datasets.spec import Array, DatasetSpec

# scikit-learn warns when a download fails. The filter is for the whole process, because
# `catch_warnings` is not thread-safe and a worker has two threads.
warnings.filterwarnings("ignore", "Retry downloading")


def load_breast_cancer() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.load_breast_cancer(return_X_y=True)


def load_iris() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.load_iris(return_X_y=True)


def load_iris_petals() -> tuple[Array, Array]:
    from sklearn import datasets

    X, y = datasets.load_iris(return_X_y=True)
    return X[:100, 2:], y[:100]


def load_wine() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.load_wine(return_X_y=True)


def load_digits() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.load_digits(return_X_y=True)


def load_diabetes() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.load_diabetes(return_X_y=True)


def load_california_housing() -> tuple[Array, Array]:
    from sklearn import datasets

    return datasets.fetch_california_housing(return_X_y=True, n_retries=1)


_SUGGESTED = {"test_fraction": 0.2, "scaling": "minmax"}


def _columns(loader_name: str) -> tuple[str, ...]:
    from sklearn import datasets

    return tuple(str(name) for name in getattr(datasets, loader_name)().feature_names)


TABULAR = (
    DatasetSpec(
        name="breast_cancer",
        label="Breast Cancer",
        task="binary",
        make=load_breast_cancer,
        n_features=30,
        n_rows=569,
        suggested=_SUGGESTED,
        class_names=("malignant", "benign"),
        feature_names=lambda: _columns("load_breast_cancer"),
        description="Thirty measurements of cell nuclei: is the tumor malignant or benign?",
        source="Street, Wolberg & Mangasarian (1993), Nuclear feature extraction for breast "
        "tumor diagnosis",
    ),
    DatasetSpec(
        name="iris",
        label="Iris",
        task="multiclass",
        make=load_iris,
        n_features=4,
        n_rows=150,
        suggested=_SUGGESTED,
        class_names=("setosa", "versicolor", "virginica"),
        feature_names=lambda: _columns("load_iris"),
        description="Four lengths in centimeters of a flower: which of three species is it?",
        source="Fisher (1936), The use of multiple measurements in taxonomic problems",
    ),
    DatasetSpec(
        name="iris_petals",
        label="Iris petals",
        task="binary",
        make=load_iris_petals,
        n_features=2,
        n_rows=100,
        suggested={"test_fraction": 0.2},
        class_names=("setosa", "versicolor"),
        feature_names=lambda: _columns("load_iris")[2:],
        description="Length and width of a petal in centimeters: which of two species is it? One "
        "straight line separates all samples.",
        source="Fisher (1936), The use of multiple measurements in taxonomic problems; the first "
        "two species",
    ),
    DatasetSpec(
        name="wine",
        label="Wine",
        task="multiclass",
        make=load_wine,
        n_features=13,
        n_rows=178,
        suggested=_SUGGESTED,
        class_names=("cultivar 0", "cultivar 1", "cultivar 2"),
        feature_names=lambda: _columns("load_wine"),
        description="Thirteen measurements of a wine: which of three cultivars is it from?",
        source="Forina et al., PARVUS; UCI Machine Learning Repository",
    ),
    DatasetSpec(
        name="digits",
        label="Digits",
        task="multiclass",
        make=load_digits,
        n_features=64,
        n_rows=1797,
        suggested=_SUGGESTED,
        class_names=tuple("0123456789"),
        feature_names=lambda: _columns("load_digits"),
        image_shape=(8, 8),
        description="Handwritten digits, 8 × 8 pixels: which of ten is it?",
        source="Alpaydin & Kaynak (1998), Optical recognition of handwritten digits; UCI "
        "Machine Learning Repository",
    ),
    DatasetSpec(
        name="diabetes",
        label="Diabetes",
        task="regression",
        make=load_diabetes,
        n_features=10,
        n_rows=442,
        suggested=_SUGGESTED,
        feature_names=lambda: _columns("load_diabetes"),
        target_name="disease progression",
        description="Ten facts about a patient: how far has the disease progressed a year later?",
        source="Efron, Hastie, Johnstone & Tibshirani (2004), Least angle regression",
    ),
    DatasetSpec(
        name="california_housing",
        label="California Housing",
        task="regression",
        make=load_california_housing,
        n_features=8,
        n_rows=20_640,
        suggested=_SUGGESTED,
        feature_names=lambda: (
            "MedInc",
            "HouseAge",
            "AveRooms",
            "AveBedrms",
            "Population",
            "AveOccup",
            "Latitude",
            "Longitude",
        ),
        target_name="median house value (100,000 $)",
        missing_message="California Housing is not on this machine and could not be downloaded: "
        "put scikit-learn's file cal_housing_py3.pkz into its data folder, which the environment "
        "variable SCIKIT_LEARN_DATA names (without it: ~/scikit_learn_data).",
        description="Eight facts about a district in 1990: what is the median house worth there?",
        source="Pace & Barry (1997), Sparse spatial autoregressions; the census of 1990",
    ),
)
