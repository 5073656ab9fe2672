"""Scales and colors of pictures of a search."""

import numpy as np
import pytest

from annlab.analysis.search_points import SearchAxis
from annlab.figures import ThemeName
from annlab.figures.search_axes import (
    RANK_SCALE,
    is_log_score,
    plotly_axis,
    scale_of,
    scale_of_numbers,
    shade_of,
    with_colors,
)
from tests.figures.searches import points_of


def test_numbers_on_a_log_scale_are_evenly_spaced() -> None:
    scale = scale_of(SearchAxis("Learning rate", (0.001, 0.1, 0.01), is_log=True))
    np.testing.assert_allclose(scale.positions, [0, 1, 0.5])
    np.testing.assert_allclose(scale.ticks, [0, 0.5, 1], atol=1e-9)
    assert scale.labels == ("0.001", "0.01", "0.1")


def test_numbers_on_a_linear_scale() -> None:
    scale = scale_of(SearchAxis("Dropout", (0.0, 0.1, 0.5)))
    np.testing.assert_allclose(scale.positions, [0, 0.2, 1])
    for tick, label in zip(scale.ticks, scale.labels, strict=True):
        assert float(label) == pytest.approx(0.5 * tick)
    assert len(scale.ticks) >= 3


def test_one_value_has_a_scale() -> None:
    for is_log in (False, True):
        scale = scale_of_numbers(np.array([3.0, 3.0]), is_log=is_log)
        assert scale.positions.tolist() == [0, 0]
        assert scale.labels == ("3",)


def test_texts_keep_the_order_of_their_levels() -> None:
    scale = scale_of(SearchAxis("Activation", ("c", "a"), ("a", "b", "c")))
    assert scale.positions.tolist() == [1, 0]
    assert (scale.ticks, scale.labels) == ((0, 0.5, 1), ("a", "b", "c"))


def test_ticks_that_do_not_fit_are_left_out() -> None:
    scale = scale_of(SearchAxis("Activation", ("a",), ("a", "b", "c", "d", "e")))
    assert plotly_axis(scale)["ticktext"] == ["a", "b", "c", "d", "e"]
    assert plotly_axis(scale, 3)["ticktext"] == ["a", "c", "e"]


def test_errors_have_a_log_scale_and_shares_do_not() -> None:
    assert not is_log_score(points_of())
    assert is_log_score(points_of(is_share=False))
    assert not is_log_score(points_of(is_share=False, scores=np.zeros((12, 3))))


def test_the_best_rank_has_one_end_of_the_colors() -> None:
    assert shade_of(np.array([1, 3, 5])).tolist() == [0, 0.5, 1]
    assert shade_of(np.array([1, 1])).tolist() == [0, 0]


def test_the_best_color_stands_out_on_the_page(theme: ThemeName) -> None:
    def light(color: str) -> float:
        return sum(int(color[i : i + 2], 16) for i in (1, 3, 5)) / (3 * 255)

    best, worst = (light(RANK_SCALE[theme][k][1]) for k in (0, -1))
    assert (best < worst) == (theme == "light")


def test_chosen_configs_get_the_letters_of_models() -> None:
    found = with_colors(points_of(), [103, 55, 100])
    assert [(letter, place) for letter, _, place in found] == [("A", 3), ("C", 0)]
