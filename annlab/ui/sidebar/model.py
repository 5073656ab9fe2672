"""Sidebar controls of the models: side by side, with a menu for each."""

from collections.abc import Callable, Sequence

import streamlit as st

from annlab.config.settings import SETTINGS
from annlab.setting_type import Choice, Values
from annlab.ui.layout import run_once
from annlab.ui.sidebar.notes import NOTES
from annlab.ui.sidebar.widgets import draw_group
from annlab.ui.state.bench_edits import REFUSED_NAME, copy_model, remove_model, rename
from annlab.ui.state.bench_link import MOST_MODELS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.page_state import Runs
from annlab.ui.text.markdown import badge, escape_markdown
from annlab.ui.text.model_names import MAX_LENGTH, clean, is_taken


def draw_varied(state: BenchState, values: Values) -> None:
    """Draw the control for the one setting in which the models differ, and what they share."""
    setting = SETTINGS[state.varied]
    kind = setting.kind
    if not isinstance(kind, Choice):
        raise TypeError(f"{setting.address} is not a choice")
    chosen = state.value_of(setting)
    st.multiselect(
        f"{setting.label}s",
        kind.offered(values) if kind.offered else list(kind.entries),
        default=chosen,
        key=state.widget_key(setting),
        format_func=kind.format,
        max_selections=MOST_MODELS,
        help=f"One model for each {setting.label.lower()}; all other settings are the same.",
    )
    notes = (NOTES[state.varied]({**values, state.varied: name}) for name in chosen)
    for note in filter(None, notes):
        st.caption(note)
    draw_group(state, "model", [values])


def draw_models(state: BenchState, values: Sequence[Values], now: Callable[[], Runs]) -> None:
    """Draw the controls of all models side by side.

    Parameters
    ----------
    state : BenchState
        State of the bench.
    values : sequence of mapping
        Values of all settings of each model.
    now : callable
        Returns the current runs; called when a button is clicked.
    """
    for start in range(0, state.n_models, 2):
        for model, place in enumerate(st.columns(2, gap="small"), start):
            if model < state.n_models:
                with place:
                    _menu(state, model, now)
    draw_group(state, "model", values)


def _menu(state: BenchState, model: int, now: Callable[[], Runs]) -> None:
    """Draw the menu of a model: name, copy, remove."""
    key = state.key(f"name-{model}-{state.names.get(model, '')}")

    def take_name() -> None:
        name = clean(st.session_state[key])
        if is_taken(name, model, state.names):
            state.set(REFUSED_NAME, (model, name))
        else:
            rename(state, {**state.names, model: name})

    with st.popover(badge(model), width="stretch", key=state.key(f"menu-{model}")):
        st.text_input(
            "Name",
            state.names.get(model, ""),
            key=key,
            max_chars=MAX_LENGTH,
            on_change=take_name,
            help="Stands wherever the letter stands",
        )
        of_model, name = state.get(REFUSED_NAME) or (None, "")
        if of_model == model:
            st.error(f"“{escape_markdown(name)}” is another model's name. Type a different one.")
        st.button(
            "Copy",
            key=state.key(f"copy-{model}"),
            icon=":material/content_copy:",
            disabled=state.n_models == MOST_MODELS,
            on_click=run_once(lambda: copy_model(state, model, now())),
            width="stretch",
        )
        st.button(
            "Remove",
            key=state.key(f"remove-{model}"),
            icon=":material/delete:",
            disabled=state.n_models <= 2,
            help="A comparison needs two models" if state.n_models <= 2 else None,
            on_click=run_once(lambda: remove_model(state, model, now())),
            width="stretch",
        )
