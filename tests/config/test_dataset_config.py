"""Configs of data sets: which settings apply, ranges of the noise, sizes of the splits."""

import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, RunConfig
from annlab.validation import explain


@pytest.mark.parametrize(
    ("dataset", "fields"),
    [
        ("iris", {"n_samples": 100}),
        ("moons", {"n_classes": 2}),
        ("random_labels", {"noise": 0.1}),
        ("digits", {"seed": 0}),
        ("moons", {"function": "sine"}),
        ("diabetes", {"gap": 0.5}),
        ("sine", {"outliers": 0.1}),
        ("iris", {"target_scaling": "standard"}),
        ("xor", {"target_scaling": "standard"}),
    ],
)
def test_fields_that_do_not_apply_are_refused(dataset, fields):
    with pytest.raises(ValidationError, match="does not apply to"):
        DatasetConfig(name=dataset, **fields)


@pytest.mark.parametrize(
    ("dataset", "low", "high"), [("moons", 0, 1), ("gaussians", 0.05, 3), ("blobs", 0.05, 5)]
)
def test_noise_has_the_range_of_its_data_set(dataset, low, high):
    for noise in (low, high):
        assert DatasetConfig(name=dataset, noise=noise).noise == noise
    for noise in (low - 0.01, high + 0.01):
        with pytest.raises(ValidationError, match=f"must be between {low:g} and {high:g}, got"):
            DatasetConfig(name=dataset, noise=noise)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"name": "function_1d", "function": "sin"},
            "function: must be one of sine, step, abs, cubic, sum; got 'sin'",
        ),
        (
            {"name": "digits", "target_scaling": "standard"},
            "target_scaling: does not apply to Digits, whose targets are classes",
        ),
        (
            {"name": "fashion_mnist", "test_fraction": 0.2},
            "test_fraction: must be 0: Fashion-MNIST has a published test split",
        ),
    ],
)
def test_settings_of_some_data_sets(fields, sentence):
    with pytest.raises(ValidationError) as error:
        DatasetConfig(**fields)
    assert explain(error.value) == [sentence]
    with pytest.raises(ValidationError) as error:
        RunConfig(dataset=fields)
    assert explain(error.value) == [sentence]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"name": "iris", "test_fraction": 0.01},
            "test_fraction: the test split would have 2 of 150 samples; it needs 6",
        ),
        (
            {"name": "iris", "test_fraction": 0.9, "validation_fraction": 0.2},
            "validation_fraction: the validation split would have 3 of 150 samples; it needs 6",
        ),
        (
            {"name": "iris", "test_fraction": 0.9, "validation_fraction": 0.8},
            "test_fraction: only 3 samples would be left for training",
        ),
    ],
)
def test_every_split_needs_samples(fields, sentence):
    with pytest.raises(ValidationError) as error:
        DatasetConfig(**fields)
    assert explain(error.value) == [sentence]


def test_smallest_valid_split():
    # Three classes need six samples, two of each.
    assert DatasetConfig(name="iris", test_fraction=6 / 150).sizes().train == 144
    with pytest.raises(ValidationError, match="would have 5 of 150 samples; it needs 6"):
        DatasetConfig(name="iris", test_fraction=5 / 150)


@pytest.mark.parametrize(
    ("fields", "sizes"),
    [
        ({"name": "iris"}, (150, 150, 0)),
        ({"name": "iris", "test_fraction": 0.2, "validation_fraction": 0.25}, (150, 90, 30)),
        ({"name": "function_1d"}, (200, 200, 0)),
        ({"name": "fashion_mnist"}, (70_000, 60_000, 10_000)),
        ({"name": "fashion_mnist", "validation_fraction": 0.1}, (70_000, 54_000, 10_000)),
    ],
)
def test_split_sizes_are_known_before_loading(fields, sizes):
    config = DatasetConfig(**fields)
    assert (config.n_points, config.sizes().train, config.sizes().test) == sizes
    assert RunConfig(dataset=config).has_test == (sizes[2] > 0)


def test_published_test_samples_are_in_no_other_split():
    with pytest.raises(ValidationError) as error:
        DatasetConfig(name="fashion_mnist", validation_fraction=0.0001)
    assert explain(error.value) == [
        "validation_fraction: the validation split would have 6 of 70000 samples; it needs 20"
    ]
