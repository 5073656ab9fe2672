"""Live view of a training: queue position, progress bars, curves and surfaces."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.figures import (
    MODEL_COLORS,
    MODEL_NAMES,
    Curves,
    curve_splits,
    learning_curves,
    metric_title,
    of_run,
)
from annlab.formatting import network_name
from annlab.jobs.job import Job, JobState
from annlab.nn.forward import Layers
from annlab.ui.browser import session_id, theme
from annlab.ui.layout import grid
from annlab.ui.results.charts import show_chart
from annlab.ui.services import note_presence, services
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import badge
from annlab.ui.text.scores_text import duration
from annlab.ui.text.settings_text import columns_to_draw, model_title
from annlab.ui.train.actions import other_page

# A click on Train waits this long for the first epochs, to show them at once.
FIRST_LOOK_SECONDS = 0.3
# A poll waits this long for an end that is near, which saves the next poll.
LAST_LOOK_SECONDS = 0.5
QUEUED_SECONDS = 1.5
# Seconds since the start, and poll interval until then. Long trainings are polled less often,
# because drawing in the browser takes processor time from a training on the same machine.
PACES = ((5.0, 0.4), (20.0, 0.8), (math.inf, 1.5))
# Server time of one poll. The interval grows with the number of trainings, so that all polls
# together take half a core.
LOOK_SECONDS = 0.015
SECONDS_PER_TRAINING = 2 * LOOK_SECONDS
_ENDS = {JobState.FINISHED: "done.", JobState.FAILED: "failed.", JobState.CANCELED: "stopped."}


def poll_seconds(queued: bool, n_unfinished: int, elapsed_seconds: float = 0.0) -> float:
    """Poll interval of a browser that watches a training, in seconds.

    Parameters
    ----------
    queued : bool
        Whether the training has not started.
    n_unfinished : int
        Number of waiting and running trainings of all sessions.
    elapsed_seconds : float
        Time since the training started.
    """
    pace = next(seconds for until, seconds in PACES if elapsed_seconds < until)
    return max(QUEUED_SECONDS if queued else pace, SECONDS_PER_TRAINING * n_unfinished)


def live(state: PageState, places: Mapping[str, int] | None = None) -> None:
    """Draw a training in progress, and redraw it until it ends.

    Parameters
    ----------
    state : PageState
        State of the page.
    places : mapping, optional
        Index of each run's letter and color, by digest; by default in order.
    """
    places = places or {}
    note_presence(session_id())  # again, in case the browser has reconnected
    # Read once: a live count would rerun all pages whenever any training starts or ends.
    n_unfinished = services().queue.n_unfinished
    batch = services().queue.batch(session_id()) or ()
    if n_unfinished <= sum(not job.done for job in batch):
        # A training that does not share the workers finishes its first epochs before the browser's
        # next poll.
        services().queue.wait_for_progress(session_id(), FIRST_LOOK_SECONDS)
        batch = services().queue.batch(session_id()) or ()
    seconds = _poll_seconds(batch, n_unfinished)

    @st.fragment(run_every=seconds)
    def watch() -> None:
        batch = services().queue.batch(session_id())
        if batch and max(job.seconds_left for job in batch) < seconds:
            services().queue.wait_for_end(session_id(), LAST_LOOK_SECONDS)
            batch = services().queue.batch(session_id())
        if batch is None or _poll_seconds(batch, n_unfinished) != seconds:
            st.rerun()  # to show the results, or to change the poll interval
        at = [places.get(job.config.digest, -1) for job in batch]
        if -1 in at:  # in the order of the request
            at = list(range(len(batch)))
        if who := other_page(batch):
            st.info(
                f"The {who} page is still training. This page trains next; press **Stop** to "
                "start it now.",
                icon=":material/hourglass_top:",
            )
            _progress(batch, at)
            return
        _progress(batch, at)
        _charts(state, batch, at)

    watch()


def _poll_seconds(batch: tuple[Job, ...], n_unfinished: int) -> float:
    queued = bool(batch) and all(job.state == JobState.WAITING for job in batch)
    elapsed = max((job.elapsed_seconds for job in batch), default=0.0)
    return poll_seconds(queued and services().cluster.ready, n_unfinished, elapsed)


def _progress(batch: tuple[Job, ...], places: list[int]) -> None:
    if services().cluster.start_error:
        st.error(services().cluster.start_error, icon=":material/error:")
    for place, job in zip(places, batch, strict=True):
        total = job.config.training.max_epochs
        text = f"**{MODEL_NAMES[place]}** {model_title(job.config)}: "
        if job.state == JobState.WAITING and not services().cluster.ready:
            text += "starting the workers (a few seconds, first time only)…"
        elif job.state == JobState.WAITING:
            ahead = services().queue.n_ahead(job)
            trainings = "training" if ahead == 1 else "trainings"
            text += f"in the queue: {ahead} {trainings} ahead of you."
        elif job.done:
            text += _ENDS[job.state]
        elif job.epoch:
            loss = job.train_loss
            taken, left = duration(job.elapsed_seconds), duration(job.seconds_left)
            text += f"epoch {job.epoch} of {total} · loss {loss:.3g} · {taken}, about {left} left"
        else:
            text += "starting."
        done = 1.0 if job.state == JobState.FINISHED else min(1.0, job.epoch / total)
        st.progress(done, text=text)


def _charts(state: PageState, batch: tuple[Job, ...], places: list[int]) -> None:
    histories = [_history(job) for job in batch]
    if not any(histories):
        return
    pictures, curves = st.container(), st.container()
    with curves:  # first: fast to draw, and users look at them first
        _curves(state, batch, places, histories)
    with pictures:
        _pictures(state, batch, places)


def _pictures(state: PageState, batch: tuple[Job, ...], places: list[int]) -> None:
    for place, cell, job in zip(places, grid(len(batch)), batch, strict=True):
        try:
            dataset = services().datasets.load_if_ready(job.config)
        except ValueError:  # the training reports the error
            return
        if dataset is None:
            return
        dataset = dataset.of(0)
        axes = state.get("axes") or (0, 1)
        if max(axes) >= dataset.X_train.shape[1]:  # axes of another data set
            axes = (0, 1)
        with cell:
            layers = _layers(job)
            n_seeds = job.config.training.n_seeds
            which = f" :small[:gray[{network_name(0)} of {n_seeds}]]" if n_seeds > 1 else ""
            st.markdown(f"##### {badge(place)} {model_title(job.config)}{which}")
            figure = layers and of_run.live_picture(
                job.config, layers, dataset, axes=axes, model=place, theme=theme()
            )
            if figure:
                show_chart(
                    figure,
                    state.key(f"live-surface-{place}"),
                    f"Predictions of model {MODEL_NAMES[place]} during training",
                )


def _curves(
    state: PageState,
    batch: tuple[Job, ...],
    places: list[int],
    histories: list[dict[str, NDArray[Any]]],
) -> None:
    metrics = columns_to_draw([job.config for job in batch])
    columns = {name for history in histories for name in history}
    wish = state.view("testcurve")
    splits = curve_splits(columns, wish == "1" if wish in ("0", "1") else None)
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        with column:
            curves = [
                Curves(MODEL_NAMES[place], history, MODEL_COLORS[place], diverged=_diverged(job))
                for place, history, job in zip(places, histories, batch, strict=True)
            ]
            figure = learning_curves(
                curves,
                metric,
                metric_title(metric),
                max_epochs=max(job.config.training.max_epochs for job in batch),
                splits=splits,
                percent=metric == "accuracy",
                theme=theme(),
            )
            show_chart(figure, state.key(f"live-{metric}"), f"{metric} over epochs, growing")


def _history(job: Job) -> dict[str, NDArray[Any]]:
    run = services().repository.run(job.config) if job.state == JobState.FINISHED else None
    if run:
        return run.history
    return job.history.as_dict() if len(job.history) else {}


def _diverged(job: Job) -> NDArray[Any]:
    run = services().repository.run(job.config) if job.state == JobState.FINISHED else None
    return run.diverged_epochs if run else job.diverged_epochs


def _layers(job: Job) -> Layers:
    run = services().repository.run(job.config) if job.state == JobState.FINISHED else None
    if run:
        return [(W[0], b[0]) for W, b in run.layers()]
    return job.layers
