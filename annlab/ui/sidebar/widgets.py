"""Widgets of settings, drawn from their entries in `SETTINGS`: in pairs, or one per model."""

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from annlab.config.differences import are_different
from annlab.config.parsing import is_typed
from annlab.config.settings import SETTINGS
from annlab.setting_type import (
    Choice,
    Flag,
    Number,
    Record,
    Setting,
    Sizes,
    TypedRecord,
    Values,
    Weights,
)
from annlab.several import Several
from annlab.ui.layout import run_once
from annlab.ui.services import services
from annlab.ui.sidebar.data_sets import labels_of_data_sets, offered_data_sets
from annlab.ui.sidebar.notes import NOTES
from annlab.ui.sidebar.pictures import PICTURES
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.initial_weights import remove_start
from annlab.ui.state.setting_values import THE_TASKS_OWN, usual_values
from annlab.ui.text.markdown import colored, escape_markdown
from annlab.ui.text.model_names import model_name

Scope = Literal["data", "model", "training"]
# Longest label of a choice that half the sidebar has room for.
_HALF = 12


def draw_group(state: BenchState, scope: Scope, values: Sequence[Values]) -> None:
    """Draw the controls of a group of settings; the advanced ones are folded.

    Parameters
    ----------
    state : BenchState
        State of the bench.
    scope : {"data", "model", "training"}
        Scope of the settings.
    values : sequence of mapping
        Values of all settings of each model.
    """

    def draw(advanced: bool) -> None:
        if scope == "model" and not state.varied:
            _draw_of_models(state, values, advanced)
        else:
            _draw_shared(state, scope, values[0], advanced)

    draw(advanced=False)
    unusual = _unusual_values(state, scope, values)
    folded(state, scope, "Advanced", lambda: draw(advanced=True), values=unusual)


def _draw_shared(state: BenchState, scope: Scope, values: Values, advanced: bool) -> None:
    """Draw the controls of settings that the models share, short ones in pairs."""
    half: DeltaGenerator | None = None
    for setting in _to_draw(state, scope, advanced, values):
        options = _options(state, setting, values)
        if not _has_choice(state, setting, options):
            continue
        if _is_wide(setting):
            _draw_setting(state, setting, values, options)
            half = None
        elif half is None:
            left, half = st.columns(2, gap="small", vertical_alignment="bottom")
            with left:
                _draw_setting(state, setting, values, options)
        else:
            with half:
                _draw_setting(state, setting, values, options)
            half = None
        if note := _note(setting, values):
            st.caption(note)
            half = None


def _draw_of_models(state: BenchState, values: Sequence[Values], advanced: bool) -> None:
    """Draw the settings that each model has for itself: a row for each setting.

    A setting in which the models differ is marked.
    """
    drawn = [_to_draw(state, "model", advanced, of_model) for of_model in values]
    for setting in SETTINGS.values():
        options = {
            i: _options(state, setting, values[i])
            for i, settings in enumerate(drawn)
            if setting in settings
        }
        models = [i for i in options if _has_choice(state, setting, options[i], i)]
        if not models:
            continue
        own = [values[i][setting.address] if i in models else None for i in range(len(values))]
        mark = " :primary[**≠**]" if are_different(own) else ""
        help_text = setting.help_for(values[models[0]]) or None
        st.markdown(f":small[{setting.label}]{mark}", help=help_text)
        for start in range(0, len(values), 2):
            for i, place in enumerate(st.columns(2, gap="small"), start):
                with place:
                    if i in models:
                        _draw_setting(state, setting, values[i], options[i], i, of_model=True)
                    elif i < len(values):
                        st.caption(f"{colored(i)} {_without_a_control(setting, values[i])}")
        notes = dict.fromkeys(_note(setting, values[i]) for i in models)
        for note in filter(None, notes):
            st.caption(note)


def _to_draw(state: BenchState, scope: Scope, advanced: bool, values: Values) -> list[Setting]:
    """Settings of a group that apply; those that stand in another config come last."""
    found = [
        setting
        for address, setting in SETTINGS.items()
        if (setting.scope, setting.advanced) == (scope, advanced)
        and address != state.varied
        and setting.applies(values)
    ]
    return sorted(found, key=lambda setting: not setting.section.startswith(scope))


def _note(setting: Setting, values: Values) -> str:
    note = NOTES.get(setting.address)
    return note(values) if note else ""


def _is_wide(setting: Setting) -> bool:
    """Whether a control needs the whole width."""
    kind = setting.kind
    if not isinstance(kind, Choice):
        return isinstance(kind, Flag | Several)
    return max(len(kind.format(name)) for name in kind.entries) > _HALF


def _has_choice(
    state: BenchState, setting: Setting, options: Sequence[str], model: int = 0
) -> bool:
    """Whether there is more than one value to choose from."""
    if isinstance(setting.kind, Weights):
        return state.value_of(setting, model) is not None
    if not isinstance(setting.kind, Choice):
        return is_typed(setting) or not isinstance(setting.kind, Record)
    return len({*options, state.value_of(setting, model)}) > 1


def _draw_setting(
    state: BenchState,
    setting: Setting,
    values: Values,
    options: Sequence[str],
    model: int = 0,
    *,
    of_model: bool = False,
) -> None:
    """Draw the control of one setting with its last value, limits or options, and help.

    The control of a model has the model's name as label, because the row has that of the setting.
    """
    current = state.value_of(setting, model)
    kind, key = setting.kind, state.widget_key(setting, model)
    help_text = None if of_model else setting.help_for(values) or None
    whose = f", {escape_markdown(model_name(model))}" if of_model else ""
    label = f"{setting.label}{whose}"
    # With more than two models, the columns alone do not tell whose control it is.
    is_clear = of_model and state.n_models <= 2
    seen: Literal["visible", "collapsed"] = "collapsed" if is_clear else "visible"
    if isinstance(kind, Weights):
        st.button(
            "Own weights" if of_model else f"{setting.label}: your own weights",
            key=state.key(f"remove-start-{model}"),
            type="tertiary",
            icon=":material/close:",
            on_click=run_once(lambda: remove_start(state, model)),
            help="Remove: start from random weights again",
        )
    elif isinstance(kind, Choice):
        if current not in options:
            options = [*options, current]
        if say := _LABELS_HERE.get(setting.address):
            labels = say(kind, options, values)
            state.note_labels(state.name_of(setting, model), labels)
        else:
            labels = {name: _label(kind, name, values) for name in options}
        st.selectbox(
            label,
            options,
            options.index(current),
            key=state.widget_key(setting, model),
            format_func=labels.__getitem__,
            help=help_text,
            label_visibility=seen,
        )
    elif isinstance(kind, Several):
        chosen = kind.format(current or ())
        title = chosen if of_model else f"{setting.label}: {chosen}"
        with st.popover(title, width="stretch", key=state.key(f"open-{setting.address}-{model}")):
            st.pills(
                label,
                list(kind.offered(values)),
                selection_mode="multi",
                default=current,
                key=key,
                format_func=lambda name: kind.entries[name].label,
                help=setting.help_for(values) or None,
            )
    elif isinstance(kind, Flag):
        st.toggle(label, current, key=key, help=help_text, label_visibility=seen)
    elif isinstance(kind, Number) and not kind.example:
        low, high = setting.limits_for(values)
        percent = "percent" if kind.percent else None
        st.slider(
            label, low, high, current, kind.step, percent, key, help_text, label_visibility=seen
        )
    else:
        # A text field, because a browser does not send the invalid text of a number field, so the
        # page could not quote the mistake.
        st.text_input(
            label, current, key=key, help=help_text, autocomplete="off", label_visibility=seen
        )
    picture = PICTURES.get(setting.address)
    if picture and (html := picture(values)):
        st.html(html)


def _without_a_control(setting: Setting, values: Values) -> str:
    """What stands in the place of a model's control that is not drawn."""
    if isinstance(setting.kind, Weights):
        return setting.format(values[setting.address])
    return "–"


def typed_numbers() -> list[str]:
    """Link names of the settings whose text is a number: phones open a number pad for them."""
    return [
        address
        for address, setting in SETTINGS.items()
        if is_typed(setting) and not isinstance(setting.kind, Sizes | TypedRecord)
    ]


def _options(state: BenchState, setting: Setting, values: Values) -> list[str]:
    """Options of a choice on this page; none for another kind of setting."""
    kind = setting.kind
    if not isinstance(kind, Choice):
        return []
    if setting.address in _OFFERED_HERE:
        return list(_OFFERED_HERE[setting.address](state))
    names = list(kind.offered(values) if kind.offered else kind.entries)
    return [THE_TASKS_OWN, *names[1:]] if kind.can_be_left_open else names


# Options that depend on the page or the server.
_OFFERED_HERE: dict[str, Callable[[BenchState], Sequence[str]]] = {
    "data": lambda state: offered_data_sets(state.tasks),
    "accelerator": lambda state: ["auto", *services().cluster.accelerators],
}


def _label(kind: Choice, name: str, values: Values) -> str:
    if name == THE_TASKS_OWN and kind.offered:
        return f"{kind.format(kind.offered(values)[0])} (default)"
    label = services().cluster.accelerators.get(name) or kind.format(name)
    return label[:1].upper() + label[1:]


# Labels that are no part of the setting.
_LABELS_HERE: dict[str, Callable[[Choice, Sequence[str], Values], dict[str, str]]] = {
    "data": labels_of_data_sets
}


def folded(
    state: BenchState, name: str, label: str, draw: Callable[[], None], *, values: str = ""
) -> None:
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
    values : str
        What the hidden controls say, after the title.
    """
    key, title = state.key(f"more-{name}"), f"{label}: {values}" if values else label
    if st.session_state.get(key):
        # Another title would make it another expander, which is closed.
        title = state.get(f"title-{name}", title)
    state.set(f"title-{name}", title)
    place = st.expander(title, key=key, on_change="rerun")
    if place.open:
        with place:
            draw()


def _unusual_values(state: BenchState, scope: Scope, values: Sequence[Values]) -> str:
    """Advanced settings that differ from the defaults, in words: "L2 0.01, scaling standard"."""
    found: dict[str, list[str]] = {}
    several = scope == "model" and not state.varied
    for i, of_model in enumerate(values if several else values[:1]):
        usual = usual_values(of_model["data"], of_model["own"])
        for setting in _to_draw(state, scope, True, of_model):
            value = of_model[setting.address]
            if value != usual[setting.address]:
                name = f"{colored(i)} " if several else ""
                found.setdefault(setting.noun, []).append(f"{name}{setting.format(value)}")
    return ", ".join(f"{noun} {' '.join(texts)}" for noun, texts in found.items())
