"""Range test tab: which learning rates a model can learn with."""

import numpy as np
import streamlit as st

from annlab import figures
from annlab.config import RunConfig
from annlab.formatting import number
from annlab.runs.history import measured_every
from annlab.search.range_test import N_RATES, N_TRIED, RULES, RangeTestConfig
from annlab.search.run_range_test import Trial, check_work, from_bytes
from annlab.ui.browser import theme
from annlab.ui.results.changes import note_change, say_change
from annlab.ui.results.charts import show_chart
from annlab.ui.results.computation import computed
from annlab.ui.results.view import ResultsView
from annlab.ui.services import services
from annlab.ui.text.range_test_text import lost_text, measured_text, reached_text, score_name

# Session key of the range tests that were started: their requests.
_STARTED = "range-tests-started"


def draw_range_test(view: ResultsView) -> None:
    """Start a range test of one model, or draw its result."""
    say_change()
    st.markdown(
        "**Which learning rate?** One curve lets the rate rise from step to step, as the recipe of "
        "the textbooks does, so that its networks reach a rate after learning at all smaller ones. "
        "The other gives every rate networks of its own."
    )
    i = _chosen_model(view)
    run = view.runs[i].config
    request = RangeTestConfig.of(run)
    try:
        check_work(request)
    except ValueError as error:
        st.info(str(error), icon=":material/info:")
        return
    started = st.session_state.setdefault(_STARTED, set())
    # Somebody may have run it before.
    if request not in started and services().computations.find("range_test", request) is None:
        st.button(
            "Run the range test",
            key=f"range-test-start-{view.places[i]}",
            icon=":material/monitoring:",
            on_click=started.add,
            args=(request,),
        )
        st.caption(
            f"{request.n_swept} networks with a rising rate, {request.n_fixed} at each of "
            f"{N_RATES} fixed rates, and {N_TRIED} at the rate of each of {len(RULES)} rules."
        )
        return
    data = computed("range_test", request, f"Range test of model {view.name(i)}")
    if data is not None:
        _draw(view, i, request.run, data)


def _chosen_model(view: ResultsView) -> int:
    names = [view.name(i) for i in range(len(view.runs))]
    if len(names) == 1:
        return 0
    chosen = st.segmented_control(
        "Model",
        names,
        default=names[0],
        required=True,
        key="range-test-model",
        persist_state="session",
    )
    return names.index(chosen) if chosen in names else 0


def _draw(view: ResultsView, i: int, run: RunConfig, data: bytes) -> None:
    test, trials = from_bytes(data)
    figure = figures.range_test(
        test.sweep_rates,
        test.sweep[1:],
        test.fixed_rates,
        test.fixed,
        float(np.median(test.sweep[0])),
        marks=[(RULES[name].label, trial.rate) for name, trial in trials.items()],
        model=view.places[i],
        theme=theme(),
    )
    show_chart(
        figure,
        f"range-test-{view.places[i]}",
        f"Training loss of model {view.name(i)} over the learning rate, on a log axis",
    )
    st.caption(f"{measured_text(run, measured_every(run.n_train))} {lost_text(test)}")
    if not trials:
        st.markdown("No rule finds a rate: the loss never falls below the one before training.")
        return
    st.markdown(f"**Which rule chooses well?** {reached_text(trials, run)}")
    for name, trial in trials.items():
        _draw_rule(view, i, name, trial, run)
    for name in RULES:
        if name not in trials:
            why = "every rate is stable" if name == "stable" and test.has_no_limit else ""
            st.caption(f"{RULES[name].label}: finds no rate here{f' ({why})' if why else ''}.")


def _draw_rule(view: ResultsView, i: int, name: str, trial: Trial, run: RunConfig) -> None:
    rule = RULES[name]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{rule.label}: {trial.rate:g}** · {trial.n_reached} of {len(trial.scores)}"
            f"{_typical(trial, run)}",
            help=rule.how,
            width="content",
        )
        for model, target in view.controls.models.items() if view.controls else ():
            st.button(
                f"Use in {target}",
                key=f"range-test-{name}-{view.places[i]}-{model}",
                on_click=_take_over,
                args=(view, trial.rate, model),
            )


def _take_over(view: ResultsView, rate: float, model: int) -> None:
    """Give a model of the page the rate of a rule."""
    if view.controls is None:
        return
    view.controls.change("lr", rate, model)
    whose = view.controls.models[model]
    name = f"Model {whose}" if len(view.controls.models) > 1 else whose.capitalize()
    note_change(f"{name}: learning rate {rate:g}. Press Train.")


def _typical(trial: Trial, run: RunConfig) -> str:
    """Median score of the networks that stayed finite, and how many did not."""
    kept = trial.scores[~trial.diverged]
    said = f", median {score_name(run)} {number(float(np.median(kept)))}" if len(kept) else ""
    lost = int(trial.diverged.sum())
    return said + (f", {lost} diverged" if lost else "")
