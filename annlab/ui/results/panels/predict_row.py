"""Predict a row tab: a row of the user's own, predicted by all networks of each model."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from annlab.analysis.raw_row import (
    Cell,
    columns_of,
    features_of_row,
    median_row,
    outside_training,
    predict_features,
    row_of_features,
    training_ranges,
)
from annlab.datasets import Preprocessing
from annlab.datasets.own.own_data import OTHER, OwnColumn
from annlab.figures import image_grid, in_unit_range
from annlab.ui.browser import theme
from annlab.ui.layout import table
from annlab.ui.results.charts import show_chart
from annlab.ui.results.marked_sample import mark_sample, marked_sample
from annlab.ui.results.panels.row_tables import about_predictions, prediction_tables
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.networks_text import SPLIT_NAMES
from annlab.ui.text.row_text import outside_text

# With more columns, a row is chosen and not typed.
MAX_FIELDS = 60
_FILLED = "row-filled"
_MISSING = "missing"
# A press of + or − goes through so much of the training samples' range.
_STEPS = 20


def has_rows(view: ResultsView) -> bool:
    """Whether the run says how raw rows become features; runs of early versions do not."""
    return view.runs[0].preprocessing is not None


@st.fragment
def draw_row(view: ResultsView) -> None:
    """Draw the fields of a row, and what each model predicts for it at the shown epoch."""
    scales = view.runs[0].preprocessing
    assert scales
    columns = columns_of(view.runs[0].config.dataset, scales)
    is_typed = not view.spec.image_shape and len(columns) <= MAX_FIELDS
    sample = _choose_sample(view, is_typed)
    X, y = view.network_data.split(view.split)
    row = row_of_features(columns, scales, X[sample], view.network)
    left, right = st.columns([3, 2])
    true: Any = y[sample]
    with left:
        if is_typed:
            given = _fields(view, columns, scales, row, sample)
            true = true if given == row else None
            row = given
        elif view.spec.image_shape:
            _picture(view, X[sample], scales)
        else:
            st.caption(f"These data have {len(columns)} columns, so choose a sample.")
    with right:
        try:
            features = features_of_row(columns, scales, row)
        except ValueError as error:
            st.warning(escape_markdown(str(error)), icon=":material/edit:")
            return
        predictions = [
            predict_features(run.config, run.layers(at), scales, features)
            for run, at in zip(view.runs, view.weights, strict=True)
        ]
        for markdown in prediction_tables(view, predictions, true):
            table(markdown)
        st.caption(about_predictions(view, true))
        if is_typed:
            ranges = training_ranges(columns, scales, view.network_data.X_train, view.network)
            if text := outside_text(outside_training(columns, row, ranges)):
                st.caption(f":material/warning: {text}")


def _choose_sample(view: ResultsView, is_typed: bool) -> int:
    """Position of the sample that fills the fields."""
    n = len(view.network_data.split(view.split)[0])
    st.session_state["row-sample"] = min(marked_sample(view) or 0, n - 1) + 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sample = st.number_input(
            f"Sample of {n:,} {SPLIT_NAMES.get(view.split, view.split)}",
            1,
            n,
            key="row-sample",
            width=230,
            on_change=lambda: mark_sample(view, st.session_state["row-sample"] - 1),
        )
        if is_typed:
            st.button(
                "Reset row",
                key="row-reset",
                help="Fill in the sample again",
                on_click=lambda: st.session_state.pop(_FILLED, None),
            )
            st.button(
                "Typical row",
                key="row-typical",
                help="The median of each column, and the most common value of each category",
                on_click=lambda: st.session_state.update({_FILLED: _TYPICAL}),
            )
    return int(sample) - 1


_TYPICAL = "typical"


def _fields(
    view: ResultsView,
    columns: Sequence[OwnColumn],
    scales: Preprocessing,
    row: tuple[Cell, ...],
    sample: int,
) -> tuple[Cell, ...]:
    """Draw one field for each column, filled with a sample until the user changes it."""
    digest = view.runs[0].config.data_digest
    keys = [f"row-{digest[:12]}-{j}" for j in range(len(columns))]
    filled_with = (digest, view.split, view.network, sample)
    before = st.session_state.get(_FILLED)
    if before == _TYPICAL:
        typical = median_row(columns, scales, view.network_data.X_train, view.network)
        _fill(columns, keys, typical)
    elif before != filled_with or not all(key in st.session_state for key in keys):
        _fill(columns, keys, row)
    st.session_state[_FILLED] = filled_with
    ranges = training_ranges(columns, scales, view.network_data.X_train, view.network)
    cells: list[Cell] = []
    with st.container(horizontal=True, key="row-fields"):
        for column, key, ends in zip(columns, keys, ranges, strict=True):
            if ends:
                cells.append(_number(column, key, *ends))
            else:
                cells.append(_category(column, key))
    return tuple(cells)


def _fill(columns: Sequence[OwnColumn], keys: Sequence[str], row: Sequence[Cell]) -> None:
    for column, key, cell in zip(columns, keys, row, strict=True):
        st.session_state[key] = cell if column.is_number else _options(column).index(cell)


def _number(column: OwnColumn, key: str, low: float, high: float) -> float | None:
    step = float(f"{(high - low) / _STEPS:.0e}") or 1.0
    value: float | None = st.number_input(
        escape_markdown(column.name),
        value=None,
        step=step,
        format="%.10g",
        key=key,
        placeholder=_MISSING if column.has_missing else "",
        width=150,
    )
    return value


def _options(column: OwnColumn) -> list[Cell]:
    others: list[Cell] = [OTHER] if column.has_other else []
    return [*column.values, *others, *([None] if column.has_missing else [])]


def _category(column: OwnColumn, key: str) -> Cell:
    options = _options(column)
    missing = _MISSING
    while missing in column.values:  # Streamlit tells options by their labels
        missing = f"({missing})"
    # By position, because a select box cannot hold None.
    chosen = st.selectbox(
        escape_markdown(column.name),
        range(len(options)),
        format_func=lambda k: missing if options[k] is None else str(options[k]),
        key=key,
        width=150,
    )
    return options[chosen]


def _picture(view: ResultsView, x: Any, scales: Preprocessing) -> None:
    assert view.spec.image_shape
    k = view.network % len(scales.factor)
    pixels = (x - scales.shift[k]) / scales.factor[k]
    with st.columns([1, 2])[0]:
        show_chart(
            image_grid(
                in_unit_range(pixels.reshape(1, *view.spec.image_shape)),
                [""],
                n_columns=1,
                theme=theme(),
            ),
            "row-image",
            "The chosen picture",
        )
