"""The bench: one data set, two or more models, one look. Every page is one."""

from collections.abc import Sequence

import streamlit as st

from annlab.config.links import differences
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.lessons.experiments import Experiment
from annlab.runs.run import Run
from annlab.ui.results.results import results
from annlab.ui.services import services
from annlab.ui.shell import once, remove_unseen_chart, session_id, stay_on_page
from annlab.ui.sidebar.sidebar import controls, take_over
from annlab.ui.state.bench_state import BenchState, Runs
from annlab.ui.state.session_runs import note_run
from annlab.ui.text.wording import changes, say_of
from annlab.ui.train.actions import collect, notices, open_runs, other_page, stop, submit
from annlab.ui.train.progress import live

_OLD = "These results are from before your changes."


def bench(
    page: str,
    *,
    default: Experiment,
    experiments: Sequence[Experiment],
    tasks: Sequence[str],
    varied: str = "",
) -> None:
    """Draw a whole bench: controls, buttons, and results or a training in progress.

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

    # A fragment, so that a changed setting does not redraw the results.
    @st.fragment
    def settings() -> None:
        collect(state)
        if state.is_outdated(_below(state)):
            st.rerun()  # a button or the end of a training has changed the results
        wanted, mistakes = controls(state, experiments)
        # Always the same containers: the browser redraws only what has moved.
        actions, about, remarks = (st.container() for _ in range(3))
        if wanted and state.get("shown") is None and state.get("pending") is None:
            open_runs(state, wanted, stopped=bool(state.get("asked")))
        with actions:
            _actions(state, wanted, experiments)
            for mistake in mistakes:
                st.error(mistake, icon=":material/error:")
        with about:
            _about(state, wanted, experiments)
        with remarks:
            _remarks(state, wanted, experiments)
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
    """Inputs of the results area; if they change, the whole page must rerun."""
    return state.get("pending"), state.get("shown"), state.key_of("epoch")


def _seen(state: BenchState) -> Runs:
    """The runs that stand below: those in training, else those that are shown."""
    return _running(state) or state.get("shown") or state.get("settings")


def _chosen(
    state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]
) -> Experiment | None:
    """The experiment that the controls are set to, if its runs do not stand below."""
    if wanted == _seen(state):
        return None
    return next((entry for entry in experiments if entry.runs == wanted), None)


def _about(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    """What differs between the runs that stand below, and the question of their experiment."""
    seen = _seen(state)
    _what_differs(seen)
    if _chosen(state, wanted, experiments):
        return  # one question at a time
    for entry in experiments:
        if entry.runs == seen:
            st.caption(f"**{entry.title}.** {entry.question}")


def _remarks(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    for message in state.get("failures") or []:
        st.error(message, icon=":material/error:")
    shown = _shown_runs(state) if not state.get("pending") else []
    if entry := _chosen(state, wanted, experiments):
        old = f" {_OLD}" if shown else ""
        st.info(
            f"**{entry.title}.** {entry.question} Press **Train** to find out.{old}",
            icon=":material/help:",
        )
    elif shown:
        _remark_on_changes(state, wanted)
    if state.get("shown") and not state.get("pending") and not shown:
        st.info(_why_missing(state), icon=":material/history:")


def _why_missing(state: BenchState) -> str:
    found = zip(MODEL_NAMES, map(services().repository.run, state.get("shown")), strict=False)
    stopped = [name for name, run in found if run and run.ending == "stopped"]
    if stopped:
        verb = "was" if len(stopped) == 1 else "were"
        return (
            f"Model {' and '.join(stopped)} {verb} stopped before the other models had started. "
            "Press **Train** to train all models."
        )
    return "These results were deleted or replaced by newer ones. Press **Train** to recreate them."


def _running(state: BenchState) -> Runs:
    """What is trained for this page now, or will be next."""
    batch = services().queue.batch(session_id()) if state.get("pending") else None
    if batch and not other_page(batch):
        return tuple(job.config for job in batch)
    return state.get("pending") or ()


def _shown_runs(state: BenchState) -> list[Run]:
    found = [services().repository.run(config) for config in state.get("shown") or ()]
    return [run for run in found if run] if all(found) else []


def _actions(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    pending = state.get("pending")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train",
            key=state.key("train"),
            type="primary",
            icon=":material/play_arrow:",
            # Never disabled: a click that ends the typing of a value would not count.
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
            help="Stop training and keep the result so far",
            on_click=once(stop),
            args=(state,),
        )
        waiting = services().queue.waiting_batch(session_id())
        if pending and waiting:
            who = other_page(waiting)
            what = f"the {who} page" if who else "your new settings"
            st.caption(f"Queued: {what} will train next. Press **Stop** to start it now.")


def _train(state: BenchState, experiments: Sequence[Experiment]) -> None:
    take_over(state, experiments)  # a choice that arrives together with the press
    wanted, _ = state.wanted()
    if wanted:  # else the page says why not
        submit(state, wanted)


def _what_differs(runs: Runs) -> None:
    found = differences(runs)
    if not found:
        st.caption("**What differs:** nothing. All models have the same settings.")
        return
    rows = [
        f"{item.field.label.lower()} "
        + " / ".join(
            f":{color}[**{name}** {say_of(run, item.field, value)}]"
            for name, color, run, value in zip(
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
    if not wanted:  # the page shows the errors above
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
        f"{_OLD} {'; '.join(sentences)}. Press **Train** to see the effect.",
        icon=":material/history:",
    )
