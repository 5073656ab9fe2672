"""Training for a page: submit runs, collect results, stop, and report problems."""

from collections.abc import Sequence

import streamlit as st

from annlab.config import RunConfig
from annlab.jobs.sessions import Batch
from annlab.ui.browser import session_id, this_page
from annlab.ui.services import note_presence, services
from annlab.ui.shell import PAGES
from annlab.ui.state.page_state import PageState, Runs
from annlab.ui.state.session_runs import note_run
from annlab.ui.text.settings_text import friendly_error

# In the session: which page has asked for which runs, the newest last.
_ASKED = "asked-by"
_MOST_ASKED = 8


def open_runs(state: PageState, runs: Runs, stopped: bool) -> None:
    """Show what an address asks for, and train what is missing.

    Parameters
    ----------
    state : PageState
        Of the page.
    runs : tuple of RunConfig
    stopped : bool
        Whether a stopped run is shown as it is. If one of them is stored, nothing is trained: who
        loads the page again after Stop finds what they left.
    """
    if stopped and any(
        run and run.ending == "stopped" for run in map(services().repository.run, runs)
    ):
        for config in runs:
            note_run(config)
        state.show(runs)
    else:
        submit(state, runs)


def submit(state: PageState, runs: Runs) -> None:
    """Train runs; the page waits for them until all have ended."""
    for run in runs:
        note_run(run)
    state.set("problems", [] if state.get("shown") else state.get("problems"))
    state.set("failures", [])
    if not state.get("pending") and _all_stored(runs):
        state.show(runs)  # whatever another page is training meanwhile
        return
    try:
        services().queue.submit(runs, session_id())
        note_presence(session_id())
    except ValueError as error:
        # What is under way goes on; a first opening does not try again.
        state.set("failures", [friendly_error(str(error))])
        state.set("shown", state.get("shown") or ())
        return
    state.set("pending", runs)
    asked = st.session_state.get(_ASKED, ())
    st.session_state[_ASKED] = (*asked, (_digests(runs), this_page()))[-_MOST_ASKED:]


def _all_stored(runs: Runs) -> bool:
    return all(services().repository.is_whole(run) for run in runs)


def _digests(runs: Sequence[RunConfig]) -> tuple[str, ...]:
    return tuple(run.digest for run in runs)


def other_page(batch: Batch) -> str:
    """The title of the page that has asked for a batch, if it is not this one; else empty."""
    digests = _digests([job.config for job in batch])
    asked = reversed(st.session_state.get(_ASKED, ()))
    page = next((page for runs, page in asked if runs == digests), this_page())
    return "" if page == this_page() else PAGES[page].title


def collect(state: PageState) -> None:
    """Show the runs that the page waited for, once all of them have ended."""
    pending = state.get("pending")
    if not pending or services().queue.batch(session_id()):
        return
    missing = [
        run
        for run in pending
        if services().queue.failure(run) or services().repository.run(run) is None
    ]
    if not missing:
        state.set("pending", None)
        state.show(pending)
    else:
        failures = [
            services().queue.failure(run) or "Canceled before it started." for run in missing
        ]
        leave(state, *dict.fromkeys(failures))


def leave(state: PageState, *messages: str) -> None:
    """Return to the results from before, and say why."""
    state.set("pending", None)
    state.set("failures", messages)
    # Not None, with which a first opening would train again and again.
    state.set("shown", state.get("shown") or ())


def stop(state: PageState) -> None:
    """Stop the training that the page waits for, and keep the result so far."""
    waiting = services().queue.waiting_batch(session_id())
    batch = services().queue.batch(session_id())
    shared = services().queue.stop(session_id())
    if waiting is None and batch and not other_page(batch):
        # The result is that of the runs in training, not of later settings.
        state.set("pending", tuple(job.config for job in batch))
    if shared and waiting is None:
        leave(state, "Someone else is running the same training, so it continues for them.")


def notices(state: PageState) -> None:
    """Show which settings of the link could not be used, and problems of the store."""
    if problems := state.get("problems"):
        said = "\n".join(f"- {friendly_error(problem)}" for problem in problems)
        st.warning(
            f"Some settings in this link could not be used:\n{said}", icon=":material/link_off:"
        )
    if error := services().repository.store_error:
        st.warning(
            f"Results cannot be saved right now and will be lost when the server restarts. {error}",
            icon=":material/database_off:",
        )
