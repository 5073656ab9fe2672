"""Controls of the target: which column it is, and whether its numbers are classes."""

import streamlit as st

from annlab.datasets.own.reading.description import Description
from annlab.datasets.own.recipe import ColumnType
from annlab.ui.data.file_state import FileState
from annlab.ui.layout import run_once
from annlab.ui.text.own_data_text import READINGS_OF_TARGET


def draw_target(state: FileState, description: Description) -> None:
    """Draw the choice of the target, and what its numbers mean."""
    reading = description.reading
    names = [column.name for column in reading.columns]
    target = reading.target
    place = names.index(target.name) if target else None
    # By place, because a select box shows names of columns as they are but a key must be short.
    key = state.key(f"target-{place}")

    def choose() -> None:
        chosen = st.session_state.get(key)
        if chosen in names:
            state.choose(state.choices.with_roles([chosen], "target"))

    st.selectbox(
        "Target: the column to predict",
        names,
        index=place,
        key=key,
        placeholder="Choose a column",
        on_change=run_once(choose),
        width=260,
    )
    if target is None or not reading.target_has_numbers:
        return
    kind_key = state.key(f"target-type-{place}-{target.type}")

    def choose_type() -> None:
        chosen: ColumnType | None = st.session_state.get(kind_key)
        if chosen:
            state.choose(state.choices.with_types([target.name], chosen))

    st.selectbox(
        "Target type",
        list(READINGS_OF_TARGET),
        index=list(READINGS_OF_TARGET).index("number" if target.type == "number" else "category"),
        key=kind_key,
        format_func=lambda name: READINGS_OF_TARGET[name],
        on_change=run_once(choose_type),
        help="Classes: each different number is a class, such as a species. A number: 7 is more "
        "than 6, such as a price.",
        width=140,
    )
