"""Training for a page: ask for it, take over what came of it, stop it, say what is wrong."""

import streamlit as st

from annlab.ui.frame import session_id
from annlab.ui.server import jobs
from annlab.ui.session import note_run
from annlab.ui.state import PageState, Runs
from annlab.ui.wording import in_words


def submit(state: PageState, runs: Runs) -> None:
    """Ask for runs; until they have ended, they are what the page is waiting for."""
    for run in runs:
        note_run(run)
    state.set("problems", [] if state.get("shown") else state.get("problems"))
    state.set("failures", [])
    state.set("pending", runs)
    jobs().submit(runs, session_id())


def collect(state: PageState) -> None:
    """Take over what has been trained, once nothing of it is under way any more."""
    pending = state.get("pending")
    if not pending or jobs().batch(session_id()):
        return
    missing = [run for run in pending if jobs().failure(run) or jobs().run(run) is None]
    if not missing:
        state.set("pending", None)
        state.set("shown", pending)
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
    if waiting is None and batch:
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
