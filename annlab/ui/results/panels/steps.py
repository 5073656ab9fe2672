"""Step by step tab: one update of a network by one sample, number by number."""

import json

import streamlit as st

from annlab.analysis.one_step import one_step
from annlab.datasets import SPLIT_NAMES, Dataset, Split
from annlab.figures import ThemeName
from annlab.figures.base.theme import look
from annlab.figures.of_run.one_network import one_network
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.components.steps import steps_view
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.marked_sample import mark_sample, marked_sample
from annlab.ui.results.step_data import step_data
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown


@st.fragment
def draw_steps(view: ResultsView) -> None:
    """Draw one update of one model by the marked sample, at the shown epoch."""
    X, _ = view.network_data.split(view.split)
    n = len(X)
    n_models = len(view.runs)
    if st.session_state.get("steps-model") not in range(n_models):
        # Errors go back through hidden layers, so the first model that has some.
        hidden = (i for i in range(n_models) if view.runs[i].config.model.hidden_sizes)
        st.session_state["steps-model"] = next(hidden, 0)
    st.session_state["steps-sample"] = min(marked_sample(view) or 0, n - 1) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        i = st.segmented_control(
            "Model",
            range(n_models),
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
            on_change=lambda: mark_sample(view, st.session_state["steps-sample"] - 1),
        )
        st.caption(_about(view, i or 0))
    text = cached(step_text)(
        view.runs[i or 0],
        view.dataset,
        sample=int(sample) - 1,
        network=view.network,
        epoch=view.weights[i or 0],
        split=view.split,
        theme=theme(),
    )
    steps_view(text, "steps")


def step_text(
    run: Run,
    dataset: Dataset,
    *,
    sample: int,
    network: int,
    epoch: Epoch,
    split: Split,
    theme: ThemeName,
) -> str:
    """One update as JSON: a fraction of the numbers of a `OneStep`."""
    one = one_network(run, dataset, epoch, network)
    step = one_step(run, dataset, sample=sample, network=network, epoch=epoch, split=split)
    n_split, n_train = len(one.samples(split)[0]), len(one.dataset.X_train)
    data = step_data(step, run.config, n_train, one.input_names, one.output_names)
    return json.dumps({**data, "n_split": n_split, "look": look(theme)})


def _about(view: ResultsView, i: int) -> str:
    epoch = f"After epoch {view.epochs[i]}, network {view.network + 1}. "
    if view.split in ("train", "all"):
        return epoch + "This step uses only this sample."
    name = SPLIT_NAMES[view.split]
    return epoch + f"Only a calculation: training never learns from a {name} sample."
