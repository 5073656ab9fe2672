"""Correlation map and geographic map of a data set."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName, correlation_map, geographic_map
from annlab.figures.base.theme import NEGATIVE, POSITIVE, THEMES
from annlab.figures.data_overview import MAX_CORRELATED, MAX_PLACES

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 5)).astype(np.float32)
NAMES = [f"feature {j}" for j in range(5)]


def _map(figure: go.Figure) -> go.Heatmap:
    (heatmap,) = figure.data
    return heatmap


def test_correlations_match_numpy() -> None:
    target = X[:, 0] - X[:, 1]
    heatmap = _map(correlation_map(X, target, NAMES, ["target"]))
    expected = np.corrcoef(np.column_stack([X, target]), rowvar=False)
    np.testing.assert_allclose(heatmap.z, expected, atol=1e-6)
    assert heatmap.z.dtype == np.float32
    assert list(heatmap.x) == list(heatmap.y) == [*NAMES, "target"]
    assert (heatmap.zmin, heatmap.zmax) == (-1, 1)
    assert "%{z:.2f}" in heatmap.hovertemplate


def test_without_a_target() -> None:
    assert list(_map(correlation_map(X, None, NAMES, ["target"])).x) == NAMES


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_a_constant_feature_has_no_correlation_and_gives_no_warning(constant: float) -> None:
    columns = X.astype(float)
    columns[:, 2] = constant
    with np.errstate(all="raise"):
        z = _map(correlation_map(columns, None, NAMES, ["target"])).z
    assert np.isnan(z[2]).all()
    assert np.isnan(z[:, 2]).all()
    assert np.isnan(z).sum() == 9


def test_signs_have_the_colors_of_weights(theme: ThemeName) -> None:
    figure = correlation_map(X, None, NAMES, ["target"], theme=theme)
    scale = _map(figure).colorscale
    assert scale == ((0, NEGATIVE), (0.5, THEMES[theme].paper), (1, POSITIVE))
    assert figure.layout.font.color == THEMES[theme].ink


def test_only_the_first_features_are_drawn_with_a_note() -> None:
    columns = RANDOM.normal(size=(10, 784))
    figure = correlation_map(columns, columns[:, 0], [f"p{j}" for j in range(784)], ["target"])
    assert _map(figure).z.shape == (MAX_CORRELATED + 1,) * 2
    assert figure.layout.annotations[0].text == "the first 40 of 784 features"
    assert len(figure.to_json()) < 60_000


def test_long_names_are_shortened_on_the_axes_only() -> None:
    long = "a name that would leave no room for the map"
    figure = correlation_map(X, None, [long, *NAMES[1:]], ["target"])
    assert _map(figure).x[0] == long
    assert figure.layout.xaxis.labelalias == {long: long[:21] + "…"}


@pytest.mark.parametrize("n", [10, MAX_PLACES, 20_640])
def test_map_has_positions_and_value_colors(n: int) -> None:
    longitude = np.linspace(-124, -114, n)
    latitude, value = np.linspace(32, 42, n), np.arange(float(n))
    figure = geographic_map(longitude, latitude, value, "price ($)")
    (places,) = figure.data
    assert len(places.x) == min(n, MAX_PLACES)
    assert [note.text for note in figure.layout.annotations] == (
        [f"4,000 of {n:,} places"] if n > MAX_PLACES else []
    )
    kept = places.marker.color.astype(int)
    np.testing.assert_allclose(places.x, longitude[kept], rtol=1e-6)
    np.testing.assert_allclose(places.y, latitude[kept], rtol=1e-6)
    assert places.marker.colorbar.title.text == "price ($)"


def test_map_scale_is_equal_in_both_directions(theme: ThemeName) -> None:
    north = np.array([59.0, 61.0])
    figure = geographic_map(np.zeros(2), north, np.ones(2), "v", theme=theme)
    layout = figure.layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.yaxis.scaleratio == pytest.approx(2)  # at 60 degrees
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("longitude (°)", "latitude (°)")
    assert layout.font.color == THEMES[theme].ink
