"""Training for a page: submit runs, collect results, stop, and report problems."""

from collections.abc import Collection, Sequence
from hashlib import blake2b

import streamlit as st

from annlab.config import RunConfig
from annlab.jobs.dispatcher import LEFT_TO_OTHERS
from annlab.jobs.job import Job
from annlab.jobs.sessions import Batch
from annlab.runs.budget import LINK_WORK, check_budget, compute_of
from annlab.runs.duration import about
from annlab.runs.run import Run
from annlab.ui.browser import session_id, this_page
from annlab.ui.services import note_presence, services, store_notice
from annlab.ui.shell import PAGES
from annlab.ui.state.own_access import NOT_LOADED, may_see, retitled
from annlab.ui.state.page_state import PageState, Runs
from annlab.ui.state.session_runs import as_noted, claim_runs, note_run, note_training
from annlab.ui.text.settings_text import friendly_error

# Session key: runs with the page that requested them, newest last.
_ASKED = "asked-by"
_MOST_ASKED = 8
# Seconds of training below which its film plays once by itself.
TOO_SHORT_TO_WATCH = 2.0
# Seconds of training that sound large.
WORTH_WAITING_SECONDS = 20.0


def open_runs(state: PageState, runs: Runs, stopped: bool) -> None:
    """Show the runs of an address, and train the missing ones unless that is much work.

    Parameters
    ----------
    state : PageState
        State of the page.
    runs : tuple of RunConfig
    stopped : bool
        Whether to show stopped runs. If one of `runs` is stored as stopped, nothing is trained, so
        that a reload after Stop shows the same results.
    """
    if stopped and any(
        run and run.ending == "stopped" for run in map(services().repository.run, runs)
    ):
        for config in runs:
            note_run(config)
        state.show(runs)
    elif is_large(runs):
        state.set("held-back", runs)
        state.show(())  # the first opening is over
    else:
        submit(state, runs)


def is_large(runs: Runs) -> bool:
    """Whether a link may not start these trainings, which this server allows."""
    new = _missing(runs)
    try:
        for run in new:
            check_budget(run, services().cluster.limits)
    except ValueError:  # the refusal is said at once
        return False
    return _work(new) > LINK_WORK


def _missing(runs: Runs) -> Runs:
    """Runs that nobody has trained or is training."""
    server = services()
    is_new = (not (server.repository.is_whole(run) or server.queue.trains(run)) for run in runs)
    return tuple(run for run, new in zip(runs, is_new, strict=True) if new)


def _work(runs: Runs) -> float:
    return sum(map(compute_of, set(runs)))


def large_link(state: PageState, wanted: Runs | None) -> str:
    """Say that a link asks for a training that waits for Train; empty if none does.

    Parameters
    ----------
    state : PageState
        State of the page.
    wanted : tuple of RunConfig or None
        Runs of the current settings.
    """
    if not wanted or wanted != state.get("held-back"):
        return ""
    return f"This link asks for a large training, {how_large(wanted)}. Press **Train** to start it."


def how_large(runs: Runs) -> str:
    """Say how large some trainings are, as an apposition."""
    seconds = [services().cluster.seconds_of(run) for run in set(runs)]
    known = [one for one in seconds if one is not None]
    if len(known) == len(seconds) and sum(known) > WORTH_WAITING_SECONDS:
        return f"{about(sum(known))} of one core"
    return f"about {_work(runs) / LINK_WORK:.1f} times as much as a page trains by itself"


def submit(state: PageState, runs: Runs) -> None:
    """Submit those of some runs whose data this browser may see; the page waits for their end."""
    for run in runs:
        note_run(run)
    state.set("problems", [] if state.get("shown") else state.get("problems"))
    state.set("failures", [])
    runs = tuple(run for run in runs if may_see(run))
    if not runs:
        leave(state, NOT_LOADED)
        return
    if not state.get("pending") and _all_stored(runs):
        state.show(runs)  # also while another page is training
        return
    try:
        # Without titles, because browsers with the same data share the training and the run.
        services().queue.submit([retitled(run, "") for run in runs], session_id())
        note_presence(session_id())
    except ValueError as error:
        # A running training continues; setting "shown" keeps a first opening from retrying.
        state.set("failures", [friendly_error(str(error))])
        state.set("shown", state.get("shown") or ())
        return
    note_training(runs)
    state.set("pending", runs)
    asked = st.session_state.get(_ASKED, ())
    st.session_state[_ASKED] = (*asked, (_digests(runs), this_page()))[-_MOST_ASKED:]


def _all_stored(runs: Runs) -> bool:
    return all(services().repository.is_whole(run) for run in runs)


def _digests(runs: Sequence[RunConfig]) -> tuple[str, ...]:
    return tuple(run.digest for run in runs)


def other_page(batch: Batch) -> str:
    """Title of the other page that requested a batch; empty if this page did."""
    digests = _digests([job.config for job in batch])
    asked = reversed(st.session_state.get(_ASKED, ()))
    page = next((page for runs, page in asked if runs == digests), this_page())
    return "" if page == this_page() else PAGES[page].title


def collect(state: PageState) -> None:
    """Show the pending runs once all of them have ended, also without those that never started.

    Claims this browser's runs, too.
    """
    claim_runs()
    pending = state.get("pending")
    if not pending or services().queue.batch(session_id()):
        return
    failures = filter(None, map(services().queue.failure, pending))
    if found := tuple(dict.fromkeys(failures)):
        leave(state, *found)
    elif not any(map(services().repository.run, pending)):
        left = next(filter(None, map(services().queue.why_left, pending)), "")
        leave(state, left or "Canceled before it started.")
    else:
        state.set("pending", None)
        state.show(pending)
        state.set("ended", _ended(pending))


def _ended(runs: Runs) -> tuple[str, bool]:
    """Name of a training that has ended, and whether it was too short to be watched."""
    found = [run for run in map(services().repository.run, runs) if run]
    name = blake2b("".join(run.fingerprint for run in found).encode(), digest_size=8).hexdigest()
    return name, sum(run.duration_seconds for run in found) < TOO_SHORT_TO_WATCH


def early_end(run: Run, name: str) -> str:
    """Say why the server ended the training of a run; empty if it did not.

    Parameters
    ----------
    run : Run
        Run that the page shows.
    name : str
        What was trained, as the subject of a sentence.
    """
    why = services().queue.why_ended(run.config) if run.ending == "stopped" else ""
    if not why:
        return ""
    return f"{name} was stopped after epoch {run.n_epochs} because {why}"


def not_trained(names: str, n: int, found: Collection[Run]) -> str:
    """Say that some of the models on a page have no result.

    Parameters
    ----------
    names : str
        Their names, as the subject of a sentence.
    n : int
        Their number.
    found : collection of Run
        Runs of the other models. A stopped one tells that the same Stop kept them from starting.
    """
    verb, result = ("is", "its result was") if n == 1 else ("are", "their results were")
    deleted = "" if any(run.ending == "stopped" for run in found) else f", or {result} deleted"
    return f"{names} {verb} not trained yet{deleted}."


def restart(job: Job, name: str) -> str:
    """Say that a training in progress started again; empty if it did not.

    Parameters
    ----------
    job : Job
        The training.
    name : str
        What is trained, as the subject of a sentence.
    """
    if job.done or not job.restarted:
        return ""
    return f"{name} started again from the first epoch because its worker process died."


def leave(state: PageState, *messages: str) -> None:
    """Return to the earlier results and show error messages."""
    state.set("pending", None)
    state.set("failures", messages)
    # With None, a first opening would train again on every rerun.
    state.set("shown", state.get("shown") or ())


def stop(state: PageState) -> None:
    """Stop the pending training and keep the result so far."""
    waiting = services().queue.waiting_batch(session_id())
    batch = services().queue.batch(session_id())
    shared = services().queue.stop(session_id())
    if waiting is None and batch and not other_page(batch):
        # Show the runs in training, not the settings queued after them.
        state.set("pending", tuple(as_noted(job.config) for job in batch))
    if shared and waiting is None and services().queue.batch(session_id()) is None:
        leave(state, LEFT_TO_OTHERS)


def notices(state: PageState) -> None:
    """Warn about unusable settings of the link, and about runs that are not stored."""
    if problems := state.get("problems"):
        bullets = "\n".join(f"- {friendly_error(problem)}" for problem in problems)
        st.warning(
            f"Some settings in this link could not be used:\n{bullets}", icon=":material/link_off:"
        )
    store_notice()
