"""Heat map of a search over two settings."""

import numpy as np
import pytest

from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.search_heatmap import search_heatmap
from tests.figures.searches import points_of


def _named(figure, name: str) -> list:
    return [trace for trace in figure.data if trace.name == name]


def test_a_cell_is_the_mean_over_the_seeds(theme: ThemeName) -> None:
    points = points_of()
    figure = search_heatmap(points, theme=theme)
    z = np.array(figure.data[0].z, float)
    assert z.shape == (3, 4)
    means = points.means.reshape(4, 3).T  # rates in columns, activations in rows
    np.testing.assert_allclose(z, (means - means.min()) / (means.max() - means.min()), atol=1e-4)
    assert figure.data[0].colorbar.title.text == "accuracy, mean of 3 seeds"
    assert figure.layout.xaxis.ticktext == ("0.001", "0.01", "0.1", "1")
    assert figure.layout.yaxis.ticktext == ("Tanh", "ReLU", "Sigmoid")


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_the_best_color_is_at_the_best_end(higher_is_better: bool) -> None:
    scale = search_heatmap(points_of(higher_is_better=higher_is_better)).data[0].colorscale
    assert [at for at, _ in scale] == [0, 0.5, 1]
    assert scale[-1 if higher_is_better else 0][1] == "#00224e"


def test_missing_combinations_stay_empty() -> None:
    points = points_of().best(11)
    z = search_heatmap(points).data[0].z
    assert sum(cell is None for line in z for cell in line) == 1


def test_cells_can_be_clicked() -> None:
    (cells,) = _named(search_heatmap(points_of()), "configs")
    assert cells.customdata == tuple(range(100, 112))
    assert list(zip(cells.x, cells.y, strict=True))[:4] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert cells.marker.opacity == 0


def test_best_and_diverged_configs_are_marked() -> None:
    diverged = np.zeros(12, np.int64)
    diverged[4] = 2
    points = points_of(n_diverged=diverged)
    figure = search_heatmap(points)
    (bad,), (best,) = _named(figure, "diverged"), _named(figure, "best")
    assert (bad.x[0], bad.y[0]) == (1, 1)
    assert 3 * best.x[0] + best.y[0] == points.ranks.argmin()
    assert _named(search_heatmap(points_of()), "diverged") == []


def test_chosen_cells_are_framed() -> None:
    (frame,) = search_heatmap(points_of(), chosen=[104]).layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, 0.5, 1.5)
    assert frame.line.color == MODEL_COLORS[0]


def test_only_two_settings_have_a_heat_map() -> None:
    with pytest.raises(ValueError, match=r"axes: a heat map has 2 settings, got 1"):
        search_heatmap(points_of(axes=points_of().axes[:1]))
