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

from annlab.several import Several
from annlab.validation import Config, Range, check_between
from annlab.weights_text import checksum, in_float32, read_weights, write_weights

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
    log : bool
        Whether its size counts in factors, so that a search spaces its values evenly on a
        logarithmic scale.
    """

    limits: Range
    example: str = ""
    step: float = 1
    percent: bool = False
    log: bool = False

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


@dataclass(frozen=True)
class Weights:
    """All weights and biases of one network; None stands for random ones."""

    def check(self, value: Any) -> Any:
        """Return the numbers rounded to float32; ValueError if they are too many or not finite."""
        return in_float32(value)

    def format(self, value: Any) -> str:
        """Format weights for display, with a checksum that tells them from others."""
        return "random" if value is None else f"your own weights ({checksum(value)})"


@dataclass(frozen=True)
class Record:
    """Facts that are set by other means than a control; None stands for none.

    Attributes
    ----------
    write, read : callable
        From a value to its text in a link, and from that text to unchecked values. `read` raises
        ValueError.
    say : callable
        From a value to its format for display.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    say: Callable[[Any], str]

    def check(self, value: Any) -> Any:
        """Return the value, which checks itself."""
        return value

    def format(self, value: Any) -> str:
        """Format a value for display."""
        return self.say(value)


@dataclass(frozen=True)
class TypedRecord(Record):
    """A record that is typed into a text field, as the text of a link.

    Attributes
    ----------
    refuse : callable
        Returns the checked value, or raises ValueError.
    """

    refuse: Callable[[Any], Any] = lambda value: value

    def check(self, value: Any) -> Any:
        """Return the value; ValueError if it is not allowed."""
        return self.refuse(value)


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
    kind : Number, Choice, Several, Sizes, Flag, Weights or Record
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
    told_by : str
        Name in links of the setting whose value says whether this one applies; a difference in
        that setting is then told alone.
    per_network : bool
        Whether networks that train together in one stack may differ in it.
    section, name : str
        Section and field of a RunConfig; `annlab.config.settings.collect` fills them in.
    """

    address: str
    label: str
    kind: Number | Choice | Several | Sizes | Flag | Weights | Record
    help: str | Callable[[Values], str] = ""
    scope: Literal["data", "model", "training"] = "training"
    advanced: bool = False
    applies: Callable[[Values], bool] = _always
    limits: Callable[[Values], Range] | None = None
    is_later: bool = False
    per_network: bool = False
    told_by: str = ""
    section: str = ""
    name: str = ""

    @property
    def noun(self) -> str:
        """Display name within a sentence: "learning rate", but "L2"."""
        return self.label if self.label.isupper() else self.label[:1].lower() + self.label[1:]

    def get(self, config: Any) -> Any:
        """Return the value in a RunConfig; None stands for the task's default."""
        return getattr(getattr(config, self.section), self.name)

    def effective(self, config: Any) -> Any:
        """Return the value in a RunConfig, with the task's or the data's default filled in."""
        value = self.get(config)
        if value is None and isinstance(self.kind, Choice) and self.kind.can_be_left_open:
            return getattr(config, self.name)
        if value == () and isinstance(self.kind, Several):
            return getattr(config, self.name)
        return value

    def format(self, value: Any) -> str:
        """Format a value for display; None becomes a dash, unless it is a value."""
        if value is None and not isinstance(self.kind, Weights):
            return "–"
        return self.kind.format(value)

    def say(self, config: Any) -> str:
        """Format the value in a RunConfig for display."""
        return self.format(self.effective(config))

    def to_text(self, value: Any) -> str:
        """Write a value for a link."""
        if isinstance(self.kind, Weights):
            return write_weights(value)
        if isinstance(self.kind, Record):
            return self.kind.write(value)
        return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def from_text(self, text: str) -> Any:
        """Read a value from a link, for validation."""
        if isinstance(self.kind, Sizes | Several):
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

        def read_text(value: Any) -> Any:
            if not isinstance(value, str):
                return value
            return self.kind.read(value) if isinstance(self.kind, Record) else read_weights(value)

        schema: CoreSchema = core_schema.no_info_after_validator_function(check, handler(source))
        if isinstance(self.kind, Weights | Record):
            schema = core_schema.no_info_before_validator_function(read_text, schema)
        if isinstance(self.kind, Number | Sizes | Weights):
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
        if getattr(config, name) == default:
            del values[name]
        elif isinstance(values[name], dict):  # a record says what of it matters
            values[name] = getattr(config, name).facts_for_digest()
    return values
