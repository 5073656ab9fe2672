"""Table of runs: filter, select, name, pin and delete session or stored runs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from annlab.figures import MODEL_NAMES
from annlab.store.own_data_store import OwnDataError
from annlab.store.run_info import RunInfo
from annlab.ui.browser import known_browser_key
from annlab.ui.compare.deletion import delete, teacher, undo, what_delete_does
from annlab.ui.compare.run_rows import (
    as_arrow,
    info_of,
    row_of,
    score_columns,
    search_text,
)
from annlab.ui.layout import run_once
from annlab.ui.results.arrow_table import table_height
from annlab.ui.services import services
from annlab.ui.state.own_access import retitled
from annlab.ui.state.page_state import PageState
from annlab.ui.state.rights import NOT_YOURS, may_manage
from annlab.ui.state.session_runs import Item, files, noted_runs, places_of

# The number of letters and colors.
MAX_SELECTED = 6
# Largest height in pixels.
_MOST = 350
SELECTED = "selected"
_SCORED = "On the test samples, else the validation samples; empty without either"


def runs_table(state: PageState, more: Callable[[], None]) -> dict[str, str]:
    """Draw the table of runs, and buttons for the selected runs.

    Parameters
    ----------
    state : PageState
        State of the page. A click on a row changes its ``selected``, a tuple of `Item`.
    more : callable
        Draws further buttons.

    Returns
    -------
    dict of str
        User-given names of runs, by `Item.id`.
    """
    # The toggle is on the left, because Streamlit's table toolbar covers the right end.
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with right:
        wish = st.text_input(
            "Filter",
            key=state.key("filter"),
            placeholder="moons relu 0.01",
            help="Show only runs with all of these words in settings, name or status",
        )
    with left:
        everything = st.toggle(
            "All stored runs",
            key=state.key("everything"),
            help="Include runs of others on this server",
        )
    selected = state.get(SELECTED) or ()
    entries = _entries(everything, selected)
    letters = dict(
        zip(selected, (MODEL_NAMES[place] for place in places_of(selected)), strict=True)
    )
    rows = [{"": letters.get(item, ""), **row_of(info)} for item, info in entries]
    words = (wish or "").casefold().split()
    texts = [search_text(info) for _, info in entries] if words else [""] * len(rows)
    shown = [k for k, text in enumerate(texts) if all(word in text for word in words)]
    if not shown and rows:
        st.info("No run matches all of these words.", icon=":material/search:")
    elif not rows:
        st.info(
            "You have not trained anything yet. Train a model on any page, or turn on **All "
            "stored runs**.",
            icon=":material/table_rows:",
        )
    else:
        _draw(state, [entries[k][0] for k in shown], [rows[k] for k in shown])
        st.caption(
            f"{len(shown):,} of {len(rows):,} runs. Select one run to inspect it, or two to six "
            "runs of the same task to compare them. Click a column header to sort."
        )
    if state.get("too_many"):
        st.warning(f"Compare at most {MAX_SELECTED} runs at once.", icon=":material/info:")
    if problem := state.get("pin_problem"):
        st.warning(problem, icon=":material/keep_off:")
    undo(state)
    with st.container(horizontal=True, vertical_alignment="center"):
        more()
        teacher(state)
        if there := [(item, info) for item, info in entries if item in selected]:
            _actions(state, there)
    return {item.id: info.name for item, info in entries}


def _entries(everything: bool, selected: Sequence[Item]) -> list[tuple[Item, RunInfo]]:
    """Runs in the table: what only this session has, then this browser's, then those of others.

    Each newest first. Always includes the selected runs.
    """
    noted = {digest: Item(config) for digest, config in noted_runs().items()}
    noted |= {item.id: item for item in selected if not item.file}
    owner = known_browser_key() or ""
    stored = services().repository.runs(None if everything else noted, owner, and_mine=True)
    stored = _with_own_titles(stored, owner)
    stored.sort(key=lambda info: not info.is_mine)
    there = {info.digest for info in stored}
    # Runs that could not be stored are still in memory.
    missing = [(item, item.run()) for digest, item in noted.items() if digest not in there]
    found = [(item, info_of(run)) for item, run in reversed(missing) if run]
    found += [(item, info_of(run, "from a file", since)) for item, run, since in reversed(files())]
    # The store knows the order without a clock, which may have gone back.
    return found + [(Item(info.config, digest=info.digest), info) for info in stored]


def _with_own_titles(stored: list[RunInfo], owner: str) -> list[RunInfo]:
    """Stored runs whose own data have this browser's titles instead of those of another."""
    if not any(info.config.dataset.own for info in stored):
        return stored
    titles = {entry.digest: entry.title for entry in services().own_data.entries(owner)}
    return [
        replace(info, config=retitled(info.config, titles.get(own.content, "")))
        if (own := info.config.dataset.own)
        else info
        for info in stored
    ]


def _draw(state: PageState, items: list[Item], rows: list[dict[str, Any]]) -> None:
    selected = state.get(SELECTED) or ()
    at = [items.index(item) for item in selected if item in items]
    # Streamlit stores selected row numbers, so other rows need another key.
    key = state.key(f"table-{hash((tuple(items), state.get('version')))}")
    column = st.column_config
    columns = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    st.dataframe(
        as_arrow(rows, columns),
        key=key,
        hide_index=True,
        placeholder="",
        height=table_height(max(len(rows), 1), _MOST),
        on_select=lambda: _select_rows(state, key, items),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": at, "columns": [], "cells": []}},
        column_config={
            "Name": column.TextColumn(width=160),
            "Model": column.TextColumn(width="medium"),
            "Differs from default": column.TextColumn(
                width="large", help="Settings in which it differs from the page's default"
            ),
            **{
                name: column.NumberColumn(format="%.3f" if score.is_share else "%.4g", help=_SCORED)
                for name, score in score_columns().items()
            },
            "Here": column.TextColumn(
                width=70, help="Whether this browser has trained or only opened the run"
            ),
            "Training": column.NumberColumn(
                format="%.4g", help="The same score on the training samples"
            ),
            "±": column.NumberColumn(format="%.3g", help="Standard deviation over the networks"),
            "Parameters": column.NumberColumn(format="localized"),
            "Seconds": column.NumberColumn(format="%.2f", help="Training time"),
            "Version": column.TextColumn(
                help="Runs that a new training of the same settings would not repeat exactly"
            ),
            "Created": column.DatetimeColumn(format="distance"),
            "": column.TextColumn(help="Letter of the run in the comparison", width=40),
        },
    )


def _select_rows(state: PageState, key: str, items: list[Item]) -> None:
    rows = [items[k] for k in st.session_state[key]["selection"]["rows"] if k < len(items)]
    # Keep selected runs that the filter hides, and append new ones.
    before = state.get(SELECTED) or ()
    kept = [item for item in before if item in rows or item not in items]
    select(state, [*kept, *(item for item in rows if item not in kept)], by_table=True)


def select(state: PageState, items: Sequence[Item], *, by_table: bool = False) -> None:
    """Select runs, at most six.

    Parameters
    ----------
    state : PageState
        State of the page.
    items : sequence of Item
    by_table : bool
        Whether the table already shows this selection.
    """
    items = tuple(dict.fromkeys(items))
    state.set("problems", [])  # they are about an address that no longer applies
    state.set("too_many", len(items) > MAX_SELECTED)
    state.set("pin_problem", "")
    state.set(SELECTED, items[:MAX_SELECTED])
    if not by_table or len(items) > MAX_SELECTED:
        state.set("version", (state.get("version") or 0) + 1)


def _actions(state: PageState, selected: list[tuple[Item, RunInfo]]) -> None:
    stored = [(item, info) for item, info in selected if not item.file]
    n = len(selected)
    runs = "1 run" if n == 1 else f"{n} runs"
    all_managed = all(may_manage(info) for _, info in stored)
    if len(stored) == n == 1 and all_managed:
        with st.popover("Name", icon=":material/edit:"):
            (item, info) = selected[0]
            key = state.key(f"name-{info.digest}")
            st.text_input("Name", info.name, key=key, max_chars=200, on_change=_name(item, key))
    if stored:
        pinned = all(info.pinned for _, info in stored)
        can_pin = all_managed or not pinned
        st.button(
            "Unpin" if pinned else "Pin",
            key=state.key("pin"),
            icon=":material/keep_off:" if pinned else ":material/keep:",
            help="Pinned runs are never deleted automatically" if can_pin else NOT_YOURS,
            disabled=not can_pin,
            on_click=run_once(_pin),
            args=(state, [item for item, _ in stored], not pinned),
        )
    with st.popover("Delete", icon=":material/delete:"):
        st.write(what_delete_does(selected))
        st.button(
            f"Delete {runs}" if all_managed else f"Remove {runs}",
            key=state.key("delete"),
            type="primary",
            on_click=run_once(_delete),
            args=(state, selected),
        )
    st.button(
        "Clear selection",
        key=state.key("none"),
        icon=":material/deselect:",
        on_click=run_once(select),
        args=(state, ()),
    )


def _name(item: Item, key: str) -> Any:
    return lambda: services().repository.rename(item.digest, st.session_state[key].strip())


def _pin(state: PageState, items: list[Item], pinned: bool) -> None:
    state.set("pin_problem", "")
    try:
        for item in items:
            services().repository.pin(item.digest, pinned)
    except OwnDataError as error:
        state.set("pin_problem", str(error))


def _delete(state: PageState, chosen: list[tuple[Item, RunInfo]]) -> None:
    delete(chosen, state)
    items = [item for item, _ in chosen]
    select(state, [item for item in state.get(SELECTED) or () if item not in items])
