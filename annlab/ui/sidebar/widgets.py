"""Widgets of settings, drawn from their entries in `SETTINGS`."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st

from annlab.config.settings import SETTINGS
from annlab.datasets import DATASETS
from annlab.setting_type import Choice, Flag, Number, Setting, Values
from annlab.ui.services import services
from annlab.ui.sidebar.notes import NOTES
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.setting_values import THE_TASKS_OWN


def draw_settings(
    state: BenchState,
    scope: Literal["data", "model", "training"],
    *,
    advanced: bool,
    model: int = 0,
    after: Callable[[Setting], None] | None = None,
) -> None:
    """Draw the controls of the settings that apply.

    Parameters
    ----------
    state : BenchState
        State of the bench.
    scope : {"data", "model", "training"}
        Scope of the settings.
    advanced : bool
        Whether to draw the advanced settings or the others.
    model : int
        Index of the model, for scope "model".
    after : callable, optional
        Called after each control, to draw something below it.
    """
    values = state.values_by_address(model)
    # Those that stand in another config, as what each network gets in the training, come last.
    for address, setting in sorted(
        SETTINGS.items(), key=lambda item: not item[1].section.startswith(scope)
    ):
        if (setting.scope, setting.advanced) != (scope, advanced):
            continue
        if address != state.varied and setting.applies(values):
            _draw_setting(state, setting, values, model)
        if address != state.varied and address in NOTES and (note := NOTES[address](values)):
            st.caption(note)
        if after:
            after(setting)


def _draw_setting(state: BenchState, setting: Setting, values: Values, model: int) -> None:
    """Draw the control of one setting with its last value, limits and help.

    A choice with a single option is not drawn.
    """
    current = state.value_of(setting, model)
    kind = setting.kind
    help_text = setting.help_for(values) or None
    if isinstance(kind, Choice):
        options = _options(state, setting, values)
        if current not in options:
            options.append(current)
        if len(options) > 1:
            st.selectbox(
                setting.label,
                options,
                options.index(current),
                key=state.widget_key(setting, model),
                format_func=lambda name: _label(kind, name, values),
                help=help_text,
            )
        return
    key = state.widget_key(setting, model)
    if isinstance(kind, Flag):
        st.toggle(setting.label, current, key=key, help=help_text)
    elif isinstance(kind, Number) and not kind.example:
        low, high = setting.limits_for(values)
        percent = "percent" if kind.percent else None
        st.slider(setting.label, low, high, current, kind.step, percent, key, help_text)
    else:
        # A text field, because a browser does not send the invalid text of a number field, so the
        # page could not quote the mistake.
        st.text_input(setting.label, current, key=key, help=help_text, autocomplete="off")


def _options(state: BenchState, setting: Setting, values: Values) -> list[str]:
    """Options of a choice on this page."""
    kind = setting.kind
    assert isinstance(kind, Choice)
    if setting.address in _OFFERED_HERE:
        return list(_OFFERED_HERE[setting.address](state))
    names = list(kind.offered(values) if kind.offered else kind.entries)
    return [THE_TASKS_OWN, *names[1:]] if kind.can_be_left_open else names


# Options that depend on the page or the server.
_OFFERED_HERE: dict[str, Callable[[BenchState], Sequence[str]]] = {
    "data": lambda state: [name for name, spec in DATASETS.items() if spec.task in state.tasks],
    "accelerator": lambda state: ["auto", *services().cluster.accelerators],
}


def _label(kind: Choice, name: str, values: Values) -> str:
    if name == THE_TASKS_OWN and kind.offered:
        return f"{kind.format(kind.offered(values)[0])} (default)"
    label = services().cluster.accelerators.get(name) or kind.format(name)
    return label[:1].upper() + label[1:]


def folded(state: BenchState, name: str, label: str, draw: Callable[[], None]) -> None:
    """Draw rarely used controls in an expander, only while it is open.

    The browser processes all controls after each change, so hidden controls cost time.

    Parameters
    ----------
    state : BenchState
        State of the bench.
    name : str
        Suffix of the expander's key.
    label : str
        Title of the expander.
    draw : callable
        Draws the controls.
    """
    place = st.expander(label, key=state.key(f"more-{name}"), on_change="rerun")
    if place.open:
        with place:
            draw()
