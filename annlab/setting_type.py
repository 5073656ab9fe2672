"""One setting of a config: its names, kind, limits, help, and when it applies.

A field of a config is annotated with its `Setting`; validation, links, tables, differences,
exports and the sidebar all read it from there (`annlab.config.settings.SETTINGS`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from annlab.validation import Config, Range, check_between

SEEDS = Range(0, 2**31 - 1)
MAX_LAYERS = 10
MAX_UNITS = 1024
# Text that stands for a network without hidden layers.
NO_HIDDEN_LAYER = "none"

# Values of settings by their names in a link.
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """A number within limits.

    Attributes
    ----------
    limits : Range
        Whole numbers if the setting is one. A data set may narrow them.
    example : str
        Example value of a text field; empty if a slider sets the number.
    step : float
        Step of the slider.
    percent : bool
        Whether the number is a share, displayed as a percentage.
    """

    limits: Range
    example: str = ""
    step: float = 1
    percent: bool = False

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return isinstance(self.limits.low, int)

    def check(self, value: Any) -> Any:
        """Return the value; ValueError if it lies outside the limits."""
        return check_between(value, self.limits)

    def format(self, value: Any) -> str:
        """Format a value for display."""
        if self.percent:
            return f"{value:.0%}"
        return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Choice:
    """One of several names.

    Attributes
    ----------
    entries : mapping
        Label of each name, or an object with a `label`.
    offered : callable or None
        Values of all settings to the names they allow; None allows all names.
    can_be_left_open : bool
        Whether None stands for the task's default.
    """

    entries: Mapping[str, Any]
    offered: Callable[[Values], Sequence[str]] | None = None
    can_be_left_open: bool = False

    def check(self, value: Any) -> Any:
        """Return the name; ValueError if it is not an entry."""
        if value not in self.entries:
            raise ValueError(f"must be one of {', '.join(self.entries)}; got {value!r}")
        return value

    def format(self, value: Any) -> str:
        """Return the label of a name."""
        entry = self.entries.get(value, value)
        return str(getattr(entry, "label", entry))


@dataclass(frozen=True)
class Sizes:
    """Units of each hidden layer.

    Attributes
    ----------
    example : str
        Example value of the text field.
    """

    example: str = "4-2"

    def check(self, value: Any) -> Any:
        """Return the sizes; ValueError if there are too many layers or units."""
        if len(value) > MAX_LAYERS:
            raise ValueError(f"at most {MAX_LAYERS} layers, got {len(value)}")
        wrong = [size for size in value if not 1 <= size <= MAX_UNITS]
        if wrong:
            raise ValueError(f"a layer has 1 to {MAX_UNITS} units, got {wrong[0]}")
        return value

    def format(self, value: Any) -> str:
        """Format layer sizes for display."""
        return "-".join(map(str, value)) or NO_HIDDEN_LAYER


@dataclass(frozen=True)
class Flag:
    """On or off."""

    def check(self, value: Any) -> Any:
        """Return the value."""
        return value

    def format(self, value: Any) -> str:
        """Format a value for display."""
        return "yes" if value else "no"


def _always(values: Values) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting: the metadata of a field of a config.

    Attributes
    ----------
    address : str
        Name in links.
    label : str
        Display name.
    kind : Number, Choice, Sizes or Flag
        Allowed values, their format and the widget that shows them.
    help : str or callable
        Effect of a change, in one line; may depend on other settings.
    scope : {"data", "model", "training"}
        Group in the sidebar; compared models share their data and training settings.
    advanced : bool
        Whether the sidebar shows the setting under Advanced.
    applies : callable
        Whether the setting has an effect, given the values of all settings.
    limits : callable or None
        The limits that a data set gives a number, from the values of all settings.
    is_later : bool
        Whether it is younger than the present `RESULTS_VERSION`. Runs that leave it at its default
        keep their digests, so that results stored before it came are found. Not for a setting
        whose default a data set gives.
    section, name : str
        Section and field of a RunConfig; `annlab.config.settings.collect` fills them in.
    """

    address: str
    label: str
    kind: Number | Choice | Sizes | Flag
    help: str | Callable[[Values], str] = ""
    scope: Literal["data", "model", "training"] = "training"
    advanced: bool = False
    applies: Callable[[Values], bool] = _always
    limits: Callable[[Values], Range] | None = None
    is_later: bool = False
    section: str = ""
    name: str = ""

    def get(self, config: Any) -> Any:
        """Return the value in a RunConfig; None stands for the task's default."""
        return getattr(getattr(config, self.section), self.name)

    def effective(self, config: Any) -> Any:
        """Return the value in a RunConfig, with the task's default instead of None."""
        value = self.get(config)
        if value is None and isinstance(self.kind, Choice) and self.kind.can_be_left_open:
            return getattr(config, self.name)
        return value

    def format(self, value: Any) -> str:
        """Format a value for display; None becomes a dash."""
        return "–" if value is None else self.kind.format(value)

    def say(self, config: Any) -> str:
        """Format the value in a RunConfig for display."""
        return self.format(self.effective(config))

    def to_text(self, value: Any) -> str:
        """Write a value for a link."""
        return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def from_text(self, text: str) -> Any:
        """Read a value from a link, for validation."""
        if isinstance(self.kind, Sizes):
            return tuple(text.split("-")) if text else ()
        return text

    def help_for(self, values: Values) -> str:
        """Return the help text, given the values of all settings."""
        return self.help if isinstance(self.help, str) else self.help(values)

    def limits_for(self, values: Values) -> Range:
        """Return the limits of a number, given the values of all settings."""
        if not isinstance(self.kind, Number):
            raise TypeError(f"{self.address} is not a number")
        return self.limits(values) if self.limits else self.kind.limits

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic check the limits of the field that this setting annotates."""

        def check(value: Any) -> Any:
            return value if value is None else self.kind.check(value)

        def refuse_booleans(value: Any) -> Any:
            found = value if isinstance(value, list | tuple) else [value]
            if wrong := [one for one in found if isinstance(one, bool)]:
                raise ValueError(f"must be a number, got {wrong[0]}")
            return value

        schema: CoreSchema = core_schema.no_info_after_validator_function(check, handler(source))
        if isinstance(self.kind, Number | Sizes):
            schema = core_schema.no_info_before_validator_function(refuse_booleans, schema)
        return schema


@cache
def later_defaults(config_class: type[Config]) -> dict[str, Any]:
    """The defaults of the later settings of a config, by the names of their fields."""
    return {
        name: field.default
        for name, field in config_class.model_fields.items()
        if any(isinstance(item, Setting) and item.is_later for item in field.metadata)
    }


def values_for_digest(config: Config) -> dict[str, Any]:
    """The fields of a config as JSON values, without later settings that have their default."""
    values = config.model_dump(mode="json")
    for name, default in later_defaults(type(config)).items():
        if values[name] == default:
            del values[name]
    return values
