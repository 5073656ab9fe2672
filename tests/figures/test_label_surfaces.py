"""Regions of labels: limits of what is drawn, and marks that fit into each other."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.analysis.surfaces import plane_through
from annlab.figures import LabeledPoints, ThemeName, label_surfaces
from annlab.figures.base.theme import THEMES
from annlab.figures.label_marks import LABEL_SIZES, LABEL_SYMBOLS, MAX_LABELS, ring_size
from annlab.figures.label_surfaces import DASHES_ON_CANVAS, LABEL_DASHES

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(900, 2))


def _figure(n_labels: int = 3, theme: ThemeName = "light", n: int = 50) -> go.Figure:
    plane = plane_through(X, resolution=12)
    y = RANDOM.integers(0, 2, (n, n_labels))
    predicted = y.copy()
    predicted[::10, 0] = 1 - y[::10, 0]
    surface = RANDOM.random((12, 12, n_labels))
    names = [f"l{k}" for k in range(n_labels)]
    points = LabeledPoints(X[:n], y, predicted)
    return label_surfaces(plane, surface, points, ("x", "y"), names, theme=theme)


def test_every_label_has_a_mark_and_a_dash_of_its_own() -> None:
    assert len(set(LABEL_SYMBOLS)) == len(set(LABEL_DASHES)) == MAX_LABELS
    assert len(LABEL_SIZES) == MAX_LABELS
    assert all(outer - inner >= 3 for inner, outer in pairwise(LABEL_SIZES))
    assert all(ring_size(n) > LABEL_SIZES[n - 1] for n in range(1, MAX_LABELS + 1))
    assert set(DASHES_ON_CANVAS) == set(LABEL_DASHES)


def test_more_labels_are_counted_in_a_note() -> None:
    figure = _figure(8)
    assert sum(trace.type == "contour" for trace in figure.data) == MAX_LABELS
    assert "the first 6 of 8 labels" in figure.layout.annotations[0].text


def test_few_mistakes_are_all_drawn() -> None:
    figure = _figure(n=900)
    rings = next(trace for trace in figure.data if trace.name == "a label is wrong")
    assert len(rings.x) == 90
    assert "of 900 samples" in figure.layout.annotations[0].text


def test_hover_texts_name_all_labels(theme: ThemeName) -> None:
    figure = _figure(theme=theme)
    hover = [trace for trace in figure.data if trace.type == "heatmap"][-1]
    assert hover.text[0][0].count("%") == 3
    dots = next(
        trace for trace in figure.data if trace.type == "scatter" and trace.text is not None
    )
    assert dots.marker.color == THEMES[theme].ink
    assert dots.text[0].startswith("labels: ")
    assert "predicted: " in dots.text[0]


def test_the_number_of_names_must_fit() -> None:
    points = LabeledPoints(X[:1], np.zeros((1, 2), int), np.zeros((1, 2), int))
    with pytest.raises(ValueError, match="Got 2 labels and 1 names"):
        label_surfaces(plane_through(X), np.zeros((100, 100, 2)), points, ("x", "y"), ["a"])


def test_samples_without_predictions_have_no_mistakes() -> None:
    assert not LabeledPoints(X[:5], np.ones((5, 2), int)).wrong.any()
