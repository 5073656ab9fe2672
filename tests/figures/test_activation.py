"""Plots of activation functions, derivatives and softmax match the registry."""

import dataclasses

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName, activation_functions, softmax_bars
from annlab.figures.base.theme import CLASS_COLORS, MODEL_COLORS, THEMES
from annlab.nn.activations import ACTIVATIONS

ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.elementwise]


def _curves(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data if trace.mode == "lines"}


@pytest.mark.parametrize("slopes", [False, True])
def test_each_curve_is_its_function(slopes: bool) -> None:
    curves = _curves(activation_functions(ELEMENTWISE, 0.5, slopes=slopes))
    assert list(curves) == [ACTIVATIONS[name].label for name in ELEMENTWISE]
    z = np.linspace(-6, 6, 241)
    for name in ELEMENTWISE:
        entry = ACTIVATIONS[name]
        curve = curves[entry.label]
        assert curve.x.dtype == curve.y.dtype == np.float32
        np.testing.assert_allclose(curve.x, z, atol=1e-6)
        expected = (entry.derivative if slopes else entry.f)(z)
        np.testing.assert_allclose(curve.y, expected, atol=1e-6)


@pytest.mark.parametrize("z", [-7.0, 0.0, 1.3])
@pytest.mark.parametrize("slopes", [False, True])
def test_cursor_line_at_z_has_a_marker_on_each_curve(z: float, slopes: bool) -> None:
    names = ["tanh", "relu"]
    figure = activation_functions(names, z, slopes=slopes)
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == z
    (markers,) = (trace for trace in figure.data if trace.mode == "markers")
    np.testing.assert_allclose(markers.x, [z, z])
    at = np.array([z])
    expected = [(ACTIVATIONS[n].derivative if slopes else ACTIVATIONS[n].f)(at)[0] for n in names]
    np.testing.assert_allclose(markers.y, expected, rtol=1e-6)
    assert list(markers.marker.color) == [t.line.color for t in _curves(figure).values()]


def test_each_function_keeps_its_color_and_dash() -> None:
    together = _curves(activation_functions(ELEMENTWISE, 0, slopes=False))
    looks = {name: (t.line.color, t.line.dash) for name, t in together.items()}
    assert len(set(looks.values())) == len(ELEMENTWISE)
    assert len({color for color, _ in looks.values()}) == len(ELEMENTWISE)
    for name in ELEMENTWISE:
        ((label, alone),) = _curves(activation_functions([name], 0, slopes=True)).items()
        assert (alone.line.color, alone.line.dash) == looks[label]
    assert looks["Linear"] == (MODEL_COLORS[0], "solid")


def test_functions_of_models_get_the_model_colors() -> None:
    first = ("tanh", "relu", "tanh", "elu")
    curves = _curves(activation_functions(ELEMENTWISE, 0, slopes=False, first=first))
    looks = {
        name: (
            curves[ACTIVATIONS[name].label].line.color,
            curves[ACTIVATIONS[name].label].line.dash,
        )
        for name in ELEMENTWISE
    }
    for name, k in (("tanh", 0), ("relu", 1), ("elu", 3)):
        assert looks[name] == (MODEL_COLORS[k], "solid")
    others = [looks[name] for name in ELEMENTWISE if name not in first]
    assert not {color for color, _ in others} & set(MODEL_COLORS[:4])
    assert len(set(others)) == len(others)


def test_styles_suffice_beside_six_models() -> None:
    curves = _curves(activation_functions(ELEMENTWISE, 0, slopes=False, first=ELEMENTWISE[:6]))
    assert len({(t.line.color, t.line.dash) for t in curves.values()}) == len(ELEMENTWISE)


def test_looks_are_left_for_functions_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    more = [f"new {k}" for k in range(18 - len(ELEMENTWISE))]
    for name in more:
        entry = dataclasses.replace(ACTIVATIONS["elu"], name=name, label=name)
        monkeypatch.setitem(ACTIVATIONS, name, entry)
    names = [*ELEMENTWISE, *more]
    curves = _curves(activation_functions(names, 0, slopes=False, first=ELEMENTWISE[:6]))
    assert len({(t.line.color, t.line.dash) for t in curves.values()}) == 18


def test_a_function_of_a_vector_has_no_curve() -> None:
    with pytest.raises(ValueError, match="softmax has no curve"):
        activation_functions(["relu", "softmax"], 0, slopes=False)


def test_no_functions_gives_an_empty_chart() -> None:
    assert _curves(activation_functions([], 0, slopes=False)) == {}


def test_axes_are_labeled(theme: ThemeName) -> None:
    f = activation_functions(["relu"], 0, slopes=False, theme=theme).layout
    slope = activation_functions(["relu"], 0, slopes=True, theme=theme).layout
    assert f.xaxis.title.text == slope.xaxis.title.text == "pre-activation z"
    assert (f.yaxis.title.text, slope.yaxis.title.text) == ("f(z)", "f′(z)")
    assert f.xaxis.range == (-6, 6)
    assert (f.yaxis.range, slope.yaxis.range) == ((-2, 4), (-0.3, 1.4))
    assert f.shapes[0].line.color == THEMES[theme].ink == f.font.color


def test_chart_of_all_curves_is_small() -> None:
    assert len(activation_functions(ELEMENTWISE, 0, slopes=False).to_json()) < 60_000


@pytest.mark.parametrize("temperature", [0.1, 1.0, 7.0])
def test_softmax_is_drawn_beside_logits(temperature: float) -> None:
    logits = np.array([2.0, -1.0, 0.5])
    left, right = softmax_bars(logits, temperature).data
    np.testing.assert_array_equal(left.x, logits)
    e = np.exp(logits / temperature)
    np.testing.assert_allclose(right.x, e / e.sum(), rtol=1e-5)
    assert (left.xaxis, right.xaxis) == ("x", "x2")
    assert list(left.text) == ["2.00", "−1.00", "0.50"]
    assert list(right.text) == [f"{p:.1%}" for p in e / e.sum()]
    assert list(left.marker.color) == list(right.marker.color) == list(CLASS_COLORS[:3])


@pytest.mark.parametrize("logits", [[0.0, 0.0], [-3.0, -1.0], [1e4, -1e4], list(range(10))])
def test_bar_labels_fit_beside_bars(logits: list[float]) -> None:
    with np.errstate(over="raise", invalid="raise"):
        figure = softmax_bars(np.array(logits), 0.5)
    low, high = figure.layout.xaxis.range
    assert low <= min(0, *logits)
    assert high >= max(0, *logits)
    assert low < min(logits) or min(logits) >= 0
    assert high > max(logits) or max(logits) < 0
    assert figure.data[1].x.sum() == pytest.approx(1)


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_nonpositive_temperature_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match=f"greater than 0. Got {temperature}"):
        softmax_bars(np.ones(3), temperature)


def test_softmax_follows_the_theme(theme: ThemeName) -> None:
    layout = softmax_bars(np.ones(3), 1.0, theme=theme).layout
    assert layout.font.color == THEMES[theme].ink
    assert (layout.xaxis.title.text, layout.xaxis2.title.text) == (
        "score (logit)",
        "probability",
    )
