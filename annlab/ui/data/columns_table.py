"""Table of the columns of a file; the type and role of several can be changed at once."""

from typing import Any

import streamlit as st

from annlab.datasets.own.reading.columns import ColumnSummary
from annlab.datasets.own.reading.description import Description
from annlab.formatting import written
from annlab.ui.data.file_state import FileState
from annlab.ui.layout import run_once
from annlab.ui.results.arrow_table import arrow_table, table_height
from annlab.ui.text.own_data_text import ROLES, ROLES_HELP, TYPES

# Largest height in pixels.
_MOST = 420


def column_rows(description: Description) -> list[dict[str, Any]]:
    """Rows of the table: one for each column of the file.

    Parameters
    ----------
    description : Description

    Returns
    -------
    list of dict
        "Values" has the histogram in shares of its highest bar; "Inputs" is None for a column
        that is no feature of the data set.
    """
    made = {column.name: column for column in description.own.columns} if description.own else {}
    return [
        {
            "Column": column.name,
            "Role": ROLES[column.role],
            "Type": TYPES[column.type],
            "Missing": column.n_missing,
            "Distinct": column.n_distinct,
            "Values": _shares(column),
            "Range": range_text(column),
            "Inputs": len(made[column.name].inputs) if column.name in made else None,
        }
        for column in description.reading.columns
    ]


def _shares(column: ColumnSummary) -> list[float]:
    highest = max(column.counts, default=0)
    return [round(count / highest, 3) for count in column.counts] if highest else []


def range_text(column: ColumnSummary) -> str:
    """Smallest and largest number, or the most frequent values; plain text."""
    if column.low is not None and column.high is not None:
        return f"{written(column.low, 'g')} to {written(column.high, 'g')}"
    return ", ".join(column.values)


def draw_columns(state: FileState, description: Description) -> None:
    """Draw the table, and the controls that change the selected columns."""
    import pyarrow as arrow

    names = [column.name for column in description.reading.columns]
    key = state.key("columns")
    found = st.session_state.get(key)
    rows = found["selection"]["rows"] if found else []
    selected = [names[k] for k in rows if k < len(names)]
    _draw_changes(state, selected)
    column = st.column_config
    types: dict[str, Any] = {
        **dict.fromkeys(("Column", "Role", "Type"), "string"),
        **dict.fromkeys(("Missing", "Distinct"), "int64"),
        "Values": arrow.list_(arrow.float64()),
        "Range": "string",
        "Inputs": "int64",
    }
    st.dataframe(
        arrow_table(column_rows(description), types),
        key=key,
        hide_index=True,
        placeholder="",
        height=table_height(len(names), _MOST),
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Column": column.TextColumn(width="medium"),
            "Role": column.TextColumn(help=ROLES_HELP),
            "Missing": column.NumberColumn(help="Cells without a value", format="localized"),
            "Distinct": column.NumberColumn(help="Different values", format="localized"),
            "Values": column.BarChartColumn(
                help="Numbers: how many cells in each of 12 equal ranges. Others: how many cells "
                "with each of the most frequent values.",
                y_min=0,
                y_max=1,
            ),
            "Range": column.TextColumn(
                help="Smallest and largest number, or the most frequent values", width="medium"
            ),
            "Inputs": column.NumberColumn(help="Inputs of the network that the column becomes"),
        },
    )


def _draw_changes(state: FileState, selected: list[str]) -> None:
    n = len(selected)
    with st.container(horizontal=True, vertical_alignment="bottom", key="own-changes"):
        texts: dict[str, dict[Any, str]] = {"Role": ROLES, "Type": TYPES}
        for what, options in texts.items():
            # Another key after each change, so that the control is empty again.
            key = state.key(f"{what}-{state.value('n-changes', 0)}")
            st.selectbox(
                what,
                list(options),
                index=None,
                key=key,
                format_func=options.__getitem__,
                placeholder=f"Change {what.lower()}",
                disabled=not selected,
                label_visibility="collapsed",
                on_change=run_once(_change),
                args=(state, what, key, selected),
                width=160,
            )
        some = "1 column" if n == 1 else f"{n} columns"
        st.caption(
            f"of {some} selected below."
            if selected
            else "Select rows below to change the role or type of their columns."
        )


def _change(state: FileState, what: str, key: str, selected: list[str]) -> None:
    chosen: Any = st.session_state.get(key)
    if chosen is None:
        return
    change = state.choices.with_roles if what == "Role" else state.choices.with_types
    state.choose(change(selected, chosen))
    state.page.set("n-changes", state.value("n-changes", 0) + 1)
