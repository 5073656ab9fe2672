"""Points of a search: means, hover texts, and the best of them."""

import numpy as np
import pytest

from annlab.analysis.search_points import SearchAxis, SearchPoints

POINTS = SearchPoints(
    axes=(
        SearchAxis("Learning rate", (0.001, 0.01, 0.1), is_log=True),
        SearchAxis("Activation", ("Tanh", "ReLU", "Tanh"), ("Tanh", "ReLU")),
    ),
    rows=np.array([0, 4, 7]),
    scores=np.array([[0.5, 0.7], [0.9, 1.0], [0.8, 0.8]]),
    n_diverged=np.array([1, 0, 0]),
    ranks=np.array([3, 1, 2]),
    score_label="Accuracy",
    higher_is_better=True,
    is_share=True,
)


def test_means_are_over_the_seeds() -> None:
    np.testing.assert_allclose(POINTS.means, [0.6, 0.95, 0.8])
    assert POINTS.mean_label == "accuracy, mean of 2 seeds"
    assert (POINTS.n_configs, POINTS.n_seeds) == (3, 2)


def test_a_hover_text_gives_settings_spread_and_diverged_networks() -> None:
    assert POINTS.describe(1).split("<br>") == [
        "rank 1: Learning rate 0.01, Activation ReLU",
        "Accuracy: mean 0.95 of 2 seeds (0.9 to 1)",
    ]
    assert POINTS.describe(0).split("<br>")[-1] == "1 of 2 networks diverged"


@pytest.mark.parametrize(
    ("at_most", "rows"), [(1, [4]), (2, [4, 7]), (3, [0, 4, 7]), (9, [0, 4, 7])]
)
def test_the_best_keep_their_order_and_everything_about_them(at_most: int, rows: list) -> None:
    best = POINTS.best(at_most)
    assert best.rows.tolist() == rows
    for k, row in enumerate(rows):
        assert best.describe(k) == POINTS.describe(POINTS.place_of(row))


def test_a_row_that_is_not_drawn_has_no_place() -> None:
    assert POINTS.place_of(7) == 2
    assert POINTS.place_of(5) is None
