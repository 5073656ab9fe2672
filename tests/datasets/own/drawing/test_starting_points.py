"""Drawings that start from registered data sets."""

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler

from annlab.datasets import DATASETS, load_dataset
from annlab.datasets.own.drawing.drawn import MAX_DRAWN_CLASSES, reason_not_to_train
from annlab.datasets.own.drawing.drawn_text import fits_in_link
from annlab.datasets.own.drawing.starting_points import (
    FILL,
    starting_config,
    starting_points,
    starting_sets,
)


def test_every_set_on_a_plane_or_a_line_can_start_a_drawing() -> None:
    found = starting_sets()
    assert {"moons", "circles", "xor", "spirals", "blobs", "function_1d"} <= set(found)
    for spec in DATASETS.values():
        n_classes = len(spec.names_of_classes(spec.defaults.get("n_classes")))
        if spec.n_features == 2 and 0 < n_classes <= MAX_DRAWN_CLASSES:
            assert spec.name in found
    assert not {name for name in found if DATASETS[name].target_names}


@pytest.mark.parametrize("name", starting_sets())
def test_samples_fill_the_pad(name: str) -> None:
    dataset = load_dataset(starting_config(name))
    drawn = starting_points(dataset)
    assert fits_in_link(drawn)
    assert reason_not_to_train(drawn) == ""
    assert len(drawn.points) == dataset.n_samples
    X, y = dataset.split("all")
    table = X if dataset.class_names else np.stack([X[:, 0], y], axis=1)
    expected = MinMaxScaler((-FILL, FILL)).fit_transform(table.astype(float))
    places = np.array(drawn.points)[:, :2] / 100
    for column, other in zip(places.T, expected.T, strict=True):
        np.testing.assert_allclose(np.sort(column), np.sort(other), atol=0.0051)
    if dataset.class_names:
        assert drawn.counts[: len(dataset.class_names)] == tuple(np.bincount(y))
