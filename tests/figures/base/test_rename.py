"""Other names for the models in a figure."""

import numpy as np

from annlab.analysis.surfaces import plane_through
from annlab.figures import (
    Curves,
    SurfacePoints,
    decision_surface,
    learning_curves,
    legend_entries,
    renamed,
)

HISTORY = {"train_loss": np.array([[1.0], [0.5]])}
FIGURE = learning_curves([Curves("A", HISTORY), Curves("B", HISTORY)], "loss", "Loss", max_epochs=1)
X = np.array([[0.0, 0.0], [1.0, 1.0]])
PLANE = plane_through(X, resolution=5)
POINTS = SurfacePoints(X, np.array([0, 1]), np.array([False, True]))


def test_names_of_traces_begin_with_the_given_name() -> None:
    before = FIGURE.to_json()
    figure = renamed(FIGURE, {"B": "Bends"})
    assert FIGURE.to_json() == before
    names = {trace.name for trace in figure.data}
    assert {"A training", "Bends training", "Bends"} <= names
    assert not any(name and name.split()[0] == "B" for name in names)
    letters = {trace.text[0] for trace in figure.data if trace.mode == "text"}
    assert letters == {"<b>A</b>", "<b>Bends</b>"}


def test_a_class_named_like_a_model_keeps_its_name() -> None:
    surface = decision_surface(
        PLANE, np.full((5, 5, 1), 0.4), POINTS, ("x1", "x2"), ("A", "B"), theme="light"
    )
    figure = renamed(surface, {"A": "Bends"})
    assert [trace.name for trace in figure.data] == [trace.name for trace in surface.data]
    assert {"A", "B"} <= {trace.name for trace in figure.data}
    assert not any(entry.is_model for entry in legend_entries(surface))


def test_a_name_cannot_bring_html() -> None:
    names = {trace.name for trace in renamed(FIGURE, {"A": "<b>&"}).data}
    assert "&lt;b>&amp;" in names


def test_without_names_the_figure_is_the_same_object() -> None:
    assert renamed(FIGURE, {}) is FIGURE
