"""Learning curves show the mean and the range of all seeds, in the colours of the models."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.figures import MODEL_COLOURS, Curves, ThemeName, learning_curves
from annlab.figures.curves import MAX_EPOCHS
from annlab.figures.theme import THEMES, rgba

RANDOM = np.random.default_rng(0)
TRAIN = RANDOM.random((6, 4)).astype(np.float32)
VALIDATION = RANDOM.random((6, 4)).astype(np.float32)


def _figure(*histories: dict[str, np.ndarray], **options: object) -> go.Figure:
    models = [Curves(name, history) for name, history in zip("ABC", histories, strict=False)]
    arguments = {"column": "loss", "title": "Loss", "max_epochs": 5, **options}
    return learning_curves(models, **arguments)


def _line(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _names(figure: go.Figure) -> list[str]:
    return [trace.name for trace in figure.data if trace.name]


def _bands(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.fill]


def test_a_line_is_the_mean_over_the_seeds() -> None:
    line = _line(_figure({"train_loss": TRAIN}), "A training")
    np.testing.assert_array_equal(line.x, range(6))
    np.testing.assert_allclose(line.y, TRAIN.mean(axis=1), rtol=1e-6)


def test_a_band_reaches_from_the_smallest_to_the_largest_seed() -> None:
    (band,) = _bands(_figure({"train_loss": TRAIN}))
    # There along the largest, and back along the smallest.
    np.testing.assert_array_equal(band.x, [0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0])
    np.testing.assert_array_equal(band.y[:6], TRAIN.max(axis=1))
    np.testing.assert_array_equal(band.y[6:][::-1], TRAIN.min(axis=1))
    assert band.fill == "toself"
    assert band.fillcolor == rgba(MODEL_COLOURS[0], 0.18)
    assert band.showlegend is False


def test_one_seed_has_no_band() -> None:
    figure = _figure({"train_loss": TRAIN[:, :1]})
    assert _bands(figure) == []
    np.testing.assert_array_equal(_line(figure, "A training").y, TRAIN[:, 0])


def test_training_is_solid_and_validation_dashed() -> None:
    figure = _figure({"train_loss": TRAIN, "val_loss": VALIDATION})
    assert _line(figure, "A training").line.dash == "solid"
    validation = _line(figure, "A validation")
    assert validation.line.dash == "dash"
    np.testing.assert_allclose(validation.y, VALIDATION.mean(axis=1), rtol=1e-6)
    assert len(_bands(figure)) == 2


def test_each_model_has_its_colour() -> None:
    figure = _figure({"train_loss": TRAIN}, {"train_loss": VALIDATION})
    assert [_line(figure, f"{name} training").line.color for name in "AB"] == list(
        MODEL_COLOURS[:2]
    )


def test_a_model_that_has_not_begun_leaves_the_others_their_colours() -> None:
    figure = _figure({}, {"train_loss": TRAIN})
    assert _names(figure) == ["B training"]
    assert _line(figure, "B training").line.color == MODEL_COLOURS[1]


def test_only_the_asked_column_is_drawn() -> None:
    history = {"train_loss": TRAIN, "train_accuracy": VALIDATION, "val_accuracy": TRAIN}
    figure = _figure(history, column="accuracy")
    assert _names(figure) == ["A training", "A validation"]
    np.testing.assert_allclose(_line(figure, "A training").y, VALIDATION.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("cursor", [0, 3])
def test_the_cursor_stands_at_its_epoch(cursor: int) -> None:
    (line,) = _figure({"train_loss": TRAIN}, cursor=cursor).layout.shapes
    assert line.x0 == line.x1 == cursor
    assert (line.y0, line.y1, line.yref) == (0, 1, "y domain")  # from bottom to top


def test_there_is_no_cursor_unless_asked_for() -> None:
    assert _figure({"train_loss": TRAIN}).layout.shapes == ()


@pytest.mark.parametrize("n_epochs", [MAX_EPOCHS - 1, MAX_EPOCHS, 1000, 9999])
def test_long_histories_are_thinned_and_keep_both_ends(n_epochs: int) -> None:
    values = RANDOM.random((n_epochs + 1, 2)).astype(np.float32)
    figure = _figure({"train_loss": values}, max_epochs=n_epochs)
    line = _line(figure, "A training")
    assert (line.x[0], line.x[-1]) == (0, n_epochs)
    assert len(line.x) == min(MAX_EPOCHS, n_epochs + 1)
    assert (np.diff(line.x) > 0).all()
    assert np.diff(line.x).max() <= np.diff(line.x).min() + 1
    np.testing.assert_allclose(line.y, values[line.x].mean(axis=1), rtol=1e-6)
    assert len(_bands(figure)[0].x) == 2 * len(line.x)


def test_one_row_is_enough() -> None:
    line = _line(_figure({"train_loss": TRAIN[:1]}), "A training")
    assert (line.x.tolist(), len(line.y)) == ([0], 1)


def test_the_axes_are_labelled_and_do_not_move() -> None:
    figure = _figure({"train_loss": TRAIN}, title="Loss: mean", max_epochs=80)
    assert figure.layout.title.text == "Loss: mean"
    assert figure.layout.xaxis.title.text == "epoch"
    assert figure.layout.xaxis.range == (0, 80)


def test_the_vertical_axis_counts_as_asked() -> None:
    history = {"train_loss": TRAIN}
    plain = _figure(history).layout.yaxis
    assert (plain.type, plain.tickformat, plain.rangemode) == ("linear", None, "tozero")
    assert _figure(history, log_scale=True).layout.yaxis.type == "log"
    assert _figure(history, percent=True).layout.yaxis.tickformat == ".0%"


@pytest.mark.parametrize("column", ["loss", "accuracy"])
def test_the_default_experiment(column: str, default_runs: list[Run], theme: ThemeName) -> None:
    curves = [Curves(name, run.history) for name, run in zip("AB", default_runs, strict=True)]
    figure = learning_curves(curves, column, column, max_epochs=100, cursor=50, theme=theme)
    assert len(figure.to_json()) < 120_000
    assert figure.layout.font.color == THEMES[theme].ink
    assert _names(figure) == ["A training", "B training"]
    assert len(_line(figure, "B training").x) == 101
