"""What values settings may have, and what is wrong with others, said to people."""

import math
import os
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError, ValidationInfo

from annlab.datasets.dataset import Range

LIMITS: dict[str, Range] = {
    "n_samples": Range(20, 20_000),
    "n_classes": Range(2, 8),
    "gap": Range(0.0, 4.0),
    "outliers": Range(0.0, 0.3),
    "test_fraction": Range(0.0, 0.9),
    "validation_fraction": Range(0.0, 0.9),
    "dropout": Range(0.0, 0.9),
    "learning_rate": Range(1e-6, 100.0),
    "momentum": Range(0.0, 0.999),
    "rho": Range(0.0, 0.9999),
    "initial_accumulator": Range(0.0, 10.0),
    "weight_decay": Range(0.0, 10.0),
    "batch_size": Range(1, 100_000),
    "max_epochs": Range(1, 10_000),
    "early_stopping_patience": Range(0, 10_000),
    "n_seeds": Range(1, 1000),
    "seed": Range(0, 2**31 - 1),
    "split_seed": Range(0, 2**31 - 1),
}
MAX_LAYERS = 10
MAX_UNITS = 1024
# Of what is kept of a run. It passes through the web process, which all visitors share.
MAX_RUN_BYTES = 128_000_000
# Of the data of networks that each have their own.
MAX_DATA_BYTES = 128_000_000
# Of what a worker computes at once: hosts have little memory.
MAX_STEP_BYTES = 1_000_000_000


def max_work() -> float:
    """The largest seeds × steps × parameters that is accepted.

    A host sets it with the environment variable ``ANNLAB_MAX_WORK``.
    """
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


def _in_full(number: float) -> str:
    """A number for a sentence; whole ones in full, unless they are absurd."""
    if isinstance(number, int):  # of any size: one of 400 digits is no float
        return str(number) if abs(number) < 10**12 else f"{Decimal(number):.3g}"
    return f"{number:g}"


def check_between(value: Any, limits: Range) -> Any:
    """The value itself, for a validator.

    Raises
    ------
    ValueError
        If it lies outside, or is NaN.
    """
    low, high = limits
    if not low <= value <= high:  # also catches NaN
        raise ValueError(
            f"must be between {_in_full(low)} and {_in_full(high)}, got {_in_full(value)}"
        )
    return value + 0  # -0.0 becomes 0.0: they are equal, and so must be their digests


def _within_limits(value: Any, info: ValidationInfo) -> Any:
    return value if value is None else check_between(value, LIMITS[str(info.field_name)])


def name_in(registry: Mapping[str, Any]) -> AfterValidator:
    """A validator that lets only the names in a registry pass."""

    def known(name: str) -> str:
        if name not in registry:
            raise ValueError(f"must be one of {', '.join(registry)}; got {name!r}")
        return name

    return AfterValidator(known)


def _no_booleans(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"must be a number, got {value}")
    return value


AnyInt = Annotated[int, BeforeValidator(_no_booleans)]
AnyFloat = Annotated[float, BeforeValidator(_no_booleans)]
Int = Annotated[AnyInt, AfterValidator(_within_limits)]
Float = Annotated[AnyFloat, AfterValidator(_within_limits)]


# pydantic's own findings, said to people who do not program.
_PLAIN = {
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_type": "must be a whole number",
}


_SECTIONS = ("dataset", "model", "training")


def explain(error: ValidationError) -> list[str]:
    """A validation error as sentences, one for each wrong field."""
    sentences = []
    for item in error.errors():
        field = next((str(p) for p in reversed(item["loc"]) if isinstance(p, str)), "")
        message = item["msg"].removeprefix("Value error, ")
        if ": " in message and field in _SECTIONS:
            field = ""  # the sentence names the setting itself
        if item["type"] == "extra_forbidden":
            message = "is no setting"
        if item["type"] in _PLAIN:
            got = item["input"]
            message = _PLAIN[item["type"]] + ("" if got is None else f", got {str(got)[:40]!r}")
            if field == "hidden_sizes":
                message = f"are whole numbers joined by '-', such as 4-2; got {str(got)[:40]!r}"
        sentences.append(f"{field}: {message}" if field else message)
    return sentences
