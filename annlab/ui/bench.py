"""The bench: one data set, two or more models, one look. Every page is one."""

from collections.abc import Sequence

import streamlit as st

from annlab.experiments import Experiment
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.links import differences
from annlab.run import Run
from annlab.ui.controls import controls, take_over
from annlab.ui.frame import once, remove_unseen_chart, session_id, stay_on_page
from annlab.ui.live import live
from annlab.ui.results import results
from annlab.ui.server import jobs
from annlab.ui.session import note_run
from annlab.ui.state import BenchState, Runs
from annlab.ui.training import collect, notices, other_page, stop, submit
from annlab.ui.wording import changes, say_of

_OLD = "These are the results before your changes."


def bench(
    page: str,
    *,
    default: Experiment,
    experiments: Sequence[Experiment],
    tasks: Sequence[str],
    varied: str = "",
) -> None:
    """Draw a whole bench: controls, action row, and results or a training in progress.

    Parameters
    ----------
    page : str
        How the names of its controls begin.
    default : Experiment
        What the page shows on first opening.
    experiments : sequence of Experiment
        What can be chosen as a whole.
    tasks : sequence of str
        The tasks whose data sets the page offers.
    varied : str
        The one setting in which the models differ, by its name in an address; empty where
        each model has its own settings.
    """
    remove_unseen_chart()
    state = BenchState(page, default.runs, tasks, varied)
    state.prepare()
    state.begin()

    # A part of its own: whoever changes a setting has the results left alone.
    @st.fragment
    def settings() -> None:
        collect(state)
        if state.is_outdated(_below(state)):
            st.rerun()  # what stands below has changed, by a button in here or by an end
        wanted, mistakes = controls(state, experiments)
        # Always the same containers: what is shown in one never moves what stands in the next,
        # and what has not moved the browser does not draw again.
        actions, about, remarks = (st.container() for _ in range(3))
        if wanted and state.get("shown") is None and state.get("pending") is None:
            submit(state, wanted)  # the first opening
        with actions:
            _actions(state, wanted, experiments)
            for mistake in mistakes:
                st.error(mistake, icon=":material/error:")
        with about:
            _about(state, experiments)
        with remarks:
            _remarks(state, wanted)
        state.write_address()

    with st.container():
        notices(state)
    settings()
    with st.container():
        shown = _shown_runs(state)
        for place, run in enumerate(shown):
            note_run(run.config, place)
        if state.get("pending"):
            live(state)
        elif shown:
            results(state, shown)
    state.write_address()
    state.drawn_of(_below(state))
    stay_on_page()


def _below(state: BenchState) -> tuple[Runs | None, Runs | None, str]:
    """What stands below the controls is drawn of this."""
    return state.get("pending"), state.get("shown"), state.key_of("epoch")


def _about(state: BenchState, experiments: Sequence[Experiment]) -> None:
    """What the runs are that stand below."""
    seen = _running(state) or state.get("shown") or state.get("settings")
    _what_differs(seen)
    for entry in experiments:
        if entry.runs == seen:
            st.caption(f"**{entry.title}.** {entry.question}")


def _remarks(state: BenchState, wanted: Runs | None) -> None:
    for message in state.get("failures") or []:
        st.error(message, icon=":material/error:")
    shown = _shown_runs(state)
    if shown and not state.get("pending"):
        _remark_on_changes(state, wanted)
    if state.get("shown") and not shown:
        st.info(
            "These results are no longer there: they were deleted, or made room for newer "
            "ones. Press **Train** to make them again.",
            icon=":material/history:",
        )


def _running(state: BenchState) -> Runs:
    """What is trained for this page now, or will be next."""
    batch = jobs().batch(session_id()) if state.get("pending") else None
    if batch and not other_page(batch):
        return tuple(job.config for job in batch)
    return state.get("pending") or ()


def _shown_runs(state: BenchState) -> list[Run]:
    found = [jobs().run(config) for config in state.get("shown") or ()]
    return [run for run in found if run] if all(found) else []


def _actions(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    pending = state.get("pending")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train",
            key=state.key("train"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=wanted is None or wanted == pending,
            help="Train all models with the settings on the left",
            shortcut="Ctrl+Enter",
            on_click=once(_train),
            args=(state, experiments),
        )
        st.button(
            "Stop",
            key=state.key("stop"),
            icon=":material/stop:",
            disabled=not pending,
            help="End the training and keep what was learned until now",
            on_click=once(stop),
            args=(state,),
        )
        waiting = jobs().waiting_batch(session_id())
        if pending and waiting:
            who = other_page(waiting)
            what = (
                f"What the page {who} has asked for begins" if who else "The newest settings begin"
            )
            st.caption(f"{what} when this training ends; Stop ends it now.")


def _train(state: BenchState, experiments: Sequence[Experiment]) -> None:
    take_over(state, experiments)  # where something was chosen a moment ago
    wanted, _ = state.wanted()
    if wanted:
        submit(state, wanted)


def _what_differs(runs: Runs) -> None:
    found = differences(runs)
    if not found:
        st.caption("**What differs:** nothing. All models are the same.")
        return
    rows = [
        f"{item.field.label.lower()} "
        + " / ".join(
            f":{colour}[**{name}** {say_of(run, item.field, value)}]"
            for name, colour, run, value in zip(
                MODEL_NAMES, MODEL_WORDS, runs, item.values, strict=False
            )
        )
        for item in found
    ]
    st.markdown("**What differs:** " + " · ".join(rows))


def _remark_on_changes(state: BenchState, wanted: Runs | None) -> None:
    shown = state.get("shown")
    if not shown or wanted == shown:
        return
    if not wanted:  # why they cannot be trained is said above
        st.info(_OLD, icon=":material/history:")
        return
    lists = [changes(before, after) for before, after in zip(shown, wanted, strict=False)]
    shared = [said for said in lists[0] if all(said in other for other in lists)]
    sentences = [", ".join(shared)] if shared else []
    for name, own in zip(MODEL_NAMES, lists, strict=False):
        if rest := [said for said in own if said not in shared]:
            sentences.append(f"**{name}:** " + ", ".join(rest))
    if len(shown) != len(wanted):
        sentences.append(f"{len(shown)} → {len(wanted)} models")
    st.info(
        f"{_OLD} {'; '.join(sentences)}. Press **Train** to see what they do.",
        icon=":material/history:",
    )
