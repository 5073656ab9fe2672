"""Differences between the settings of runs."""

from collections.abc import Mapping

from annlab import ModelConfig, RunConfig, TrainingConfig
from annlab.config.differences import differences
from tests.config.test_links import runs_with


def _found(*models: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    runs = runs_with({"name": "moons"}, *models)
    return {item.setting.address: item.values for item in differences(runs)}


def test_equal_runs_have_no_differences() -> None:
    assert _found({"lr": 0.1}, {"lr": 0.1}) == {}


def test_differences_hold_values_in_the_order_of_the_settings() -> None:
    found = _found(
        {"hidden": (2,), "epochs": 5}, {"hidden": (2,), "lr": 0.1, "dropout": 0.5, "epochs": 6}
    )
    assert list(found.items()) == [
        ("dropout", (0.0, 0.5)),
        ("lr", (0.001, 0.1)),
        ("epochs", (5, 6)),
    ]


def test_one_of_three_differs() -> None:
    assert _found({}, {}, {"lr": 0.1}) == {"lr": (0.001, 0.001, 0.1)}


def test_the_activation_counts_only_with_hidden_units() -> None:
    hidden = {"hidden": (2,), "activation": "tanh"}
    assert _found({"activation": "relu"}, {"activation": "tanh"}) == {}
    assert _found({"activation": "relu"}, hidden) == {
        "hidden": ((), (2,)),
        "activation": (None, "tanh"),
    }
    assert _found({}, hidden, {**hidden, "activation": "relu"})["activation"] == (
        None,
        "tanh",
        "relu",
    )


def test_only_the_activation_differs() -> None:
    runs = (
        RunConfig(model=ModelConfig(hidden_sizes=(2,), activation="relu")),
        RunConfig(model=ModelConfig(hidden_sizes=(2,), activation="tanh")),
    )
    assert [item.setting.address for item in differences(runs)] == ["activation"]


def test_a_named_task_default_does_not_count_as_a_difference() -> None:
    runs = (RunConfig(), RunConfig(training=TrainingConfig(loss="binary_cross_entropy")))
    assert differences(runs) == []


def test_a_setting_without_effect_does_not_count_as_a_difference() -> None:
    assert _found({"momentum": 0.5}, {"momentum": 0.9}) == {}  # of Adam
    assert _found({"dropout": 0.5}, {}) == {}  # without hidden layers
    assert "dropout" not in _found({}, {"hidden": (2,)})
    assert _found({}, {"hidden": (2,), "dropout": 0.5})["dropout"] == (None, 0.5)
    found = _found({"optimizer": "momentum", "momentum": 0.5}, {"momentum": 0.9})
    assert found == {"optimizer": ("momentum", "adam"), "momentum": (0.5, None)}


def test_differences_show_task_defaults() -> None:
    mse = {"hidden": (2,), "loss": "mse"}
    assert _found({"hidden": (2,)}, mse) == {"loss": ("binary_cross_entropy", "mse")}
