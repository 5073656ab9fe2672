"""State of the Compare page: selected runs and view, in step with the address."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from annlab.config import RunConfig
from annlab.config.links import RUN, read_comparison, write_comparison
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.browser import known_browser_key
from annlab.ui.compare.comparison_table import BASELINE
from annlab.ui.compare.runs_table import MAX_SELECTED, SELECTED, select
from annlab.ui.state.own_access import load_run, may_see
from annlab.ui.state.page_state import VIEW, PageState, browser_query
from annlab.ui.state.session_runs import (
    Item,
    forget_sent,
    note_run,
    noted_runs,
    places_of,
    sent_to_comparison,
)
from annlab.ui.train.actions import is_large, submit


class CompareState(PageState):
    """State of the Compare page: selected runs and view."""

    def __init__(self) -> None:
        super().__init__("compare")

    def prepare(self) -> bool:
        """Load runs and view from the address: on first opening, and after Back or Forward.

        Runs that another page sent join the selected ones of their task.

        Returns
        -------
        bool
            Whether the page can be drawn; otherwise it is about to be drawn again.
        """
        sent = sent_to_comparison()
        if not self.must_read_address():
            if sent:
                self._join(sent)
            elif any(map(may_see, self.get("hidden", ()))):
                self.train_missing()
        elif self._read_address(sent):
            self.note_address_read()
        else:
            return False
        forget_sent()
        return True

    def _join(self, sent: tuple[RunConfig, ...]) -> None:
        others = [i for i in self.get(SELECTED) or () if i.config.task == sent[0].task]
        new = [Item(config) for config in sent]
        # The first make room for what was sent.
        kept = [item for item in others if item not in new]
        select(self, [*kept[max(0, len(kept) + len(new) - MAX_SELECTED) :], *new])
        self.train_missing(sent)

    def _read_address(self, sent: tuple[RunConfig, ...]) -> bool:
        self.set("hidden", ())
        query, repeated = browser_query()
        runs = {RUN: st.query_params.get_all(RUN)} if RUN in query else {}
        configs, problems = read_comparison({**query, **runs}, (*VIEW, BASELINE))
        if known_browser_key() is None and any(config.dataset.own for config in configs):
            return False  # the browser's answer, which says what it may see, comes soon
        self.read_view(query, (*VIEW, BASELINE))
        configs = tuple(dict.fromkeys(configs)) or sent or _initial_runs()
        select(self, [Item(config) for config in configs])
        self.set("problems", repeated + problems)
        self.train_missing(configs, of_link=True)
        for place, config in enumerate(configs):
            note_run(config, place)
        return True

    def train_missing(self, configs: tuple[RunConfig, ...] = (), of_link: bool = False) -> None:
        """Train those of some runs that are missing, once this browser may see their data.

        Parameters
        ----------
        configs : tuple of RunConfig
        of_link : bool
            Whether they come from a link, where much work waits for a click.
        """
        selected = self.get(SELECTED) or ()
        waiting = (config for config in self.get("hidden", ()) if Item(config) in selected)
        configs = tuple(dict.fromkeys((*waiting, *configs)))
        hidden = tuple(config for config in configs if not may_see(config))
        self.set("hidden", hidden)
        missing = tuple(c for c in configs if c not in hidden and load_run(c) is None)
        if missing and not (of_link and is_large(missing)):
            submit(self, missing)

    def query(self) -> dict[str, Any]:
        """Selected runs and view by link name."""
        selected = self.get(SELECTED) or ()
        if not selected:
            return {}
        # In the order of their letters, so that the link opens with the same letters.
        items = [selected[k] for k in _by_place(places_of(selected))]
        return {**write_comparison([item.config for item in items]), **super().query()}


def _initial_runs() -> tuple[RunConfig, ...]:
    """Runs selected on first opening: the session's last two, or the default experiment."""
    noted = list(noted_runs().values())[-2:]
    if len(noted) == 2 and noted[0].task == noted[1].task:
        return tuple(noted)
    return DEFAULTS["logistic_vs_mlp"].runs


def _by_place(places: Sequence[int]) -> list[int]:
    return sorted(range(len(places)), key=lambda k: places[k])
