"""The base of all configs, and messages about wrong values for people."""

import hashlib
import json
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

# Part of every digest. Count it up when a change of the engine changes results, so that results
# stored by an older engine are not taken for new ones.
RESULTS_VERSION = 3


class Range(NamedTuple):
    """The values a number may take, both ends included."""

    low: float
    high: float


class Config(BaseModel):
    """Base of all configs: frozen, and without unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def digest_of(content: Any) -> str:
    """SHA-256 of the canonical JSON of something, as hexadecimal digits."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


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
