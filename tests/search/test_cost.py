"""Estimated time of a search: it counts stacks as the training does, and grows with the work."""

import pytest

from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.search.cost import _n_stacks, check_cost, estimated_seconds
from annlab.search.presets import PRESETS
from annlab.search.space import SearchedSetting
from annlab.search.starting import settings_to_search, suggested
from annlab.training.many import stacks_of
from tests.search.tables import L2, MOONS, RATE, search_of

# CPU seconds that the presets took on one core.
MEASURED = {"first": 2.9, "breast_cancer": 5.3, "spirals": 6.3, "random_labels": 9.1}


@pytest.mark.parametrize("name", MEASURED)
def test_estimate_agrees_with_what_was_measured(name: str) -> None:
    assert 0.6 < MEASURED[name] / estimated_seconds(PRESETS[name].config) < 1.2


def test_settings_that_share_a_stack_are_those_of_the_training() -> None:
    for optimizer in ("adam", "momentum"):
        training = MOONS.training.model_copy(update={"optimizer": optimizer})
        model = MOONS.model.model_copy(update={"hidden_sizes": (4,)})
        base = MOONS.model_copy(update={"training": training, "model": model})
        applying = {setting.address for setting in settings_that_apply(base)}
        for address in applying.intersection(settings_to_search(base)):
            start = suggested(address, base)
            if start.is_number:  # 0 may switch a setting off
                start = start.model_copy(update={"low": start.high / 2, "n_levels": 2})
            config = search_of(base, space=(start,), n_seeds=1)
            n = len(stacks_of(config.configs()))
            assert (n == 1) == SETTINGS[address].per_network, address
            assert n == _n_stacks(config)


def test_grids_count_the_stacks_of_the_training() -> None:
    hidden = SearchedSetting(address="hidden", choices=("4", "8", "4-4"))
    for space in ((RATE, L2), (RATE, hidden), (hidden,)):
        config = search_of(space=space)
        assert _n_stacks(config) == len(stacks_of(config.configs()))


def test_networks_with_data_of_their_own_share_no_stack() -> None:
    dataset = MOONS.dataset.model_copy(update={"resample": "split"})
    config = search_of(MOONS.model_copy(update={"dataset": dataset}))
    assert _n_stacks(config) == config.n_planned == len(stacks_of(config.configs()))


def test_drawn_batch_sizes_make_as_many_stacks_as_values() -> None:
    batch = SearchedSetting(address="batch", low=4, high=64)
    config = search_of(space=(batch,), strategy="random", n_configs=40)
    assert _n_stacks(config) == pytest.approx(len(stacks_of(config.configs())), rel=0.25)


def test_halving_costs_less_than_random() -> None:
    random = search_of(strategy="random", n_configs=27)
    halving = search_of(strategy="halving", n_configs=27)
    assert estimated_seconds(halving) < estimated_seconds(random)


def test_a_host_refuses_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    for preset in PRESETS.values():
        check_cost(preset.config)
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1e6")
    with pytest.raises(ValueError, match=r"needs [\d.]+× the compute .*72 network-epochs"):
        check_cost(search_of(space=(RATE,)))
