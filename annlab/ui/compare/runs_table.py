"""The table of runs: what this session has trained, or what is stored, to choose from and keep."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson
import streamlit as st

from annlab.analysis.evaluation import evaluate
from annlab.config import RESULTS_VERSION, RunConfig
from annlab.config.settings import FIELDS
from annlab.exports.formulas import never_a_formula
from annlab.figures import MODEL_NAMES
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.run import Epoch, Run
from annlab.store.run_store import RunInfo, scores_of
from annlab.ui.results.cached_figures import cached
from annlab.ui.services import services
from annlab.ui.shell import PAGE_OF_TASK, once
from annlab.ui.state.bench_state import PageState
from annlab.ui.state.session_runs import Item, files, forget_run, noted_runs, places_of
from annlab.ui.text.wording import EARLIER_VERSION, ENDINGS, model_title, say_of, special

if TYPE_CHECKING:
    from pyarrow import Table

# Settings that most runs have nothing of: these are not found by their names.
_OFTEN_NONE = (
    *("function", "gap", "outliers", "noise", "classes", "samples", "data_seed"),
    *("test", "validation", "dropout", "l2", "patience", "gradients"),
)
# As many as there are letters and colors.
MOST_CHOSEN = 6
CHOSEN = "chosen"
# Columns that are not text.
_TYPES = {
    **dict.fromkeys(("Accuracy", "Squared error", "Training", "±", "Seconds"), "double"),
    **dict.fromkeys(("Networks", "Parameters"), "int64"),
}
_SCORES = {"binary": "Accuracy", "multiclass": "Accuracy", "regression": "Squared error"}


def runs_table(state: PageState, more: Callable[[], None]) -> dict[str, str]:
    """Draw the table, and what can be done with the runs that are chosen in it.

    Parameters
    ----------
    state : PageState
        Of the page; ``chosen`` in it is a tuple of `Item`, changed by a click on a row.
    more : callable
        Draws what else can be done.

    Returns
    -------
    dict of str
        The names that users gave, by `Item.id`.
    """
    # The switch stands left: what Streamlit shows over a table's right end would cover it.
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with right:
        wish = st.text_input(
            "Filter",
            key=state.key("filter"),
            placeholder="moons relu 0.01",
            help="Shows the runs that have all of these words in settings, name or ending",
        )
    with left:
        everything = st.toggle(
            "All stored runs",
            key=state.key("everything"),
            help="Also those of other sessions on this server",
        )
    chosen = state.get(CHOSEN) or ()
    entries = _entries(everything, chosen)
    letters = dict(zip(chosen, (MODEL_NAMES[place] for place in places_of(chosen)), strict=True))
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
        st.warning(f"At most {MOST_CHOSEN} runs are compared at once.", icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center"):
        more()
        if there := [(item, info) for item, info in entries if item in chosen]:
            _actions(state, there)
    return {item.id: info.name for item, info in entries}


def _entries(everything: bool, chosen: Sequence[Item]) -> list[tuple[Item, RunInfo]]:
    """The runs to choose from, newest first; what is chosen is always among them."""
    noted = {digest: Item(config) for digest, config in noted_runs().items()}
    noted |= {item.id: item for item in chosen if not item.file}
    stored = services().repository.runs(None if everything else noted)
    found = [(Item(info.config, digest=info.digest), info) for info in stored]
    there = {info.digest for info in stored}
    # What the store could not take is in memory.
    missing = [(item, item.run()) for digest, item in noted.items() if digest not in there]
    found += [(item, _info(run)) for item, run in missing if run]
    found += [(item, _info(run, "from a file", since)) for item, run, since in files()]
    return sorted(found, key=lambda entry: entry[1].created, reverse=True)


def _info(run: Run, name: str = "", created: datetime | None = None) -> RunInfo:
    """What a store would say of a run."""
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
    """Data, model and what is special, in words: the same for the same settings for ever."""
    usual = DEFAULTS[PAGE_OF_TASK[config.task.name]].runs
    return config.dataset.spec.label, model_title(config), special(config, usual)


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
    """How a run differs from one that its settings would make today; mostly empty."""
    if info.results_version != RESULTS_VERSION:
        return EARLIER_VERSION
    # Only there, since a digest for each of thousands of rows takes a while.
    reads_files = info.config.dataset.spec.files_digest is not None
    return "other data files" if reads_files and info.is_superseded else ""


def _short(value: float | None) -> float | None:
    """A number of four digits: of a huge one, a table would show all there are."""
    return value and float(f"{value:.4g}")


def _text(info: RunInfo) -> str:
    """All that the filter looks through."""
    said = (_all_settings(info.config), info.name, ENDINGS[info.ending], _version(info))
    return " ".join(said).casefold()


@lru_cache(maxsize=5000)
def _all_settings(config: RunConfig) -> str:
    said = (
        f"{field.label} {say_of(config, field, field.of(config))}"
        for field in FIELDS
        if (field.name != "activation" or config.model.hidden_sizes)
        and (field.of(config) or field.url not in _OFTEN_NONE)
    )
    return f"{model_title(config)} {' '.join(said)} parameters {config.n_parameters}"


def _draw(state: PageState, items: list[Item], rows: list[dict[str, Any]]) -> None:
    chosen = state.get(CHOSEN) or ()
    at = [items.index(item) for item in chosen if item in items]
    # Rows are chosen by their number: other rows are another table.
    key = state.key(f"table-{hash((tuple(items), state.get('version')))}")
    column = st.column_config
    columns = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    st.dataframe(
        _as_arrow(rows, columns),
        key=key,
        hide_index=True,
        placeholder="",
        height=min(36 + 35 * max(len(rows), 1), 350),
        on_select=lambda: _choose(state, key, items),
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
            "Seconds": column.NumberColumn(format="%.2f", help="Of training"),
            "Version": column.TextColumn(
                help="Runs that a new training of the same settings would not repeat exactly"
            ),
            "Created": column.DatetimeColumn(format="distance"),
            "": column.TextColumn(help="Letter of the run in the comparison", width=40),
        },
    )


def _as_arrow(rows: list[dict[str, Any]], columns: Sequence[str]) -> "Table":
    """Some columns of the table in the form in which Streamlit sends one."""
    # By way of JSON: to take in Python's own objects Arrow imports pandas, a fifth of the web
    # process, and so does Streamlit. Nothing else there needs it.
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


def _choose(state: PageState, key: str, items: list[Item]) -> None:
    rows = [items[k] for k in st.session_state[key]["selection"]["rows"] if k < len(items)]
    # What is chosen but filtered out stays; what is new comes last.
    before = state.get(CHOSEN) or ()
    kept = [item for item in before if item in rows or item not in items]
    choose(state, [*kept, *(item for item in rows if item not in kept)], by_table=True)


def choose(state: PageState, items: Sequence[Item], *, by_table: bool = False) -> None:
    """Choose runs, at most six of them.

    Parameters
    ----------
    state : PageState
        Of the page.
    items : sequence of Item
    by_table : bool
        Whether the table shows them already.
    """
    items = tuple(dict.fromkeys(items))
    state.set("problems", [])  # of an address that is now another
    state.set("too_many", len(items) > MOST_CHOSEN)
    state.set(CHOSEN, items[:MOST_CHOSEN])
    if not by_table or len(items) > MOST_CHOSEN:
        state.set("version", (state.get("version") or 0) + 1)


def _actions(state: PageState, chosen: list[tuple[Item, RunInfo]]) -> None:
    stored = [(item, info) for item, info in chosen if not item.file]
    n = len(chosen)
    runs = "1 run" if n == 1 else f"{n} runs"
    if len(stored) == n == 1:
        with st.popover("Name", icon=":material/edit:"):
            (item, info) = chosen[0]
            key = state.key(f"name-{info.digest}")
            st.text_input("Name", info.name, key=key, max_chars=200, on_change=_name(item, key))
    if stored:
        pinned = all(info.pinned for _, info in stored)
        st.button(
            "Unpin" if pinned else "Pin",
            key=state.key("pin"),
            icon=":material/keep_off:" if pinned else ":material/keep:",
            help="Pinned runs are never deleted automatically",
            on_click=once(_pin),
            args=([item for item, _ in stored], not pinned),
        )
    with st.popover("Delete", icon=":material/delete:"):
        for_all = ", for everybody on this server" if stored else ""
        st.write(f"Delete {runs} for good{for_all}?")
        st.button(
            f"Delete {runs}",
            key=state.key("delete"),
            type="primary",
            on_click=once(_delete),
            args=(state, [item for item, _ in chosen]),
        )
    st.button(
        "Clear selection",
        key=state.key("none"),
        icon=":material/deselect:",
        on_click=once(choose),
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
    choose(state, [item for item in state.get(CHOSEN) or () if item not in items])
