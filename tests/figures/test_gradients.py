"""Gradient norms by layer and over epochs, and inactive units."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import (
    MODEL_COLORS,
    ThemeName,
    clipped_steps,
    gradient_norms_by_layer,
    gradient_norms_over_epochs,
    gradient_reach,
    inactive_units,
)
from annlab.figures.base.theme import THEMES, rgba
from annlab.figures.gradients import MAX_EPOCHS, SMALLEST, layer_color

RANDOM = np.random.default_rng(0)
DEEP = 10.0 ** RANDOM.uniform(-6, 0, (5, 4)).astype(np.float32)
SHALLOW = RANDOM.random((2, 1)).astype(np.float32)
HISTORY = RANDOM.random((21, 3, 4)).astype(np.float32)


def _line(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _bands(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.fill]


def test_each_model_has_a_mean_and_a_band_over_its_layers() -> None:
    figure = gradient_norms_by_layer([("A", DEEP), ("B", SHALLOW)])
    for name, norms, color in (
        ("A", DEEP, MODEL_COLORS[0]),
        ("B", SHALLOW, MODEL_COLORS[1]),
    ):
        line = _line(figure, name)
        np.testing.assert_array_equal(line.x, range(1, len(norms) + 1))
        np.testing.assert_allclose(line.y, norms.mean(axis=1), rtol=1e-5)
        assert line.x.dtype == np.int32
        assert line.y.dtype == np.float32
        assert line.line.color == color
    (band,) = _bands(figure)  # the model with one network has no band
    np.testing.assert_array_equal(band.y[:5], DEEP.max(axis=1))
    np.testing.assert_array_equal(band.y[5:][::-1], DEEP.min(axis=1))
    assert band.fillcolor == rgba(MODEL_COLORS[0], 0.18)


def test_axis_ticks_are_whole_decades() -> None:
    axis = gradient_norms_by_layer([("A", np.array([[2e-5], [0.3]]))]).layout.yaxis
    assert axis.type == "log"
    assert axis.range == (-5.1, 0.1)
    assert axis.dtick == 1
    wide = gradient_norms_by_layer([("A", np.array([[0.0], [0.3]]))]).layout.yaxis
    assert wide.range == (-12.1, 0.1)
    assert wide.dtick == 2
    narrow = gradient_norms_by_layer([("A", np.ones((2, 1)))]).layout.yaxis
    assert narrow.range[0] < 0 < narrow.range[1]


def test_zero_and_nonfinite_gradients_are_drawn() -> None:
    norms = np.array([[0.0, 0.0], [np.nan, 1.0], [1.0, 1.0]], np.float32)
    with np.errstate(all="raise"):
        figure = gradient_norms_by_layer([("A", norms), ("B", np.zeros((0, 2)))])
    y = _line(figure, "A").y
    assert y[0] == np.float32(SMALLEST)
    assert np.isnan(y[1])
    assert y[2] == 1
    assert "B" not in [trace.name for trace in figure.data]
    gradient_norms_by_layer([])
    gradient_norms_by_layer([("A", np.full((2, 2), np.nan))])


def test_each_layer_has_its_line_and_shade(theme: ThemeName) -> None:
    figure = gradient_norms_over_epochs(HISTORY, "A", theme=theme)
    assert [trace.name for trace in figure.data] == ["layer 1", "layer 2", "layer 3"]
    for k in range(3):
        line = _line(figure, f"layer {k + 1}")
        np.testing.assert_array_equal(line.x, range(21))
        np.testing.assert_allclose(line.y, HISTORY[:, k].mean(axis=1), rtol=1e-5)
        assert line.line.color == layer_color(k, 3, theme)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.range == (0, 20)


@pytest.mark.parametrize("n_layers", [1, 2, 10])
def test_shades_go_from_light_to_dark(n_layers: int, theme: ThemeName) -> None:
    shades = [layer_color(k, n_layers, theme) for k in range(n_layers)]
    lightness = [sum(int(shade[i : i + 2], 16) for i in (1, 3, 5)) for shade in shades]
    assert lightness == sorted(set(lightness), reverse=True)


def test_legend_of_a_deep_network_names_first_and_last_layer() -> None:
    figure = gradient_norms_over_epochs(np.ones((3, 20, 1)), "A")
    named = [trace.name for trace in figure.data if trace.showlegend]
    assert len(figure.data) == 20
    assert len(named) == 6
    assert (named[0], named[-1]) == ("layer 1", "layer 20")


@pytest.mark.parametrize("n_epochs", [MAX_EPOCHS - 1, MAX_EPOCHS, 5000])
def test_long_histories_are_thinned_and_keep_both_ends(n_epochs: int) -> None:
    history = RANDOM.random((n_epochs + 1, 2, 2)).astype(np.float32)
    for figure in (
        gradient_norms_over_epochs(history, "A"),
        inactive_units([("A", history)]),
    ):
        x = figure.data[0].x
        assert len(x) == min(MAX_EPOCHS, n_epochs + 1)
        assert (x[0], x[-1]) == (0, n_epochs)
    np.testing.assert_allclose(figure.data[0].y, history[x].mean(axis=(1, 2)), rtol=1e-5)


def test_model_without_layers_is_accepted() -> None:
    assert gradient_norms_over_epochs(np.zeros((3, 0, 2)), "A").data == ()


def test_shares_are_means_over_layers_and_seeds_in_percent() -> None:
    figure = inactive_units([("A", HISTORY), ("B", HISTORY[:11, :1])])
    np.testing.assert_allclose(_line(figure, "A").y, HISTORY.mean(axis=(1, 2)), rtol=1e-5)
    np.testing.assert_allclose(_line(figure, "B").y, HISTORY[:11, 0].mean(axis=1), rtol=1e-5)
    axis = figure.layout.yaxis
    assert axis.title.text == "share of inactive units"
    assert axis.tickformat == ".0%"
    assert axis.range[0] <= 0
    assert axis.range[1] >= 1
    assert figure.layout.xaxis.range == (0, 20)


@pytest.mark.parametrize("n_epochs", [0, 1, MAX_EPOCHS, 5000])
def test_clipped_steps_start_after_the_first_epoch(n_epochs: int) -> None:
    shares = RANDOM.random((n_epochs + 1, 3)).astype(np.float32)
    figure = clipped_steps([("A", shares), ("B", shares[:, :0])])
    if not n_epochs:
        assert figure.data == ()
        return
    line = _line(figure, "A")
    assert (line.x[0], line.x[-1]) == (1, n_epochs)
    np.testing.assert_allclose(line.y, shares[line.x].mean(axis=1), rtol=1e-5)
    band = _bands(figure)[0]
    np.testing.assert_array_equal(band.y[: len(line.x)], shares[line.x].max(axis=1))
    assert figure.layout.yaxis.tickformat == ".0%"
    assert "B" not in [trace.name for trace in figure.data]


def test_omitted_model_does_not_shift_colors() -> None:
    assert _line(inactive_units([("B", HISTORY)]), "B").line.color == MODEL_COLORS[1]
    assert _line(gradient_norms_by_layer([("C", DEEP)]), "C").line.color == MODEL_COLORS[2]
    assert inactive_units([]).data == ()


def test_a_model_without_hidden_layers_has_no_share_of_inactive_units() -> None:
    figure = inactive_units([("A", HISTORY[:, :0]), ("B", HISTORY)])
    assert [trace.name for trace in figure.data] == ["B"]
    assert figure.layout.xaxis.range == (0, 20)


@pytest.mark.parametrize("cursor", [None, 0, 7])
def test_the_cursor_stands_at_its_epoch(cursor: int | None, theme: ThemeName) -> None:
    for figure in (
        gradient_norms_over_epochs(HISTORY, "A", cursor=cursor, theme=theme),
        inactive_units([("A", HISTORY)], cursor=cursor, theme=theme),
    ):
        assert [(s.x0, s.x1) for s in figure.layout.shapes] == (
            [] if cursor is None else [(cursor, cursor)]
        )
        assert figure.layout.xaxis.title.text == "epoch"
        assert figure.layout.font.color == THEMES[theme].ink


def test_gradient_reach_is_first_layer_over_last_layer(theme: ThemeName) -> None:
    norms = 10.0 ** RANDOM.uniform(-6, 0, (21, 5, 4))
    figure = gradient_reach([("A", norms), ("C", HISTORY[:11, :2])], cursor=3, theme=theme)
    ratio = norms[:, 0] / norms[:, -1]
    line = _line(figure, "A")
    # A geometric mean, so that one outlier among the networks does not dominate.
    np.testing.assert_allclose(np.log(line.y), np.log(ratio).mean(axis=1), rtol=1e-4, atol=1e-4)
    assert line.line.color == MODEL_COLORS[0]
    assert _line(figure, "C").line.color == MODEL_COLORS[2]
    np.testing.assert_array_equal(_line(figure, "C").x, range(11))
    np.testing.assert_allclose(_bands(figure)[0].y[:21], ratio.max(axis=1), rtol=1e-5)
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.title.text == "first layer / last layer"
    assert figure.layout.xaxis.range == (0, 20)
    assert [s.x0 for s in figure.layout.shapes] == [3]


def test_gradient_reach_with_one_layer_or_zeros() -> None:
    with np.errstate(all="raise"):
        figure = gradient_reach([("A", np.zeros((3, 4, 2))), ("B", np.ones((3, 1, 2)))])
    np.testing.assert_array_equal(_line(figure, "A").y, 1)
    assert "B" not in [trace.name for trace in figure.data]
    assert gradient_reach([]).data == ()


@pytest.mark.parametrize("last", [0, 5, 20, 99])
def test_the_first_epochs_can_be_drawn_alone(last: int) -> None:
    n = min(last, 20)
    for figure in (
        gradient_reach([("A", HISTORY)], cursor=7, last_epoch=last),
        gradient_norms_over_epochs(HISTORY, "A", cursor=7, last_epoch=last),
    ):
        np.testing.assert_array_equal(_line(figure, figure.data[-1].name).x, range(n + 1))
        assert figure.layout.xaxis.range == (0, max(1, n))
        assert len(figure.layout.shapes) == (n >= 7)  # no cursor beyond the drawn epochs
