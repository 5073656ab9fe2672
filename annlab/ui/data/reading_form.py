"""How a file was read: each guess can be changed; and the first rows as understood."""

from dataclasses import replace
from typing import Any

import streamlit as st

from annlab.datasets.own.reading.cell_types import MARKS
from annlab.datasets.own.reading.describe import Reading
from annlab.datasets.own.recipe import Dialect
from annlab.ui.data.file_state import FileState
from annlab.ui.layout import run_once
from annlab.ui.results.arrow_table import arrow_table, table_height
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.own_data_text import (
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    THOUSANDS,
    dialect_text,
)

_MOST_ROWS_LEFT_OUT = 100
# Letters above which a name no longer gives its column the width.
_WIDE_NAME = 24


def draw_reading_form(state: FileState, reading: Reading | None) -> None:
    """Draw the form.

    Parameters
    ----------
    state : FileState
    reading : Reading or None
        None if the file could not be read.
    """
    dialect = _last_choice(state, reading)
    said = f"Read as: {escape_markdown(dialect_text(dialect))}" if reading else "Read as"
    with st.expander(said, icon=":material/tune:", expanded=reading is None):
        with st.container(horizontal=True, key="own-dialect"):
            if reading and reading.sheets:
                _choice(state, dialect, "sheet", "Sheet", {name: name for name in reading.sheets})
            else:
                _choice(state, dialect, "encoding", "Encoding", ENCODINGS)
                _choice(state, dialect, "delimiter", "Separator", DELIMITERS)
            _choice(state, dialect, "decimal", "Decimal mark", DECIMALS)
            _choice(state, dialect, "thousands", "Thousands", THOUSANDS)
            _choice(
                state,
                dialect,
                "has_header",
                "First row",
                {True: "Names the columns", False: "Data"},
            )
            _rows(state, dialect, "n_title_rows", "Rows to skip above")
            _rows(state, dialect, "n_footer_rows", "Rows to skip below")
        _missing(state, dialect, reading)
        if reading and reading.unreadable:
            _unreadable(reading)


def _last_choice(state: FileState, reading: Reading | None) -> Dialect:
    # While a file is read again, the choices are newer than the reading.
    choices = state.choices
    dialect = choices.dialect or (reading.dialect if reading else Dialect())
    return dialect.model_copy(update={"sheet": choices.sheet}) if choices.sheet else dialect


def _change(state: FileState, dialect: Dialect, name: str, value: Any) -> None:
    if value is None or value == getattr(dialect, name):
        return
    if name == "sheet":
        state.choose(state.choices.with_sheet(value))
        return
    values = {**dialect.model_dump(), name: value}
    if values["thousands"] == values["decimal"]:  # one mark cannot stand for both
        other = "," if value == "." else "."
        values.update({"thousands": ""} if name == "decimal" else {"decimal": other})
    state.choose(replace(state.choices, dialect=Dialect.model_validate(values)))


def _choice(
    state: FileState, dialect: Dialect, name: str, label: str, options: dict[Any, str]
) -> None:
    now = getattr(dialect, name)
    values = list(options)
    key = state.key(f"{name}-{values.index(now) if now in values else ''}")
    st.selectbox(
        label,
        values,
        index=values.index(now) if now in values else 0,
        key=key,
        format_func=lambda value: options[value],
        on_change=run_once(lambda: _change(state, dialect, name, st.session_state.get(key))),
        width=180,
    )


def _rows(state: FileState, dialect: Dialect, name: str, label: str) -> None:
    now = getattr(dialect, name)
    key = state.key(f"{name}-{now}")
    st.number_input(
        label,
        0,
        _MOST_ROWS_LEFT_OUT,
        now,
        key=key,
        on_change=run_once(lambda: _change(state, dialect, name, st.session_state.get(key))),
        width=180,
    )


def _missing(state: FileState, dialect: Dialect, reading: Reading | None) -> None:
    found = [mark.text for mark in reading.marks] if reading else list(MARKS)
    options = list(dict.fromkeys((*dialect.missing, *found)))
    key = state.key(f"missing-{hash(dialect.missing)}")

    def change() -> None:
        marks = [mark.strip()[:20] for mark in st.session_state.get(key) or ()]
        _change(state, dialect, "missing", tuple(sorted({*marks} - {""})))

    st.multiselect(
        "Texts that stand for missing cells",
        options,
        list(dialect.missing),
        key=key,
        on_change=run_once(change),
        accept_new_options=True,
        max_selections=20,
        placeholder="Only empty cells",
        help="The list offers texts of this file. Others can be typed.",
    )


def _unreadable(reading: Reading) -> None:
    rows = "; ".join(f"row {row.number} has {row.n_cells}" for row in reading.unreadable)
    more = reading.n_unreadable - len(reading.unreadable)
    st.caption(
        f"Rows left out, by their number in the file and their number of cells: {rows}"
        f"{f'; and {more:,} more' if more else ''}."
    )


def draw_first_rows(reading: Reading) -> None:
    """Draw the first rows as they were understood, under their numbers in the file."""
    st.markdown("**First rows**")
    # By place, because names of columns are texts of users.
    names = {f"c{k}": column.name for k, column in enumerate(reading.columns)}
    rows = [
        {"Row": number, **dict(zip(names, cells, strict=True))}
        for number, cells in zip(reading.first_row_numbers, reading.first_rows, strict=True)
    ]
    st.dataframe(
        arrow_table(rows, {"Row": "int64", **dict.fromkeys(names, "string")}),
        hide_index=True,
        height=table_height(len(rows)),
        column_config={
            "Row": st.column_config.NumberColumn(
                help="Number of the row in the file", width="small", pinned=True
            ),
            **{
                key: st.column_config.TextColumn(
                    name, width="medium" if len(name) > _WIDE_NAME else None
                )
                for key, name in names.items()
            },
        },
    )
