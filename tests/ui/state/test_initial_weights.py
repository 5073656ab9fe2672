"""Models of a bench take initial weights, and lose those that no longer fit."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.settings import SETTINGS
from annlab.lessons.experiments import EXPERIMENTS


def _start() -> None:
    """Script that lets a model start from weights and then changes a control."""
    import streamlit as st

    from annlab.ui.state.bench_state import BenchState
    from annlab.ui.state.initial_weights import drop_unfitting_starts, lost_starts, start_from

    given = st.session_state["given"]
    state = BenchState("page", given["runs"], ("binary",), given["varied"])
    state.load(given["runs"])
    start_from(state, given["run"], given["model"])
    said = []
    read = [state.wanted()[0]]
    for name, value in given["changes"]:
        state.get("memory")[name] = value
        drop_unfitting_starts(state)
        said.append(lost_starts(state, state.wanted()[0]))
        read.append(state.wanted()[0])
    st.session_state["read"], st.session_state["said"] = read, said


def started(
    runs: tuple[RunConfig, ...], run: RunConfig, model: int, *changes: Any, varied: str = ""
) -> tuple[list[Any], list[list[str]]]:
    script = AppTest.from_function(_start, default_timeout=60)
    script.session_state["given"] = {
        "runs": runs, "run": run, "model": model, "changes": changes, "varied": varied,
    }  # fmt: skip
    script.run()
    assert not script.exception
    return script.session_state["read"], script.session_state["said"]


LINE, CURVE = EXPERIMENTS["E4"].runs
MODELS_DIFFER_IN_ACTIVATION = EXPERIMENTS["circle"].runs


def with_start(run: RunConfig) -> RunConfig:
    values = run.model_dump()
    values["model"]["initial_weights"] = [0.5] * run.n_parameters
    return RunConfig.model_validate(values)


def test_a_model_takes_the_network_and_the_others_stay() -> None:
    run = with_start(CURVE)
    assert started((LINE, CURVE), run, 1)[0] == [(LINE, run)]
    assert started((LINE, CURVE), run, 0)[0] == [(run, CURVE)]
    assert started((LINE, CURVE), run, 2)[0] == [(LINE, CURVE)]  # there is no such model


def test_data_and_training_stay_as_in_the_controls() -> None:
    longer = CURVE.training.model_copy(update={"max_epochs": 7, "n_seeds": 3})
    data = CURVE.dataset.model_copy(update={"n_samples": 333})
    other = with_start(CURVE.model_copy(update={"training": longer, "dataset": data}))
    assert started((LINE, CURVE), other, 1)[0] == [(LINE, with_start(CURVE))]
    # Unless the start does not fit these data.
    spirals = with_start(CURVE.model_copy(update={"dataset": EXPERIMENTS["E7"].runs[0].dataset}))
    ((a, b),) = started((LINE, CURVE), spirals, 1)[0]
    assert b == spirals
    assert a.dataset == spirals.dataset


@pytest.mark.parametrize("hidden", ["5-2", "none"])
def test_a_start_that_no_longer_fits_is_lost_and_nothing_else(hidden: str) -> None:
    read, said = started(
        (LINE, CURVE),
        with_start(CURVE),
        1,
        ("b-activation", "relu"),  # still fits
        ("b-hidden", hidden),
        ("epochs", "7"),  # the next change
    )
    assert [bool(of_change) for of_change in said] == [False, True, False]
    assert said[1][0].startswith("Model B: the start is gone. It has 25 weights and biases, and")
    before, after = read[1][1], read[2][1]
    assert before.model.initial_weights is not None
    assert after.model.initial_weights is None
    changed = {
        name for name, setting in SETTINGS.items() if setting.get(before) != setting.get(after)
    }
    assert changed == {"start", "hidden"}


def test_models_that_share_their_settings_share_the_start() -> None:
    runs = MODELS_DIFFER_IN_ACTIVATION
    run = with_start(runs[1])
    read, said = started(runs, run, 0, ("hidden", "3"), varied="activation")
    assert [one.model.activation for one in read[0]] == [one.model.activation for one in runs]
    assert {one.model.initial_weights for one in read[0]} == {run.model.initial_weights}
    assert said[0][0].startswith("All models: the start is gone.")
    assert {one.model.initial_weights for one in read[1]} == {None}
