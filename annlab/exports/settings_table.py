"""Labeled settings of a run, with task-dependent defaults filled in."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.settings import settings_that_apply
from annlab.setting_type import Number, Record, Weights
from annlab.several import Several


def settings_of(config: RunConfig) -> dict[str, Any]:
    """Settings that apply to a run.

    Parameters
    ----------
    config : RunConfig

    Returns
    -------
    dict
        Values by label: numbers as numbers, everything else as text.
    """
    return {
        setting.label: value
        if isinstance(setting.kind, Number)
        else setting.say(config)
        if isinstance(setting.kind, Weights | Record | Several)
        else setting.to_text(value) or "none"
        for setting in settings_that_apply(config)
        if (value := setting.effective(config)) is not None
    }
