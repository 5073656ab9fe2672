"""Values of settings as the controls of Streamlit hold them."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.parsing import as_typed, is_typed, read_typed
from annlab.setting import Choice, Setting

# What the control of a setting holds that is left to the task: to Streamlit, None means that
# nothing is chosen.
THE_TASKS_OWN = ""


def to_control(setting: Setting, run: RunConfig) -> Any:
    """What the control of a setting says where it makes a run."""
    value = setting.get(run)
    if value is None and _can_be_left_open(setting):
        return THE_TASKS_OWN
    return as_typed(setting, value) if value is not None and is_typed(setting) else value


def from_control(setting: Setting, value: Any) -> Any:
    """The value of a setting from what its control says.

    Raises
    ------
    TypedError
        If it was typed and is not understood.
    """
    if value is not None and is_typed(setting):
        return read_typed(setting, value)
    return None if value == THE_TASKS_OWN and _can_be_left_open(setting) else value


def _can_be_left_open(setting: Setting) -> bool:
    return isinstance(setting.kind, Choice) and setting.kind.can_be_left_open
