"""The start of a run: initial weights as a setting."""

import numpy as np
import pytest
from pydantic import ValidationError

from annlab import ModelConfig, RunConfig
from annlab.config.differences import differences
from annlab.config.links import (
    MAX_RUN_TEXT,
    read_bench,
    read_comparison,
    write_bench,
    write_comparison,
)
from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.exports.settings_table import settings_of
from annlab.ui.text.settings_text import setting_changes
from annlab.validation import explain
from annlab.weights_text import MAX_WEIGHTS_IN_LINK

RANDOM = RunConfig(model=ModelConfig(hidden_sizes=(4, 2), activation="tanh"))


def started(seed: int = 0, hidden_sizes: tuple[int, ...] = (4, 2)) -> RunConfig:
    model = {"hidden_sizes": hidden_sizes, "activation": "tanh"}
    n = RunConfig.model_validate({"model": model}).n_parameters
    weights = np.random.default_rng(seed).normal(size=n).tolist()
    return RunConfig.model_validate({"model": {**model, "initial_weights": weights}})


def test_digest_is_the_same_after_a_link_and_a_file() -> None:
    run = started()
    for back in (
        RunConfig.from_url(run.to_url()),
        RunConfig.model_validate_json(run.model_dump_json()),
    ):
        assert back == run
        assert back.digest == run.digest
    assert len({run.digest, started(1).digest, RANDOM.digest}) == 3


def test_runs_without_a_start_keep_their_digest() -> None:
    # As computed before this setting came.
    assert RunConfig().digest.startswith("eb7ed6f5a65d2f6f")


def test_links_of_a_bench_and_a_comparison_hold_the_start() -> None:
    runs = (RANDOM, started(), started(1))
    assert read_bench(write_bench(runs), runs) == (runs, [])
    assert read_comparison(write_comparison(runs)) == (runs, [])
    # Two inputs, units in between, one output: as many weights as fit into a link.
    largest = started(hidden_sizes=(9, 6))
    assert MAX_WEIGHTS_IN_LINK - 10 < largest.n_parameters <= MAX_WEIGHTS_IN_LINK
    (text,) = write_comparison([largest])["run"]
    assert len(text) < MAX_RUN_TEXT / 3


def test_a_link_refuses_many_weights_and_says_so() -> None:
    run = started(hidden_sizes=(20, 10))
    with pytest.raises(ValueError, match="at most 100 weights, and this network has 281"):
        run.to_url()
    runs = (RANDOM, run)
    back, problems = read_bench(write_bench(runs), runs)
    assert back[0] == RANDOM
    assert back[1].model == run.model.model_copy(update={"initial_weights": None})
    (problem,) = problems
    assert "more than 100 weights do not fit into a link" in problem
    assert problem.endswith("“b.start” is left out.")
    assert read_comparison(write_comparison(runs))[1] == [problem]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            [0.0] * 24,
            "has 25 weights and biases, and the start has 24. Remove the start, or choose",
        ),
        ([], "the start has 0"),
        ([float("nan")] * 25, "every weight must be a finite number"),
        ([True] * 25, "must be a number, got True"),
        (["x"] * 25, "must be a number"),
        ([0.0] * 10_001, "at most 10,000 weights and biases, got 10,001"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: list[float], said: str) -> None:
    model = {"hidden_sizes": (4, 2), "initial_weights": weights}
    with pytest.raises(ValidationError) as caught:
        RunConfig.model_validate({"model": model})
    sentence = explain(caught.value)[0]
    assert sentence.startswith("initial_weights: ")
    assert said in sentence


def test_start_stands_for_the_initializer_where_settings_are_told() -> None:
    run = started()
    assert SETTINGS["init"] in settings_that_apply(RANDOM)
    assert SETTINGS["init"] not in settings_that_apply(run)
    (found,) = differences([RANDOM, run])
    assert found.setting is SETTINGS["start"]
    other = RANDOM.model_copy(update={"model": RANDOM.model.model_copy(update={"init": "zeros"})})
    two, start = differences([RANDOM, other, run])
    assert (two.setting, two.values) == (SETTINGS["init"], ("glorot_uniform", "zeros", None))
    assert start.setting is SETTINGS["start"]
    (change,) = setting_changes(RANDOM, run)
    assert change.startswith("start random → your own weights (")
    assert setting_changes(run, started(1))  # told apart by a checksum
    assert settings_of(run)["Start"] == SETTINGS["start"].say(run)
    assert "Start" not in settings_of(RANDOM)


def test_linear_model_of_a_run_starts_at_random() -> None:
    linear = started().linear()
    assert linear.model.initial_weights is None
    assert RunConfig.model_validate(linear.model_dump()) == linear
