"""Replays of a true table: costs, best so far, and what each strategy draws."""

from math import ceil

import numpy as np
import pytest

from annlab.search.replay import (
    Landscape,
    grid_positions,
    hypercube_positions,
    replay,
)
from annlab.search.table import SCORE
from tests.search.tables import L2, RATE, random_table, table_of

RANDOM = np.random.default_rng(0)
SPACE = (
    RATE.model_copy(update={"n_levels": 6}),
    L2.model_copy(update={"n_levels": 6}),
)
TABLE = random_table(space=SPACE)
LANDSCAPE = Landscape(TABLE)
EPOCHS = 9


def _races(n_tries: int = 9, landscape: Landscape = LANDSCAPE, **options) -> dict:
    return {race.name: race for race in replay(landscape, n_tries, n_repeats=200, **options)}


def test_every_strategy_races() -> None:
    races = _races(guesses=[3, 5])
    means = np.stack([TABLE.mean_scores(rung) for rung in range(3)])
    assert list(races) == ["grid", "random", "hypercube", "halving", "guesses"]
    for race in races.values():
        shapes = {race.cells.shape, race.seen.shape, race.true.shape}
        assert shapes == {(200, len(race.cost))}
        if race.name != "halving":
            assert (np.diff(race.seen, axis=1) >= 0).all()
        np.testing.assert_allclose(race.true, TABLE.mean_scores()[race.cells])
        assert (np.diff(race.cost) > 0).all()
        assert race.cost[-1] <= 9 * 4 * EPOCHS
        assert np.isin(race.seen.round(9), means.round(9)).all()


def test_guesses_are_the_best_of_the_chosen_configs() -> None:
    guesses = [7, 0, 35, 20]
    race = _races(guesses=guesses)["guesses"]
    means = TABLE.mean_scores()[guesses]
    np.testing.assert_allclose(race.seen, np.tile(np.maximum.accumulate(means), (200, 1)))
    np.testing.assert_allclose(race.true, race.seen)  # all seeds are trained: no luck
    assert race.cost.tolist() == [36, 72, 108, 144]


def test_all_cells_find_the_best_config() -> None:
    race = _races(36)["grid"]
    np.testing.assert_allclose(race.seen[:, -1], TABLE.mean_scores().max())
    hypercube = _races(36)["hypercube"]
    # A hypercube of 36 points has six in each row and column of cells.
    assert len(hypercube.cost) == 36


def test_random_draws_every_cell_equally_often() -> None:
    cells = LANDSCAPE.cells_at(RANDOM.random((20_000, 2)))
    counts = np.bincount(cells, minlength=36)
    expected = 20_000 / 36
    assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()


def test_a_cell_is_the_config_of_the_table() -> None:
    for cell, (rate, l2) in enumerate(TABLE.combinations):
        place = [(one.levels.index(v) + 0.5) / 6 for one, v in zip(SPACE, (rate, l2), strict=True)]
        assert LANDSCAPE.cells_at(np.array(place)) == cell


def test_expected_best_of_random_tries_is_that_of_the_formula() -> None:
    """Order statistics of independent draws with replacement, from the sorted cells."""
    n = 5
    race = {r.name: r for r in replay(LANDSCAPE, n, n_repeats=4000)}["random"]
    values = np.sort(TABLE.mean_scores())
    below = (np.arange(36) / 36, np.arange(1, 37) / 36)
    for step in range(n):
        k = step + 1
        expected = values @ (below[1] ** k - below[0] ** k)
        found = race.seen[:, step]
        assert abs(found.mean() - expected) < 4 * found.std() / np.sqrt(4000)


def test_a_hypercube_has_one_position_in_each_part() -> None:
    positions = hypercube_positions(50, 12, 3, RANDOM)
    parts = np.sort((positions * 12).astype(int), axis=1)
    assert (parts == np.arange(12)[None, :, None]).all()
    assert len(np.unique(positions[:, 0, 0])) == 50


@pytest.mark.parametrize(("n_tries", "n_points"), [(9, 9), (15, 9), (16, 16), (1, 1), (3, 1)])
def test_a_grid_is_the_largest_that_the_budget_allows(n_tries: int, n_points: int) -> None:
    positions = grid_positions(20, n_tries, 2, RANDOM)
    assert positions.shape == (20, n_points, 2)
    assert ((positions >= 0) & (positions < 1)).all()
    n_levels = round(np.sqrt(n_points))
    for repeat in positions:
        for axis in repeat.T:
            assert len(np.unique(axis.round(9))) == n_levels


def test_halving_spends_no_more_than_the_others_and_tries_more() -> None:
    races = _races(9)
    halving = races["halving"]
    assert halving.cost[-1] <= races["random"].cost[-1]
    further = np.diff(halving.cost, prepend=0) // 4
    n_first = int((further == 1).sum())
    assert n_first > 9
    # Rungs at epochs 1, 3 and 9: what goes on is charged for 2 and 6 more epochs.
    left = [n_first, ceil(n_first / 3), ceil(ceil(n_first / 3) / 3)]
    assert [int((further == k).sum()) for k in (1, 2, 6)] == left
    second = ceil((n_first + 1) / 3)
    assert n_first + 1 + 2 * second + 6 * ceil(second / 3) > 9 * EPOCHS


def test_halving_finds_the_best_if_early_scores_tell() -> None:
    means = np.linspace(0.1, 0.9, 36)
    table = table_of(np.repeat(means[:, None], 2, axis=1), space=SPACE)
    race = {r.name: r for r in replay(Landscape(table), 12, n_repeats=100)}["halving"]
    n_first = int((np.diff(race.cost, prepend=0) == 2).sum())
    # Its best at the end is the best of what it began with, and is known from then on.
    first = race.seen[:, n_first - 1]
    np.testing.assert_allclose(race.seen[:, -1], 2 * first, rtol=1e-6)
    np.testing.assert_array_equal(race.cells[:, -1], race.cells[:, n_first - 1])
    np.testing.assert_allclose(race.true[:, n_first - 1], 2 * first, rtol=1e-6)


def test_halving_ends_with_a_survivor_of_the_last_rung() -> None:
    """Early scores are higher than late ones here, and still do not win."""
    table = random_table(space=SPACE, n_seeds=2)
    table.scores[SCORE, :, :, :2] += 2.0
    landscape = Landscape(table, n_seeds=1)
    race = _races(9, landscape)["halving"]
    assert (race.seen[:, -1] <= 1.0).all()
    further = np.diff(race.cost, prepend=0)
    n_first, n_last = int((further == 1).sum()), int((further == 6).sum())
    assert (race.seen[:, :-n_last] >= 2.0).all()
    for rung, steps in ((0, slice(n_first)), (2, slice(-n_last, None))):
        part = race.seen[:, steps]
        assert (np.diff(part, axis=1) >= 0).all()
        scores = table.seen(rung)[race.cells[:, steps]]  # (n_repeats, n_steps, n_seeds)
        assert np.isclose(scores, part[..., None]).any(axis=-1).all()


def test_halving_begins_with_all_configs_if_the_budget_allows() -> None:
    means = RANDOM.permutation(36) / 36
    table = table_of(np.repeat(means[:, None], 2, axis=1), space=SPACE)
    race = _races(24, Landscape(table))["halving"]
    assert int((np.diff(race.cost, prepend=0) == 2).sum()) == 36
    np.testing.assert_array_equal(race.cells[:, -1], means.argmax())


def test_hits_are_counted_by_config_and_not_by_score() -> None:
    scores = np.full((36, 2), 0.5)
    scores[7] = 0.6  # the best mean
    scores[20] = [0.9, 0.0]  # one lucky network
    landscape = Landscape(table_of(scores, space=SPACE), n_seeds=1)
    races = _races(2, landscape, guesses=[7, 20])
    # The second guess wins with its lucky network, in about half of the repeats.
    hits = landscape.hits(races["guesses"])
    assert hits == (races["guesses"].seen[:, -1] < 0.7).mean()
    assert 0.3 < hits < 0.7
    assert landscape.hits(_races(1, landscape, guesses=[7])["guesses"]) == 1.0
    assert landscape.hits(_races(1, landscape, guesses=[20])["guesses"]) == 0.0
    scores[8] = 0.6  # as good as the best
    landscape = Landscape(table_of(scores, space=SPACE))
    assert landscape.hits(_races(1, landscape, guesses=[8])["guesses"]) == 1.0


def test_costs_are_those_of_what_was_trained() -> None:
    landscape = Landscape(TABLE, n_seeds=1)
    races = _races(10, landscape)
    assert races["random"].cost[-1] == races["hypercube"].cost[-1] == 10 * EPOCHS
    assert races["grid"].cost[-1] == 9 * EPOCHS  # three levels of each setting
    assert 9 * EPOCHS <= races["halving"].cost[-1] <= 10 * EPOCHS


def test_few_seeds_see_luck_and_not_the_truth() -> None:
    landscape = Landscape(TABLE, n_seeds=1)
    race = _races(16, landscape)["random"]
    assert race.cost.tolist() == [EPOCHS * k for k in range(1, 17)]
    last = race.seen[:, -1], race.true[:, -1]
    assert last[0].mean() > last[1].mean() + 0.1  # pure noise: what was chosen is worse
    scores = TABLE.seen()
    assert np.isin(race.seen, scores).all()
    assert np.isclose(race.true[..., None], TABLE.mean_scores()).any(axis=-1).all()


def test_seeds_are_drawn_without_replacement() -> None:
    landscape = Landscape(TABLE, n_seeds=3)
    cells = np.arange(36)[None]
    found = landscape.draw_scores(cells, np.random.default_rng(1))[0, :, -1]
    scores = TABLE.seen()
    left_out = scores.sum(axis=1) - 3 * found
    assert np.isclose(left_out[:, None], scores).any(axis=1).all()


def test_the_lowest_error_is_the_best() -> None:
    from tests.search.tables import DIABETES

    table = random_table(space=SPACE, base=DIABETES)
    race = {r.name: r for r in replay(Landscape(table), 36, n_repeats=10)}["grid"]
    np.testing.assert_allclose(race.seen[:, -1], table.mean_scores().min())
    assert (np.diff(race.seen, axis=1) <= 0).all()


def test_what_cannot_be_replayed_is_refused() -> None:
    with pytest.raises(ValueError, match="only a complete grid can be replayed"):
        Landscape(random_table(strategy="random", n_configs=12))
    incomplete = random_table(space=SPACE)
    incomplete.scores[:, 3, 1, 2] = np.nan
    with pytest.raises(ValueError, match="only a complete grid can be replayed"):
        Landscape(incomplete)
    with pytest.raises(ValueError, match="n_tries: must be 1 to 36, got 37"):
        replay(LANDSCAPE, 37)
    with pytest.raises(ValueError, match="guesses: there are 36 configs, got 36"):
        replay(LANDSCAPE, 4, guesses=[36])
    with pytest.raises(ValueError, match="n_seeds: the table has 4, got 5"):
        Landscape(TABLE, n_seeds=5)


def test_replays_repeat() -> None:
    a, b = replay(LANDSCAPE, 5, n_repeats=3), replay(LANDSCAPE, 5, n_repeats=3)
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one.seen, other.seen)
