"""The settings of a run by their labels, with what the task leaves open filled in."""

from typing import Any

from annlab.config import RunConfig
from annlab.config.settings import FIELDS, Field
from annlab.nn.optimizers import OPTIMIZERS

_OF_HIDDEN_LAYERS = ("activation", "dropout")


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
        if field.of(config) is not None and applies(field, config)
    }


def applies(field: Field, config: RunConfig) -> bool:
    """Whether a setting changes anything about a run.

    Some belong to one optimizer alone, some to hidden layers.
    """
    if field.name in _OF_HIDDEN_LAYERS and not config.model.hidden_sizes:
        return False
    of_optimizers = {name for entry in OPTIMIZERS.values() for name in entry.settings}
    return field.name not in of_optimizers or (
        field.name in OPTIMIZERS[config.training.optimizer].settings
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
