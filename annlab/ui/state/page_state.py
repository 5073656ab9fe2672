"""State of one page in a session: values, widget keys, and address."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from annlab.config import RunConfig
from annlab.config.link_settings import listed
from annlab.config.links import RUN
from annlab.config.trackers import is_tracker
from annlab.ui.browser import is_history_navigation

Runs = tuple[RunConfig, ...]

# Link names of the view. ("time" is an earlier name of "over", so that old links open.)
VIEW = (
    "epoch",
    "weights",
    "network",
    "x",
    "y",
    "log",
    "over",
    "time",
    "each",
    "testcurve",
    "score",
    "names",
    "tab",
    "positive",
    "threshold",
    "missed",
    "alarm",
)


class PageState:
    """State of one page in this session: values and address.

    Parameters
    ----------
    page : str
        Name of the page.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def key(self, name: str) -> str:
        """Session key of a value of this page."""
        return f"{self.page}-{name}"

    def get(self, name: str, default: Any = None) -> Any:
        """Read a value of this page from the session."""
        return st.session_state.get(self.key(name), default)

    def set(self, name: str, value: Any) -> None:
        """Store a value of this page in the session."""
        st.session_state[self.key(name)] = value

    def current_key(self, name: str) -> str:
        """Session key of a widget whose value the page may replace."""
        return self._key_of_edition(name, self.get("editions", {}))

    def _key_of_edition(self, name: str, editions: Mapping[str, int]) -> str:
        edition = editions.get(name, 0)
        return self.key(f"{name}-{edition}" if edition else name)

    def force_value(self, name: str, value: Any) -> None:
        """Make a widget show `value` by giving it a new key; draw it with `value` as default.

        Streamlit ignores a changed default, and a browser reports the old value until it has drawn
        the new one, which must not count as a choice. Setting the value through the session would
        reach the browser once only, in a message that is lost if the next rerun starts too soon.
        """
        if st.session_state.get(self.current_key(name), value) != value:
            self._replace(name)

    def _replace(self, *names: str) -> None:
        for name in names:
            st.session_state.pop(self.current_key(name), None)
            editions = self.get("editions", {})
            self.set("editions", {**editions, name: editions.get(name, 0) + 1})

    def note_labels(self, name: str, labels: Mapping[str, str]) -> None:
        """Give a select box a new key if an option has another label than when it was drawn last.

        A browser reports the label of the chosen option, which would no longer name one.
        """
        known = self.get(f"labels-{name}") or {}
        if any(known.get(option, label) != label for option, label in labels.items()):
            self._replace(name)
        self.set(f"labels-{name}", dict(labels))

    def must_read_address(self) -> bool:
        """Whether to read the address: on first opening, and after the browser's Back or Forward.

        And again where the next rerun has cut the reading short: Streamlit may end a script at
        every access to the session.
        """
        if is_history_navigation():
            self.set("has-read-address", False)
        return not self.get("has-read-address")

    def note_address_read(self) -> None:
        """Mark the address as read and everything that follows from it as done."""
        self.set("has-read-address", True)

    def start_drawing(self) -> None:
        """Mark the start of a full drawing of the page."""
        self.set("drawn-of", None)

    def mark_rendered(self, what: object) -> None:
        """Mark the page as drawn from the inputs `what`."""
        self.set("drawn-of", what)

    def is_outdated(self, what: object) -> bool:
        """Whether the inputs have changed since the page was drawn; for fragments."""
        return self.get("drawn-of") not in (None, what)

    def view_key(self, name: str) -> str:
        """Session key of a view widget, such as the epoch slider."""
        self.set("view-controls", {*self.get("view-controls", ()), name})
        return self.current_key(name)

    def at_first(self, key: str, value: Any) -> Any:
        """Return the value that a widget had when it was first drawn; later ones are ignored.

        Streamlit resets a widget whose default changes.

        Parameters
        ----------
        key : str
            Session key of the widget.
        value : any
            Its default, if it has not been drawn yet.
        """
        known = self.get("first-values") or {}
        if key not in known:
            self.set("first-values", {**known, key: value})
        return known.get(key, value)

    def read_view(self, query: Mapping[str, str], names: Sequence[str] = VIEW) -> None:
        """Load the view from an address and reset the view widgets."""
        self.set("view", {name: query[name] for name in names if name in query})
        self._replace(*self.get("view-controls", ()))

    def view(self, name: str) -> str | None:
        """Value of a view option in the address."""
        return (self.get("view") or {}).get(name)

    def set_view(self, **values: Any) -> None:
        """Set view options in the address; None removes an option."""
        view = {**(self.get("view") or {}), **{k: str(v) for k, v in values.items()}}
        self.set("view", {k: v for k, v in view.items() if values.get(k, v) is not None})

    def forget_view(self, *names: str) -> None:
        """Remove view options from the address; their widgets start anew."""
        self._replace(*names)
        self.set_view(**dict.fromkeys(names))

    def show(self, runs: Runs) -> None:
        """Show runs on the page."""
        self.set("shown", runs)

    def query(self) -> dict[str, Any]:
        """Address of the page by name; a repeated name has a list."""
        return dict(self.get("view") or {})

    def query_of_results(self) -> dict[str, Any]:
        """Address of the shown results by name."""
        return self.query()

    def link(self) -> str:
        """Link to the shown results, independent of later changes in the controls."""
        query = urlencode(self.query_of_results(), doseq=True)
        return (st.context.url or "").split("?")[0] + "?" + query

    def write_address(self) -> None:
        """Update the browser's address, which adds an entry to its history."""
        query = self.query()
        # After Back, a new history entry would make Forward unusable.
        shown = {name: _one_or_all(st.query_params.get_all(name)) for name in st.query_params}
        written = {name: _one_or_all(value) for name, value in query.items()}
        # Two quick actions: the second one's rerun may tell of the address before the first
        # one's has arrived in the browser, and equal ours.
        is_behind = self.get("sent-address") not in (None, written)
        if (shown != written or is_behind) and not is_history_navigation():
            st.query_params.from_dict(query)
            self.set("sent-address", written)


def _one_or_all(value: str | Sequence[str]) -> str | list[str]:
    """A single value as text, repeated values as a list."""
    values = [value] if isinstance(value, str) else list(value)
    return values[0] if len(values) == 1 else values


def browser_query() -> tuple[dict[str, str], list[str]]:
    """Read the browser's address.

    Returns
    -------
    query : dict of str
        Values by name; a repeated name has its last value.
    problems : list of str
        A sentence if a name is repeated that must not be.
    """
    query = st.query_params.to_dict()
    repeated = [name for name in query if len(set(st.query_params.get_all(name))) > 1]
    names = [name for name in repeated if name != RUN and not is_tracker(name)]
    return query, [f"{listed(names)} repeated; the last value is used."] if names else []
