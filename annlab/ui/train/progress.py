"""Live view of a training: queue position, progress bars, curves and surfaces."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.figures import (
    MODEL_COLORS,
    MODEL_NAMES,
    Curves,
    curve_splits,
    is_share,
    learning_curves,
    metric_title,
    of_run,
)
from annlab.formatting import network_name
from annlab.host.garbage import leave_out_imports
from annlab.jobs.job import Job, JobState
from annlab.nn.forward import Layers
from annlab.runs.duration import about
from annlab.ui.browser import session_id, theme
from annlab.ui.results.charts import show_on_stage
from annlab.ui.results.curves import legend_of_splits
from annlab.ui.results.stage import Stage
from annlab.ui.services import services
from annlab.ui.state.own_access import load_if_ready
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.model_head import Head
from annlab.ui.text.model_names import model_name
from annlab.ui.text.scores_text import duration
from annlab.ui.text.settings_text import columns_to_draw, model_title
from annlab.ui.train.actions import other_page, restart

# A click on Train waits this long for the first epochs, to show them at once.
FIRST_LOOK_SECONDS = 0.3
# A poll waits this long for an end that is near, which saves the next poll.
LAST_LOOK_SECONDS = 0.5
QUEUED_SECONDS = 1.5
# A shorter training is over before its estimate is read.
WORTH_SAYING_SECONDS = 5.0
# Seconds since the start, and poll interval until then. Long trainings are polled less often,
# because drawing in the browser takes processor time from a training on the same machine.
PACES = ((5.0, 0.4), (20.0, 0.8), (math.inf, 1.5))
# The interval grows with the number of trainings, so that all polls together take this share of a
# core.
POLLS_SHARE = 0.5
# A page that was opened when the server had less to do polls this many times too often at most.
_OUTDATED = 4
_ENDS = {JobState.FINISHED: "Done.", JobState.FAILED: "Failed.", JobState.CANCELED: "Stopped."}


class LookCost:
    """Processor time of one poll on this server.

    Attributes
    ----------
    seconds : float
        Mean of the last polls, with what Streamlit does before and after them.
    """

    def __init__(self) -> None:
        self.seconds = 0.03

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a poll of this thread."""
        started = time.thread_time()
        yield
        self.seconds += 0.1 * (2 * (time.thread_time() - started) - self.seconds)


LOOK_COST = LookCost()


def poll_seconds(
    queued: bool, n_unfinished: int, elapsed_seconds: float = 0.0, look_seconds: float = 0.0
) -> float:
    """Poll interval of a browser that watches a training, in seconds.

    Parameters
    ----------
    queued : bool
        Whether the training has not started.
    n_unfinished : int
        Number of waiting and running trainings of all sessions.
    elapsed_seconds : float
        Time since the training started.
    look_seconds : float
        Processor time of one poll; as measured if 0.
    """
    pace = next(seconds for until, seconds in PACES if elapsed_seconds < until)
    crowded = (look_seconds or LOOK_COST.seconds) / POLLS_SHARE * n_unfinished
    return max(QUEUED_SECONDS if queued else pace, crowded)


def live(state: PageState, places: Mapping[str, int] | None = None) -> None:
    """Draw a training in progress, and redraw it until it ends.

    Parameters
    ----------
    state : PageState
        State of the page.
    places : mapping, optional
        Index of each run's letter and color, by digest; by default in order.
    """
    leave_out_imports()  # before many short runs
    places = places or {}
    # Read once: live values would rerun all pages whenever any training starts or ends.
    n_unfinished, look_seconds = services().queue.n_unfinished, LOOK_COST.seconds
    batch = services().queue.batch(session_id()) or ()
    if n_unfinished <= sum(not job.done for job in batch):
        # A training that does not share the workers finishes its first epochs before the browser's
        # next poll.
        services().queue.wait_for_progress(session_id(), FIRST_LOOK_SECONDS)
        batch = services().queue.batch(session_id()) or ()
    seconds = _poll_seconds(batch, n_unfinished, look_seconds)

    @st.fragment(run_every=seconds)
    def watch() -> None:
        with LOOK_COST.counted():
            look()

    def look() -> None:
        batch = services().queue.batch(session_id())
        if batch and max(job.seconds_left for job in batch) < seconds:
            services().queue.wait_for_end(session_id(), LAST_LOOK_SECONDS)
            batch = services().queue.batch(session_id())
        if batch is None or _poll_seconds(batch, n_unfinished, look_seconds) != seconds:
            st.rerun()  # to show the results, or to change the poll interval
        if _poll_seconds(batch, services().queue.n_unfinished) > _OUTDATED * seconds:
            st.rerun()  # many others have come
        at = [places.get(job.config.digest, -1) for job in batch]
        if -1 in at:  # in the order of the request
            at = list(range(len(batch)))
        stage = Stage([job.config for job in batch], at)
        if who := other_page(batch):
            with stage.verdict:
                st.info(
                    f"The {who} page is still training. This page trains next; press **Stop** to "
                    "start it now.",
                    icon=":material/hourglass_top:",
                )
        for i, (place, job) in enumerate(zip(at, batch, strict=True)):
            stage.head(i, _head(job, place))
        if error := services().cluster.start_error:
            with stage.verdict:
                st.error(error, icon=":material/error:")
        if not who:
            with stage.verdict:
                st.markdown(f"Training. **Stop** keeps the result so far.{_restarts(at, batch)}")
            _charts(state, stage, batch)

    watch()


def _poll_seconds(batch: tuple[Job, ...], n_unfinished: int, look_seconds: float = 0.0) -> float:
    queued = bool(batch) and all(job.state == JobState.WAITING for job in batch)
    elapsed = max((job.elapsed_seconds for job in batch), default=0.0)
    return poll_seconds(queued and services().cluster.ready, n_unfinished, elapsed, look_seconds)


def _restarts(places: Sequence[int], batch: tuple[Job, ...]) -> str:
    """Sentences about models that started again, each after a space."""
    sentences = (
        restart(job, f"Model {escape_markdown(model_name(place))}")
        for place, job in zip(places, batch, strict=True)
    )
    return "".join(f" {sentence}" for sentence in sentences if sentence)


def _head(job: Job, place: int) -> Head:
    """Title of a model, and how far its training is."""
    total = job.config.training.max_epochs
    if job.state == JobState.WAITING and not services().cluster.ready:
        text = "Starting the workers (a few seconds, first time only)…"
    elif job.state == JobState.WAITING:
        ahead = services().queue.n_ahead(job)
        trainings = "training" if ahead == 1 else "trainings"
        text = f"In the queue: {ahead} {trainings} ahead of you."
    elif job.done:
        text = _ENDS[job.state]
    elif job.epoch:
        taken, left = duration(job.elapsed_seconds), duration(job.seconds_left)
        text = f"Epoch {job.epoch} of {total} · loss {job.train_loss:.3g} · {taken}, {left} left"
    elif job.elapsed_seconds:  # it began for another server, and its history is too large
        text = f"In training for {duration(job.elapsed_seconds)}."
    else:
        seconds = services().cluster.seconds_of(job.config) or 0.0
        long = seconds > WORTH_SAYING_SECONDS
        most = "at most " if job.config.training.early_stopping_patience else ""
        text = f"Starting. The training takes {most}{about(seconds)}." if long else "Starting."
    return Head(
        title=model_title(job.config),
        label=text,
        place=place,
        progress=1.0 if job.state == JobState.FINISHED else job.epoch / total,
    )


def _charts(state: PageState, stage: Stage, batch: tuple[Job, ...]) -> None:
    histories = [_history(job) for job in batch]
    if not any(histories):
        stage.curves_head("Learning curves", "")
        return
    _curves(state, stage, batch, histories)  # first: fast to draw, and users look at them first
    _pictures(state, stage, batch)


def _pictures(state: PageState, stage: Stage, batch: tuple[Job, ...]) -> None:
    figures = []
    for i, (place, job) in enumerate(zip(stage.places, batch, strict=True)):
        try:
            dataset = load_if_ready(job.config)
        except ValueError:  # the training reports the error
            return
        if dataset is None:
            return
        dataset = dataset.of(0)
        axes = state.get("axes") or (0, 1)
        if max(axes) >= dataset.X_train.shape[1]:  # axes of another data set
            axes = (0, 1)
        layers = _layers(job)
        figure = layers and of_run.live_picture(
            job.config, layers, dataset, axes=axes, model=place, theme=theme()
        )
        if figure:
            figures.append(figure)
            n_seeds = job.config.training.n_seeds
            which = f", {network_name(0)} of {n_seeds}" if n_seeds > 1 else ""
            with stage.picture(i):
                show_on_stage(
                    figure,
                    state.key(f"live-surface-{place}"),
                    f"Predictions of model {model_name(place)}{which} during training",
                )
    stage.legend(figures, f"Plots: {network_name(0)}." if figures else "")


def _curves(
    state: PageState,
    stage: Stage,
    batch: tuple[Job, ...],
    histories: list[dict[str, NDArray[Any]]],
) -> None:
    metrics = columns_to_draw([job.config for job in batch], state.view("score"))
    columns = {name for history in histories for name in history}
    wish = state.view("testcurve")
    splits = curve_splits(columns, wish == "1" if wish in ("0", "1") else None)
    stage.curves_head("Learning curves", legend_of_splits(splits, columns))
    for place, metric in zip(stage.curves(len(metrics)), metrics, strict=True):
        curves = [
            Curves(MODEL_NAMES[place], history, MODEL_COLORS[place], diverged=_diverged(job))
            for place, history, job in zip(stage.places, histories, batch, strict=True)
        ]
        figure = learning_curves(
            curves,
            metric,
            metric_title(metric),
            max_epochs=max(job.config.training.max_epochs for job in batch),
            splits=splits,
            percent=is_share(metric),
            theme=theme(),
        )
        with place:
            show_on_stage(
                figure,
                state.key(f"live-{metric}"),
                f"{metric_title(metric)} over epochs, growing",
                title=metric_title(metric),
            )


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
