"""Training of one run on the page of the first neuron: button, progress, result."""

from typing import Any

import streamlit as st

from annlab.config import RunConfig
from annlab.jobs.job import JobState
from annlab.runs.run import Run
from annlab.ui.browser import session_id
from annlab.ui.layout import run_once
from annlab.ui.services import services
from annlab.ui.state.page_state import PageState
from annlab.ui.train.actions import (
    collect,
    early_end,
    notices,
    other_page,
    restart,
    stop,
    submit,
)
from annlab.ui.train.progress import LAST_LOOK_SECONDS, poll_seconds


def trained(state: PageState, config: RunConfig, label: str, buttons: Any = st) -> Run | None:
    """Draw the buttons and the progress of a training; return its run once somebody asked for it.

    Parameters
    ----------
    state : PageState
        State of this part of the page.
    config : RunConfig
        Run to train.
    label : str
        Text of the button.
    buttons : container
        Place of the buttons.

    Returns
    -------
    Run or None
        None if the run is not stored, or nobody has pressed the button in this session.
    """
    collect(state)
    pending = state.get("pending")
    with buttons.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key=state.key("train"),
            type="primary",
            icon=":material/play_arrow:",
            on_click=run_once(submit),
            args=(state, (config,)),
        )
        if pending:
            st.button(
                "Stop",
                key=state.key("stop"),
                icon=":material/stop:",
                help="Stop training and keep the result so far",
                on_click=run_once(stop),
                args=(state,),
            )
    notices(state)
    for message in state.get("failures") or ():
        st.error(message, icon=":material/error:")
    if pending:
        _progress()
        return None
    run = services().repository.run(config) if config in (state.get("shown") or ()) else None
    if run is not None and (sentence := early_end(run, "This training")):
        st.info(sentence, icon=":material/timer_off:")
    return run


def _progress() -> None:
    """Draw how far the session's training is, again and again until it ends."""
    seconds = poll_seconds(False, services().queue.n_unfinished)

    @st.fragment(run_every=seconds)
    def watch() -> None:
        services().queue.wait_for_end(session_id(), LAST_LOOK_SECONDS)
        batch = services().queue.batch(session_id())
        if batch is None:
            st.rerun()  # to show the result
        if error := services().cluster.start_error:
            st.error(error, icon=":material/error:")
        if who := other_page(batch):
            st.info(f"The {who} page is still training. This page trains next.")
            return
        for job in batch:
            share = job.epoch / job.config.training.max_epochs
            text = f"Epoch {job.epoch} of {job.config.training.max_epochs}"
            if job.state == JobState.WAITING:
                is_ready = services().cluster.ready
                text = "In the queue…" if is_ready else "Starting the training workers…"
            st.progress(min(share, 1.0), text)
            if sentence := restart(job, "This training"):
                st.info(sentence, icon=":material/restart_alt:")

    watch()
