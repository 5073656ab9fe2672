"""Environment variables that a host may set."""

import math
import os


def max_work() -> float:
    """The largest networks × steps × parameters of one training: ``ANNLAB_MAX_WORK``."""
    return from_environment("ANNLAB_MAX_WORK", 1e10)


def from_environment(name: str, default: float) -> float:
    """A number of at least 0 that a host may set; an empty variable sets nothing.

    Raises
    ------
    ValueError
        If it is another thing; the message is a sentence for the host.
    """
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be a number of at least 0; got {text!r}.")
    return value
