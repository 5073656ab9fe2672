"""Loading samples from a config: split and scaling against scikit-learn."""

import dataclasses
import tracemalloc
import weakref

import numpy as np
import pytest
from sklearn import datasets
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from annlab import DatasetConfig, RunConfig, load_dataset
from annlab.datasets import DATASETS, forget_datasets, load_for_training
from annlab.datasets.load import load_for_display
from annlab.datasets.serialize import bytes_for_display, dataset_from_bytes, dataset_to_bytes
from annlab.tensor_file import SavedFileError

SPLITS = ("train", "validation", "test")
ARRAYS = [f"{letter}_{split}" for split in SPLITS for letter in "Xy"]
SCALERS = {"minmax": MinMaxScaler, "standard": StandardScaler}
LOADERS = {
    "breast_cancer": datasets.load_breast_cancer,
    "wine": datasets.load_wine,
    "diabetes": datasets.load_diabetes,
}
SPLIT = {"test_fraction": 0.2, "validation_fraction": 0.25}


@pytest.mark.parametrize("name", list(LOADERS))
@pytest.mark.parametrize("split_seed", [42, 7])
@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_split_and_scaling_match_scikit_learn(name, split_seed, scaling):
    X, y = LOADERS[name](return_X_y=True)

    def stratify(y):
        return None if name == "diabetes" else y

    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.2, random_state=split_seed, stratify=stratify(y)
    )
    X_train, X_validation, y_train, y_validation = train_test_split(
        X, y, test_size=0.25, random_state=split_seed, stratify=stratify(y)
    )
    if scaling != "none":
        scaler = SCALERS[scaling]().fit(X_train)
        X_train, X_validation, X_test = map(scaler.transform, (X_train, X_validation, X_test))
    dataset = load_dataset(
        DatasetConfig(name=name, split_seed=split_seed, scaling=scaling, **SPLIT)
    )
    expected = {
        "X_train": X_train,
        "y_train": y_train,
        "X_validation": X_validation,
        "y_validation": y_validation,
        "X_test": X_test,
        "y_test": y_test,
    }
    for array, values in expected.items():
        made = getattr(dataset, array)
        np.testing.assert_array_equal(made, values.astype(made.dtype), err_msg=array)


def test_scaling_ignores_the_test_split():
    # Seed 7 puts the largest values into the test split, so they scale to values above 1.
    dataset = load_dataset(
        DatasetConfig(name="wine", scaling="minmax", split_seed=7, test_fraction=0.3)
    )
    np.testing.assert_allclose(dataset.X_train.min(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(dataset.X_train.max(axis=0), 1, atol=1e-6)
    assert dataset.X_test.max() > 1.05


@pytest.mark.parametrize(
    ("fields", "sizes"),
    [
        ({}, (150, 0, 0)),
        ({"test_fraction": 0.2}, (120, 0, 30)),
        ({"validation_fraction": 0.2}, (120, 30, 0)),
        ({"test_fraction": 0.2, "validation_fraction": 0.5}, (60, 60, 30)),
    ],
)
@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_sizes_of_splits(fields, sizes, scaling):
    config = DatasetConfig(name="iris", scaling=scaling, **fields)
    dataset = load_dataset(config)
    for split, size in zip(SPLITS, sizes, strict=True):
        assert getattr(dataset, f"X_{split}").shape == (size, 4)
        assert getattr(dataset, f"y_{split}").shape == (size,)
    assert config.sizes() == sizes
    assert dataset.n_train_samples == sizes[0]
    assert dataset.scored_split == ("test" if sizes[2] else "validation" if sizes[1] else "train")


@pytest.mark.parametrize("fields", [{}, {"scaling": "standard", **SPLIT}])
def test_arrays_are_read_only_and_have_documented_types(spec, fields):
    if spec.n_test_rows:
        fields = {name: value for name, value in fields.items() if name != "test_fraction"}
    dataset = load_dataset(DatasetConfig(name=spec.name, **fields))
    for array in ARRAYS:
        values = getattr(dataset, array)
        assert not values.flags.writeable, array
        if array.startswith("X"):
            assert values.dtype == np.float32
        else:
            assert values.dtype == (np.float32 if dataset.task.kind == "values" else np.int64)
            assert values.shape[1:] == ((spec.n_targets,) if spec.target_names else ())
        assert np.isfinite(values).all()
    assert len(dataset.feature_names) == dataset.X_train.shape[1] == spec.n_features
    n_classes = len(dataset.class_names)
    if n_classes:
        assert set(np.unique(dataset.y_train)) == set(range(n_classes))


@pytest.mark.parametrize("name", list(DATASETS))
def test_none_means_the_published_value(name):
    spec = DATASETS[name]
    of_the_maker = ("n_samples", "noise", "n_classes", "function", "gap", "outliers", "seed")
    left_open = DatasetConfig(name=name, **dict.fromkeys(of_the_maker))
    assert left_open == DatasetConfig(name=name, **spec.defaults)
    for field in of_the_maker:
        assert getattr(left_open, field) == spec.defaults.get(field)


def test_same_config_gives_the_same_arrays():
    config = DatasetConfig(name="xor", **SPLIT)
    first = load_dataset(config)
    forget_datasets()
    second = load_dataset(config)
    assert first is not second
    for array in ARRAYS:
        np.testing.assert_array_equal(getattr(first, array), getattr(second, array))


def test_too_few_samples_are_refused_with_a_sentence():
    # `model_construct` bypasses validation, which would refuse this config.
    config = DatasetConfig.model_construct(
        name="gaussians", n_samples=3, noise=0.5, seed=0, test_fraction=0.3
    )
    with pytest.raises(ValueError, match="3 samples are too few to hold out 30% of every class"):
        load_dataset(config)


def test_splits_by_name():
    dataset = load_dataset(DatasetConfig(name="iris", **SPLIT))
    for split in SPLITS:
        X, y = dataset.split(split)
        assert X is getattr(dataset, f"X_{split}")
        assert y is getattr(dataset, f"y_{split}")
    X, y = dataset.split("all")
    assert len(X) == len(y) == 150
    original = datasets.load_iris()
    order, expected_order = np.lexsort(X.T), np.lexsort(original.data.astype(np.float32).T)
    np.testing.assert_array_equal(X[order], original.data.astype(np.float32)[expected_order])
    np.testing.assert_array_equal(np.bincount(y), [50, 50, 50])


@pytest.mark.parametrize(
    ("split", "sentence"),
    [
        ("test", "this data set has no test split; test_fraction is 0"),
        ("validation", "this data set has no validation split; validation_fraction is 0"),
        ("tests", "must be one of train, validation, test, all; got 'tests'"),
    ],
)
def test_missing_split_is_refused(split, sentence):
    with pytest.raises(ValueError, match=sentence):
        load_dataset(DatasetConfig(name="iris")).split(split)


@pytest.mark.parametrize(
    ("name", "fields"),
    [("moons", {}), ("iris", {}), ("diabetes", {}), ("diabetes", {"target_scaling": "standard"})],
)
def test_serialization_round_trip(name, fields):
    dataset = load_dataset(DatasetConfig(name=name, **SPLIT, **fields))
    back = dataset_from_bytes(dataset_to_bytes(dataset))
    for field in dataclasses.fields(dataset):
        here, there = getattr(dataset, field.name), getattr(back, field.name)
        if field.name == "config":
            assert there is None  # whoever sends data knows their settings
        elif field.name in ARRAYS:
            assert here.dtype == there.dtype
            assert not there.flags.writeable
            np.testing.assert_array_equal(here, there)
        else:
            assert here == there


def test_foreign_bytes_are_refused(binary_run):
    for data in (b"", b"nonsense", binary_run.to_bytes()):
        with pytest.raises(SavedFileError):
            dataset_from_bytes(data)


@pytest.mark.parametrize("fields", [{}, SPLIT])
def test_target_scaling_matches_scikit_learn_and_keeps_the_targets(fields):
    plain = load_dataset(DatasetConfig(name="diabetes", **fields))
    scaled = load_dataset(DatasetConfig(name="diabetes", target_scaling="standard", **fields))
    assert (*plain.target_mean, *plain.target_scale) == (0.0, 1.0)
    scaler = StandardScaler().fit(plain.y_train[:, None].astype(float))
    assert scaled.target_mean.tolist() == pytest.approx(scaler.mean_, rel=1e-12)
    assert scaled.target_scale.tolist() == pytest.approx(scaler.scale_, rel=1e-12)
    for array in ARRAYS:
        np.testing.assert_array_equal(getattr(scaled, array), getattr(plain, array))


def test_a_constant_target_is_not_divided_by_zero(monkeypatch):
    def constant(**settings):
        return np.arange(20.0)[:, None], np.full(20, 3.0)

    entry = dataclasses.replace(DATASETS["function_1d"], make=constant)
    monkeypatch.setitem(DATASETS, "function_1d", entry)
    dataset = load_dataset(
        DatasetConfig(name="function_1d", target_scaling="standard", seed=990_001)
    )
    assert (*dataset.target_mean, *dataset.target_scale) == (3.0, 1.0)


def large(n):
    """Make a data set of n different images."""
    random = np.random.RandomState(0)
    X, y = random.randint(0, 256, (n + 100, 784)).astype(np.uint8), np.arange(n + 100) % 10
    X[:, :3] = [[0, 17, 255]]  # pixels that never change
    return X[:n], y[:n], X[n:], y[n:]


def pretend(monkeypatch, made):
    entry = dataclasses.replace(DATASETS["fashion_mnist"], make=lambda: made)
    monkeypatch.setitem(DATASETS, "fashion_mnist", entry)


@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_images_become_float32_features(monkeypatch, nothing_loaded, scaling):
    made = large(12_000)
    pretend(monkeypatch, made)
    tracemalloc.start()
    dataset = load_dataset(DatasetConfig(name="fashion_mnist", scaling=scaling))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Before and after scaling, and pieces of 32 MB in float64; not all in float64.
    assert peak < (1 if scaling == "none" else 2) * dataset.X_train.nbytes + 80_000_000
    X_train, X_test = made[0] / 255, made[2] / 255
    if scaling != "none":
        scaler = SCALERS[scaling]().fit(X_train)
        X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    np.testing.assert_allclose(dataset.X_train, X_train, rtol=0, atol=2e-6)
    np.testing.assert_allclose(dataset.X_test, X_test, rtol=0, atol=5e-6)
    assert dataset.X_train.dtype == dataset.X_test.dtype == np.float32
    forget_datasets()


@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_training_bytes_give_the_same_features_as_floats(monkeypatch, nothing_loaded, scaling):
    pretend(monkeypatch, large(500))
    config = DatasetConfig(name="fashion_mnist", scaling=scaling, validation_fraction=0.2)
    points, dataset = load_for_training(config), load_dataset(config)
    for split in ("train", "validation"):
        stored, numbers = points.X[split], getattr(dataset, f"X_{split}")
        assert stored.dtype == np.uint8
        shift = 0 if points.shift is None else points.shift
        np.testing.assert_allclose(stored * points.factor + shift, numbers, rtol=0, atol=2e-6)
        np.testing.assert_array_equal(points.y[split][:, 0], getattr(dataset, f"y_{split}"))
    assert points.preprocessing.class_names == dataset.class_names
    forget_datasets()


@pytest.mark.parametrize("scaling", ["none", *SCALERS])
def test_displayed_images_have_the_features_of_training(monkeypatch, nothing_loaded, scaling):
    pretend(monkeypatch, large(500))
    config = DatasetConfig(name="fashion_mnist", scaling=scaling, validation_fraction=0.2)
    most = 784 * 100  # every fourth of 400 training samples
    data = bytes_for_display(config, most)
    shown, usual, points = (
        dataset_from_bytes(data),
        load_for_display(config, most),
        load_for_training(config),
    )
    assert len(data) < 1.1 * (100 + 100 + 100) * 784
    for name in ARRAYS:
        array = getattr(shown, name)
        assert array.dtype == getattr(usual, name).dtype
        assert not array.flags.writeable
        np.testing.assert_allclose(array, getattr(usual, name), rtol=0, atol=5e-6)
    learned = points.X["train"][::4] * points.factor
    if points.shift is not None:
        learned += points.shift
    np.testing.assert_array_equal(shown.X_train, learned)
    for name in (
        "feature_names",
        "class_names",
        "task",
        "target_mean",
        "target_scale",
        "scored_split",
    ):
        assert getattr(shown, name) == getattr(usual, name)
    forget_datasets()


def test_other_samples_are_displayed_unchanged():
    config = DatasetConfig(name="digits", scaling="standard", **SPLIT)
    shown, usual = dataset_from_bytes(bytes_for_display(config)), load_dataset(config)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(shown, name), getattr(usual, name))


@pytest.mark.parametrize("name", ["digits", "diabetes"])
def test_other_samples_are_trained_on_unchanged(name):
    config = DatasetConfig(name=name, scaling="standard", **SPLIT)
    points, dataset = load_for_training(config), load_dataset(config)
    assert points.factor is points.shift is None
    for split in ("train", "validation", "test"):
        assert points.X[split] is getattr(dataset, f"X_{split}")
        np.testing.assert_array_equal(points.y[split][:, 0], getattr(dataset, f"y_{split}"))
    assert points.preprocessing.target_scale.tolist() == [dataset.target_scale.tolist()]


def test_one_variant_of_a_large_data_set_is_cached(monkeypatch, nothing_loaded):
    pretend(monkeypatch, large(200))
    configs = [DatasetConfig(name="fashion_mnist", scaling=name) for name in ("none", "minmax")]
    first = weakref.ref(load_dataset(configs[0]))
    second = load_dataset(configs[1])
    assert first() is None
    assert load_dataset(configs[1]) is second
    forget_datasets()


def test_display_takes_every_kth_sample():
    config = DatasetConfig(name="digits", **SPLIT)
    dataset, shown = load_dataset(config), load_for_display(config, 64 * 500)
    step = 3  # every second of 1077 samples would still be 539
    np.testing.assert_array_equal(shown.X_train, dataset.X_train[::step])
    np.testing.assert_array_equal(shown.y_train, dataset.y_train[::step])
    assert len(dataset.X_train) == 1077
    assert shown.X_train.base is None  # the array does not keep the other samples in memory
    assert not shown.X_train.flags.writeable
    for name in ARRAYS[2:]:
        np.testing.assert_array_equal(getattr(shown, name), getattr(dataset, name))
    assert (shown.task, shown.class_names) == (dataset.task, dataset.class_names)


def test_displayed_samples_are_scaled_by_all_samples():
    config = DatasetConfig(name="digits", scaling="standard", target_scaling="none", **SPLIT)
    shown = load_for_display(config, 64 * 10)
    np.testing.assert_array_equal(shown.X_train, load_dataset(config).X_train[::108])


@pytest.mark.parametrize("max_numbers", [1, 63, 64, 1000, 64 * 1076, 64 * 1077 - 1])
def test_display_stays_within_max_numbers(max_numbers):
    shown = load_for_display(DatasetConfig(name="digits", **SPLIT), max_numbers)
    assert 64 <= shown.X_train.size <= max(64, max_numbers)


def test_display_keeps_a_small_data_set_complete():
    config = DatasetConfig(name="digits", **SPLIT)
    dataset = load_dataset(config)
    assert load_for_display(config) is dataset
    assert load_for_display(config, dataset.X_train.size) is dataset


@pytest.mark.parametrize("resample", ["none", "split", "folds"])
def test_equal_samples_count_once(resample):
    # Two of the 150 flowers have the same measurements and species.
    dataset = {"name": "iris", "resample": resample}
    if resample == "split":
        dataset["test_fraction"] = 0.5
    config = RunConfig(dataset=dataset, training={"n_seeds": 30 if resample == "split" else 5})
    data = load_for_training(config)
    assert data.n_distinct["train"] == 149
    assert data.n_samples["train"] == {"none": 150, "split": 75, "folds": 120}[resample]
