"""Which configs share a stack, and their settings as vectors."""

import pytest

from annlab import RunConfig
from annlab.training.networks import Networks, stack_key
from tests.training.configs import make

VARIED = {
    ("training", "learning_rate"): (0.1, 0.2),
    ("training", "weight_decay"): (0.0, 0.1),
    ("training", "momentum"): (0.5, 0.9),
    ("training", "l1"): (0.0, 0.1),
    ("training", "clip_norm"): (0.5, 2.0),
    ("training", "n_seeds"): (1, 7),
    ("training", "seed"): (0, 5),
    ("model", "dropout"): (0.1, 0.3),
    ("model", "init_scale"): (1.0, 2.0),
}
APART = {
    ("training", "clip_norm"): (0.0, 2.0),
    ("training", "batch_size"): (16, 32),
    ("training", "optimizer"): ("sgd", "adam"),
    ("training", "max_epochs"): (5, 6),
    ("training", "early_stopping_patience"): (0, 6),
    ("training", "schedule"): ("constant", "cosine"),
    ("training", "record_gradients"): (False, True),
    ("model", "dropout"): (0.0, 0.3),
    ("model", "hidden_sizes"): ((4,), (5,)),
    ("model", "activation"): ("tanh", "relu"),
    ("dataset", "noise"): (0.1, 0.2),
    ("dataset", "split_seed"): (1, 2),
}


def _pair(setting: tuple[str, str], values: tuple[object, object]) -> list[RunConfig]:
    section, name = setting
    base = {"model": {"hidden_sizes": (4,)}}
    return [
        RunConfig.model_validate({**base, section: {**base.get(section, {}), name: value}})
        for value in values
    ]


@pytest.mark.parametrize("setting", VARIED, ids="-".join)
def test_these_settings_may_differ_within_a_stack(setting: tuple[str, str]) -> None:
    one, other = _pair(setting, VARIED[setting])
    assert one != other
    assert stack_key(one) == stack_key(other)


@pytest.mark.parametrize("setting", APART, ids="-".join)
def test_these_settings_need_stacks_of_their_own(setting: tuple[str, str]) -> None:
    one, other = _pair(setting, APART[setting])
    assert stack_key(one) != stack_key(other)


def test_networks_with_their_own_data_keep_their_number() -> None:
    folds = [make({"resample": "folds"}, n_seeds=n) for n in (3, 4)]
    assert stack_key(folds[0]) != stack_key(folds[1])


def test_each_network_has_the_values_of_its_config() -> None:
    networks = Networks.of(
        [
            make(n_seeds=2, seed=5, learning_rate=0.1, weight_decay=0.01),
            make(n_seeds=1, seed=9, learning_rate=0.3, weight_decay=0.01),
        ]
    )
    assert len(networks) == 3
    assert networks.seeds == (5, 6, 9)
    assert networks.values["learning_rate"].tolist() == [0.1, 0.1, 0.3]
    assert networks.common("learning_rate") is None
    assert networks.common("weight_decay") == 0.01
    assert not networks.share_their_step
    assert Networks.of([make(), make(l1=0.1)]).share_their_step
