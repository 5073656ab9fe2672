"""Runs as links: there and back, and what a link may not say."""

import pytest

from annlab import RunConfig
from annlab.config.settings import SETTINGS
from annlab.lessons.experiments import EXPERIMENTS
from tests.config.fields import BASE, FIELDS, changed

MANY = [
    RunConfig(),
    RunConfig.model_validate(BASE),
    *(changed(*pair) for pair in FIELDS),
    *(run for experiment in EXPERIMENTS.values() for run in experiment.runs),
    RunConfig(
        dataset={"name": "diabetes", "scaling": "minmax", "validation_fraction": 0.1},
        model={"hidden_sizes": (1,), "output_activation": "softplus", "dropout": 0.3},
        training={"loss": "mae", "learning_rate": 0.1 + 0.2, "optimizer": "nesterov"},
    ),
]


@pytest.mark.parametrize("config", MANY, ids=lambda config: config.digest[:8])
def test_url_round_trip(config):
    text = config.to_url()
    for address in (text, f"?{text}", f"https://example.org/compare?{text}"):
        assert RunConfig.from_url(address) == config
        assert RunConfig.from_url(address).digest == config.digest


def test_url_names_every_field_once():
    assert sorted((setting.section, setting.name) for setting in SETTINGS.values()) == sorted(
        FIELDS
    )
    assert len(SETTINGS) == len(FIELDS)


def test_url_holds_only_differences_from_the_defaults():
    config = RunConfig(
        dataset={"name": "circles", "noise": 0.05, "test_fraction": 0.2},
        model={"hidden_sizes": (4, 2)},
    )
    assert config.to_url() == "data=circles&test=0.2&hidden=4-2"


@pytest.mark.parametrize("text", ["", "?", "https://example.org/regression"])
def test_empty_url_is_the_default_run(text):
    assert RunConfig.from_url(text) == RunConfig()


@pytest.mark.parametrize(
    "text",
    [
        "data=nonsense",
        "color=red",
        "data=moons&n_samples=100",
        "hidden=4-x",
        "hidden=4--2",
        "hidden=" + "-".join("1" * 11),
        "lr=nan",
        "lr=1e999",
        "lr=0.1,0.2",
        "epochs=" + "9" * 400,
        "epochs=" + "9" * 5000,
        "epochs=1.5",
        "seeds=-1",
        "seed=%00",
        "noise=True",
        "data=iris&samples=20",
        "https://[broken?lr=0.1",
        "data=%F0%9F%92%A5",
    ],
)
def test_invalid_values_in_a_url_are_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        RunConfig.from_url(text)


def test_unknown_name_in_a_url_is_named():
    with pytest.raises(ValueError, match="unknown settings: color, size"):
        RunConfig.from_url("size=3&data=moons&color=red")
