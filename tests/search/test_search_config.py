"""SearchConfig: configs of a search, validation, digest and link."""

from typing import Any

import pytest
from pydantic import ValidationError

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from annlab.validation import explain

BASE = RunConfig(
    dataset=DatasetConfig(name="moons", noise=0.3, validation_fraction=0.3, test_fraction=0.2),
    model=ModelConfig(hidden_sizes=(4, 2), activation="tanh"),
    training=TrainingConfig(max_epochs=30, seed=7),
)
RATE = SearchedSetting(address="lr", low=1e-3, high=1.0, n_levels=4)
SIZES = SearchedSetting(address="hidden", choices=("4", "8-8"))
SEARCH = SearchConfig(base=BASE, space=(RATE, SIZES), n_seeds=3)


def test_configs_are_the_combinations_with_the_seeds_of_the_search() -> None:
    configs = SEARCH.configs()
    assert len(configs) == len(SEARCH.combinations()) == SEARCH.n_planned == 8
    found = [(one.training.learning_rate, one.model.hidden_sizes) for one in configs]
    assert found == SEARCH.combinations()
    assert {(one.training.seed, one.training.n_seeds) for one in configs} == {(7, 3)}
    assert {one.dataset for one in configs} == {BASE.dataset}
    assert SEARCH.network_epochs == 8 * 3 * 30


@pytest.mark.parametrize(("resample", "name"), [("split", "split_seed"), ("sample", "seed")])
def test_later_seeds_of_a_config_keep_their_own_data(resample: str, name: str) -> None:
    data = BASE.dataset.model_copy(update={"resample": resample})
    search = SEARCH.model_copy(update={"base": BASE.model_copy(update={"dataset": data})})
    combination = search.combinations()[0]
    all_of_them = search.config_of(combination)
    last = search.config_of(combination, first=2)
    assert (last.training.seed, last.training.n_seeds) == (9, 1)
    assert last.dataset.of_network(0) == all_of_them.dataset.of_network(2)
    assert getattr(last.dataset, name) == getattr(data, name) + 2


@pytest.mark.parametrize("strategy", ["grid", "random", "hypercube", "halving"])
def test_a_link_round_trips_and_is_short(strategy: str) -> None:
    search = SearchConfig(
        base=BASE, space=(RATE, SIZES), strategy=strategy, n_configs=20, n_seeds=3, seed=5
    )
    url = search.to_url()
    assert SearchConfig.from_url(url) == search
    assert SearchConfig.from_url(f"https://annlab.example/search?{url}") == search
    assert len(url) < 200
    assert "space.lr=0.001~1~4" in url


def test_an_unknown_name_in_a_link_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown settings: colors, lrr"):
        SearchConfig.from_url(SEARCH.to_url() + "&lrr=1&colors=2")


def test_a_search_is_the_same_whatever_the_base_says_of_searched_settings() -> None:
    training = BASE.training.model_copy(update={"learning_rate": 0.5, "n_seeds": 9})
    other = SEARCH.model_copy(update={"base": BASE.model_copy(update={"training": training})})
    assert other.configs() == SEARCH.configs()
    assert other.digest == SEARCH.digest


@pytest.mark.parametrize(
    ("change", "shares_scores"),
    [
        ({"n_seeds": 4}, True),
        ({"strategy": "random"}, True),
        ({"space": (RATE.model_copy(update={"low": 0.01}), SIZES)}, True),
        ({"base": BASE.model_copy(update={"model": ModelConfig(activation="relu")})}, False),
        ({"space": (RATE,)}, False),
    ],
)
def test_another_search_has_another_digest(change: dict, shares_scores: bool) -> None:
    other = SEARCH.model_copy(update=change)
    assert other.digest != SEARCH.digest
    assert (other.scores_key() == SEARCH.scores_key()) == shares_scores


def test_what_a_grid_ignores_is_not_in_its_digest() -> None:
    other = SEARCH.model_copy(update={"n_configs": 77, "seed": 4, "budget": 10**6})
    assert other.digest == SEARCH.digest


def _with_base(**changes: Any) -> dict:
    dataset = {"validation_fraction": 0.3, **changes.get("dataset", {})}
    return {"base": {**changes, "dataset": dataset}, "space": (RATE,)}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (_with_base(dataset={"validation_fraction": 0.0}), "validation_fraction: a search chooses"),
        (
            _with_base(dataset={"resample": "folds"}, training={"n_seeds": 4}),
            "resample: a search cannot use folds. Choose another kind of data.",
        ),
        (
            _with_base(training={"early_stopping_patience": 5}),
            "early_stopping_patience: a search compares networks after the same epochs. Set it to",
        ),
        ({"base": BASE, "space": ()}, "space: a search varies 1 to 4 settings, got 0"),
        ({"base": BASE, "space": (RATE, RATE)}, "space: list each setting once, got lr, lr"),
        (
            {"base": BASE, "space": (RATE,), "strategy": "bayes"},
            "strategy: must be one of grid, random, hypercube, halving; got 'bayes'",
        ),
        (
            {"base": BASE, "space": (RATE,), "budget": 119},
            "budget: this search needs 120 network-epochs, the budget is 119. Use fewer configs,",
        ),
        (
            {"base": BASE, "space": (RATE,), "strategy": "random", "n_configs": 200, "n_seeds": 99},
            "n_configs: 200 configs with 99 seeds each are 19,800 networks; a search has at most",
        ),
        (
            {
                "base": BASE,
                "space": (SearchedSetting(address="momentum", low=0.1, high=0.9),),
            },
            "momentum: has no effect on these models. Search another setting.",
        ),
        (
            {
                "base": BASE,
                "space": (SearchedSetting(address="loss", choices=("mse", "huber")),),
            },
            "loss huber: loss: two classes can have binary_cross_entropy, mse; got 'huber'",
        ),
    ],
)
def test_a_wrong_search_is_refused_in_a_sentence(values: dict, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SearchConfig.model_validate(values)
    assert explain(caught.value)[0].startswith(sentence)


def test_a_setting_may_have_an_effect_on_some_combinations_only() -> None:
    momentum = SearchedSetting(address="momentum", low=0.1, high=0.9)
    optimizer = SearchedSetting(address="optimizer", choices=("adam", "momentum"))
    assert SearchConfig(base=BASE, space=(momentum, optimizer)).n_planned == 10
