"""Settings, models, scores and verdicts in words."""

from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.analysis.compared_scores import Measured
from annlab.analysis.comparison import Comparison, compare_scores
from annlab.config.settings import SETTINGS
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.text.markdown import colored
from annlab.ui.text.scores_text import (
    colored_difference,
    difference_color,
    duration,
    verdict,
    with_spread,
)
from annlab.ui.text.settings_text import (
    friendly_error,
    model_title,
    non_default_settings,
    setting_changes,
)


@pytest.mark.parametrize(
    ("url", "value", "words"),
    [
        ("data", "breast_cancer", "Breast Cancer"),
        ("activation", "leaky_relu", "Leaky ReLU"),
        ("activation", None, "–"),
        ("init", "he_normal", "He normal"),
        ("optimizer", "momentum", "SGD with momentum"),
        ("loss", "mse", "Mean squared error"),
        ("loss", None, "–"),
        ("hidden", (), "none"),
        ("hidden", (4, 2), "4-2"),
        ("test", 0.25, "25%"),
        ("dropout", 0.0, "0%"),
        ("lr", 0.01, "0.01"),
        ("lr", 1e-05, "1e-05"),
        ("epochs", 1000, "1000"),
        ("scaling", "minmax", "min-max"),
    ],
)
def test_setting_value_in_words(url: str, value: object, words: str) -> None:
    assert SETTINGS[url].format(value) == words


@pytest.mark.parametrize("address", SETTINGS)
def test_every_setting_has_a_text_for_its_value(address: str) -> None:
    assert SETTINGS[address].say(RunConfig()) != ""


@pytest.mark.parametrize(
    ("data", "hidden", "title"),
    [
        ("moons", (), "Logistic regression"),
        ("iris", (), "Softmax regression"),
        ("diabetes", (), "Linear regression"),
        ("iris", (8, 3), "MLP 8-3, Tanh"),
    ],
)
def test_model_titles(data: str, hidden: tuple[int, ...], title: str) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name=data),
        model=ModelConfig(hidden_sizes=hidden, activation="tanh"),
    )
    assert model_title(config) == title


def test_changes_list_only_differing_settings() -> None:
    before = RunConfig()
    after = RunConfig(
        model=ModelConfig(hidden_sizes=(3,)), training=TrainingConfig(learning_rate=0.1)
    )
    assert setting_changes(before, before) == []
    assert setting_changes(before, after) == ["hidden layers none → 3", "learning rate 0.001 → 0.1"]
    assert setting_changes(after, before) == ["hidden layers 3 → none", "learning rate 0.1 → 0.001"]
    pulled = before.model_copy(update={"training": TrainingConfig(l1=0.1)})
    assert setting_changes(before, pulled) == ["L1 0 → 0.1"]


def test_mean_with_spread() -> None:
    scores = np.array([0.9, 0.95, 1.0])
    text = with_spread(scores).replace("\u00a0", " ")
    assert text == f"{scores.mean():.3f} ± {np.std(scores, ddof=1):.3f}" == "0.950 ± 0.050"


def test_mean_of_one_network_has_no_spread() -> None:
    assert with_spread(np.array([0.98765])) == "0.988"


def test_validation_error_uses_the_label_of_the_control() -> None:
    found = friendly_error("hidden_sizes: at most 10 layers, got 14")
    assert found == "**Hidden layers:** at most 10 layers, got 14"


def test_other_errors_only_get_a_capital_letter() -> None:
    assert friendly_error("this is 3 times the MLP's work: too much").startswith(
        "This is 3 times the MLP"
    )


# --- the verdict -------------------------------------------------------------------------------


def _found(a: list[float], b: list[float]) -> Comparison:
    on = Measured(split="test", n_samples=100, n_distinct=100, n_train=300)
    return compare_scores(np.array(a), np.array(b), on, names=(colored(0), colored(1)))


@pytest.mark.parametrize(
    ("b", "bold"),
    [
        ([0.9] * 6, "**On 100 test samples, :green[B] is ahead of :violet[A] by 10.0 points**"),
        (
            [0.7, 0.9] * 3,
            "**On 100 test samples, no difference between :violet[A] and :green[B] is shown**",
        ),
        ([0.9] * 3, "**No verdict**: on 100 test samples, :green[B] is ahead of :violet[A]"),
    ],
)
def test_verdict_is_a_bold_headline_and_details(b: list[float], bold: str) -> None:
    found = _found([0.8] * len(b), b)
    text = verdict(found)
    assert text.startswith(bold)
    assert text.count("**") == 2
    assert text.replace("**", "") == found.sentence


def test_difference_has_a_sign_and_a_color_by_direction() -> None:
    assert colored_difference(0.02, 0.9, True) == ":green[+0.020]"
    assert colored_difference(-0.02, 0.9, True) == ":red[−0.020]"
    assert colored_difference(-0.02, 0.9, False) == ":green[−0.020]"
    assert colored_difference(0.0, 0.9, True) == ":gray[±0]"


def test_non_default_settings_are_listed() -> None:
    usual = EXPERIMENTS["E4"].runs
    assert non_default_settings(usual[0], usual) == non_default_settings(usual[1], usual) == ""
    run = RunConfig.from_url("data=circles&hidden=8&activation=tanh&lr=0.01&seeds=20&noise=0.3")
    assert non_default_settings(run, usual) == "noise 0.3, hidden layers 8"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (59.96, "1 min 0 s"), (1210.2, "20 min 10 s")],
)
def test_long_duration_is_in_minutes(seconds: float, words: str) -> None:
    assert duration(seconds).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("model", "training", "title"),
    [
        ({}, {}, "Linear regression"),
        ({}, {"loss": "mse"}, "Linear regression"),
        ({"hidden_sizes": (4,)}, {"loss": "huber"}, "MLP 4, ReLU · Huber"),
        ({"output_activation": "softplus"}, {}, "Linear regression · Softplus output"),
    ],
)
def test_model_titles_name_unusual_outputs_and_losses(
    model: dict[str, Any], training: dict[str, Any], title: str
) -> None:
    run = RunConfig(dataset={"name": "function_1d"}, model=model, training=training)
    assert model_title(run) == title


def test_task_default_is_named() -> None:
    run = RunConfig()
    assert SETTINGS["loss"].say(run) == "Binary cross-entropy"
    assert SETTINGS["output"].say(run) == "Sigmoid"
    assert SETTINGS["gap"].say(run) == "–"


@pytest.mark.parametrize(
    ("difference", "more_is_better", "color"),
    [
        (0.1, True, "green"),
        (-0.1, True, "red"),
        (-0.1, False, "green"),
        (0.1, False, "red"),
        (0.0, True, "gray"),
        (0.0, False, "gray"),
    ],
)
def test_better_scores_are_green_in_both_directions(
    difference: float, more_is_better: bool, color: str
) -> None:
    assert difference_color(difference, more_is_better) == color
