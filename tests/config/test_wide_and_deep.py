"""The inputs that also go straight to the output, as a setting."""

from annlab import RunConfig
from annlab.config.differences import differences
from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.nn.architecture import Layer

WIDE = SETTINGS["wide"]


def moons(**model: object) -> RunConfig:
    return RunConfig.model_validate({"dataset": {"name": "moons"}, "model": model})


def test_without_hidden_layers_it_is_off() -> None:
    assert moons(wide=True) == moons()
    assert moons(wide=True).digest == moons().digest
    assert WIDE not in settings_that_apply(moons())
    assert RunConfig.from_url("data=moons&wide=True") == moons()


def test_it_adds_a_weight_for_each_input_to_the_output_layer() -> None:
    config = moons(wide=True, hidden_sizes=(4, 3), features=("x1", "x2", "x1_squared"))
    assert config.architecture.layers == (Layer(3, 4), Layer(4, 3), Layer(6, 1))
    assert WIDE in settings_that_apply(config)
    assert RunConfig.from_url(config.to_url()) == config


def test_initial_weights_count_those_from_the_inputs() -> None:
    n = moons(wide=True, hidden_sizes=(3,)).n_parameters
    assert n == 2 * 3 + 3 + 3 + 2 + 1
    assert moons(wide=True, hidden_sizes=(3,), initial_weights=(0.5,) * n).n_parameters == n


def test_the_linear_model_beside_it_has_one_way_to_the_output() -> None:
    assert moons(wide=True, hidden_sizes=(3,)).linear() == moons()


def test_it_is_named() -> None:
    runs = moons(wide=True, hidden_sizes=(8,)), moons(hidden_sizes=(8,))
    assert [run.model.label for run in runs] == ["Wide and deep 8, ReLU", "MLP 8, ReLU"]
    assert [(one.setting, one.values) for one in differences(runs)] == [(WIDE, (True, False))]
