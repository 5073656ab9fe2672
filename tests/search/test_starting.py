"""Starting points of a search: what a bench's config lacks, and ranges to begin with."""

import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.config.settings import settings_that_apply
from annlab.lessons.experiments import DEFAULTS
from annlab.search.search_config import SearchConfig
from annlab.search.space import SearchedSetting
from annlab.search.starting import searchable, settings_to_search, suggested
from tests.search.tables import MOONS

ON_BENCHES = [run for entry in DEFAULTS.values() for run in entry.runs]


@pytest.mark.parametrize("run", ON_BENCHES)
def test_every_default_model_can_be_searched_with_every_setting(run: RunConfig) -> None:
    base, _ = searchable(run)
    applying = {setting.address for setting in settings_that_apply(base)}
    for address in applying.intersection(settings_to_search(base)):
        space = (suggested(address, base),)
        config = SearchConfig(base=base, space=space)
        assert len(config.combinations()) > 1
        assert SearchConfig.from_url(config.to_url()) == config


def test_a_config_that_can_be_searched_stays_as_it_is() -> None:
    assert searchable(MOONS) == (MOONS, [])


def test_what_a_search_cannot_use_is_changed_and_named() -> None:
    run = RunConfig(
        dataset=DatasetConfig(resample="folds"),
        training=TrainingConfig(n_seeds=5),
    )
    base, changes = searchable(run)
    assert base.dataset.resample == "none"
    assert base.dataset.validation_fraction == 0.25
    assert base.training.n_seeds == 1
    assert ["folds" in changes[0], "25% of the samples" in changes[1], len(changes)] == [
        True,
        True,
        2,
    ]
    patient = MOONS.model_copy(
        update={"training": MOONS.training.model_copy(update={"early_stopping_patience": 5})}
    )
    base, changes = searchable(patient)
    assert base == MOONS
    assert changes == ["Early stopping is off, because a search compares the same epochs."]


def test_ranges_surround_the_value() -> None:
    assert suggested("lr", MOONS) == SearchedSetting(address="lr", low=1e-4, high=1e-2)
    assert suggested("l2", MOONS) == SearchedSetting(address="l2", low=1e-5, high=0.1)
    assert suggested("batch", MOONS) == SearchedSetting(address="batch", low=6, high=640)
    highest = MOONS.model_copy(update={"training": TrainingConfig(learning_rate=100.0)})
    assert suggested("lr", highest).high == 100  # no rate is higher


def test_lists_begin_with_the_value() -> None:
    base = MOONS.model_copy(
        update={"model": ModelConfig(hidden_sizes=(4, 2), activation="sigmoid")}
    )
    assert suggested("hidden", base).choices[0] == "4-2"
    assert suggested("activation", base).choices == ("sigmoid", "tanh", "relu")


def test_no_list_with_one_name_is_offered() -> None:
    assert "output" not in settings_to_search(MOONS)  # a probability needs the sigmoid
    assert "start" not in settings_to_search(MOONS)
