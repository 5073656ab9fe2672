"""Scatter plots show all samples by class and split."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import DatasetConfig, load_dataset
from annlab.datasets import Dataset, Split
from annlab.figures import (
    ThemeName,
    labeled_points,
    points,
    points_in_plane,
    points_on_line,
    samples_picture,
)
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, THEMES
from annlab.figures.points import MAX_POINTS_ALONE

SPLIT = DatasetConfig(name="wine", test_fraction=0.3, validation_fraction=0.2, scaling="minmax")
REGRESSION = DatasetConfig(
    name="function_1d", n_samples=40, test_fraction=0.3, validation_fraction=0.2
)
PARTS: dict[Split, str] = {"train": "", "validation": "-open", "test": "-open-dot"}


@pytest.fixture(scope="module")
def split() -> Dataset:
    return load_dataset(SPLIT)


def _traces(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


def test_every_sample_is_drawn_by_class_and_split(split: Dataset) -> None:
    traces = _traces(points(split, (3, 7)))
    assert len(traces) == len(split.class_names) * len(PARTS)
    for part, suffix in PARTS.items():
        X, y = split.split(part)
        for k, name in enumerate(split.class_names):
            trace = traces[name if part == "train" else f"{name}, {part}"]
            np.testing.assert_array_equal(trace.x, X[y == k, 3])
            np.testing.assert_array_equal(trace.y, X[y == k, 7])
            assert len(trace.x) > 0
            assert trace.marker.color == CLASS_COLORS[k]
            assert trace.marker.symbol == CLASS_SYMBOLS[k] + suffix
    assert sum(len(trace.x) for trace in traces.values()) == 178


def test_empty_splits_are_not_in_the_legend() -> None:
    dataset = load_dataset(DatasetConfig(name="moons", n_samples=50))
    traces = _traces(points(dataset))
    assert list(traces) == ["class 0", "class 1"]
    np.testing.assert_array_equal(traces["class 1"].x, dataset.X_train[dataset.y_train == 1, 0])


def test_the_axes_are_labeled_with_the_features(split: Dataset) -> None:
    figure = points(split, (12, 0))
    assert figure.layout.xaxis.title.text == split.feature_names[12]
    assert figure.layout.yaxis.title.text == split.feature_names[0]


def test_ten_classes_have_ten_styles() -> None:
    dataset = load_dataset(DatasetConfig(name="digits", test_fraction=0.2))
    traces = _traces(points(dataset, (20, 30)))
    looks = {(trace.marker.color, trace.marker.symbol) for trace in traces.values()}
    assert len(traces) == len(looks) == 20


def test_too_many_points_are_thinned_out_and_a_note_says_so() -> None:
    n = 3 * MAX_POINTS_ALONE + 2
    dataset = load_dataset(DatasetConfig(name="moons", n_samples=n))
    figure = points(dataset)
    drawn = np.concatenate([trace.x for trace in figure.data])
    assert set(drawn) == set(dataset.X_train[evenly_spaced(n, MAX_POINTS_ALONE), 0])
    (note,) = figure.layout.annotations
    assert note.text == "2,000 of 6,002 samples"


@pytest.mark.parametrize("at_most", [1, 7, 29, 30, 31])
@pytest.mark.parametrize("name", ["circles", "function_1d"])
def test_all_splits_are_thinned_by_the_same_factor(name: str, at_most: int) -> None:
    dataset = load_dataset(
        DatasetConfig(name=name, n_samples=30, test_fraction=0.2, validation_fraction=0.25)
    )
    figure = (
        points(dataset, max_points=at_most)
        if dataset.class_names
        else points_on_line(dataset, "y", max_points=at_most)
    )
    drawn = dict.fromkeys(PARTS, 0)
    for trace in figure.data:
        symbol = trace.marker.symbol.replace("circle", "").replace("diamond", "")
        (part,) = (part for part, suffix in PARTS.items() if suffix == symbol)
        drawn[part] += len(trace.x)
        X, _ = dataset.split(part)
        assert set(trace.x) <= set(X[:, 0].astype(np.float32))
    assert sum(drawn.values()) == min(30, at_most)
    if at_most >= 7:
        assert drawn["train"] == pytest.approx(0.6 * min(30, at_most), abs=1)
        assert drawn["test"] == pytest.approx(0.2 * min(30, at_most), abs=1)
    assert len(figure.layout.annotations) == (at_most < 30)


def test_regression_samples_have_no_class_color(theme: ThemeName) -> None:
    dataset = load_dataset(REGRESSION)
    figure = points_on_line(dataset, "y (s)", theme=theme)
    assert list(_traces(figure)) == list(PARTS)
    for part, suffix in PARTS.items():
        trace = _traces(figure)[part]
        X, y = dataset.split(part)
        np.testing.assert_array_equal(trace.x, X[:, 0])
        np.testing.assert_allclose(trace.y, y, rtol=1e-6)
        assert trace.marker.symbol == "circle" + suffix
        assert trace.marker.color == THEMES[theme].ink
    assert figure.layout.yaxis.title.text == "y (s)"


def test_the_default_experiment(default_dataset: Dataset, theme: ThemeName) -> None:
    figure = points(default_dataset, theme=theme)
    assert len(figure.to_json()) < 120_000
    assert figure.layout.font.color == THEMES[theme].ink
    assert sum(len(trace.x) for trace in figure.data) == 1000


def test_two_targets_are_a_point_in_their_plane_in_the_color_of_the_feature() -> None:
    dataset = load_dataset(DatasetConfig(name="plane_curve", n_samples=40, test_fraction=0.3))
    figure = points_in_plane(dataset)
    training, test = (trace for trace in figure.data if trace.marker.colorscale)
    parts: tuple[Split, ...] = ("train", "test")
    for trace, part in zip((training, test), parts, strict=True):
        X, y = dataset.split(part)
        np.testing.assert_array_equal(np.stack([trace.x, trace.y], axis=1), y)
        np.testing.assert_array_equal(trace.marker.color, X[:, 0])
    assert (training.marker.symbol, test.marker.symbol) == ("circle", "circle-open-dot")
    assert (training.marker.cmin, training.marker.cmax) == (test.marker.cmin, test.marker.cmax)


def test_labels_are_marked_in_every_split() -> None:
    dataset = load_dataset(DatasetConfig(name="labels", n_samples=60, test_fraction=0.3))
    figure = labeled_points(dataset, (1, 0))
    for k in range(3):
        marks = [trace for trace in figure.data if trace.name == f"label {k + 1}"]
        assert [trace.showlegend for trace in marks] == [True, False]
        parts: tuple[Split, ...] = ("train", "test")
        for trace, part in zip(marks, parts, strict=True):
            X, y = dataset.split(part)
            np.testing.assert_array_equal(trace.x, X[y[:, k] == 1, 1])
            np.testing.assert_array_equal(trace.y, X[y[:, k] == 1, 0])


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("moons", True),
        ("function_1d", True),
        ("plane_curve", True),
        ("labels", True),
        ("linnerud", False),
        ("diabetes", False),
    ],
)
def test_the_shape_of_the_data_chooses_the_picture(name: str, drawn: bool) -> None:
    dataset = load_dataset(DatasetConfig(name=name))
    assert (samples_picture(dataset, "y") is not None) == drawn
