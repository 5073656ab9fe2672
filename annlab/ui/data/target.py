"""Controls of the targets: which columns they are, and what their numbers mean."""

import streamlit as st

from annlab.datasets.own.own_data import MAX_TARGETS
from annlab.datasets.own.reading.describe import Reading
from annlab.datasets.own.reading.description import Description
from annlab.datasets.own.recipe import ColumnType
from annlab.ui.data.file_state import FileState
from annlab.ui.layout import run_once
from annlab.ui.text.own_data_text import READINGS_OF_TARGET, READINGS_OF_TARGETS

# Value of the page: whether several targets are chosen in one control.
_SEVERAL = "several-targets"
_HELP_OF_TARGET = (
    "Classes: each different number is a class, such as a species. A number: 7 is more than 6, "
    "such as a price."
)
_HELP_OF_TARGETS = (
    "Labels: each column says yes or no, and a row can have several labels. Numbers: 7 is more "
    "than 6, such as a price."
)


def draw_target(state: FileState, description: Description) -> None:
    """Draw the choice of the targets, and what their numbers mean."""
    reading = description.reading
    if len(reading.targets) > 1 or state.value(_SEVERAL) == state.file:
        _draw_several(state, reading)
    else:
        _draw_one(state, reading)
    if reading.target_has_numbers:
        _draw_type(state, reading)


def _draw_one(state: FileState, reading: Reading) -> None:
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
    if len(names) > 2:
        st.button(
            "Add targets",
            key=state.key("add-targets"),
            type="tertiary",
            icon=":material/add:",
            help="Predict several columns at once: all numbers, or all labels of two values",
            on_click=run_once(state.page.set),
            args=(_SEVERAL, state.file),
        )


def _draw_several(state: FileState, reading: Reading) -> None:
    names = [column.name for column in reading.columns]
    targets = [column.name for column in reading.targets]
    # Another key after changes elsewhere, so that the control shows them.
    key = state.key(f"targets-{state.value('n-changes', 0)}")
    st.session_state.setdefault(key, targets)

    def choose() -> None:
        chosen = [name for name in st.session_state.get(key) or () if name in names]
        if not chosen:
            state.page.set(_SEVERAL, None)
            del st.session_state[key]
            chosen = targets[:1]
        else:
            state.page.set(_SEVERAL, state.file)
        state.choose(state.choices.with_roles(chosen, "target"))

    st.multiselect(
        "Targets: the columns to predict",
        names,
        key=key,
        # The table of columns can set more, which a sentence refuses; Streamlit would raise.
        max_selections=max(MAX_TARGETS, len(targets)),
        placeholder="Choose columns",
        on_change=run_once(choose),
        help="All numbers, or all labels: columns of two values, such as yes and no",
        width=400,
    )


def _draw_type(state: FileState, reading: Reading) -> None:
    targets = reading.targets
    is_alone = len(targets) == 1
    options = READINGS_OF_TARGET if is_alone else READINGS_OF_TARGETS
    types = {"number" if column.type == "number" else "category" for column in targets}
    # Several targets may be partly numbers and partly labels, which is not possible.
    now = types.pop() if len(types) == 1 else None
    place = [column.name for column in reading.columns].index(targets[0].name)
    # Other keys for one target and for several: their options have other names.
    what = f"type-{place}" if is_alone else f"types-{len(targets)}"
    key = state.key(f"target-{what}-{now}")

    def choose_type() -> None:
        chosen: ColumnType | None = st.session_state.get(key)
        if chosen:
            state.choose(state.choices.with_types([column.name for column in targets], chosen))

    st.selectbox(
        "Target type",
        list(options),
        index=None if now is None else list(options).index(now),
        key=key,
        format_func=lambda name: options[name],
        placeholder="Choose one",
        on_change=run_once(choose_type),
        help=_HELP_OF_TARGET if is_alone else _HELP_OF_TARGETS,
        width=140,
    )
