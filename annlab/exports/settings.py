"""The settings of a run by their labels, with what the task leaves open filled in."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.settings import settings_that_apply
from annlab.setting import Number


def settings_of(config: RunConfig) -> dict[str, Any]:
    """The settings that mean something for a run.

    Parameters
    ----------
    config : RunConfig

    Returns
    -------
    dict
        By label: numbers as numbers, everything else as text.
    """
    return {
        setting.label: value
        if isinstance(setting.kind, Number)
        else setting.to_text(value) or "none"
        for setting in settings_that_apply(config)
        if (value := setting.effective(config)) is not None
    }
