"""Conversion between setting values and Streamlit widget values."""

from functools import lru_cache
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.config.parsing import TypedError, as_typed, is_typed, read_typed
from annlab.config.settings import SETTINGS, values_of
from annlab.datasets.own.own_data import OWN, OwnData
from annlab.datasets.registry import find_spec
from annlab.nn.class_weights import BALANCED, NONE
from annlab.setting_type import Choice, Setting
from annlab.several import Several
from annlab.ui.state.own_choice import is_own, value_of_own

# Widget value of a setting that is left to the task's default. Streamlit reads None as
# "nothing selected".
THE_TASKS_OWN = ""


def to_control(setting: Setting, run: RunConfig) -> Any:
    """Widget value of a setting of a run."""
    value = setting.get(run)
    if value == OWN and run.dataset.own:
        return value_of_own(run.dataset.own)
    if isinstance(setting.kind, Several):
        return list(setting.effective(run)) or None
    if value is None and _can_be_left_open(setting):
        return THE_TASKS_OWN
    return as_typed(setting, value) if value is not None and is_typed(setting) else value


def from_control(setting: Setting, value: Any) -> Any:
    """Setting value of a widget value.

    Raises
    ------
    TypedError
        If typed text cannot be parsed, or no name is chosen.
    """
    if isinstance(setting.kind, Several):
        if value is not None and not value:
            raise TypedError("choose at least one.")
        return setting.kind.chosen(value or ())
    if is_own(value):
        return OWN
    if value is not None and is_typed(setting):
        return read_typed(setting, value)
    return None if value == THE_TASKS_OWN and _can_be_left_open(setting) else value


def _can_be_left_open(setting: Setting) -> bool:
    return isinstance(setting.kind, Choice) and setting.kind.can_be_left_open


def by_address(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Values of settings by their names in links, the name of the "task", and "n_features"."""
    found = {
        address: values[setting.section][setting.name] for address, setting in SETTINGS.items()
    }
    spec = find_spec(found["data"], found["own"])
    assert spec  # a control offers only data sets that exist
    return found | {"task": spec.task, "n_features": spec.n_features}


def on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on another data set; settings that do not fit it get their defaults."""
    changed: dict[str, Any] = {"dataset": data}
    model: dict[str, Any] = {}
    if data.spec.n_features != run.dataset.spec.n_features:
        model["features"] = ()
    if data.spec.task != run.task.name:
        model["output_activation"] = None
        changed["training"] = run.training.model_copy(update={"loss": None})
    if model:
        changed["model"] = run.model.model_copy(update=model)
    weights = run.training.class_weights
    # A number for each class means nothing for the classes of another data set.
    if weights != NONE and (
        not data.class_names
        if weights == BALANCED
        else _which_classes(data) != _which_classes(run.dataset)
    ):
        training = changed.get("training", run.training)
        changed["training"] = training.model_copy(update={"class_weights": NONE})
    return run.model_copy(update=changed)


def _which_classes(data: DatasetConfig) -> tuple[str, ...]:
    """Data set and names of its classes."""
    return (data.own.content if data.own else data.name, *data.class_names)


@lru_cache(maxsize=64)
def usual_values(data: str, own: OwnData | None) -> dict[str, Any]:
    """Values of the settings of a fresh run on a data set, by link name. Do not change them."""
    return values_of(RunConfig(dataset=DatasetConfig.suggested(data, own)))
