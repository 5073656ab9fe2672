"""SearchTable: means, ranks, extension, rows and files."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from annlab import tensor_file
from annlab.search.space import SearchedSetting
from annlab.search.table import LOSS, SCORE, SearchTable
from annlab.search.table_rows import csv_cell, search_csv, search_frame, search_rows
from annlab.tensor_file import SavedFileError
from tests.search.tables import (
    DIABETES,
    L2,
    LABELS,
    LINNERUD,
    MOONS,
    RATE,
    random_table,
    search_of,
    table_of,
)

SCORES = np.linspace(0.4, 0.95, 24).reshape(12, 2)


def test_an_empty_table_has_no_winner() -> None:
    table = SearchTable.empty(search_of())
    assert (table.n_configs, table.winner, table.network_epochs) == (12, None, 0)
    assert not table.is_complete
    assert search_rows(table) == []
    assert search_csv(table) == "\n"


def test_mean_scores_are_means_over_the_seeds() -> None:
    table = table_of(SCORES)
    np.testing.assert_allclose(table.mean_scores(), SCORES.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(table.mean_scores(0), SCORES.mean(axis=1) / 2, rtol=1e-6)
    assert table.ranks.tolist() == list(range(12, 0, -1))
    assert table.winner == 11
    assert table.is_complete
    assert table.network_epochs == table.config.network_epochs == 12 * 2 * 9


def test_a_diverged_network_counts_as_the_worst_from_its_epoch_on() -> None:
    diverged = np.zeros((12, 2), int)
    diverged[11, 0] = 2  # after the first rung, before the second
    table = table_of(SCORES, diverged)
    assert table.config.epochs == (1, 3, 9)
    assert table.mean_scores(0)[11] == pytest.approx(SCORES[11].mean() / 2)
    assert table.mean_scores()[11] == pytest.approx((0.4 + SCORES[11, 1]) / 2)
    assert table.winner == 10
    assert table.n_diverged.tolist() == [0] * 11 + [1]


def test_the_lowest_error_wins_a_regression() -> None:
    table = table_of(SCORES, base=DIABETES)
    assert table.winner == 0
    assert table_of(SCORES, base=LINNERUD).winner == 0


def test_the_highest_label_accuracy_wins() -> None:
    table = table_of(SCORES, base=LABELS)
    assert table.headline.name == "label_accuracy"
    assert table.winner == 11
    assert search_rows(table)[0]["Label accuracy, mean"] == pytest.approx(SCORES[11].mean())


def test_equal_accuracies_are_won_by_the_lower_loss() -> None:
    table = table_of(np.full((12, 2), 0.8))
    table.scores[LOSS, 5] = 0.1
    assert table.winner == 5
    assert set(table.ranks) == {1}


def test_a_stopped_search_ranks_what_it_has() -> None:
    scores = table_of(SCORES).scores
    scores[:, 5:] = np.nan
    table = SearchTable(search_of(), tuple(search_of().combinations()), scores, _zeros())
    assert table.ranks.tolist() == [5, 4, 3, 2, 1] + [0] * 7
    assert len(search_rows(table)) == 5
    assert not table.is_complete
    assert table.network_epochs == 5 * 2 * 9


def test_a_search_extended_by_seeds_ranks_over_those_that_every_config_has() -> None:
    before = random_table(n_seeds=2)
    before.diverged_epochs[7, 0] = 1
    config = search_of(n_seeds=3)
    table = before.extended(config)
    for n_more in range(12):  # the third network of one config after the other
        assert (table.n_seeds, table.is_complete) == (2, False)
        np.testing.assert_array_equal(table.ranks, before.ranks)
        np.testing.assert_array_equal(table.order, before.order)
        np.testing.assert_array_equal(table.mean_scores(), before.mean_scores())
        assert search_rows(table) == search_rows(before)
        table.scores[:, n_more, 2] = 0.5  # neither the best nor the worst of all
    assert (table.n_seeds, table.is_complete) == (3, True)
    np.testing.assert_allclose(table.mean_scores(), table.seen().mean(axis=1))


def test_new_configs_of_an_extended_search_count_with_as_many_seeds() -> None:
    before = random_table(n_seeds=2)
    table = before.extended(
        search_of(space=(RATE, L2.model_copy(update={"n_levels": 4})), n_seeds=3)
    )
    new = np.flatnonzero(~table.trained.any(axis=(1, 2)))
    assert len(new) == 8  # of 16: the ends of the range were known
    table.scores[:, new[0]] = np.array([1.0, 1.0, 0.0])[:, None]
    assert table.winner == new[0]
    assert search_rows(table, 1)[0]["Accuracy, mean"] == 1.0
    assert (table.ranks > 0).sum() == 9
    assert not table.is_complete


def test_an_extended_halving_compares_all_seeds_once_the_first_rung_has_them() -> None:
    config = search_of(strategy="halving", n_configs=9, n_seeds=2)
    table = SearchTable.empty(config)
    table.scores[:, :, :, 0] = np.linspace(0.3, 0.9, 18).reshape(9, 2)
    table.scores[:, 6:, :, 1] = 0.5
    table.scores[:, 6, :, 2] = 0.2
    more = table.extended(config.model_copy(update={"n_seeds": 3}))
    assert more.winner == 6
    more.scores[:, :, 2, 0] = np.linspace(0.9, 0.3, 9)
    assert (more.n_seeds, more.epochs_trained.tolist()) == (3, [1] * 9)
    assert not more.is_complete


def _zeros() -> np.ndarray:
    return np.zeros((12, 2), np.int64)


def test_halving_is_complete_with_fewer_and_fewer_configs() -> None:
    config = search_of(strategy="halving", n_configs=9)
    table = SearchTable.empty(config)
    table.scores[:, :, :, 0] = np.linspace(0.3, 0.9, 18).reshape(9, 2)
    table.scores[:, 6:, :, 1] = 0.5
    assert not table.is_complete
    table.scores[:, 6, :, 2] = 0.2
    assert table.is_complete
    assert table.ranks.tolist() == [9, 8, 7, 6, 5, 4, 1, 2, 2]
    assert table.epochs_trained.tolist() == [1] * 6 + [9, 3, 3]
    assert table.network_epochs == config.network_epochs


def test_a_file_round_trips() -> None:
    sizes = SearchedSetting(address="hidden", choices=("", "8-8"))
    table = random_table(space=(RATE, sizes)).with_test_scores(np.ones(4))
    table.diverged_epochs[3, 1] = 7
    found = SearchTable.from_bytes(table.to_bytes())
    assert (found.config, found.combinations) == (table.config, table.combinations)
    for name in ("scores", "diverged_epochs", "test_scores"):
        np.testing.assert_array_equal(getattr(found, name), getattr(table, name))


def test_a_file_that_does_not_fit_together_is_refused() -> None:
    table = random_table()
    with pytest.raises(SavedFileError, match="altered"):
        SearchTable.from_bytes(table.to_bytes()[:-1] + b"x")
    arrays, facts = tensor_file.load(table.to_bytes(), kind="search")
    arrays["scores"] = arrays["scores"][:, 1:]
    with pytest.raises(SavedFileError, match="does not fit together"):
        SearchTable.from_bytes(tensor_file.dump(arrays, facts, kind="search"))
    with pytest.raises(SavedFileError, match="was not saved as a search"):
        SearchTable.from_bytes(tensor_file.dump(arrays, facts, kind="run"))


def test_an_extended_table_keeps_what_both_searches_need() -> None:
    table = random_table(n_seeds=2)
    table.diverged_epochs[0, 1] = 4
    finer = RATE.model_copy(update={"n_levels": 7})
    config = search_of(space=(L2, finer), n_seeds=3)  # more levels, more seeds, another order
    found = table.extended(config)
    assert found.config == config
    kept = 0
    for k, (l2, rate) in enumerate(found.combinations):
        if (rate, l2) in table.combinations:
            row = table.combinations.index((rate, l2))
            np.testing.assert_array_equal(found.scores[:, k, :2], table.scores[:, row])
            np.testing.assert_array_equal(found.diverged_epochs[k, :2], table.diverged_epochs[row])
            kept += 1
        else:
            assert np.isnan(found.scores[:, k]).all()
    assert kept == 12
    assert np.isnan(found.scores[:, :, 2]).all()


def test_scores_of_other_networks_are_not_mixed_in() -> None:
    other = MOONS.training.model_copy(update={"seed": 5})
    config = search_of(base=MOONS.model_copy(update={"training": other}))
    with pytest.raises(ValueError, match="has other data, models or epochs"):
        random_table().extended(config)


def test_rows_name_the_settings_and_the_mean() -> None:
    diverged = np.zeros((12, 2), int)
    diverged[0] = 1
    rows = search_rows(table_of(SCORES, diverged))
    assert [row["Rank"] for row in rows] == list(range(1, 13))
    best = rows[0]
    assert (best["Learning rate"], best["L2"]) == (1.0, 0.1)
    assert best["Accuracy, mean"] == pytest.approx(SCORES[11].mean())
    assert best["Lowest"] == pytest.approx(SCORES[11, 0])
    assert best["Loss, mean"] == pytest.approx(1 - SCORES[11].mean())
    assert (best["Networks"], best["Diverged"], best["Epochs"]) == (2, 0, 9)
    assert rows[-1]["Diverged"] == 2
    assert search_rows(table_of(SCORES), at_most=3) == search_rows(table_of(SCORES))[:3]


def test_csv_and_frame_hold_the_same_rows() -> None:
    table = table_of(SCORES)
    frame = search_frame(table)
    rows = list(csv.DictReader(io.StringIO(search_csv(table))))
    assert list(frame.columns) == list(rows[0])
    assert len(frame) == len(rows) == 12
    for name in frame.columns:
        found = [float(row[name]) for row in rows]
        np.testing.assert_allclose(found, frame[name], rtol=1e-8)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-4", "@sum"])
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    assert csv_cell(text) == f"'{text}"
    assert csv_cell("8-8") == "8-8"
    assert csv_cell(-0.5) == "-0.5"


def test_scores_of_another_shape_are_refused() -> None:
    table = random_table()
    with pytest.raises(ValueError, match="scores: must be of shape"):
        replace(table, scores=table.scores[:, :3])


def test_seen_scores_are_the_recorded_ones() -> None:
    table = random_table()
    np.testing.assert_array_equal(table.seen(1), table.scores[SCORE, :, :, 1])


def test_a_table_is_equal_to_itself_only() -> None:
    table = random_table()
    assert table == table
    assert table != random_table()
    assert {table: 1}[table] == 1


def test_a_merged_table_has_the_scores_of_both() -> None:
    whole = table_of([[0.5, 0.6], [0.7, 0.8], [0.9, 0.4]], [[0, 3], [0, 0], [2, 0]])
    one, other = (
        replace(whole, scores=whole.scores.copy(), diverged_epochs=whole.diverged_epochs.copy())
        for _ in range(2)
    )
    one.scores[:, 2], one.diverged_epochs[2] = np.nan, 0
    # The other one has the first network of the last config, and the second network of the first.
    other.scores[:, 0, 0], other.diverged_epochs[0, 0] = np.nan, 0
    other.scores[:, 1], other.diverged_epochs[1] = np.nan, 0
    for merged in (one.merged(other), other.merged(one)):
        np.testing.assert_array_equal(merged.scores, whole.scores)
        np.testing.assert_array_equal(merged.diverged_epochs, whole.diverged_epochs)
