"""Other names for the models in a figure."""

import numpy as np

from annlab.figures import Curves, learning_curves, renamed

HISTORY = {"train_loss": np.array([[1.0], [0.5]])}
FIGURE = learning_curves([Curves("A", HISTORY), Curves("B", HISTORY)], "loss", "Loss", max_epochs=1)


def test_names_of_traces_begin_with_the_given_name() -> None:
    before = FIGURE.to_json()
    figure = renamed(FIGURE, {"B": "Bends"})
    assert FIGURE.to_json() == before
    names = {trace.name for trace in figure.data}
    assert {"A training", "Bends training", "Bends"} <= names
    assert not any(name and name.split()[0] == "B" for name in names)
    assert {trace.legendgroup for trace in figure.data} >= {"A", "Bends"}


def test_a_name_cannot_bring_html() -> None:
    names = {trace.name for trace in renamed(FIGURE, {"A": "<b>&"}).data}
    assert "&lt;b>&amp;" in names


def test_without_names_the_figure_is_the_same_object() -> None:
    assert renamed(FIGURE, {}) is FIGURE
