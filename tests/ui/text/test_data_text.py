"""Sentences about the samples of a data set."""

import dataclasses

import numpy as np

from annlab import Dataset
from annlab.datasets.own.own_data import OwnColumn
from annlab.ui.text.data_text import missing_text, repeated_text
from tests.own_data import ARRAYS, mixed_table


def test_repeated_samples_are_counted_in_each_held_out_split() -> None:
    X = np.repeat(np.arange(20.0), 2)
    data = Dataset.from_arrays(X, X > 9, test_fraction=0.2, validation_fraction=0.2)
    text = repeated_text(data)
    assert "validation samples equal a training sample in all features and the target." in text
    assert "test samples equal" in text
    thinned = dataclasses.replace(data, n_train_samples=1_000)
    assert repeated_text(thinned) == ""


def test_one_sample_is_said_as_one() -> None:
    X = np.arange(10.0)
    data = Dataset.from_arrays(X, X > 4, test_fraction=0.4)
    one = data.X_train.copy()
    one[0] = data.X_test[0]
    y = data.y_train.copy()
    y[0] = data.y_test[0]
    changed = dataclasses.replace(data, X_train=one, y_train=y)
    assert repeated_text(changed).startswith("1 test sample equals a training sample")
    assert repeated_text(data) == ""


def test_missing_cells_are_named() -> None:
    assert missing_text(ARRAYS.own) == "no missing values"
    assert missing_text(mixed_table().own).startswith(
        "missing cells in “weight”, “color”: an input"
    )
    columns = tuple(OwnColumn(name=f"[{k}](x)", has_missing=True) for k in range(5))
    text = missing_text(ARRAYS.own.model_copy(update={"columns": columns}))
    assert " and 2 more:" in text
    assert "](" not in text.replace("\\]\\(", "")
