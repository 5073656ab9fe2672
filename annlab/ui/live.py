"""The view of a training in progress: queue, progress, moving curves and surfaces."""

from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.figures import MODEL_NAMES, MODEL_WORDS, Curves, learning_curves
from annlab.forward import Layers, plane_through
from annlab.jobs import Job
from annlab.ui.charts import live_surface, show
from annlab.ui.frame import session_id, theme
from annlab.ui.server import jobs
from annlab.ui.state import BenchState
from annlab.ui.wording import model_title

FIRST_SECONDS = 0.4
QUEUED_SECONDS = 1.5
# One rerun costs the server about 35 ms: with many trainings each is looked at less often.
SECONDS_PER_TRAINING = 0.06
LIVE_RESOLUTION = 60


def poll_seconds(queued: bool, n_unfinished: int) -> float:
    """How long a browser waits between two looks at a training.

    Parameters
    ----------
    queued : bool
        Whether the training has not begun.
    n_unfinished : int
        Trainings of all sessions.
    """
    return max(QUEUED_SECONDS if queued else FIRST_SECONDS, SECONDS_PER_TRAINING * n_unfinished)


def live(state: BenchState, has_results: bool) -> None:
    """Draw a training in progress, again and again until it is done."""
    batch = jobs().batch(session_id()) or ()
    queued = bool(batch) and all(job.state == "waiting" for job in batch)
    seconds = poll_seconds(queued and jobs().ready, jobs().n_unfinished)

    @st.fragment(run_every=seconds)
    def watch() -> None:
        batch = jobs().batch(session_id())
        if batch is None:
            st.rerun()
        now_queued = all(job.state == "waiting" for job in batch)
        if queued and not now_queued:
            st.rerun()  # to look more often
        _progress(batch)
        _charts(state, batch)

    watch()


def _progress(batch: tuple[Job, ...]) -> None:
    if jobs().start_error:
        st.error(jobs().start_error, icon=":material/error:")
    for name, job in zip(MODEL_NAMES, batch, strict=False):
        total = job.config.training.max_epochs
        text = f"**{name}** {model_title(job.config)}: "
        if job.state == "waiting" and not jobs().ready:
            text += "the workers are starting; this takes some seconds, once."
        elif job.state == "waiting":
            ahead = jobs().n_ahead(job)
            text += f"waiting, {ahead} {'training' if ahead == 1 else 'trainings'} ahead."
        elif job.state == "finished":
            text += "done."
        elif job.history:
            loss = job.history["train_loss"][-1].mean()
            left = job.elapsed_seconds * (total - job.epoch) / max(1, job.epoch)
            text += (
                f"epoch {job.epoch} of {total} · loss {loss:.3g} · {job.elapsed_seconds:.1f} s, "
                f"about {left:.1f} s left"
            )
        else:
            text += "starting."
        done = 1.0 if job.state == "finished" else min(1.0, job.epoch / total)
        st.progress(done, text=text)


def _charts(state: BenchState, batch: tuple[Job, ...]) -> None:
    histories = [_history(job) for job in batch]
    if not any(histories):
        return
    config = batch[0].config
    dataset = jobs().dataset(config.dataset)
    axes = state.get("axes") or (0, 1)
    plane = plane_through(dataset.X_train, axes, LIVE_RESOLUTION)
    for i, (column, job) in enumerate(zip(st.columns(len(batch)), batch, strict=True)):
        with column:
            layers = _layers(job)
            st.markdown(
                f"##### :{MODEL_WORDS[i]}-badge[{MODEL_NAMES[i]}] {model_title(job.config)}"
            )
            if layers:
                show(
                    live_surface(job.config, layers, dataset, plane, theme()),
                    state.key(f"live-surface-{i}"),
                    f"What model {MODEL_NAMES[i]} says now, while it learns",
                )
    metrics = ["loss", *config.task.metrics]
    for column, metric in zip(st.columns(len(metrics)), metrics, strict=True):
        with column:
            curves = [
                Curves(name, history) for name, history in zip(MODEL_NAMES, histories, strict=False)
            ]
            figure = learning_curves(
                curves,
                metric,
                metric.capitalize(),
                max_epochs=config.training.max_epochs,
                percent=metric == "accuracy",
                theme=theme(),
            )
            show(figure, state.key(f"live-{metric}"), f"{metric} over epochs, growing")


def _history(job: Job) -> dict[str, NDArray[Any]]:
    run = jobs().run(job.config) if job.state == "finished" else None
    return run.history if run else job.live_history()


def _layers(job: Job) -> Layers:
    run = jobs().run(job.config) if job.state == "finished" else None
    if run:
        return [(W[0], b[0]) for W, b in run.checkpoints.at()]
    return job.layers
