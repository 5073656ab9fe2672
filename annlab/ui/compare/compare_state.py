"""State of the Compare page: selected runs and view, in step with the address."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from annlab.config import RunConfig
from annlab.config.links import RUN, read_comparison, write_comparison
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.browser import is_history_navigation
from annlab.ui.compare.comparison_table import BASELINE
from annlab.ui.compare.runs_table import SELECTED, select
from annlab.ui.services import services
from annlab.ui.state.page_state import VIEW, PageState, browser_query
from annlab.ui.state.session_runs import Item, note_run, noted_runs, places_of
from annlab.ui.train.actions import submit


class CompareState(PageState):
    """State of the Compare page: selected runs and view."""

    def __init__(self) -> None:
        super().__init__("compare")

    def prepare(self) -> None:
        """Load runs and view from the address: on first opening, and after Back or Forward."""
        if self.get("read") and not is_history_navigation():
            return
        self.set("read", True)
        query, repeated = browser_query()
        runs = {RUN: st.query_params.get_all(RUN)} if RUN in query else {}
        configs, problems = read_comparison({**query, **runs}, (*VIEW, BASELINE))
        self.read_view(query, (*VIEW, BASELINE))
        configs = tuple(dict.fromkeys(configs)) or _initial_runs()
        select(self, [Item(config) for config in configs])
        self.set("problems", repeated + problems)
        missing = tuple(config for config in configs if services().repository.run(config) is None)
        if missing:
            submit(self, missing)
        for place, config in enumerate(configs):
            note_run(config, place)

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
