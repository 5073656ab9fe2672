"""Several: the kind of a setting whose value is some of several names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Several:
    """Some of several names.

    Attributes
    ----------
    entries : mapping
        Objects with a `label`, by name.
    offered : callable
        Values of all settings to the names they allow.
    usual : sequence of tuple of str
        Names that mean the same as none: what a run has without the setting.
    """

    entries: Mapping[str, Any]
    offered: Callable[[Mapping[str, Any]], Sequence[str]]
    usual: Sequence[tuple[str, ...]]

    def check(self, value: Any) -> Any:
        """Return the names in the order of the entries; ValueError if one is not an entry."""
        wrong = [name for name in value if name not in self.entries]
        if wrong:
            raise ValueError(f"must be of {', '.join(self.entries)}; got {str(wrong[0])[:40]!r}")
        return tuple(name for name in self.entries if name in value)

    def chosen(self, value: Any) -> Any:
        """Return checked names that a control offered; none if they are usual ones."""
        found = self.check(value)
        return () if found in self.usual else found

    def format(self, value: Any) -> str:
        """Return the labels of names."""
        return ", ".join(str(self.entries[name].label) for name in value) or "as they are"
