"""Limits of settings, the base of all configs, and messages for people."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
)

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
