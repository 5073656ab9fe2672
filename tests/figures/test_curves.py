"""Learning curves show mean and range over all networks, in the colors of the models."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.figures import (
    MODEL_COLORS,
    Curves,
    ThemeName,
    curve_splits,
    is_share,
    learning_curves,
    metric_title,
)
from annlab.figures.base.theme import THEMES, rgba
from annlab.figures.curve_layers import MAX_EPOCHS, MAX_LINE_POINTS, MAX_LINES

RANDOM = np.random.default_rng(0)
TRAIN = RANDOM.random((6, 4)).astype(np.float32)
VALIDATION = RANDOM.random((6, 4)).astype(np.float32)


def _figure(*histories: dict[str, np.ndarray], **options: Any) -> go.Figure:
    models = [Curves(name, history) for name, history in zip("ABC", histories, strict=False)]
    arguments: dict[str, Any] = {"column": "loss", "title": "Loss", "max_epochs": 5, **options}
    return learning_curves(models, **arguments)


def _line(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _names(figure: go.Figure) -> list[str]:
    """Traces of the curves, without legend entries."""
    return [trace.name for trace in figure.data if trace.name and trace.showlegend is False]


def _legend(figure: go.Figure) -> list[str]:
    return [trace.name for trace in figure.data if trace.showlegend is not False]


def _markers(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.mode == "markers"]


def _networks(figure: go.Figure) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.line.width == 0.8)
    return trace


def _bands(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.fill]


def test_a_line_is_the_mean_over_the_seeds() -> None:
    line = _line(_figure({"train_loss": TRAIN}), "A training")
    np.testing.assert_array_equal(line.x, range(6))
    np.testing.assert_allclose(line.y, TRAIN.mean(axis=1), rtol=1e-6)


def test_a_band_reaches_from_the_smallest_to_the_largest_seed() -> None:
    (band,) = _bands(_figure({"train_loss": TRAIN}))
    # Forward along the largest values, back along the smallest.
    np.testing.assert_array_equal(band.x, [0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0])
    np.testing.assert_array_equal(band.y[:6], TRAIN.max(axis=1))
    np.testing.assert_array_equal(band.y[6:][::-1], TRAIN.min(axis=1))
    assert band.fill == "toself"
    assert band.fillcolor == rgba(MODEL_COLORS[0], 0.18)
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


def test_each_model_has_its_color() -> None:
    figure = _figure({"train_loss": TRAIN}, {"train_loss": VALIDATION})
    assert [_line(figure, f"{name} training").line.color for name in "AB"] == list(MODEL_COLORS[:2])


def test_model_without_history_does_not_shift_colors() -> None:
    figure = _figure({}, {"train_loss": TRAIN})
    assert _names(figure) == ["B training"]
    assert _line(figure, "B training").line.color == MODEL_COLORS[1]


def test_empty_history_is_not_drawn() -> None:
    figure = _figure({"train_loss": TRAIN[:0]}, {"train_loss": TRAIN}, cursor=2)
    assert _names(figure) == ["B training"]
    assert len(_markers(figure)) == 1


def test_only_the_given_column_is_drawn() -> None:
    history = {"train_loss": TRAIN, "train_accuracy": VALIDATION, "val_accuracy": TRAIN}
    figure = _figure(history, column="accuracy")
    assert _names(figure) == ["A training", "A validation"]
    np.testing.assert_allclose(_line(figure, "A training").y, VALIDATION.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("cursor", [0, 3])
def test_the_cursor_stands_at_its_epoch(cursor: int) -> None:
    (line,) = _figure({"train_loss": TRAIN}, cursor=cursor).layout.shapes
    assert line.x0 == line.x1 == cursor
    assert (line.y0, line.y1, line.yref) == (0, 1, "y domain")  # from bottom to top


def test_a_marker_stands_on_each_curve_at_the_cursor() -> None:
    history = {"train_loss": TRAIN, "val_loss": VALIDATION}
    training, validation = _markers(_figure(history, cursor=3))
    assert (training.x, validation.x) == ((3,), (3,))
    assert training.y[0] == pytest.approx(TRAIN[3].mean())
    assert validation.y[0] == pytest.approx(VALIDATION[3].mean())
    assert training.marker.color == validation.marker.line.color == MODEL_COLORS[0]
    assert validation.marker.color == training.marker.line.color == THEMES["light"].paper


def test_a_marker_stays_at_the_end_of_a_shorter_curve() -> None:
    short, long = _markers(_figure({"train_loss": TRAIN[:3]}, {"train_loss": TRAIN}, cursor=4))
    assert (short.x, long.x) == ((2,), (4,))
    assert short.y[0] == pytest.approx(TRAIN[2].mean())


def test_a_marker_of_a_thinned_curve_stands_at_its_own_epoch() -> None:
    values = RANDOM.random((5000, 2)).astype(np.float32)
    figure = _figure({"train_loss": values}, max_epochs=4999, cursor=7)
    assert 7 not in _line(figure, "A training").x
    (marker,) = _markers(figure)
    assert (marker.x, marker.y) == ((7,), (pytest.approx(values[7].mean()),))


def test_no_cursor_by_default() -> None:
    figure = _figure({"train_loss": TRAIN})
    assert figure.layout.shapes == ()
    assert _markers(figure) == []


SLOW = Curves("A", {"train_loss": TRAIN}, seconds=np.array([0, 2, 4, 6, 8, 10.5]))
FAST = Curves("B", {"train_loss": VALIDATION}, seconds=np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5]))


def test_axis_of_seconds_uses_times_of_each_model() -> None:
    figure = learning_curves([SLOW, FAST], "loss", "", max_epochs=99, over="seconds", cursor=3)
    np.testing.assert_array_equal(_line(figure, "A training").x, SLOW.seconds)
    np.testing.assert_allclose(_line(figure, "B training").x, FAST.seconds, rtol=1e-6)
    assert [marker.x[0] for marker in _markers(figure)] == pytest.approx([6, 0.3])
    assert figure.layout.shapes == ()  # one line cannot mark two different times
    assert figure.layout.xaxis.range == (0, 10.5)
    assert figure.layout.xaxis.title.text == "seconds of training"


@pytest.mark.parametrize(("seconds", "n"), [(None, 0), (np.zeros(5), 5)])
def test_a_curve_without_times_is_refused(seconds: np.ndarray | None, n: int) -> None:
    with pytest.raises(ValueError, match=f"A needs a time for each of 6 rows. Got {n}."):
        learning_curves(
            [Curves("A", {"train_loss": TRAIN}, seconds=seconds)],
            "loss",
            "",
            max_epochs=5,
            over="seconds",
        )


def test_model_without_history_needs_no_times() -> None:
    figure = learning_curves([Curves("A", {})], "loss", "", max_epochs=5, over="seconds")
    assert _names(figure) == []
    assert figure.layout.xaxis.range == (0, 1)


def test_given_color_is_used() -> None:
    models = [Curves("A", {"train_loss": TRAIN}, color="#123456")]
    figure = learning_curves(models, "loss", "", max_epochs=5, cursor=1)
    assert _line(figure, "A training").line.color == "#123456"
    assert _line(figure, "A").line.color == "#123456"
    assert _markers(figure)[0].marker.color == "#123456"
    assert _bands(figure)[0].fillcolor == rgba("#123456", 0.18)


@pytest.mark.parametrize(("split", "word"), [("train", "training"), ("val", "validation")])
def test_only_the_given_splits_are_drawn(split: str, word: str) -> None:
    history = {"train_loss": TRAIN, "val_loss": VALIDATION}
    figure = _figure(history, splits=[split], cursor=2)
    assert _names(figure) == [f"A {word}"]
    assert len(_bands(figure)) == len(_markers(figure)) == 1
    assert figure.layout.legend.title.text == word


def test_the_legend_names_each_model_once_and_tells_the_splits_apart() -> None:
    history = {"train_loss": TRAIN, "val_loss": VALIDATION}
    figure = _figure(history, history, cursor=2, individual=True)
    assert _legend(figure) == ["A", "B"]
    assert figure.layout.legend.title.text == "solid: training · dashed: validation"
    # A click on a legend entry hides all traces of the model.
    assert {trace.legendgroup for trace in figure.data} == {"A", "B"}


def test_the_legend_stands_at_the_bottom_and_the_title_on_top() -> None:
    legend = _figure({"train_loss": TRAIN}).layout.legend
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 0, "bottom")


def test_individual_networks_are_thin_lines_in_one_trace() -> None:
    plain = _figure({"train_loss": TRAIN})
    figure = _figure({"train_loss": TRAIN}, individual=True)
    assert len(figure.data) == len(plain.data) + 1
    lines = _networks(figure)
    y = np.reshape(lines.y, (4, 7))
    np.testing.assert_array_equal(y[:, :-1], TRAIN.T)
    assert np.isnan(y[:, -1]).all()  # the pen is lifted
    np.testing.assert_array_equal(np.reshape(lines.x, (4, 7))[:, :-1], [range(6)] * 4)


def test_a_single_network_is_drawn_once() -> None:
    history = {"train_loss": TRAIN[:, :1]}
    assert len(_figure(history, individual=True).data) == len(_figure(history).data)


@pytest.mark.parametrize("shape", [(2000, 10), (300, 400), (5, 400)])
def test_points_of_individual_networks_are_limited(shape: tuple[int, int]) -> None:
    values = RANDOM.random(shape).astype(np.float32)
    figure = _figure({"train_loss": values}, individual=True, max_epochs=shape[0] - 1)
    lines = _networks(figure)
    gaps = np.flatnonzero(np.isnan(lines.y))
    assert len(gaps) == min(MAX_LINES, shape[1])
    assert len(lines.y) - len(gaps) <= MAX_LINE_POINTS
    assert (lines.x[0], lines.x[-1]) == (0, shape[0] - 1)
    assert lines.y[gaps[0] - 1] == values[-1, 0]
    assert lines.y[-2] == values[-1, -1]


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


def test_history_of_one_row_is_drawn() -> None:
    line = _line(_figure({"train_loss": TRAIN[:1]}), "A training")
    assert (line.x.tolist(), len(line.y)) == ([0], 1)


def test_the_axes_are_labeled_and_do_not_move() -> None:
    figure = _figure({"train_loss": TRAIN}, title="Loss: mean", max_epochs=80)
    assert figure.layout.title.text == "Loss: mean"
    assert figure.layout.xaxis.title.text == "epoch"
    assert figure.layout.xaxis.range == (0, 80)


def test_vertical_axis_scale_and_format() -> None:
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


TEST = RANDOM.random((6, 4)).astype(np.float32)


def test_test_split_is_dotted_and_optional() -> None:
    history = {"train_loss": TRAIN, "val_loss": VALIDATION, "test_loss": TEST}
    figure = _figure(history)
    line = _line(figure, "A test")
    assert line.line.dash == "dot"
    np.testing.assert_allclose(line.y, TEST.mean(axis=1), rtol=1e-6)
    said = figure.layout.legend.title.text
    assert said == "solid: training · dashed: validation · dotted: test"
    without = _figure(history, splits=["train", "val"])
    assert _names(without) == ["A training", "A validation"]


def test_axis_of_steps_uses_batches_of_each_model() -> None:
    models = [
        Curves("A", {"train_loss": TRAIN}, steps_per_epoch=32),
        Curves("B", {"train_loss": VALIDATION}, steps_per_epoch=4),
    ]
    figure = learning_curves(models, "loss", "", max_epochs=99, over="steps", cursor=3)
    np.testing.assert_array_equal(_line(figure, "A training").x, [0, 32, 64, 96, 128, 160])
    np.testing.assert_array_equal(_line(figure, "B training").x, [0, 4, 8, 12, 16, 20])
    assert [marker.x[0] for marker in _markers(figure)] == [96, 12]
    assert figure.layout.xaxis.range == (0, 160)
    assert figure.layout.xaxis.title.text == "training steps (batches)"
    assert "steps" in _line(figure, "A training").hovertemplate


def test_a_curve_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="A needs its steps per epoch"):
        _figure({"train_loss": TRAIN}, over="steps")


def _notes(figure: go.Figure) -> list[str]:
    return [line for note in figure.layout.annotations for line in note.text.split("<br>")]


def test_diverged_network_is_left_out_with_a_note() -> None:
    values = TRAIN.copy()
    values[:, 1] = 1e6
    curves = [Curves("A", {"train_loss": values}, diverged=np.array([0, 3, 0, 0]))]
    figure = learning_curves(curves, "loss", "", max_epochs=5, individual=True)
    kept = TRAIN[:, [0, 2, 3]]
    np.testing.assert_allclose(_line(figure, "A training").y, kept.mean(axis=1), rtol=1e-6)
    assert max(_bands(figure)[0].y) == kept.max()
    assert np.nanmax(_networks(figure).y) == kept.max()
    assert _notes(figure) == ["A: 1 of 4 networks diverged, left out"]


@pytest.mark.parametrize("diverged", [None, [0, 0, 0, 0], [1, 2, 3, 3]])
def test_all_networks_are_included_if_none_or_all_diverged(diverged: list[int] | None) -> None:
    epochs = None if diverged is None else np.array(diverged)
    curves = [Curves("A", {"train_loss": TRAIN}, diverged=epochs)]
    figure = learning_curves(curves, "loss", "", max_epochs=5)
    np.testing.assert_allclose(_line(figure, "A training").y, TRAIN.mean(axis=1), rtol=1e-6)
    assert _notes(figure) == []


def test_note_gives_the_number_of_lines_for_many_networks() -> None:
    values = RANDOM.random((4, 200)).astype(np.float32)
    history = {"train_loss": values, "val_loss": values}
    figure = _figure(history, history, individual=True)
    assert _notes(figure) == ["50 of 200 lines drawn"]
    assert _notes(_figure(history)) == []
    assert _notes(_figure({"train_loss": TRAIN}, individual=True)) == []


def test_each_network_is_marked_at_its_own_epoch() -> None:
    marked = np.array([1, 5, 2, 9])  # the last one beyond the end of the history
    curves = [Curves("A", {"train_loss": TRAIN, "val_loss": VALIDATION}, marked=marked)]
    figure = learning_curves(curves, "loss", "", max_epochs=5)
    training, validation = _markers(figure)
    assert training.x == validation.x == (1, 5, 2, 5)
    rows = [1, 5, 2, 5]
    np.testing.assert_allclose(training.y, TRAIN[rows, range(4)], rtol=1e-6)
    np.testing.assert_allclose(validation.y, VALIDATION[rows, range(4)], rtol=1e-6)
    assert figure.layout.shapes == ()


def test_markers_of_networks_that_diverged_are_left_out() -> None:
    marked, diverged = np.array([1, 5, 2, 3]), np.array([0, 6, 0, 0])
    curves = [Curves("A", {"train_loss": TRAIN}, marked=marked, diverged=diverged)]
    (markers,) = _markers(learning_curves(curves, "loss", "", max_epochs=5))
    assert markers.x == (1, 2, 3)


def test_log_axis_draws_zero_loss_at_a_labeled_floor() -> None:
    values = np.array([[0.5, 0.4], [1e-3, 0.0], [0.0, 0.0]], np.float32)
    figure = _figure({"train_loss": values}, log_scale=True, individual=True, cursor=2)
    axis = figure.layout.yaxis
    assert (axis.type, axis.tickmode, axis.ticktext[0]) == ("log", "array", "0")
    floor = float(np.float32(axis.tickvals[0]))
    assert 0 < floor < 5e-4
    line = _line(figure, "A training")
    np.testing.assert_allclose(line.y, [0.45, 5e-4, floor], rtol=1e-6)
    np.testing.assert_allclose(line.customdata, [0.45, 5e-4, 0], rtol=1e-6)
    assert "customdata" in line.hovertemplate
    (band,) = _bands(figure)
    np.testing.assert_allclose(band.y, [0.5, 1e-3, floor, floor, floor, 0.4], rtol=1e-6)
    (marker,) = _markers(figure)
    assert marker.y[0] == pytest.approx(floor)
    assert np.nanmin(_networks(figure).y) == floor
    assert axis.range[0] < np.log10(floor)


def test_log_axis_without_zeros_hovers_true_values() -> None:
    figure = _figure({"train_loss": TRAIN}, log_scale=True)
    line = _line(figure, "A training")
    assert line.customdata is None
    assert "0" not in figure.layout.yaxis.ticktext
    np.testing.assert_allclose(line.y, TRAIN.mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize(
    ("columns", "test", "splits"),
    [
        (["train_loss", "test_loss"], None, ("train", "val", "test")),
        (["train_loss", "val_loss", "test_loss"], None, ("train", "val")),
        (["train_loss", "val_loss", "test_loss"], True, ("train", "val", "test")),
        (["train_loss", "test_loss"], False, ("train", "val")),
    ],
)
def test_test_curve_is_drawn_on_request_or_without_validation(
    columns: list[str], test: bool | None, splits: tuple[str, ...]
) -> None:
    assert curve_splits(columns, test) == splits


@pytest.mark.parametrize(
    ("metric", "title"),
    [
        ("loss", "Loss"),
        ("accuracy", "Accuracy"),
        ("mse", "Mean squared error"),
        ("label_accuracy", "Label accuracy"),
        ("subset_accuracy", "Subset accuracy"),
    ],
)
def test_a_metric_has_a_title(metric: str, title: str) -> None:
    assert metric_title(metric) == title
    assert is_share(metric) is ("accuracy" in metric)
