"""Base class of all configs, and readable messages about invalid values."""

import hashlib
import json
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

# Part of every digest. Increase it when a change of the engine changes results, so that a stored
# result of an older engine is never mistaken for a new one.
RESULTS_VERSION = 3


class Range(NamedTuple):
    """Allowed range of a number, both ends included."""

    low: float
    high: float


class Config(BaseModel):
    """Base of all configs: frozen, and unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def digest_of(content: Any) -> str:
    """SHA-256 of the canonical JSON of `content`, as hexadecimal digits."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _in_full(number: float) -> str:
    """Format a number for a sentence: integers below 1e12 in full."""
    if isinstance(number, int):  # an integer of 400 digits does not fit into a float
        return str(number) if abs(number) < 10**12 else f"{Decimal(number):.3g}"
    return f"{number:g}"


def check_between(value: Any, limits: Range) -> Any:
    """Return a value within limits, for use as a validator.

    Raises
    ------
    ValueError
        If the value lies outside the limits or is NaN.
    """
    low, high = limits
    if not low <= value <= high:  # also catches NaN
        raise ValueError(
            f"must be between {_in_full(low)} and {_in_full(high)}, got {_in_full(value)}"
        )
    return value + 0  # turns -0.0 into 0.0, because equal values need equal digests


# pydantic's error types in words for people who do not program.
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
    """Turn a validation error into sentences, one for each invalid field."""
    sentences = []
    for item in error.errors():
        field = next((str(p) for p in reversed(item["loc"]) if isinstance(p, str)), "")
        message = item["msg"].removeprefix("Value error, ")
        if ": " in message and field in _SECTIONS:
            field = ""  # the sentence names the setting itself
        if item["type"] == "extra_forbidden":
            message = "is not a setting"
        if item["type"] in _PLAIN:
            got = item["input"]
            message = _PLAIN[item["type"]] + ("" if got is None else f", got {str(got)[:40]!r}")
            if field == "hidden_sizes":
                message = f"are whole numbers joined by '-', such as 4-2; got {str(got)[:40]!r}"
        sentences.append(f"{field}: {message}" if field else message)
    return sentences
