"""How settings and scores are said to people."""

from typing import Any

import numpy as np
import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.comparison import Comparison, compare
from annlab.experiments import EXPERIMENTS
from annlab.fields import BY_URL, FIELDS, Field
from annlab.ui.wording import (
    changes,
    colour_of,
    coloured_difference,
    duration,
    in_words,
    model_title,
    say,
    say_of,
    special,
    verdict,
    with_spread,
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
        ("scaling", "minmax", "minmax"),
    ],
)
def test_a_value_in_words(url: str, value: object, words: str) -> None:
    assert say(BY_URL[url], value) == words


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.url)
def test_every_setting_can_be_said(field: Field) -> None:
    assert say(field, field.of(RunConfig())) != ""


@pytest.mark.parametrize(
    ("data", "hidden", "title"),
    [
        ("moons", (), "Logistic regression"),
        ("iris", (), "Softmax regression"),
        ("diabetes", (), "Linear regression"),
        ("iris", (8, 3), "MLP 8-3, Tanh"),
    ],
)
def test_what_a_model_is_called(data: str, hidden: tuple[int, ...], title: str) -> None:
    config = RunConfig(
        dataset=DatasetConfig(name=data),
        model=ModelConfig(hidden_sizes=hidden, activation="tanh"),
    )
    assert model_title(config) == title


def test_changes_name_what_is_different_and_nothing_else() -> None:
    before = RunConfig()
    after = RunConfig(
        model=ModelConfig(hidden_sizes=(3,)), training=TrainingConfig(learning_rate=0.1)
    )
    assert changes(before, before) == []
    assert changes(before, after) == ["hidden layers none → 3", "learning rate 0.001 → 0.1"]
    assert changes(after, before) == ["hidden layers 3 → none", "learning rate 0.1 → 0.001"]


def test_a_mean_with_its_spread() -> None:
    scores = np.array([0.9, 0.95, 1.0])
    said = with_spread(scores).replace("\u00a0", " ")
    assert said == f"{scores.mean():.3f} ± {np.std(scores, ddof=1):.3f}" == "0.950 ± 0.050"


def test_one_network_has_no_spread() -> None:
    assert with_spread(np.array([0.98765])) == "0.988"


def test_a_validation_error_has_the_label_of_the_control() -> None:
    found = in_words("hidden_sizes: at most 10 layers, got 14")
    assert found == "**Hidden layers:** at most 10 layers, got 14"


def test_other_sentences_begin_with_a_capital_and_keep_the_rest() -> None:
    assert in_words("this is 3 times the MLP's work: too much").startswith(
        "This is 3 times the MLP"
    )


# --- the verdict -------------------------------------------------------------------------------


def _verdict(a: list[float], b: list[float]) -> str:
    return verdict(compare(np.array(a), np.array(b)))


def test_the_better_model_is_named_with_the_pairs_and_the_points() -> None:
    a = [0.80, 0.82, 0.81, 0.84, 0.83, 0.80, 0.82, 0.81]
    b = [score + 0.1 for score in a]
    sentence = _verdict(a, b)
    assert "**B is better in 8 of 8 networks**" in sentence
    assert "10.0" in sentence
    assert "is real" in sentence
    assert "**A is better in 8 of 8 networks**" in _verdict(b, a)


def test_an_interval_and_a_count_that_disagree_are_explained() -> None:
    # The mean is far from 0, but half of the networks are as good or better without it.
    sentence = _verdict([0.5] * 6, [0.9, 0.9, 0.9, 0.9, 0.499, 0.499])
    assert "in 4 of 6 networks" in sentence
    assert "proves nothing" not in sentence
    assert "does not reach 0, but too few networks agree" in sentence


def test_what_luck_would_always_do_is_a_number() -> None:
    assert "in 100\u00a0% of cases" in _verdict([0.8, 0.8], [0.9, 0.7])


def test_an_interval_around_zero_says_which_end_is_whose() -> None:
    for last, side, other in ((0.9, "ahead", "behind"), (0.68, "behind", "ahead")):
        sentence = _verdict([0.8, 0.8, 0.8], [0.9, 0.7, last])
        interval = sentence.partition("interval ")[2].partition(". ")[0].split()
        assert [interval[i] for i in (1, 2, 4)] == [other, "to", side]
        assert float(interval[0]) > 0 < float(interval[3])
        assert "−" not in sentence
        assert "-" not in sentence


def test_who_wins_as_often_as_the_other_is_not_called_better() -> None:
    sentence = _verdict([0.8] * 4, [0.9, 0.9, 0.7, 0.6])
    assert "**A and B are each better in 2 of 4 networks**; on average B is behind" in sentence


def test_a_narrow_result_proves_nothing() -> None:
    sentence = _verdict([0.8, 0.8, 0.8, 0.8], [0.9, 0.7, 0.9, 0.8])
    assert "**B is better in 2 of 4 networks**" in sentence
    assert "proves nothing" in sentence
    assert "real" not in sentence


def test_ties_are_told() -> None:
    assert "in 2 of 4 networks** and equal in 2;" in _verdict([0.8] * 4, [0.9, 0.9, 0.8, 0.8])


def test_pairs_and_mean_that_disagree_are_no_real_difference() -> None:
    # A is mostly a little better, but failed five times.
    sentence = _verdict([1.0] * 15 + [0.5] * 5, [0.99] * 20)
    assert "**A is better in 15 of 20 networks**" in sentence
    assert "B is ahead" in sentence
    assert "real" not in sentence
    assert "more often A is better, on average the other" in sentence


def test_the_mean_may_say_otherwise_than_the_pairs() -> None:
    # B wins three times by little and loses once by much: on average it is behind.
    sentence = _verdict([0.8, 0.8, 0.8, 0.9], [0.81, 0.81, 0.81, 0.5])
    assert "**B is better in 3 of 4 networks**" in sentence
    assert "behind" in sentence


def test_no_difference_at_all() -> None:
    assert _verdict([0.8, 0.9], [0.8, 0.9]) == "A and B score the same in every network."


@pytest.mark.parametrize(("a", "b", "who"), [(0.8, 0.9, "B"), (0.9, 0.8, "A")])
def test_one_network_each_may_be_luck(a: float, b: float, who: str) -> None:
    sentence = _verdict([a], [b])
    assert sentence.startswith(f"{who} is better by 10.0 points")
    assert "luck" in sentence


@pytest.mark.parametrize(("n_better", "real"), [(5, False), (6, True)])
def test_luck_is_excluded_below_one_in_twenty(n_better: int, real: bool) -> None:
    # Six coins that all fall the same way: 2/64 < 0.05 < 2/32.
    found = Comparison(n_pairs=n_better, n_better=n_better, n_worse=0, mean=0.1, std=0.01)
    assert ("is real" in verdict(found)) is real


def test_a_difference_has_its_sign_and_a_colour_by_direction() -> None:
    assert coloured_difference(0.02, 0.9, True) == ":green[+0.020]"
    assert coloured_difference(-0.02, 0.9, True) == ":red[−0.020]"
    assert coloured_difference(-0.02, 0.9, False) == ":green[−0.020]"
    assert coloured_difference(0.0, 0.9, True) == ":gray[±0]"


def test_what_is_special_is_told_against_what_is_usual() -> None:
    usual = EXPERIMENTS["E4"].runs
    assert special(usual[0], usual) == special(usual[1], usual) == ""
    run = RunConfig.from_url("data=circles&hidden=8&activation=tanh&lr=0.01&seeds=20&noise=0.3")
    assert special(run, usual) == "noise 0.3, hidden layers 8"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (59.9, "59.9 s"), (59.96, "1 min 0 s"), (1210.2, "20 min 10 s")],
)
def test_a_time_is_in_minutes_where_it_has_some(seconds: float, words: str) -> None:
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
def test_models_that_differ_in_their_ends_have_names_of_their_own(
    model: dict[str, Any], training: dict[str, Any], title: str
) -> None:
    run = RunConfig(dataset={"name": "function_1d"}, model=model, training=training)
    assert model_title(run) == title


def test_what_is_left_to_the_task_is_named() -> None:
    run = RunConfig()
    assert say_of(run, BY_URL["loss"], None) == "Binary cross-entropy"
    assert say_of(run, BY_URL["output"], None) == "Sigmoid"
    assert say_of(run, BY_URL["gap"], None) == "–"


@pytest.mark.parametrize(
    ("difference", "more_is_better", "colour"),
    [
        (0.1, True, "green"),
        (-0.1, True, "red"),
        (-0.1, False, "green"),
        (0.1, False, "red"),
        (0.0, True, "gray"),
        (0.0, False, "gray"),
    ],
)
def test_gains_are_green_whichever_way_they_go(
    difference: float, more_is_better: bool, colour: str
) -> None:
    assert colour_of(difference, more_is_better) == colour
