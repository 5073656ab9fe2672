"""Edits of a bench: models are named, copied and removed; changes are taken back."""

from collections.abc import Mapping
from typing import Any

from annlab.config.settings import SETTINGS
from annlab.ui.state.bench_state import BenchState
from annlab.ui.state.page_state import Runs
from annlab.ui.text.model_names import name_models, names_in_link

# Settings that undo can come back to.
_MOST_PAST = 50


# A model and the name that it cannot have, until names change.
REFUSED_NAME = "refused-name"


def rename(state: BenchState, names: Mapping[int, str]) -> None:
    """Give the models other names, by their index."""
    state.set_view(names=names_in_link(names) or None)
    name_models(state.names)
    state.set(REFUSED_NAME, None)


def remove_model(state: BenchState, model: int, runs: Runs) -> None:
    """Remove one of the models that the controls describe as `runs`."""
    rename(state, {k - (k > model): name for k, name in state.names.items() if k != model})
    state.load((*runs[:model], *runs[model + 1 :]), keep_typed=True)


def copy_model(state: BenchState, model: int, runs: Runs) -> None:
    """Insert a copy of a model after it."""
    rename(state, {k + (k > model): name for k, name in state.names.items()})
    state.load((*runs[: model + 1], *runs[model:]), keep_typed=True)


def change_setting(state: BenchState, address: str, value: Any, model: int) -> None:
    """Give a model of the controls another value of a setting; all models, if they share it.

    Parameters
    ----------
    state : BenchState
    address : str
        Name of the setting in links.
    value : any
        Valid with every data set.
    model : int
        Index of the model; ignored if it was removed since the page was drawn.
    """
    setting = SETTINGS[address]
    runs = list(state.get("settings") or state.default)
    if not 0 <= model < len(runs):
        return
    shared = bool(state.varied) or setting.scope != "model"
    for i in range(len(runs)) if shared else (model,):
        section = getattr(runs[i], setting.section).model_copy(update={setting.name: value})
        runs[i] = runs[i].model_copy(update={setting.section: section})
    state.load(tuple(runs), keep_typed=True)


def remember(state: BenchState, runs: Runs) -> None:
    """Note valid settings and names, so that the user can come back to them."""
    past = state.get("past") or []
    if not past or past[-1] != (runs, state.names):
        state.set("past", [*past, (runs, state.names)][-_MOST_PAST:])


def undo(state: BenchState) -> None:
    """Come back to the settings before the last change, also from a value that is invalid."""
    past = state.get("past") or []
    if len(past) > 1 and state.wanted()[0] == past[-1][0]:
        past = past[:-1]
    if past:
        state.set("past", past)
        runs, names = past[-1]
        rename(state, names)
        state.load(runs)


def reset(state: BenchState) -> None:
    """Come back to the experiment that was chosen last, or to the page's own."""
    rename(state, {})
    state.load(state.get("start") or state.default)


def name_results(state: BenchState) -> None:
    """Name the models of the results, which may be others than those of the controls."""
    if state.get("shown") == state.get("settings"):
        state.set("names-of-shown", state.names)
    name_models(state.get("names-of-shown") or {})
