"""Step by step tab: one update of a network by one sample, number by number."""

import json
from typing import Any

import streamlit as st

from annlab.analysis.one_step import OneStep, one_step
from annlab.datasets import SPLIT_NAMES
from annlab.figures.base.theme import look
from annlab.figures.of_run.inside import output_names
from annlab.figures.of_run.one_network import one_network
from annlab.ui.browser import theme
from annlab.ui.components.steps import steps_view
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.panels.inside import SAMPLE
from annlab.ui.results.step_data import step_data
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown


@st.fragment
def draw_steps(view: ResultsView) -> None:
    """Draw one update of one model by the marked sample, at the shown epoch."""
    X, _ = view.network_data.split(view.split)
    n = len(X)
    if st.session_state.get("steps-model", 0) not in range(len(view.runs)):
        st.session_state["steps-model"] = 0
    marked = min(max(0, st.session_state.get(SAMPLE) or 0), n - 1)
    st.session_state["steps-sample"] = marked + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        i = st.segmented_control(
            "Model",
            range(len(view.runs)),
            default=0,
            required=True,
            key="steps-model",
            format_func=lambda i: escape_markdown(view.name(i)),
        )
        sample = st.number_input(
            f"Sample of {n:,} {SPLIT_NAMES.get(view.split, view.split)} samples",
            1,
            n,
            key="steps-sample",
            width=260,
            on_change=_mark,
        )
        st.caption(_about(view, i or 0))
    step = _step(view, i or 0, int(sample) - 1)
    run = view.runs[i or 0]
    one = one_network(run, view.dataset, view.weights[i or 0], view.network)
    data: dict[str, Any] = step_data(
        step,
        run.config,
        len(one.dataset.X_train),
        one.dataset.feature_names,
        output_names(one),
    )
    steps_view(json.dumps({**data, "n_split": n, "look": look(theme())}), "steps")


def _mark() -> None:
    st.session_state[SAMPLE] = st.session_state["steps-sample"] - 1


def _about(view: ResultsView, i: int) -> str:
    epoch = f"After epoch {view.epochs[i]}, network {view.network + 1}. "
    if view.split in ("train", "all"):
        return epoch + "A batch of this one sample."
    name = SPLIT_NAMES[view.split]
    return epoch + f"Only a calculation: training never learns from a {name} sample."


def _step(view: ResultsView, i: int, sample: int) -> OneStep:
    return cached(one_step)(
        view.runs[i],
        view.dataset,
        sample=sample,
        network=view.network,
        epoch=view.weights[i],
        split=view.split,
    )
