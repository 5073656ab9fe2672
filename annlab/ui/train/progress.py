"""The view of a training in progress: queue, progress, moving curves and surfaces."""

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
from annlab.ui.results.charts import show_chart
from annlab.ui.services import note_presence, services
from annlab.ui.shell import cells, session_id, theme
from annlab.ui.state.bench_state import PageState
from annlab.ui.text.wording import badge, columns_to_draw, duration, model_title
from annlab.ui.train.actions import other_page

# For how long a press of Train waits for the first movement, to show it at once.
FIRST_LOOK_SECONDS = 0.3
# For how long a look waits for an end that is near, instead of coming again after it.
LAST_LOOK_SECONDS = 0.5
QUEUED_SECONDS = 1.5
# Until a training has run for so many seconds, it is looked at this often: the browser's
# drawing takes processor time from a training on the same machine.
PACES = ((5.0, 0.4), (20.0, 0.8), (math.inf, 1.5))
# What a look costs the server. With many trainings each is looked at less often, so that all
# looks together take half of a core.
LOOK_SECONDS = 0.015
SECONDS_PER_TRAINING = 2 * LOOK_SECONDS
_ENDS = {JobState.FINISHED: "done.", JobState.FAILED: "failed.", JobState.CANCELED: "stopped."}


def poll_seconds(queued: bool, n_unfinished: int, elapsed_seconds: float = 0.0) -> float:
    """How long a browser waits between two looks at a training.

    Parameters
    ----------
    queued : bool
        Whether the training has not begun.
    n_unfinished : int
        Trainings of all sessions.
    elapsed_seconds : float
        Since the training began.
    """
    pace = next(seconds for until, seconds in PACES if elapsed_seconds < until)
    return max(QUEUED_SECONDS if queued else pace, SECONDS_PER_TRAINING * n_unfinished)


def live(state: PageState, places: Mapping[str, int] | None = None) -> None:
    """Draw a training in progress, again and again until it is done.

    Parameters
    ----------
    state : PageState
        Of the page.
    places : mapping, optional
        The place of each run among letters and colors, by digest; else they are in order.
    """
    places = places or {}
    note_presence(session_id())  # anew after a connection that was lost
    # As many as there are now: whenever somebody else begins or ends, all pages would run again.
    n_unfinished = services().queue.n_unfinished
    batch = services().queue.batch(session_id()) or ()
    if n_unfinished <= sum(not job.done for job in batch):
        # What has just begun has mostly moved by the time that the browser would ask again; but
        # not where it has to share the workers with others.
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
            st.rerun()  # to show the results, or to look more or less often
        at = [places.get(job.config.digest, -1) for job in batch]
        if -1 in at:  # in the order in which they were asked for
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
    with curves:  # first: they are quick to draw, and what is looked at first
        _curves(state, batch, places, histories)
    with pictures:
        _pictures(state, batch, places)


def _pictures(state: PageState, batch: tuple[Job, ...], places: list[int]) -> None:
    for place, cell, job in zip(places, cells(len(batch)), batch, strict=True):
        try:
            dataset = services().datasets.load_if_ready(job.config)
        except ValueError:  # the training will say so
            return
        if dataset is None:
            return
        dataset = dataset.of(0)
        axes = state.get("axes") or (0, 1)
        if max(axes) >= dataset.X_train.shape[1]:  # those of other data
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
