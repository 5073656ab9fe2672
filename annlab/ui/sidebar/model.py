"""Sidebar controls of the models."""

import streamlit as st

from annlab.config.link_settings import PREFIXES
from annlab.config.settings import SETTINGS
from annlab.setting_type import Choice
from annlab.ui.sidebar.notes import NOTES
from annlab.ui.sidebar.widgets import draw_settings, folded
from annlab.ui.state.bench_link import MOST_MODELS
from annlab.ui.state.bench_state import BenchState


def draw_varied(state: BenchState) -> None:
    """Draw the control for the one setting in which the models differ, one model per value."""
    setting = SETTINGS[state.varied]
    kind = setting.kind
    if not isinstance(kind, Choice):
        raise TypeError(f"{setting.address} is not a choice")
    values = state.values_by_address(0)
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


def draw_model(state: BenchState, model: int) -> None:
    """Draw the controls of one model (0 is A)."""
    draw_settings(state, "model", advanced=False, model=model)
    folded(
        state,
        PREFIXES[model],
        "Advanced",
        lambda: draw_settings(state, "model", advanced=True, model=model),
    )
