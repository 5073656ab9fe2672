"""Conversion between setting values and Streamlit widget values."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.parsing import as_typed, is_typed, read_typed
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
