"""State of one page in a session: what it keeps, its widgets' keys, and its address."""

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

# What of the view stands in the address beside the settings.
# ("time" is an earlier name of "over": such links still open.)
VIEW = ("epoch", "weights", "network", "x", "y", "log", "over", "time", "each", "testcurve")


class PageState:
    """State of one page in this session: what it keeps, and its address.

    Parameters
    ----------
    page : str
        Name of the page.
    """

    def __init__(self, page: str) -> None:
        self.page = page

    def key(self, name: str) -> str:
        """The session's key for something of this page."""
        return f"{self.page}-{name}"

    def get(self, name: str, default: Any = None) -> Any:
        """Something of this page in the session."""
        return st.session_state.get(self.key(name), default)

    def set(self, name: str, value: Any) -> None:
        """Keep something of this page in the session."""
        st.session_state[self.key(name)] = value

    def current_key(self, name: str) -> str:
        """The session's key for a control that the page itself may set."""
        edition = self.get("editions", {}).get(name, 0)
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

    def start_drawing(self) -> None:
        """Note that the whole page is being drawn."""
        self.set("drawn-of", None)

    def mark_rendered(self, what: object) -> None:
        """Note that the whole page has been drawn, and of what."""
        self.set("drawn-of", what)

    def is_outdated(self, what: object) -> bool:
        """Whether a part that draws itself finds something else than the page was drawn of."""
        return self.get("drawn-of") not in (None, what)

    def view_key(self, name: str) -> str:
        """The session's key for a control of the view."""
        self.set("view-controls", {*self.get("view-controls", ()), name})
        return self.current_key(name)

    def read_view(self, query: Mapping[str, str], names: Sequence[str] = VIEW) -> None:
        """Look at what an address says, whatever the controls of the view say."""
        self.set("view", {name: query[name] for name in names if name in query})
        self._replace(*self.get("view-controls", ()))

    def view(self, name: str) -> str | None:
        """What the address said about the view."""
        return (self.get("view") or {}).get(name)

    def set_view(self, **values: Any) -> None:
        """Note the view for the address; None takes a name out of it."""
        view = {**(self.get("view") or {}), **{k: str(v) for k, v in values.items()}}
        self.set("view", {k: v for k, v in view.items() if values.get(k, v) is not None})

    def show(self, runs: Runs) -> None:
        """Let the page show runs."""
        self.set("shown", runs)

    def query(self) -> dict[str, Any]:
        """All that the address says, by name; a list for a name that is repeated."""
        return dict(self.get("view") or {})

    def query_of_results(self) -> dict[str, Any]:
        """What an address says that shows the same results, by name."""
        return self.query()

    def link(self) -> str:
        """The address that shows the same results, whatever the controls say meanwhile."""
        query = urlencode(self.query_of_results(), doseq=True)
        return (st.context.url or "").split("?")[0] + "?" + query

    def write_address(self) -> None:
        """Bring the browser's address up to date, and so add to its history."""
        query = self.query()
        # Who has gone back goes on from there: nothing is added that would be in the way.
        shown = {name: _one_or_all(st.query_params.get_all(name)) for name in st.query_params}
        written = {name: _one_or_all(value) for name, value in query.items()}
        if shown != written and not is_history_navigation():
            st.query_params.from_dict(query)


def _one_or_all(value: str | Sequence[str]) -> str | list[str]:
    """A value that is not repeated by itself, else all of them."""
    values = [value] if isinstance(value, str) else list(value)
    return values[0] if len(values) == 1 else values


def browser_query() -> tuple[dict[str, str], list[str]]:
    """What the browser's address says.

    Returns
    -------
    query : dict of str
        By name; the last value of a name that is repeated.
    problems : list of str
        A sentence for each name that must not be repeated, and is.
    """
    query = st.query_params.to_dict()
    repeated = [name for name in query if len(set(st.query_params.get_all(name))) > 1]
    names = [name for name in repeated if name != RUN and not is_tracker(name)]
    return query, [f"{listed(names)} repeated; the last value is used."] if names else []
