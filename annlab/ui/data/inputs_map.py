"""Map from the columns of a data set to the inputs of a network."""

from typing import Any

import streamlit as st

from annlab.datasets.own.own_data import OwnColumn
from annlab.datasets.own.reading.description import Description
from annlab.ui.results.arrow_table import arrow_table, table_height

# Largest height in pixels.
_MOST = 320


def preparation_text(column: OwnColumn) -> str:
    """Say how a column becomes inputs; plain text."""
    if column.is_number:
        if column.has_missing:
            return "Its number, or the median where it is missing; 1 where it is missing"
        return "Its number"
    parts = ["1 for the value that a row has, 0 for the others"]
    if column.has_missing:
        parts.append("1 where it is missing")
    if column.has_other:
        parts.append("rare values share an input")
    return "; ".join(parts)


def draw_inputs_map(description: Description) -> None:
    """Draw the map of a data set as a table."""
    import pyarrow as arrow

    assert description.own is not None
    columns = description.own.columns
    rows: list[dict[str, Any]] = [
        {"Column": c.name, "Becomes": preparation_text(c), "Inputs": list(c.inputs)}
        for c in columns
    ]
    types = {"Column": "string", "Becomes": "string", "Inputs": arrow.list_(arrow.string())}
    st.dataframe(
        arrow_table(rows, types),
        hide_index=True,
        height=table_height(len(rows), _MOST),
        column_config={
            "Column": st.column_config.TextColumn(width="medium"),
            "Becomes": st.column_config.TextColumn(width="medium"),
            "Inputs": st.column_config.ListColumn(width="large"),
        },
    )
    st.caption(
        "Medians and scaling come from the training samples alone, so the test stays a test."
    )
