"""Histograms count, correlations correlate, places lie where they are."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import ThemeName, correlation_map, feature_histograms, geographic_map
from annlab.figures.describe import MAX_CORRELATED, MAX_PLACES, N_BINS
from annlab.figures.theme import CLASS_COLOURS, NEGATIVE, POSITIVE, THEMES

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 5)).astype(np.float32)
Y = RANDOM.integers(0, 3, 200)
NAMES = [f"feature {j}" for j in range(5)]
CLASSES = ("ant", "bee", "cat")


def test_bars_count_every_point_of_every_class() -> None:
    figure = feature_histograms(X, NAMES, y=Y, class_names=CLASSES)
    assert len(figure.data) == 5 * 3
    for i, bars in enumerate(figure.data):
        j, k = divmod(i, 3)
        values = X[:, j].astype(float)
        edges = np.histogram_bin_edges(values, bins=N_BINS)
        np.testing.assert_array_equal(bars.y, np.histogram(values[k == Y], edges)[0])
        assert bars.y.dtype == np.int32
        assert bars.y.sum() == (k == Y).sum()
        assert bars.x0 == pytest.approx((edges[0] + edges[1]) / 2)
        assert bars.dx == pytest.approx(edges[1] - edges[0])
        assert (bars.name, bars.marker.color) == (CLASSES[k], CLASS_COLOURS[k])
        assert bars.showlegend is (j == 0)
    assert figure.layout.barmode == "stack"


@pytest.mark.parametrize("y", [None, X[:, 0]])
def test_without_classes_there_is_one_histogram_for_each_feature(y: np.ndarray | None) -> None:
    figure = feature_histograms(X, NAMES, y=y)
    assert [bars.y.sum() for bars in figure.data] == [200] * 5
    assert not any(bars.showlegend for bars in figure.data)


def test_features_are_named_and_their_panels_do_not_overlap() -> None:
    names = ["mean fractal dimension", *NAMES[1:]]
    figure = feature_histograms(X, names)
    texts = [a.text for a in figure.layout.annotations]
    assert texts == ["mean fractal<br>dimension", *NAMES[1:]]
    axes = [(figure.layout[f"xaxis{j or ''}"], figure.layout[f"yaxis{j or ''}"]) for j in (1, 2, 4)]
    (x1, y1), (x2, y2), (x4, y4) = axes
    assert x1.domain[1] < x2.domain[0]
    assert y1.domain == y2.domain
    assert x1.domain == x4.domain
    assert y4.domain[1] < y1.domain[0]


@pytest.mark.parametrize("n_features", [1, 2, 12, 13, 30])
def test_the_first_features_are_drawn_and_the_rest_is_said(n_features: int) -> None:
    columns = RANDOM.normal(size=(20, n_features))
    figure = feature_histograms(columns, [f"f{j}" for j in range(n_features)])
    shown = min(n_features, 12)
    assert len(figure.data) == shown
    texts = [a.text for a in figure.layout.annotations]
    more = [f"the first 12 of {n_features} features"] if n_features > 12 else []
    assert texts == [f"f{j}" for j in range(shown)] + more
    assert len(feature_histograms(columns, ["f"] * n_features, max_features=1).data) == 1


def test_what_is_missing_or_constant_is_no_error() -> None:
    columns = np.array([[1.0, np.nan, 0.1], [1.0, 2.0, 0.1], [1.0, 3.0, 0.1]])
    counts = [bars.y.sum() for bars in feature_histograms(columns, ["a", "b", "c"]).data]
    assert counts == [3, 2, 3]


def test_histograms_follow_the_theme(theme: ThemeName) -> None:
    layout = feature_histograms(X, NAMES, theme=theme, height=345).layout
    assert layout.font.color == THEMES[theme].ink
    assert layout.height == 345
    assert layout.yaxis.title.text == "points"


def _map(figure: go.Figure) -> go.Heatmap:
    (heatmap,) = figure.data
    return heatmap


def test_correlations_are_those_of_numpy() -> None:
    target = X[:, 0] - X[:, 1]
    heatmap = _map(correlation_map(X, target, NAMES, "target"))
    expected = np.corrcoef(np.column_stack([X, target]), rowvar=False)
    np.testing.assert_allclose(heatmap.z, expected, atol=1e-6)
    assert heatmap.z.dtype == np.float32
    assert list(heatmap.x) == list(heatmap.y) == [*NAMES, "target"]
    assert (heatmap.zmin, heatmap.zmax) == (-1, 1)
    assert "%{z:.2f}" in heatmap.hovertemplate


def test_without_a_target() -> None:
    assert list(_map(correlation_map(X, None, NAMES, "target")).x) == NAMES


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_a_constant_feature_has_no_correlation_and_gives_no_warning(constant: float) -> None:
    columns = X.astype(float)
    columns[:, 2] = constant
    with np.errstate(all="raise"):
        z = _map(correlation_map(columns, None, NAMES, "target")).z
    assert np.isnan(z[2]).all()
    assert np.isnan(z[:, 2]).all()
    assert np.isnan(z).sum() == 9


def test_signs_have_the_colours_of_weights(theme: ThemeName) -> None:
    figure = correlation_map(X, None, NAMES, "target", theme=theme, height=300)
    scale = _map(figure).colorscale
    assert scale == ((0, NEGATIVE), (0.5, THEMES[theme].paper), (1, POSITIVE))
    assert figure.layout.font.color == THEMES[theme].ink
    assert figure.layout.height == 300


def test_more_features_than_can_be_named() -> None:
    columns = RANDOM.normal(size=(10, 784))
    figure = correlation_map(columns, columns[:, 0], [f"p{j}" for j in range(784)], "target")
    assert _map(figure).z.shape == (MAX_CORRELATED + 1,) * 2
    assert figure.layout.annotations[0].text == "the first 40 of 784 features"
    assert len(figure.to_json()) < 60_000


def test_long_names_are_shortened_on_the_axes_only() -> None:
    long = "a name that would leave no room for the map"
    figure = correlation_map(X, None, [long, *NAMES[1:]], "target")
    assert _map(figure).x[0] == long
    assert figure.layout.xaxis.labelalias == {long: long[:21] + "…"}


@pytest.mark.parametrize("n", [10, MAX_PLACES, 20_640])
def test_places_lie_where_they_are_in_the_colour_of_their_value(n: int) -> None:
    longitude = np.linspace(-124, -114, n)
    latitude, value = np.linspace(32, 42, n), np.arange(float(n))
    (places,) = geographic_map(longitude, latitude, value, "price ($)").data
    assert len(places.x) == min(n, MAX_PLACES)
    kept = places.marker.color.astype(int)
    np.testing.assert_allclose(places.x, longitude[kept], rtol=1e-6)
    np.testing.assert_allclose(places.y, latitude[kept], rtol=1e-6)
    assert places.marker.colorbar.title.text == "price ($)"


def test_a_kilometre_is_as_long_both_ways(theme: ThemeName) -> None:
    north = np.array([59.0, 61.0])
    figure = geographic_map(np.zeros(2), north, np.ones(2), "v", theme=theme, height=250)
    layout = figure.layout
    assert layout.yaxis.scaleanchor == "x"
    assert layout.yaxis.scaleratio == pytest.approx(2)  # at 60 degrees
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("longitude (°)", "latitude (°)")
    assert layout.font.color == THEMES[theme].ink
    assert layout.height == 250
