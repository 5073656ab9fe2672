"""Table of runs: filter, select, name, pin and delete session or stored runs."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson
import streamlit as st

from annlab.analysis.evaluation import evaluate
from annlab.config import RESULTS_VERSION, RunConfig
from annlab.config.settings import settings_that_apply
from annlab.exports.formulas import never_a_formula
from annlab.figures import MODEL_NAMES
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.run import Epoch, Run
from annlab.setting import Setting, Sizes
from annlab.store.run_store import RunInfo, scores_of
from annlab.ui.layout import run_once
from annlab.ui.results.cached_figures import cached
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK
from annlab.ui.state.page_state import PageState
from annlab.ui.state.session_runs import Item, files, forget_run, noted_runs, places_of
from annlab.ui.text.networks_text import EARLIER_VERSION, ENDINGS
from annlab.ui.text.settings_text import model_title, non_default_settings

if TYPE_CHECKING:
    from pyarrow import Table

# The number of letters and colors.
MAX_SELECTED = 6
SELECTED = "selected"
# Columns that are not text.
_TYPES = {
    **dict.fromkeys(("Accuracy", "Squared error", "Training", "±", "Seconds"), "double"),
    **dict.fromkeys(("Networks", "Parameters"), "int64"),
}
_SCORES = {"binary": "Accuracy", "multiclass": "Accuracy", "regression": "Squared error"}


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
            help="Include runs of other sessions on this server",
        )
    selected = state.get(SELECTED) or ()
    entries = _entries(everything, selected)
    letters = dict(
        zip(selected, (MODEL_NAMES[place] for place in places_of(selected)), strict=True)
    )
    rows = [{"": letters.get(item, ""), **_row(info)} for item, info in entries]
    words = (wish or "").casefold().split()
    texts = [_text(info) for _, info in entries] if words else [""] * len(rows)
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
    with st.container(horizontal=True, vertical_alignment="center"):
        more()
        if there := [(item, info) for item, info in entries if item in selected]:
            _actions(state, there)
    return {item.id: info.name for item, info in entries}


def _entries(everything: bool, selected: Sequence[Item]) -> list[tuple[Item, RunInfo]]:
    """Runs in the table, newest first; always includes the selected runs."""
    noted = {digest: Item(config) for digest, config in noted_runs().items()}
    noted |= {item.id: item for item in selected if not item.file}
    stored = services().repository.runs(None if everything else noted)
    found = [(Item(info.config, digest=info.digest), info) for info in stored]
    there = {info.digest for info in stored}
    # Runs that could not be stored are still in memory.
    missing = [(item, item.run()) for digest, item in noted.items() if digest not in there]
    found += [(item, _info(run)) for item, run in missing if run]
    found += [(item, _info(run, "from a file", since)) for item, run, since in files()]
    return sorted(found, key=lambda entry: entry[1].created, reverse=True)


def _info(run: Run, name: str = "", created: datetime | None = None) -> RunInfo:
    """Table entry of a run that is not in the store."""
    dataset = services().repository.dataset(run.config)
    score = None
    if dataset is not None:
        weights: Epoch = "best" if run.stops_early else "last"
        found = cached(evaluate)(run, split=dataset.scored_split, epoch=weights, dataset=dataset)
        score = found.headline
    return RunInfo(
        digest=run.config.digest,
        name=name,
        pinned=False,
        created=created or datetime.now(UTC),
        size_bytes=0,
        config=run.config,
        ending=run.ending,
        accelerator=run.accelerator,
        duration_seconds=run.duration_seconds,
        n_epochs=run.n_epochs,
        summary=scores_of(run, score),
        results_version=run.results_version,
    )


@lru_cache(maxsize=5000)
def _settings(config: RunConfig) -> tuple[str, str, str]:
    """Data set, model and differences from the default, in words."""
    usual = DEFAULTS[PAGE_OF_TASK[config.task.name]].runs
    return config.dataset.spec.label, model_title(config), non_default_settings(config, usual)


def _row(info: RunInfo) -> dict[str, Any]:
    data, model, other = _settings(info.config)
    score = {_SCORES[info.config.task.name]: info.score}
    return {
        "Name": never_a_formula(info.name),
        "Pinned": "yes" if info.pinned else "",
        "Version": _version(info),
        "Data": data,
        "Model": model,
        "Differs from default": other,
        "Accuracy": score.get("Accuracy"),
        "Squared error": _short(score.get("Squared error")),
        "Training": _short(info.train_score),
        "±": _short(info.score_std) if info.n_seeds > 1 else None,
        "Networks": info.n_seeds,
        "Parameters": info.n_parameters,
        "Seconds": info.duration_seconds,
        "Status": ENDINGS[info.ending],
        "Created": info.created,
    }


def _version(info: RunInfo) -> str:
    """Why a new training of the settings may give another run; mostly empty."""
    if info.results_version != RESULTS_VERSION:
        return EARLIER_VERSION
    # Only for data sets read from files: a digest for each of thousands of rows is slow.
    reads_files = info.config.dataset.spec.files_digest is not None
    return "other data files" if reads_files and info.is_superseded else ""


def _short(value: float | None) -> float | None:
    """Round to four digits; the table would show every digit of a huge number."""
    return value and float(f"{value:.4g}")


def _text(info: RunInfo) -> str:
    """Text of a run that the filter searches."""
    texts = (_all_settings(info.config), info.name, ENDINGS[info.ending], _version(info))
    return " ".join(texts).casefold()


@lru_cache(maxsize=5000)
def _all_settings(config: RunConfig) -> str:
    texts = (
        f"{setting.label} {setting.say(config)}"
        for setting in settings_that_apply(config)
        if not _is_off(setting, config)
    )
    return f"{model_title(config)} {' '.join(texts)} parameters {config.n_parameters}"


def _is_off(setting: Setting, config: RunConfig) -> bool:
    """Whether a run does not use a setting, so that a search for its name skips the run."""
    value = setting.effective(config)
    # A seed of 0 and an empty list of layers are values, not "off".
    named = isinstance(setting.kind, Sizes) or setting.address.endswith("seed")
    return value is None or (not value and not named)


def _draw(state: PageState, items: list[Item], rows: list[dict[str, Any]]) -> None:
    selected = state.get(SELECTED) or ()
    at = [items.index(item) for item in selected if item in items]
    # Streamlit stores selected row numbers, so other rows need another key.
    key = state.key(f"table-{hash((tuple(items), state.get('version')))}")
    column = st.column_config
    columns = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    st.dataframe(
        _as_arrow(rows, columns),
        key=key,
        hide_index=True,
        placeholder="",
        height=min(36 + 35 * max(len(rows), 1), 350),
        on_select=lambda: _select_rows(state, key, items),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": at, "columns": [], "cells": []}},
        column_config={
            "Name": column.TextColumn(width=160),
            "Model": column.TextColumn(width="medium"),
            "Differs from default": column.TextColumn(
                width="large", help="Settings in which it differs from the page's default"
            ),
            "Accuracy": column.NumberColumn(
                format="%.3f",
                help="On the test samples, else the validation samples, else the training samples "
                "(without test samples, runs of an earlier version: the training samples)",
            ),
            "Squared error": column.NumberColumn(format="%.4g"),
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


def _as_arrow(rows: list[dict[str, Any]], columns: Sequence[str]) -> "Table":
    """Convert columns of the table to Arrow, the format that Streamlit sends."""
    # Through JSON: from Python objects, Arrow and Streamlit would import pandas, a fifth of the web
    # process, which nothing else there needs.
    import pyarrow as arrow
    from pyarrow.json import ParseOptions, ReadOptions, read_json

    types = {**_TYPES, "Created": arrow.timestamp("us", tz="UTC")}
    schema = arrow.schema([(name, types.get(name, "string")) for name in columns])
    lines = b"\n".join(orjson.dumps(row) for row in rows)
    return read_json(
        BytesIO(lines),
        ReadOptions(use_threads=False, block_size=len(lines) + 1),
        ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
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
    state.set(SELECTED, items[:MAX_SELECTED])
    if not by_table or len(items) > MAX_SELECTED:
        state.set("version", (state.get("version") or 0) + 1)


def _actions(state: PageState, selected: list[tuple[Item, RunInfo]]) -> None:
    stored = [(item, info) for item, info in selected if not item.file]
    n = len(selected)
    runs = "1 run" if n == 1 else f"{n} runs"
    if len(stored) == n == 1:
        with st.popover("Name", icon=":material/edit:"):
            (item, info) = selected[0]
            key = state.key(f"name-{info.digest}")
            st.text_input("Name", info.name, key=key, max_chars=200, on_change=_name(item, key))
    if stored:
        pinned = all(info.pinned for _, info in stored)
        st.button(
            "Unpin" if pinned else "Pin",
            key=state.key("pin"),
            icon=":material/keep_off:" if pinned else ":material/keep:",
            help="Pinned runs are never deleted automatically",
            on_click=run_once(_pin),
            args=([item for item, _ in stored], not pinned),
        )
    with st.popover("Delete", icon=":material/delete:"):
        for_all = ", for everybody on this server" if stored else ""
        st.write(f"Delete {runs} for good{for_all}?")
        st.button(
            f"Delete {runs}",
            key=state.key("delete"),
            type="primary",
            on_click=run_once(_delete),
            args=(state, [item for item, _ in selected]),
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


def _pin(items: list[Item], pinned: bool) -> None:
    for item in items:
        services().repository.pin(item.digest, pinned)


def _delete(state: PageState, items: list[Item]) -> None:
    for item in items:
        forget_run(item)
        if not item.file:
            services().repository.delete(item.digest)
    select(state, [item for item in state.get(SELECTED) or () if item not in items])
