"""Histograms count every sample of every feature and of the target."""

import numpy as np
import pytest

from annlab.figures import ThemeName, feature_histograms, target_histogram
from annlab.figures.base.plain_text import plain_text
from annlab.figures.base.theme import CLASS_COLORS, THEMES
from annlab.figures.histograms import N_BINS

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
        assert bars.y.sum() == np.sum(k == Y)
        assert bars.x0 == pytest.approx((edges[0] + edges[1]) / 2)
        assert bars.dx == pytest.approx(edges[1] - edges[0])
        assert (bars.name, bars.marker.color) == (CLASSES[k], CLASS_COLORS[k])
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
def test_first_features_are_drawn_with_a_note(n_features: int) -> None:
    columns = RANDOM.normal(size=(20, n_features))
    figure = feature_histograms(columns, [f"f{j}" for j in range(n_features)])
    shown = min(n_features, 12)
    assert len(figure.data) == shown
    texts = [a.text for a in figure.layout.annotations]
    more = [f"the first 12 of {n_features} features"] if n_features > 12 else []
    assert texts == [f"f{j}" for j in range(shown)] + more
    assert len(feature_histograms(columns, ["f"] * n_features, max_features=1).data) == 1


def test_targets_are_called_targets_and_marks_of_html_stay_whole() -> None:
    names = [plain_text("pressure <low>"), *(f"t{j}" for j in range(19))]
    figure = feature_histograms(RANDOM.normal(size=(20, 20)), names, noun="targets")
    texts = [a.text for a in figure.layout.annotations]
    assert (texts[0], texts[-1]) == ("pressure &lt;low>", "the first 12 of 20 targets")


def test_missing_and_constant_values_are_accepted() -> None:
    columns = np.array([[1.0, np.nan, 0.1], [1.0, 2.0, 0.1], [1.0, 3.0, 0.1]])
    counts = [bars.y.sum() for bars in feature_histograms(columns, ["a", "b", "c"]).data]
    assert counts == [3, 2, 3]


def test_histograms_follow_the_theme(theme: ThemeName) -> None:
    layout = feature_histograms(X, NAMES, theme=theme).layout
    assert layout.font.color == THEMES[theme].ink
    assert layout.yaxis.title.text == "samples"


def test_every_row_of_histograms_counts_samples() -> None:
    layout = feature_histograms(X, NAMES).layout
    titles = [layout[f"yaxis{j}"].title.text for j in ("", 2, 4)]
    assert titles == ["samples", None, "samples"]


def test_a_target_has_a_histogram() -> None:
    y = np.array([*X[:, 0], np.nan])
    figure = target_histogram(y, "price ($)")
    (bars,) = figure.data
    counts, edges = np.histogram(X[:, 0].astype(float), bins=N_BINS)
    np.testing.assert_array_equal(bars.y, counts)
    assert bars.x0 == pytest.approx((edges[0] + edges[1]) / 2)
    assert bars.showlegend is False
    assert figure.layout.xaxis.title.text == "price ($)"
    assert figure.layout.yaxis.title.text == "samples"


def test_every_class_has_a_colored_bar_even_if_empty() -> None:
    figure = target_histogram(np.array([0, 2, 2]), "kind", CLASSES)
    (bars,) = figure.data
    assert list(bars.x) == list(CLASSES)
    assert bars.y.tolist() == [1, 0, 2]
    assert list(bars.marker.color) == list(CLASS_COLORS[:3])
    assert figure.layout.xaxis.type == "category"


@pytest.mark.parametrize("names", [(), CLASSES])
def test_the_target_follows_the_theme(names: tuple[str, ...], theme: ThemeName) -> None:
    layout = target_histogram(Y, "kind", names, theme=theme).layout
    assert layout.font.color == THEMES[theme].ink
    assert layout.yaxis.gridcolor == THEMES[theme].faint
