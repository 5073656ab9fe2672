"""Step by step tab: one update of a network by one sample, number by number."""

import json

import streamlit as st

from annlab.analysis.one_step import one_step
from annlab.datasets import SPLIT_NAMES, Dataset, Split
from annlab.figures import ThemeName
from annlab.figures.base.theme import look
from annlab.figures.of_run.inside import shown_units
from annlab.figures.of_run.one_network import one_network
from annlab.runs.optimizer_memory import ReplayRequest, read_memory, repeats, replay_request
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.components.steps import steps_view
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.computation import computed
from annlab.ui.results.marked_sample import mark_sample, marked_sample
from annlab.ui.results.step_data import memory_note, remembers, step_data
from annlab.ui.results.view import ResultsView
from annlab.ui.services import services
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.scores_text import duration

REPLAY = "optimizer_memory"
# A shorter replay starts by itself.
AUTOMATIC_SECONDS = 10.0
OTHER_WEIGHTS = "A replay of the run came to other weights on this server."


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
    run, replay = view.runs[i or 0], _replay(view, i or 0)
    memory = None if replay is None else services().computations.find(REPLAY, replay)
    text = cached(step_text)(
        run,
        view.dataset,
        sample=int(sample) - 1,
        network=view.network,
        epoch=view.weights[i or 0],
        split=view.split,
        at_end=view.weights_at_end,
        theme=theme(),
        memory=memory or b"",
    )
    steps_view(text, "steps")
    if replay is not None and memory is None:
        _find_memory(run, replay)


def _replay(view: ResultsView, i: int) -> ReplayRequest | None:
    """Replay that finds what a model's optimizer remembers; None if that is nothing."""
    run = view.runs[i]
    epoch = int(run.shown_epochs(view.weights[i])[view.network])
    if not epoch or not remembers(run.config):
        return None
    return replay_request(run, view.network, epoch)


def _find_memory(run: Run, replay: ReplayRequest) -> None:
    """Replay a run for its optimizer's memory, on demand if that takes long."""
    seconds = run.duration_seconds * max(replay.epochs) / max(1, run.n_epochs)
    asked = f"replay-{replay.run.digest}"
    if seconds > AUTOMATIC_SECONDS and asked not in st.session_state:
        st.button(
            f"Replay the optimizer's memory (about {duration(seconds)})",
            key="steps-replay",
            icon=":material/replay:",
            help="Train the run again up to here, to see the step that it would take",
            on_click=lambda: st.session_state.update({asked: True}),
        )
        return
    what = "Replaying the run for the optimizer's memory"
    if computed(REPLAY, replay, what, key="steps") is not None:
        st.rerun()  # to draw the step with it


def step_text(
    run: Run,
    dataset: Dataset,
    *,
    sample: int,
    network: int,
    epoch: Epoch,
    split: Split,
    at_end: Epoch,
    theme: ThemeName,
    memory: bytes = b"",
) -> str:
    """One update as JSON, of the units that the tab Inside draws: those at the end of the run.

    `memory` is what the optimizer remembers, as a replay of the run writes it.
    """
    one = one_network(run, dataset, epoch, network)
    at = int(run.shown_epochs(epoch)[network])
    found = read_memory(memory) if memory else None
    same = found is not None and repeats(found, one.layers, at)
    memories = found.memories[at] if found is not None and same else None
    step = one_step(
        run, dataset, sample=sample, network=network, epoch=epoch, split=split, memory=memories
    )
    n_split, n_train = len(one.samples(split)[0]), len(one.dataset.X_train)
    note = memory_note(run.config, memories[0][0].n_steps if memories else None if at else 0)
    if found is not None and not same:
        note += f" {OTHER_WEIGHTS}"
    units = shown_units(one_network(run, dataset, at_end, network))
    own, names = one.dataset, (one.input_names, one.output_names)
    unit = (own.target_mean, own.target_scale) if one.standardized.any() else None
    data = step_data(step, run.config, n_train, *names, units, note, unit)
    return json.dumps({**data, "n_split": n_split, "look": look(theme)})


def _about(view: ResultsView, i: int) -> str:
    epoch = f"After epoch {view.epochs[i]}, network {view.network + 1}. "
    if view.split in ("train", "all"):
        return epoch + "This step uses only this sample."
    name = SPLIT_NAMES[view.split]
    return epoch + f"Only a calculation: training never learns from a {name} sample."
