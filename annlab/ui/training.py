"""Training for a page: ask for it, take over what came of it, stop it, say what is wrong."""

from collections.abc import Sequence

import streamlit as st

from annlab.config import RunConfig
from annlab.jobs import Batch
from annlab.ui.frame import PAGES, session_id, this_page
from annlab.ui.server import jobs
from annlab.ui.session import note_run
from annlab.ui.state import PageState, Runs
from annlab.ui.wording import in_words

# In the session: which page has asked for which runs, the newest last.
_ASKED = "asked-by"
_MOST_ASKED = 8


def submit(state: PageState, runs: Runs) -> None:
    """Ask for runs; until they have ended, they are what the page is waiting for."""
    for run in runs:
        note_run(run)
    state.set("problems", [] if state.get("shown") else state.get("problems"))
    state.set("failures", [])
    if not state.get("pending") and _all_stored(runs):
        state.show(runs)  # whatever another page is training meanwhile
        return
    try:
        jobs().submit(runs, session_id())
    except ValueError as error:
        # What is under way goes on; a first opening does not try again.
        state.set("failures", [in_words(str(error))])
        state.set("shown", state.get("shown") or ())
        return
    state.set("pending", runs)
    asked = st.session_state.get(_ASKED, ())
    st.session_state[_ASKED] = (*asked, (_digests(runs), this_page()))[-_MOST_ASKED:]


def _all_stored(runs: Runs) -> bool:
    return all(jobs().is_whole(run) for run in runs)


def _digests(runs: Sequence[RunConfig]) -> tuple[str, ...]:
    return tuple(run.digest for run in runs)


def other_page(batch: Batch) -> str:
    """The title of the page that has asked for a batch, if it is not this one; else empty."""
    digests = _digests([job.config for job in batch])
    asked = reversed(st.session_state.get(_ASKED, ()))
    page = next((page for runs, page in asked if runs == digests), this_page())
    return "" if page == this_page() else PAGES[page].title


def collect(state: PageState) -> None:
    """Take over what has been trained, once nothing of it is under way any more."""
    pending = state.get("pending")
    if not pending or jobs().batch(session_id()):
        return
    missing = [run for run in pending if jobs().failure(run) or jobs().run(run) is None]
    if not missing:
        state.set("pending", None)
        state.show(pending)
    else:
        failures = [jobs().failure(run) or "Stopped before it had begun." for run in missing]
        leave(state, *dict.fromkeys(failures))


def leave(state: PageState, *messages: str) -> None:
    """Go back to the results before, and say why."""
    state.set("pending", None)
    state.set("failures", messages)
    # Not None: otherwise a first opening would try again for ever.
    state.set("shown", state.get("shown") or ())


def stop(state: PageState) -> None:
    """Stop what the page is waiting for, and keep what was learned until now."""
    waiting = jobs().waiting_batch(session_id())
    batch = jobs().batch(session_id())
    shared = jobs().stop(session_id())
    if waiting is None and batch and not other_page(batch):
        # What is kept now is what was running, whatever was wanted since.
        state.set("pending", tuple(job.config for job in batch))
    if shared and waiting is None:
        leave(state, "Others are watching this training too, so it goes on for them.")


def notices(state: PageState) -> None:
    """Say what in the address made no sense, and whether the store can be used."""
    if problems := state.get("problems"):
        said = "\n".join(f"- {in_words(problem)}" for problem in problems)
        st.warning(
            f"Not everything in this address makes sense:\n{said}", icon=":material/link_off:"
        )
    if error := jobs().library.store_error:
        st.warning(
            f"Results are not kept beyond this server's memory. {error}",
            icon=":material/database_off:",
        )
