"""Sentences about a search, from tables with known scores."""

from typing import Any

import numpy as np
import pytest

from annlab.figures.search_race import RaceCurve
from annlab.search.presets import PRESETS
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable
from annlab.ui.text.search_text import (
    base_text,
    cost_text,
    diverged_text,
    found_text,
    luck_text,
    race_table,
    score_text,
    seeds_text,
    settings_text,
    spread_text,
)
from tests.search.tables import DIABETES, MOONS, RATE, random_table, search_of, table_of

FOUR: dict[str, Any] = {"space": (RATE,)}


def test_the_best_config_is_named_with_mean_and_spread() -> None:
    table = table_of([[0.5, 0.6], [0.8, 0.9], [0.7, 0.7], [0.1, 0.2]], **FOUR)
    assert found_text(table) == (
        "**Moons, best of 4 configs**, 2 networks each: learning rate 0.01 · validation accuracy, "
        "mean of 2 seeds: **0.850** (0.800 to 0.900)."
    )
    assert seeds_text(table, 1) == ("Validation accuracy, mean of 2. Seeds 0 to 1: 0.800, 0.900")


@pytest.mark.parametrize(
    ("scores", "text"),
    [
        ([[0.9], [0.9], [0.1], [0.2]], " 1 other has the same mean."),
        ([[0.9], [0.9], [0.9], [0.2]], " 2 others have the same mean."),
        ([[0.9], [0.8], [0.7], [0.2]], "(one network)."),
    ],
)
def test_ties_are_counted(scores: list[list[float]], text: str) -> None:
    assert found_text(table_of(scores, **FOUR)).endswith(text)


def test_a_part_of_a_search_says_so() -> None:
    table = table_of([[0.9, 0.9], [0.8, 0.8]], **FOUR)
    table.scores[:, 2:] = np.nan
    assert "best of 2 of 4 configs so far" in found_text(table)


def test_nothing_is_found_before_a_config_is_trained() -> None:
    assert found_text(SearchTable.empty(search_of())) == "No config is trained yet."


def test_an_extension_says_how_many_networks_it_compares() -> None:
    before = table_of([[0.5, 0.6], [0.8, 0.9], [0.7, 0.7], [0.1, 0.2]], **FOUR)
    before.diverged_epochs[1, 1] = 9
    table = before.extended(search_of(n_seeds=3, **FOUR))
    table.scores[:, 1, 2] = 0.1
    table.diverged_epochs[1, 2] = 9
    text = found_text(table)
    assert text.startswith("**Moons, best of 4 configs**, the first 2 of 3 networks each: ")
    assert text == found_text(before).replace("2 networks each", "the first 2 of 3 networks each")
    for row in range(4):
        assert score_text(table, row) == score_text(before, row)
        assert seeds_text(table, row) == seeds_text(before, row)
    assert diverged_text(table).startswith("2 of 9 networks diverged;")


def test_diverged_networks_are_counted() -> None:
    diverged = [[0, 0], [0, 3], [0, 0], [0, 0]]
    table = table_of([[0.5, 0.6], [0.8, 0.9], [0.7, 0.7], [0.1, 0.2]], diverged, **FOUR)
    assert diverged_text(table) == (
        "1 of 8 networks diverged; they count with the worst score of the others."
    )
    assert spread_text(table, 1).endswith("(0.100 to 0.800), 1 diverged")
    assert "1 diverged network is left out" in luck_text(table)
    assert diverged_text(table_of([[0.5, 0.6]] * 4, **FOUR)) == ""


def test_luck_needs_two_seeds() -> None:
    assert luck_text(table_of([[0.5], [0.6], [0.7], [0.8]], **FOUR)) == (
        "With one network for each config, settings and luck cannot be told apart. Use at least 2 "
        "seeds."
    )
    assert "Settings account for" in luck_text(table_of([[0.5, 0.6], [0.8, 0.9]] * 2, **FOUR))


def test_halving_says_which_configs_count() -> None:
    table = random_table(space=(RATE,), strategy="halving", n_configs=9)
    table.scores[:, 3:, :, -1] = np.nan
    assert luck_text(table).endswith("This counts all 9 configs, before halving drops any.")


def test_errors_are_best_when_low() -> None:
    table = SearchTable.empty(search_of(DIABETES, space=(RATE,)))
    table.scores[:] = np.arange(1, 5)[None, :, None, None]
    assert "learning rate 0.001" in found_text(table)
    assert "squared error, mean of 2 seeds: **1.000**" in found_text(table)


def test_settings_are_written_as_people_do() -> None:
    hidden = SearchedSetting(address="hidden", choices=("4", "8"))
    table = SearchTable.empty(search_of(space=(hidden, RATE, search_of().space[1])))
    assert settings_text(table, 0) == "hidden layers 4, learning rate 0.001, L2 0.0001"


def test_the_base_leaves_out_what_is_searched() -> None:
    assert base_text(MOONS, ["lr"]) == "Moons · Logistic regression · Adam · 30% validation"
    assert base_text(MOONS, ["hidden", "optimizer"]) == "Moons · 30% validation"


@pytest.mark.parametrize(
    ("preset", "text"),
    [
        ("first", "64 configs × 5 seeds = 320 networks, 28,800 network-epochs, a few seconds on"),
        ("moons", "576 configs × 5 seeds = 2,880 networks, 259,200 network-epochs, about 30 s on"),
        ("random_labels", "200 configs = 200 networks, 5,400 network-epochs, about 20 s on"),
    ],
)
def test_cost_counts_networks_and_epochs(preset: str, text: str) -> None:
    assert cost_text(PRESETS[preset].config).startswith(text)


def test_race_table_has_cost_quantiles_and_hits() -> None:
    last = np.array([0.1, 0.2, 0.3, 0.9, 0.9])
    # Two repeats end with the best score, but only one of them with the best config.
    curve = RaceCurve("Random", np.array([10, 2000]), np.stack([last, last], axis=1), 0.2)
    row = race_table([curve], 0.9).splitlines()[-1]
    low, high = np.quantile(last, [0.1, 0.9])
    assert row == f"| Random | 2,000 | 0.300 | {low:.3f} to {high:.3f} | 20% |"
