"""Compare page: select runs, train missing ones, compare them with a baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.figures import MODEL_NAMES
from annlab.runs.run import Run
from annlab.runs.uploads import read_file
from annlab.tensor_file import SavedFileError
from annlab.ui.browser import session_id
from annlab.ui.compare.compare_state import CompareState
from annlab.ui.compare.comparison_table import against_baseline
from annlab.ui.compare.runs_table import MAX_SELECTED, SELECTED, runs_table, select
from annlab.ui.components.browser_key import browser_key
from annlab.ui.layout import run_once
from annlab.ui.results.charts import forget_results
from annlab.ui.results.film import draw_film
from annlab.ui.results.needed_file import ask_for_file
from annlab.ui.results.results import draw_notes, draw_panels, draw_stage, wait_for_data
from annlab.ui.results.stage import Stage
from annlab.ui.results.view import Group, ResultsView, in_order, of_the_same_data
from annlab.ui.results.view_controls import view_controls
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, PAGES, remove_unseen_chart
from annlab.ui.state.bench_state import send_to_bench
from annlab.ui.state.own_access import load_if_ready, may_see, needed_data
from annlab.ui.state.session_runs import Item, keep_file, note_run, places_of
from annlab.ui.text.markdown import badge, escape_markdown, join_names, letter
from annlab.ui.text.model_names import name_models
from annlab.ui.train.actions import (
    collect,
    how_large,
    is_large,
    not_trained,
    notices,
    stop,
    submit,
)
from annlab.ui.train.progress import live


def comparison() -> None:
    """Draw the page: the table of runs and the comparison of the selected ones."""
    remove_unseen_chart()
    browser_key()
    state = CompareState()
    if not state.prepare():
        return  # the address stays
    name_models({})
    collect(state)
    state.start_drawing()

    # A fragment, so that filtering, naming and pinning do not redraw the comparison.
    @st.fragment
    def choice() -> None:
        if state.is_outdated(_below(state)):
            st.rerun()
        state.set("names", runs_table(state, lambda: _load(state)))
        if state.is_outdated(_below(state)):
            st.rerun()  # a name has changed

    with st.container():
        notices(state)
        for message in state.get("failures") or []:
            st.error(message, icon=":material/error:")
    with st.container():
        choice()
    actions, body = st.container(), st.container()
    selected: tuple[Item, ...] = state.get(SELECTED) or ()
    with actions:
        if state.get("pending"):
            st.button(
                "Stop",
                key=state.key("stop"),
                icon=":material/stop:",
                help="Stop training and keep the result so far",
                on_click=run_once(stop),
                args=(state,),
            )
    with body:
        if state.get("pending"):
            digests = [job.config.digest for job in services().queue.batch(session_id()) or ()]
            items = [item for item in selected if item.id in digests]
            places = zip((item.id for item in items), places_of(items), strict=True)
            live(state, dict(places))
        elif selected:
            _compare(state, selected, state.get("names"))
    state.write_address()
    state.mark_rendered(_below(state))


def _below(state: CompareState) -> tuple[Any, ...]:
    """Inputs of the comparison; if they change, the whole page must rerun."""
    selected, names = state.get(SELECTED) or (), state.get("names") or {}
    given = tuple(names.get(item.id) for item in selected)
    return selected, given, state.get("pending"), state.get("failures")


def _compare(state: CompareState, selected: tuple[Item, ...], given: Mapping[str, str]) -> None:
    hidden = [item for item in selected if not may_see(item.config)]
    if hidden:
        _ask_for_data(state, hidden)
    runs = [(item, item.run()) for item in selected if item not in hidden]
    found = [(item, run) for item, run in runs if run]
    if missing := [item for item, run in runs if not run]:
        _missing(state, missing, [run for _, run in found])
    tasks: dict[str, list[str]] = {}
    for (_, run), place in zip(found, places_of([item for item, _ in found]), strict=True):
        tasks.setdefault(run.config.task.label, []).append(letter(place))
    if len(tasks) > 1:
        which = "; ".join(f"{', '.join(letters)}: {task}" for task, letters in tasks.items())
        st.warning(f"Select runs of one task. {which}.", icon=":material/rule:")
        return
    if not found:
        return
    _note_earlier(found)
    names = {run.fingerprint: given.get(item.id, "") for item, run in found}
    groups = _groups(found)
    if groups is None:
        return

    @st.fragment
    def view() -> None:
        if state.get("pending") or state.get(SELECTED) != selected:
            st.rerun()  # a button of this fragment has changed the selection or started a training
        forget_results()
        configs = [run.config for group in groups for run in group.runs]
        stage = Stage(configs, sorted(place for group in groups for place in group.places))
        film = stage.bar.container(key="film")
        shown = view_controls(state, groups, stage.bar)
        models = in_order(shown.views)
        draw_stage(state, stage, shown)
        draw_notes(shown.views)
        baseline, verdicts = models[0], tuple[str, ...]()
        if len(models) > 1:
            baseline, verdicts = against_baseline(state, stage, models, names)
        with st.container(horizontal=True):
            for group, i in models:
                _more(state, group, i)
        elsewhere = [group for group in shown.views if group is not baseline[0]]
        draw_panels(
            state, replace(baseline[0], verdicts=verdicts, run_names=names, elsewhere=elsewhere)
        )
        if elsewhere:
            st.caption(f"The tabs show {of_the_same_data(baseline[0])}.")
        shown.draw_link()
        state.write_address()
        with film:
            draw_film(state, shown)

    view()


def _ask_for_data(state: CompareState, items: list[Item]) -> None:
    """Ask for own data that selected runs need, or offer to deselect these runs."""
    needed = needed_data(item.config for item in items)
    assert needed is not None
    ask_for_file(state, needed)
    _deselect(state, items, "hidden")


def _missing(state: CompareState, items: list[Item], others: list[Run]) -> None:
    """Offer to train or deselect selected runs that are missing."""
    configs = tuple(item.config for item in items)
    selected = state.get(SELECTED)
    letters = dict(zip(selected, map(letter, places_of(selected)), strict=True))
    said = not_trained(join_names([letters[item] for item in items]), len(items), others)
    if is_large(configs):
        large = how_large(configs)
        said += f" This is a large training, {large}. Press **Train missing runs** to start it."
    st.info(said, icon=":material/history:")
    with st.container(horizontal=True):
        st.button(
            "Train missing runs",
            key=state.key("train"),
            icon=":material/play_arrow:",
            on_click=run_once(_train_missing),
            args=(state, items),
        )
        _deselect(state, items, "missing")


def _deselect(state: CompareState, items: list[Item], which: str) -> None:
    st.button(
        "Deselect",
        key=state.key(f"deselect-{which}"),
        on_click=run_once(select),
        args=(state, [item for item in state.get(SELECTED) if item not in items]),
    )


def _train_missing(state: CompareState, items: list[Item]) -> None:
    """Train missing runs, and select the new runs in their place."""
    selected = state.get(SELECTED) or ()
    for item, place in zip(selected, places_of(selected), strict=True):
        if item in items:
            note_run(item.config, place)
    select(state, [item.now() if item in items else item for item in selected])
    submit(state, tuple(item.config for item in items))


def _note_earlier(found: Sequence[tuple[Item, Run]]) -> None:
    """Name the runs that an earlier version of annlab trained."""
    places = places_of([item for item, _ in found])
    earlier = [
        letter(place)
        for place, (_, run) in sorted(zip(places, found, strict=True), key=lambda one: one[0])
        if run.results_version != RESULTS_VERSION
    ]
    if not earlier:
        return
    was, them = ("was", "it") if len(earlier) == 1 else ("were", "them")
    st.info(
        f"{', '.join(earlier)} {was} made by an earlier version of annlab: a new training may give "
        f"other numbers. A link to this page names settings, so it opens a new training of {them}.",
        icon=":material/history:",
    )


def _groups(found: Sequence[tuple[Item, Run]]) -> list[Group] | None:
    """Group runs by data and scaling; None while a data set is loading."""
    places = places_of([item for item, _ in found])
    by_data: dict[str, list[int]] = {}
    for k, (_, run) in enumerate(found):
        by_data.setdefault(run.config.data_digest, []).append(k)
    groups = []
    for members in by_data.values():
        config = found[members[0]][1].config
        try:
            dataset = load_if_ready(config)
        except ValueError as error:
            st.error(str(error), icon=":material/error:")
            return None
        if dataset is None:
            wait_for_data(config)
            return None
        members = sorted(members, key=lambda k: places[k])
        groups.append(
            Group([found[k][1] for k in members], dataset, tuple(places[k] for k in members))
        )
    return groups


def _more(state: CompareState, shown: ResultsView, i: int) -> None:
    """Draw the menu of further actions on a run."""
    config, place = shown.runs[i].config, shown.places[i]
    training = config.training
    others = training.model_copy(update={"seed": training.seed + training.n_seeds})
    new = {
        "seeds": ("Repeat with new seeds", config.model_copy(update={"training": others})),
        "linear": ("Compare with the linear model", config.linear()),
    }
    if shown.runs[i].results_version != RESULTS_VERSION:
        new = {"again": ("Train again with this version", config), **new}
    with st.popover(f"{badge(place)} More actions", icon=":material/more_horiz:"):
        for name, (label, other) in new.items():
            st.button(
                label,
                key=state.key(f"{name}-{place}"),
                disabled=(name != "again" and other == config)
                or len(state.get(SELECTED)) >= MAX_SELECTED,
                on_click=run_once(_add),
                args=(state, other),
                width="stretch",
            )
        for model, letter_of in enumerate(MODEL_NAMES[:2]):
            if st.button(
                f"Use as model {letter_of}",
                key=state.key(f"use-{letter_of}-{place}"),
                help=f"Open this run on the {PAGES[PAGE_OF_TASK[config.task.name]].title} page",
                width="stretch",
            ):
                send_to_bench(config, model)
                st.switch_page(PAGES[PAGE_OF_TASK[config.task.name]].file)


def _add(state: CompareState, config: RunConfig) -> None:
    """Add a run to the selection, and train it if it is missing."""
    note_run(config)
    item = Item(config)
    select(state, [*(other for other in state.get(SELECTED) or () if other != item), item])
    state.train_missing((config,))


def _load(state: CompareState) -> None:
    """Draw the uploader: settings are trained, a run file is shown with its weights."""
    with st.popover("Load a file", icon=":material/upload_file:"):
        key = state.key("file")
        st.file_uploader(
            "Settings (.json) or a run with its weights (.safetensors)",
            type=["json", "safetensors"],
            key=key,
            on_change=_take_in,
            args=(state, key),
            help="Files from the Export tab. A loaded run is visible only to you.",
        )


def _take_in(state: CompareState, key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    state.set("failures", [])
    try:
        found = read_file(file.getvalue())
    except SavedFileError as error:
        state.set("failures", [escape_markdown(f"{file.name}: {error}")])
        return
    if isinstance(found, Run):
        select(state, [*(state.get(SELECTED) or ()), keep_file(found)])
    else:
        _add(state, found)
