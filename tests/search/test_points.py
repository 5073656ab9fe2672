"""Points of a search are the rows of its table."""

import numpy as np

from annlab.search.points import search_points
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable
from tests.search.tables import DIABETES, RATE, random_table, search_of

SIZES = SearchedSetting(address="hidden", choices=("", "8-8", "4"))


def test_points_have_the_settings_and_scores_of_the_table() -> None:
    table = random_table(space=(RATE, SIZES))
    table.diverged_epochs[2, 1] = 4
    points = search_points(table)
    rate, sizes = points.axes
    assert rate.label == "Learning rate"
    assert rate.is_log
    assert rate.values == tuple(combination[0] for combination in table.combinations)
    assert sizes.levels == ("none", "8-8", "4")
    assert sizes.values[:4] == ("none", "8-8", "4", "none")
    np.testing.assert_array_equal(points.scores, table.seen())
    np.testing.assert_allclose(points.means, table.mean_scores())
    np.testing.assert_array_equal(points.ranks, table.ranks)
    assert points.n_diverged.tolist() == [0, 0, 1] + [0] * 9
    assert (points.score_label, points.higher_is_better, points.is_share) == (
        "Accuracy",
        True,
        True,
    )


def test_points_are_taken_where_each_config_ended() -> None:
    table = SearchTable.empty(search_of(base=DIABETES, strategy="halving", n_configs=9))
    table.scores[:, :8, :, 0] = np.arange(16).reshape(8, 2)
    table.scores[:, 5, :, 1] = 77
    points = search_points(table)
    assert points.rows.tolist() == list(range(8))  # the ninth was not trained
    assert points.scores[4].tolist() == [8, 9]
    assert points.scores[5].tolist() == [77, 77]
    assert not points.higher_is_better
