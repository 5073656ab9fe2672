"""Searched settings: ranges, levels, choices, and sentences about wrong ones."""

from itertools import product

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.search.space import SEARCHABLE, SearchedSetting, combinations_at, config_with
from annlab.validation import explain

RATE = SearchedSetting(address="lr", low=1e-4, high=1.0, n_levels=5)
BATCH = SearchedSetting(address="batch", low=8, high=128, n_levels=5)
DROPOUT = SearchedSetting(address="dropout", low=0.0, high=0.5, n_levels=3)
SIZES = SearchedSetting(address="hidden", choices=("", "4", "8-8"))
ACTIVATION = SearchedSetting(address="activation", choices=("tanh", "relu"))
WIDE = SearchedSetting(address="wide", choices=("False", "True"))


def test_levels_are_even_on_the_scale_of_the_setting() -> None:
    np.testing.assert_allclose(RATE.levels, np.geomspace(1e-4, 1.0, 5))
    assert BATCH.levels == (8, 16, 32, 64, 128)
    assert all(isinstance(level, int) for level in BATCH.levels)
    assert DROPOUT.levels == (0.0, 0.25, 0.5)
    assert SIZES.levels == ((), (4,), (8, 8))
    assert ACTIVATION.levels == ("tanh", "relu")
    assert WIDE.levels == (False, True)


def test_levels_of_whole_numbers_come_once() -> None:
    assert SearchedSetting(address="batch", low=1, high=3, n_levels=9).levels == (1, 2, 3)


@pytest.mark.parametrize("searched", [RATE, DROPOUT], ids=lambda one: one.address)
def test_share_of_a_value_is_the_inverse_of_at(searched: SearchedSetting) -> None:
    for u in (0.0, 0.2, 0.77, 1.0):
        assert searched.share_of(searched.at(u)) == pytest.approx(u, abs=1e-4)


def test_rounding_never_leaves_the_range() -> None:
    odd = SearchedSetting(address="lr", low=0.00123456, high=0.00234567)
    values = [odd.at(u) for u in np.linspace(0, 1, 101)]
    assert (min(values), max(values)) == (odd.low, odd.high)


def test_choices_share_the_unit_interval_equally() -> None:
    found = [SIZES.at(u) for u in np.linspace(0, 1, 300, endpoint=False)]
    assert [found.count(level) for level in SIZES.levels] == [100, 100, 100]
    assert SIZES.at(1.0) == (8, 8)


@pytest.mark.parametrize("searched", [RATE, BATCH, DROPOUT, SIZES, ACTIVATION, WIDE])
def test_text_of_a_searched_setting_round_trips(searched: SearchedSetting) -> None:
    assert SearchedSetting.from_text(searched.address, searched.to_text()) == searched


def test_text_of_a_searched_setting_is_short() -> None:
    assert RATE.to_text() == "0.0001~1~5"
    assert SIZES.to_text() == "~4~8-8"


def test_a_combination_changes_only_its_settings() -> None:
    base = RunConfig(dataset=DatasetConfig(name="circles"), training=TrainingConfig(seed=3))
    config = config_with(base, (RATE, SIZES), (0.01, (8, 8)))
    assert config == RunConfig(
        dataset=DatasetConfig(name="circles"),
        model=ModelConfig(hidden_sizes=(8, 8)),
        training=TrainingConfig(seed=3, learning_rate=0.01),
    )


def test_a_flag_is_on_in_some_combinations() -> None:
    base = RunConfig(model=ModelConfig(hidden_sizes=(4,)))
    assert [config_with(base, (WIDE,), (value,)).model.wide for value in WIDE.levels] == [
        False,
        True,
    ]


def test_a_combination_drawn_twice_is_tried_once() -> None:
    drawn = np.random.default_rng(0).random((100, 2))
    found = combinations_at((SIZES, ACTIVATION), drawn)
    assert sorted(found) == sorted(product(SIZES.levels, ACTIVATION.levels))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"address": "seed"}, "'seed' cannot be searched. Choose from "),
        ({"address": "data"}, "'data' cannot be searched. Choose from "),
        ({"address": "lr"}, "lr: a number needs a range. Give the lowest and the highest value."),
        ({"address": "lr", "low": 0.1, "high": 0.1}, "lr: the lowest value must be below the hig"),
        ({"address": "lr", "low": 0.1, "high": 1e3}, "lr: must be between 1e-06 and 100, got 1000"),
        ({"address": "l2", "low": 0.0, "high": 1.0}, "l2: a range on a log scale starts above 0"),
        ({"address": "batch", "low": 1.5, "high": 4}, "batch: the ends of the range are whole nu"),
        ({"address": "lr", "low": 0.1, "high": 1, "n_levels": 1}, "lr: a grid has 2 to 50 levels"),
        ({"address": "lr", "choices": ("1", "2")}, "lr: a number has a range from low to high"),
        ({"address": "activation", "low": 0, "high": 1}, "activation: list the choices; only a n"),
        ({"address": "activation", "choices": ("tanh",)}, "activation: list 2 to 50 choices, got"),
        ({"address": "activation", "choices": ("tanh", "thn")}, "activation: must be one of "),
        (
            {"address": "wide", "choices": ("False", "no")},
            "wide: must be one of False, True; got ",
        ),
        ({"address": "hidden", "choices": ("4", "4")}, "hidden: list each choice once"),
        ({"address": "hidden", "choices": ("4", "4-x")}, "hidden: sizes are whole numbers joined"),
        ({"address": "hidden", "choices": ("4", "2000")}, "hidden: a layer has 1 to 1024 units"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(values: dict, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SearchedSetting.model_validate(values)
    assert explain(caught.value)[0].startswith(sentence)


def test_settings_of_the_model_can_be_searched() -> None:
    assert {"lr", "l2", "hidden", "activation", "optimizer", "batch"} <= set(SEARCHABLE)
    assert not {"data", "seed", "seeds", "epochs", "accelerator"} & set(SEARCHABLE)
