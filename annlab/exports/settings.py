"""The settings of a run by their labels, with what the task leaves open filled in."""

from typing import Any

from annlab.config import RunConfig
from annlab.fields import FIELDS


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
    model = config.model.model_copy(update={"output_activation": config.output_activation})
    training = config.training.model_copy(update={"loss": config.loss})
    config = config.model_copy(update={"model": model, "training": training})
    return {
        field.label: field.of(config)
        if _is_number(field.of(config))
        else field.to_text(config) or "none"
        for field in FIELDS
        if field.of(config) is not None
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
