"""Samples that a held-out split shares with the training split."""

import numpy as np
import pandas as pd
import pytest

from annlab import Dataset, DatasetConfig, load_dataset
from annlab.analysis.repeated_samples import n_repeated
from annlab.datasets import Split


def _with_repeated_rows() -> Dataset:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, (200, 2)).astype(float)
    return Dataset.from_arrays(
        X, X[:, 0] > 2, test_fraction=0.2, validation_fraction=0.2, scaling="standard"
    )


@pytest.mark.parametrize("split", ["validation", "test"])
def test_repeated_samples_are_those_that_pandas_joins(split: Split) -> None:
    data = _with_repeated_rows()
    rows = {
        name: pd.DataFrame(
            np.column_stack([getattr(data, f"X_{name}"), getattr(data, f"y_{name}")])
        )
        for name in ("train", split)
    }
    joined = rows[split].merge(rows["train"].drop_duplicates())
    assert n_repeated(data, split) == len(joined) > 0


def test_samples_of_one_kind_with_other_targets_are_no_repetitions() -> None:
    X = np.zeros((40, 1))
    data = Dataset.from_arrays(X, np.arange(40) * 0.5, test_fraction=0.2)
    assert n_repeated(data, "test") == 0


def test_generated_samples_do_not_repeat() -> None:
    data = load_dataset(DatasetConfig(name="moons", n_samples=200, noise=0.1, test_fraction=0.3))
    assert n_repeated(data, "test") == 0


def test_a_split_without_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="no test split"):
        n_repeated(load_dataset(DatasetConfig(name="moons", n_samples=50)), "test")
