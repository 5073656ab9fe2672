"""Linked views of a search: a click in one marks a config in all of them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from annlab.figures import MODEL_NAMES
from annlab.search.table import SearchTable
from annlab.search.table_rows import search_rows
from annlab.setting_type import Number
from annlab.ui.browser import theme
from annlab.ui.layout import run_once
from annlab.ui.results.arrow_table import arrow_table
from annlab.ui.results.charts import show_chart
from annlab.ui.search.search_results import picture, table_of
from annlab.ui.search.search_state import SearchState
from annlab.ui.shell import PAGE_OF_TASK, PAGES
from annlab.ui.state.bench_state import send_to_bench
from annlab.ui.state.session_runs import send_to_comparison
from annlab.ui.text.search_text import seeds_text, settings_text, spread_text

# Rows of the table until all are asked for.
N_BEST = 20
# Rows of the table in sight without scrolling.
N_IN_SIGHT = 7
# Pixels: the height of the table, and the widths of a column of scores and of settings.
_TABLE_HEIGHT, _WIDTH, _SETTING_WIDTH = 300, 55, 88
_ABOUT = {
    "heatmap": "Heat map of the mean validation score over two settings",
    "slices": "Validation score of every config against each searched setting",
    "lines": "Every config as a line through its settings to its score",
}


def linked_views(state: SearchState, data: bytes) -> None:
    """Draw the views of a table with at least one trained config."""
    table = table_of(data)
    row = state.chosen(table.order)
    is_map = table.config.plan.is_grid and len(table.config.space) == 2
    left, right = st.columns([4, 3], gap="small")
    with left:
        _chart(state, data, "heatmap" if is_map else "slices", row)
    with right, st.container(key="search-table"):
        _table(state, table, row)
    _chosen_config(state, table, row)
    if is_map:
        left, right = st.columns(2, gap="small")
        with left:
            _chart(state, data, "slices", row)
        with right:
            _chart(state, data, "lines", row)
    else:
        _chart(state, data, "lines", row)


def _chart(state: SearchState, data: bytes, name: str, row: int) -> None:
    key = state.key(name)
    show_chart(
        picture(data, name, (row,), theme()),
        key,
        f"{_ABOUT[name]}; a click chooses a config",
        on_select=lambda: _take_click(state, key, table_of(data).n_configs),
        selection_mode="points",
    )


def _take_click(state: SearchState, key: str, n_configs: int) -> None:
    """Choose the config of a click; the browser sends what it likes."""
    for point in st.session_state[key]["selection"]["points"]:
        row: Any = point.get("customdata")
        row = row[0] if isinstance(row, list) and row else row
        if isinstance(row, int) and 0 <= row < n_configs:
            state.choose(row)


# --- the table ---------------------------------------------------------------------------


def _table(state: SearchState, table: SearchTable, row: int) -> None:
    order = table.order.tolist()
    key = state.key("all-rows")
    everything = bool(st.session_state.get(key)) or len(order) <= N_BEST
    shown = _shown(order, row, state.on_top, None if everything else N_BEST)
    place = dict(zip(order, search_rows(table), strict=True))
    rows = [place[k] for k in shown]
    types = _types(table)
    # Streamlit keeps selected row numbers under a key, so another choice needs another key.
    version = (state.shown.digest[:8], state.get("table-version", 0), len(rows))
    table_key = state.key(f"table-{'-'.join(map(str, version))}")
    st.dataframe(
        arrow_table([*map(_rounded, rows)], types),
        key=table_key,
        hide_index=True,
        height=_TABLE_HEIGHT,
        on_select=lambda: _take_row(state, table_key, shown),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [shown.index(row)], "columns": [], "cells": []}},
        column_config=_columns(table, types),
    )
    if len(order) > N_BEST:
        st.toggle(f"All {len(order):,} configs", key=key, persist_state="session")


def _shown(order: list[int], row: int, on_top: int | None, at_most: int | None) -> list[int]:
    """Configs in the table: the best, and the chosen one where it is in sight."""
    shown = order[:at_most]
    if on_top in order and on_top not in shown[:N_IN_SIGHT]:
        shown = [on_top, *(k for k in shown if k != on_top)]
    return shown if row in shown else [*shown, row]


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Row without the digits that float32 scores do not have."""
    return {
        name: float(f"{value:.6g}") if isinstance(value, float) else value
        for name, value in row.items()
    }


def _types(table: SearchTable) -> dict[str, str]:
    """Arrow type of each column; columns without information are left out."""
    whole = {"Rank": "int64"}
    values = {
        searched.setting.label: "double" if isinstance(searched.setting.kind, Number) else "string"
        for searched in table.config.space
    }
    scores = dict.fromkeys((f"{table.headline.label}, mean", "Lowest", "Highest"), "double")
    if table.n_seeds == 1:
        scores = {f"{table.headline.label}, mean": "double"}
    more = {"Diverged": "int64"} if table.n_diverged.any() else {}
    if table.config.plan.halves:
        more["Epochs"] = "int64"
    return {**whole, **values, **scores, **more}


def _columns(table: SearchTable, types: dict[str, str]) -> dict[str, Any]:
    column = st.column_config
    score = f"{table.headline.label}, mean"
    found: dict[str, Any] = {
        name: column.NumberColumn(
            format="%.4g", width=_WIDTH if name in ("Lowest", "Highest") else _SETTING_WIDTH
        )
        for name, kind in types.items()
        if kind == "double"
    }
    found["Rank"] = column.NumberColumn(width=45, help="Equal means share a rank")
    several = table.n_seeds > 1
    found[score] = column.NumberColumn(
        "Mean" if several else table.headline.label,
        format="%.4g",
        width=_WIDTH,
        help=f"Validation {table.headline.label.lower()}"
        + f", mean of {table.n_seeds} seeds" * several,
    )
    return found


def _take_row(state: SearchState, key: str, shown: list[int]) -> None:
    rows = [k for k in st.session_state[key]["selection"]["rows"] if k < len(shown)]
    if rows:
        state.choose(shown[rows[0]], by_table=True)
    else:
        state.choose(None)


# --- the chosen config -------------------------------------------------------------------


def _chosen_config(state: SearchState, table: SearchTable, row: int) -> None:
    config = table.config.config_of(table.combinations[row])
    page = PAGES[PAGE_OF_TASK[config.task.name]]
    with st.container(
        key="search-chosen", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.markdown(
            f"**Chosen:** {settings_text(table, row)} · rank {table.ranks[row]}, "
            f"{'mean ' * (table.n_seeds > 1)}{spread_text(table, row)}",
            help=seeds_text(table, row),
        )
        for model, letter in enumerate(MODEL_NAMES[:2]):
            if st.button(
                f"Open as {letter}",
                key=state.key(f"open-{letter}"),
                help=f"Train this config as model {letter} of the {page.title} page",
            ):
                send_to_bench(config, model)
                st.switch_page(page.file)
        _open_in_compare(state, table, row)
        st.button(
            "Best",
            key=state.key("best"),
            icon=":material/star:",
            disabled=row == table.winner,
            help="Choose the best config",
            on_click=run_once(state.choose),
            args=(None,),
        )


def _open_in_compare(state: SearchState, table: SearchTable, row: int) -> None:
    """Draw the button that compares the chosen config with the best one."""
    is_best = row == table.winner
    if st.button(
        "Compare",
        key=state.key("open-compare"),
        help="Train this config and select it on the Compare page"
        if is_best
        else "Train this config and the best one, and compare them on the Compare page",
    ):
        rows = (row,) if is_best else (int(table.order[0]), row)
        send_to_comparison([table.config.config_of(table.combinations[k]) for k in rows])
        st.switch_page(PAGES["compare"].file)
