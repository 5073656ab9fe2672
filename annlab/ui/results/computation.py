"""A computation in place: its result, or its progress with Stop, or why it failed."""

from collections.abc import Callable

import streamlit as st

from annlab.datasets.own.own_data import OwnData
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.kinds import KINDS
from annlab.ui.browser import session_id
from annlab.ui.layout import run_once
from annlab.ui.services import note_presence, services
from annlab.ui.text.scores_text import duration
from annlab.validation import Config

# A page waits this long for a result, which saves a short computation its progress bar.
FIRST_LOOK_SECONDS = 0.3
POLL_SECONDS = 1.0
# The interval grows with the number of watching pages: one poll takes the server about 15 ms, so
# that all polls together take at most half a core.
SECONDS_PER_WATCHER = 0.03
LACKS_THREADS = (
    "This starts when the workers have at least two threads together, because the only one trains."
)
_ICONS = {
    "Try again": ":material/refresh:",
    "Continue": ":material/play_arrow:",
    "Start again": ":material/restart_alt:",
}


def computed(
    kind: str,
    request: Config,
    what: str,
    *,
    attached: Callable[[], bytes] | None = None,
    own: OwnData | None = None,
    draw_partial: Callable[[bytes], None] | None = None,
    key: str = "",
) -> bytes | None:
    """Return the result of a computation, or draw how far it is.

    While it runs, only its progress is drawn again, with Stop if it is a long one. When it has
    ended, the page is drawn once.

    Parameters
    ----------
    kind : str
        Name in `annlab.jobs.kinds.KINDS`.
    request : Config
        Of the kind's type.
    what : str
        What is computed, such as "Counting the pieces of 20 networks".
    attached : callable, optional
        Returns what the function takes besides the request, as for `Computations.ask`.
    own : OwnData, optional
        Own data that the function needs, if the request does not hold them.
    draw_partial : callable, optional
        Draws the result so far, while it runs and after a stop.
    key : str
        Tells two places apart that show the same computation on one page.

    Returns
    -------
    bytes or None
        None if there is no result yet.
    """
    computations, session = services().computations, session_id()

    def ask(again: bool = False) -> Computation:
        return computations.ask(kind, request, session, attached=attached, own=own, again=again)

    computation = ask()
    if not computation.is_over_for(session):
        note_presence(session)
        computations.wait_for_end(computation, FIRST_LOOK_SECONDS)
    if computation.state == ComputationState.FINISHED:
        return computation.result
    key = f"computation-{key}-{computation.digest}"
    if computation.is_over_for(session):
        _draw_end(computation, what, key, lambda: _note(ask(again=True)))
        if draw_partial and computation.partial:
            draw_partial(computation.partial)
        return None

    @st.fragment(run_every=poll_seconds(computations.n_watched))
    def watch() -> None:
        now = ask()
        if now.is_over_for(session):
            st.rerun()  # to show the result
        text = progress_text(now, what, services().cluster.ready)
        if KINDS[kind].is_long:
            _draw_progress(now, text, key, lambda: _note(computations.stop(session, now)))
        else:
            st.caption(text)
        if computations.lacks_threads(now):
            st.warning(LACKS_THREADS, icon=":material/hourglass_empty:")
        if error := services().cluster.start_error:
            st.error(error, icon=":material/error:")
        if draw_partial and now.partial:
            draw_partial(now.partial)

    watch()
    return None


def _draw_progress(computation: Computation, text: str, key: str, stop: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(computation.progress, text)
        st.button(
            "Stop",
            key=f"{key}-stop",
            icon=":material/stop:",
            disabled=computation.stopping,
            on_click=run_once(stop),
        )


def _note(result: object) -> None:
    """Ignore the result of a call in a callback."""


def _draw_end(computation: Computation, what: str, key: str, go_on: Callable[[], None]) -> None:
    """Say why there is no result, and offer to go on."""
    failed = computation.state == ComputationState.FAILED
    if failed:
        st.error(computation.failure, icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if not failed:
            st.caption(end_text(computation, what))
        label = again_label(computation)
        st.button(label, key=f"{key}-again", icon=_ICONS[label], on_click=run_once(go_on))


def again_label(computation: Computation) -> str:
    """Label of the button that goes on after an end.

    Parameters
    ----------
    computation : Computation
        Failed, or stopped by this session.
    """
    if computation.state == ComputationState.FAILED:
        return "Try again"
    # What goes on for others has lost nothing.
    if KINDS[computation.kind].continues or not computation.done:
        return "Continue"
    return "Start again"


def poll_seconds(n_watched: int) -> float:
    """Poll interval of a page that waits for a computation, in seconds.

    Parameters
    ----------
    n_watched : int
        Number of pages that wait for a computation, over all sessions.
    """
    return max(POLL_SECONDS, SECONDS_PER_WATCHER * n_watched)


def progress_text(computation: Computation, what: str, workers_ready: bool) -> str:
    """Say how far a computation is.

    Parameters
    ----------
    computation : Computation
    what : str
        What is computed.
    workers_ready : bool
        Whether the workers have started.
    """
    if computation.stopping:
        return f"{what}: stopping…"
    if computation.state == ComputationState.WAITING:
        return f"{what}: {'in the queue…' if workers_ready else 'starting the workers…'}"
    if not computation.progress:
        return f"{what}…"
    return f"{what}: {computation.progress:.0%}, {duration(computation.seconds_left)} left"


def end_text(computation: Computation, what: str) -> str:
    """Say where a computation was stopped.

    Parameters
    ----------
    computation : Computation
        Stopped by this session.
    what : str
        What is computed.
    """
    if not computation.done:
        return f"{what}: stopped here. It continues for others who watch it."
    return f"{what}: stopped at {computation.progress:.0%}."
