"""Bench: a page that trains two or more models on one data set and compares them."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from annlab.config.differences import differences
from annlab.datasets.own.own_data import OwnData
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.lessons.experiment import Experiment
from annlab.runs.run import Run
from annlab.ui.browser import session_id, stay_on_page
from annlab.ui.components.browser_key import browser_key
from annlab.ui.layout import run_once
from annlab.ui.results.needed_file import ask_for_file
from annlab.ui.results.results import keep_panel, results
from annlab.ui.results.view import ModelControls
from annlab.ui.services import services
from annlab.ui.shell import PAGES, remove_unseen_chart
from annlab.ui.sidebar.sidebar import apply_selection, controls, open_number_pads
from annlab.ui.state.bench_edits import change_setting, name_results
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.initial_weights import start_from
from annlab.ui.state.own_access import load_run, needed_data
from annlab.ui.state.page_state import Runs
from annlab.ui.state.session_runs import as_noted, note_run
from annlab.ui.text.markdown import escape_markdown, join_names
from annlab.ui.text.model_names import model_name, name_models
from annlab.ui.text.settings_text import setting_changes
from annlab.ui.train.actions import (
    collect,
    early_end,
    large_link,
    not_trained,
    notices,
    open_runs,
    other_page,
    stop,
    submit,
)
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
    """Draw a bench: controls, buttons, and results or a training in progress.

    Parameters
    ----------
    page : str
        A name in `annlab.ui.shell.PAGES`, of a page with a bench.
    default : Experiment
        Experiment shown on first opening.
    experiments : sequence of Experiment
        Experiments that the page offers.
    tasks : sequence of str
        Tasks whose data sets the page offers.
    varied : str
        Link name of the one setting in which the models differ; empty if each model has its own
        settings.
    """
    remove_unseen_chart()
    state = BenchState(PAGES[page].bench, default.runs, tasks, varied)
    state.prepare()
    state.start_drawing()
    asks_at_once = _needed(state) is not None
    if asks_at_once:
        browser_key()

    # A fragment, so that a changed setting does not redraw the results.
    @st.fragment
    def settings() -> OwnData | None:
        collect(state)
        needed = _needed(state)
        name_models(state.names)
        if state.is_outdated(_below(state, needed)):
            st.rerun()  # a button or the end of a training has changed the results
        wanted, mistakes = controls(state, experiments)
        # The same containers in every run, so that the browser redraws only what changed.
        with st.container(key="actions", horizontal=True, gap="medium"):
            actions = st.container(horizontal=True, width="content", gap="small")
            with st.container(key="said", gap=None):
                about, remarks = st.container(gap=None), st.container(gap=None)
        is_new = state.get("shown") is None and state.get("pending") is None
        if wanted and is_new and needed is None:
            open_runs(state, wanted, stopped=bool(state.get("asked")))
        with actions:
            _actions(state, wanted, experiments)
        with about:
            _about(state, wanted, experiments)
        with remarks:
            for mistake in mistakes:
                st.error(mistake, icon=":material/error:")
            _remarks(state, wanted, experiments, needed)
        if not asks_at_once:  # the answer draws this part alone again, with the list of data
            browser_key()
        state.write_address()
        return needed

    with st.container():
        notices(state)
    with st.sidebar:
        open_number_pads()
    needed = settings()
    with st.container():
        shown = {} if needed is not None else _shown_runs(state)
        for place, run in shown.items():
            note_run(run.config, place)
        if needed is not None:
            ask_for_file(state, needed)
        elif state.get("pending"):
            keep_panel(state)
            live(state)
        elif shown:
            results(state, shown, lambda: name_results(state), _model_controls(state))
    state.write_address()
    state.mark_rendered(_below(state, needed))
    stay_on_page()


def _below(state: BenchState, needed: OwnData | None) -> tuple[object, ...]:
    """Inputs of the results area; if they change, the whole page must rerun."""
    names = state.view("names")
    epoch = state.current_key("epoch")
    return state.get("pending"), state.get("shown"), epoch, names, needed


def _needed(state: BenchState) -> OwnData | None:
    """Own data of the results, or of the settings on first opening, that must not be seen here."""
    runs = state.get("pending") or state.get("shown")
    if runs is None:
        runs = state.get("settings")
    return needed_data(runs)


def _seen(state: BenchState) -> Runs:
    """Runs in the results area: those in training, else the shown ones."""
    return _running(state) or state.get("shown") or state.get("settings")


def _chosen(
    state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]
) -> Experiment | None:
    """Experiment selected in the controls, if the results area does not show its runs."""
    if wanted == _seen(state):
        return None
    return next((entry for entry in experiments if entry.runs == wanted), None)


def _about(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    """Draw what differs in the results area, and the question of its experiment."""
    seen = _seen(state)
    _what_differs(seen)
    if wanted != seen:
        return  # a remark takes the place of the question
    for entry in experiments:
        if entry.runs == seen:
            st.caption(f"**{entry.sentence}** {entry.question}", help=entry.question)


def _remarks(
    state: BenchState,
    wanted: Runs | None,
    experiments: Sequence[Experiment],
    needed: OwnData | None,
) -> None:
    for message in state.get("failures") or []:
        st.error(message, icon=":material/error:")
    shown = _shown_runs(state) if not state.get("pending") else {}
    if entry := _chosen(state, wanted, experiments):
        old = f" {_OLD}" if shown else ""
        st.info(
            f"**{entry.sentence}** Press **Train** to find out.{old} {entry.question}",
            icon=":material/help:",
        )
    elif shown:
        _remark_on_changes(state, wanted)
    elif not state.get("pending") and (sentence := large_link(state, wanted)):
        st.info(sentence, icon=":material/play_arrow:")
    for place, run in shown.items():
        if sentence := early_end(run, f"Model {_names()[place]}"):
            st.info(sentence, icon=":material/timer_off:")
    if not state.get("pending") and needed is None:
        missing = [k for k in range(len(state.get("shown") or ())) if k not in shown]
        if missing:
            offers = wanted == state.get("shown")
            st.info(_why_missing(missing, shown, offers), icon=":material/history:")


def _why_missing(missing: Sequence[int], shown: Mapping[int, Run], offers: bool) -> str:
    """Say which of the shown models have no result, and whether Train trains them now."""
    if not shown:
        return (
            "These results were deleted or replaced by newer ones. Press **Train** to recreate "
            "them."
        )
    names = join_names([_names()[place] for place in missing])
    noun = "Model" if len(missing) == 1 else "Models"
    why = not_trained(f"{noun} {names}", len(missing), shown.values())
    return f"{why} Press **Train** to train all models that have not finished." if offers else why


def _running(state: BenchState) -> Runs:
    """Runs of this page in training, else the queued ones."""
    batch = services().queue.batch(session_id()) if state.get("pending") else None
    if batch and not other_page(batch):
        return tuple(as_noted(job.config) for job in batch)
    return state.get("pending") or ()


def _shown_runs(state: BenchState) -> dict[int, Run]:
    """Stored runs of the shown models, by the index of letter and color."""
    found = enumerate(map(load_run, state.get("shown") or ()))
    return {place: run for place, run in found if run}


def _model_controls(state: BenchState) -> ModelControls:
    """Return what results can change in the controls."""
    names = dict(enumerate(map(model_name, range(state.n_models))))
    models = {0: "all models"} if state.varied else names
    return ModelControls(models, partial(start_from, state), partial(change_setting, state))


def _actions(state: BenchState, wanted: Runs | None, experiments: Sequence[Experiment]) -> None:
    pending = state.get("pending")
    with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
        st.button(
            "Train",
            key=state.key("train"),
            type="primary",
            icon=":material/play_arrow:",
            # Never disabled: the click that confirms a typed value would be lost.
            help="Train all models with the settings on the left",
            shortcut="Ctrl+Enter",
            on_click=run_once(_train),
            args=(state, experiments),
        )
        st.button(
            "Stop",
            key=state.key("stop"),
            icon=":material/stop:",
            disabled=not pending,
            help="Stop training and keep the result so far",
            on_click=run_once(stop),
            args=(state,),
        )
        waiting = services().queue.waiting_batch(session_id())
        if pending and waiting:
            who = other_page(waiting)
            what = f"the {who} page" if who else "your new settings"
            st.caption(f"Queued: {what} will train next. Press **Stop** to start it now.")


def _train(state: BenchState, experiments: Sequence[Experiment]) -> None:
    apply_selection(state, experiments)  # the click may arrive with a new selection
    wanted, _ = state.wanted()
    if wanted:  # else the page shows the errors
        submit(state, wanted)


def _names() -> list[str]:
    """Names of the models, in Markdown."""
    return [escape_markdown(model_name(place)) for place in range(len(MODEL_NAMES))]


def _what_differs(runs: Runs) -> None:
    found = differences(runs)
    if not found:
        effect = " that has an effect" if len(set(runs)) > 1 else ""
        st.caption(f"**What differs:** nothing{effect}.")
        return
    rows = [
        f"{item.setting.noun} "
        + " / ".join(
            f":{color}[**{name}** {item.setting.format(value)}]"
            for name, color, value in zip(_names(), MODEL_WORDS, item.values, strict=False)
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
    lists = [setting_changes(before, after) for before, after in zip(shown, wanted, strict=False)]
    shared = [change for change in lists[0] if all(change in other for other in lists)]
    sentences = [", ".join(shared)] if shared else []
    for name, own in zip(_names(), lists, strict=False):
        if rest := [change for change in own if change not in shared]:
            sentences.append(f"**{name}:** " + ", ".join(rest))
    if len(shown) != len(wanted):
        sentences.append(f"{len(shown)} → {len(wanted)} models")
    st.info(
        f"{_OLD} Press **Train** to see the effect of: {'; '.join(sentences)}.",
        icon=":material/history:",
    )
