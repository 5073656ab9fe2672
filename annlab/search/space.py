"""Search spaces: the settings that a search varies, and the values it may give them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError, model_validator

from annlab.config import RunConfig
from annlab.config.parsing import as_typed
from annlab.config.settings import SETTINGS
from annlab.setting_type import Flag, Number, Setting, Sizes
from annlab.several import Several
from annlab.validation import Config, explain

MAX_SETTINGS = 4
MAX_LEVELS, DEFAULT_LEVELS = 50, 5
MAX_CHOICES = 50
# Significant digits of a searched number, so that tables and links stay readable.
_DIGITS = 4
# Between the values of a setting in a link.
_SEPARATOR = "~"

# Values of a flag, by their texts in a link.
FLAGS = {"False": False, "True": True}

# A value of each searched setting, in the order of the space.
Combination = tuple[Any, ...]

# Seeds are repeated, not searched, and the number of epochs is the cost of a search. Several names
# are no position on an axis.
SEARCHABLE = tuple(
    address
    for address, setting in SETTINGS.items()
    if (setting.scope == "model" and not isinstance(setting.kind, Several))
    or setting.name == "batch_size"
)


class SearchedSetting(Config):
    """One setting that a search varies: a range of numbers, or a list of choices.

    Attributes
    ----------
    address : str
        Name of the setting in links, one of `SEARCHABLE`.
    low, high : float or None
        Ends of the range of a number, both included; None for choices.
    n_levels : int
        Number of values of a number in a grid, evenly spaced on the scale of the setting.
    choices : tuple of str
        Values as they are written in a link, such as "tanh" or "8-8"; empty for a number.
    """

    address: str
    low: float | None = None
    high: float | None = None
    n_levels: int = DEFAULT_LEVELS
    choices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if self.address not in SEARCHABLE:
            known = ", ".join(SEARCHABLE)
            raise ValueError(f"{self.address!r} cannot be searched. Choose from {known}.")
        try:
            if self.is_number:
                self._check_range()
            else:
                self._check_choices()
        except ValueError as error:
            raise ValueError(f"{self.address}: {error}") from None
        return self

    def _check_range(self) -> None:
        kind = self.setting.kind
        assert isinstance(kind, Number)
        if self.choices:
            raise ValueError("a number has a range from low to high, not choices")
        if self.low is None or self.high is None:
            raise ValueError("a number needs a range. Give the lowest and the highest value.")
        for end in (self.low, self.high):
            kind.check(end)
            if kind.whole and not float(end).is_integer():
                raise ValueError(f"the ends of the range are whole numbers, got {end:g}")
        if not self.low < self.high:
            raise ValueError(
                f"the lowest value must be below the highest, got {self.low:g} to {self.high:g}"
            )
        if self.is_log and self.low <= 0:
            raise ValueError(f"a range on a log scale starts above 0, got {self.low:g}")
        if not 2 <= self.n_levels <= MAX_LEVELS:
            raise ValueError(f"a grid has 2 to {MAX_LEVELS} levels, got {self.n_levels}")

    def _check_choices(self) -> None:
        if self.low is not None or self.high is not None:
            raise ValueError("list the choices; only a number has a range")
        if not 2 <= len(self.choices) <= MAX_CHOICES:
            raise ValueError(f"list 2 to {MAX_CHOICES} choices, got {len(self.choices)}")
        if isinstance(self.setting.kind, Flag) and (unknown := {*self.choices} - {*FLAGS}):
            raise ValueError(f"must be one of {', '.join(FLAGS)}; got {min(unknown)!r}")
        values = [self.setting.from_text(text) for text in self.choices]
        for value in values:
            self.setting.kind.check([*map(_whole, value)] if self._has_sizes else value)
        if len(set(map(str, values))) < len(values):
            raise ValueError("list each choice once")

    @property
    def setting(self) -> Setting:
        """Record of the setting."""
        return SETTINGS[self.address]

    @property
    def is_number(self) -> bool:
        """Whether the setting is a number with a range."""
        return isinstance(self.setting.kind, Number)

    @property
    def is_log(self) -> bool:
        """Whether values are spaced evenly on a logarithmic scale."""
        return isinstance(self.setting.kind, Number) and self.setting.kind.log

    @property
    def _has_sizes(self) -> bool:
        return isinstance(self.setting.kind, Sizes)

    @property
    def levels(self) -> tuple[Any, ...]:
        """Values in a grid, ascending for a number, each once."""
        if not self.is_number:
            return tuple(map(self.read, self.choices))
        return tuple(dict.fromkeys(self.at(u) for u in np.linspace(0, 1, self.n_levels)))

    def at(self, u: float) -> Any:
        """Return the value at a share of the range or of the list of choices.

        Parameters
        ----------
        u : float
            In [0, 1].

        Returns
        -------
        float, int, bool, str or tuple of int
            Numbers have four significant digits, and stay within the range.
        """
        if not self.is_number:
            return self.read(self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)])
        assert self.low is not None
        assert self.high is not None
        if self.is_log:
            value = self.low * (self.high / self.low) ** u
        else:
            value = self.low + u * (self.high - self.low)
        if isinstance(self.setting.kind, Number) and self.setting.kind.whole:
            return round(value)
        if u in (0, 1):  # the ends stay as they were typed
            return self.high if u else self.low
        return min(max(float(f"{value:.{_DIGITS}g}"), self.low), self.high)

    def share_of(self, value: Any) -> float:
        """Return the position of a number in its range, in [0, 1]: the inverse of `at`."""
        assert self.low is not None
        assert self.high is not None
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return float((value - self.low) / (self.high - self.low))

    def read(self, text: str) -> Any:
        """Read a value from its text in a link."""
        if isinstance(self.setting.kind, Flag):
            return FLAGS[text]
        value = self.setting.from_text(text)
        if isinstance(self.setting.kind, Number):
            return int(value) if self.setting.kind.whole else float(value)
        return tuple(map(int, value)) if self._has_sizes else value

    def to_text(self) -> str:
        """Write the range and its levels, or the choices, for a link."""
        if not self.is_number:
            return _SEPARATOR.join(self.choices)
        ends = [as_typed(self.setting, end) for end in (self.low, self.high)]
        return _SEPARATOR.join([*ends, str(self.n_levels)])

    @classmethod
    def from_text(cls, address: str, text: str) -> Self:
        """Read a searched setting from `to_text`.

        Raises
        ------
        ValidationError
            If the text or the setting is invalid.
        """
        parts = text.split(_SEPARATOR)
        setting = SETTINGS.get(address)
        if setting is None or not isinstance(setting.kind, Number):
            return cls(address=address, choices=tuple(parts))
        names = ("low", "high", "n_levels")
        return cls.model_validate({"address": address, **dict(zip(names, parts, strict=False))})


# A space is a tuple of searched settings.
Space = tuple[SearchedSetting, ...]


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"sizes are whole numbers joined by '-', such as 4-2; got {text[:20]!r}")
    return int(text)


def config_with(base: RunConfig, space: Space, combination: Combination) -> RunConfig:
    """Return a config with the values of a combination.

    Raises
    ------
    ValidationError
        If the values do not go together.
    """
    values = base.model_dump()
    for searched, value in zip(space, combination, strict=True):
        setting = searched.setting
        values[setting.section][setting.name] = value
    return RunConfig.model_validate(values)


def combinations_at(space: Space, positions: NDArray[np.float64]) -> list[Combination]:
    """Turn positions in the unit cube into combinations, each once.

    Parameters
    ----------
    space : tuple of SearchedSetting
    positions : ndarray, shape (n_positions, n_settings)
        In [0, 1].

    Returns
    -------
    list of tuple
        At most `n_positions`, in their order: lists of choices can give a combination twice.
    """
    found = (
        tuple(searched.at(u) for searched, u in zip(space, row, strict=True))
        for row in positions.tolist()
    )
    return list(dict.fromkeys(found))


def check_space(space: Sequence[SearchedSetting], base: RunConfig) -> None:
    """Refuse a space that does not fit a config.

    Raises
    ------
    ValueError
        If there are too few or too many settings, a setting comes twice, or a value does not go
        with the rest of the config. The message is a sentence for people.
    """
    if not 1 <= len(space) <= MAX_SETTINGS:
        raise ValueError(f"space: a search varies 1 to {MAX_SETTINGS} settings, got {len(space)}")
    addresses = [searched.address for searched in space]
    if len(set(addresses)) < len(addresses):
        raise ValueError(f"space: list each setting once, got {', '.join(addresses)}")
    for searched in space:
        ends = searched.levels[:: len(searched.levels) - 1] if searched.is_number else ()
        for value in ends or searched.levels:
            try:
                config_with(base, (searched,), (value,))
            except ValidationError as error:
                text = searched.setting.to_text(value)
                raise ValueError(f"{searched.address} {text}: {explain(error)[0]}") from None


def without_effect(space: Sequence[SearchedSetting], values: Mapping[str, Any]) -> str:
    """Address of a searched setting that no combination uses, such as the momentum of Adam.

    Parameters
    ----------
    space : sequence of SearchedSetting
    values : mapping
        Values of all settings of the base config, by address.

    Returns
    -------
    str
        Empty if every setting has an effect on some combination.
    """
    listed = [searched for searched in space if not searched.is_number]
    for searched in space:
        # A setting depends on one other at most, so one list at a time is enough.
        tried = [values, *({**values, s.address: v} for s in listed for v in s.levels)]
        if not any(searched.setting.applies(one) for one in tried):
            return searched.address
    return ""
