"""Conversion between setting values and Streamlit widget values."""

from functools import cache
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.config.parsing import as_typed, is_typed, read_typed
from annlab.config.settings import SETTINGS, values_of
from annlab.datasets import DATASETS
from annlab.setting_type import Choice, Setting

# Widget value of a setting that is left to the task's default. Streamlit reads None as
# "nothing selected".
THE_TASKS_OWN = ""


def to_control(setting: Setting, run: RunConfig) -> Any:
    """Widget value of a setting of a run."""
    value = setting.get(run)
    if value is None and _can_be_left_open(setting):
        return THE_TASKS_OWN
    return as_typed(setting, value) if value is not None and is_typed(setting) else value


def from_control(setting: Setting, value: Any) -> Any:
    """Setting value of a widget value.

    Raises
    ------
    TypedError
        If typed text cannot be parsed.
    """
    if value is not None and is_typed(setting):
        return read_typed(setting, value)
    return None if value == THE_TASKS_OWN and _can_be_left_open(setting) else value


def _can_be_left_open(setting: Setting) -> bool:
    return isinstance(setting.kind, Choice) and setting.kind.can_be_left_open


def by_address(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Values of settings by their names in links, and the name of the "task"."""
    found = {
        address: values[setting.section][setting.name] for address, setting in SETTINGS.items()
    }
    return found | {"task": DATASETS[found["data"]].task}


def on_data(run: RunConfig, data: DatasetConfig) -> RunConfig:
    """A run on another data set; loss and output of another task get their defaults."""
    changed: dict[str, Any] = {"dataset": data}
    if data.spec.task != run.task.name:
        changed["model"] = run.model.model_copy(update={"output_activation": None})
        changed["training"] = run.training.model_copy(update={"loss": None})
    return run.model_copy(update=changed)


@cache
def usual_values(data: str) -> dict[str, Any]:
    """Values of the settings of a fresh run on a data set, by link name. Do not change them."""
    return values_of(RunConfig(dataset=DatasetConfig(name=data, **DATASETS[data].suggested)))
