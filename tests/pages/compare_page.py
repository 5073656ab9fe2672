"""The Compare page with runs that train in a moment, its table of runs, and its selection."""

from typing import Any

from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.links import write_comparison
from annlab.ui.services import Services
from annlab.ui.state.session_runs import Item
from tests.ui.visitor import visit, wait_for

PAGE = "pages/compare.py"


def short_run(**changes: object) -> RunConfig:
    """A run that trains in a moment."""
    values = {"data": "moons", "samples": "100", "epochs": "3", "seeds": "4", "lr": "0.03"}
    query = "&".join(f"{name}={value}" for name, value in {**values, **changes}.items())
    return RunConfig.from_url(query)


def settle(visitor: AppTest, server: Services) -> AppTest:
    """Wait for all trainings and rerun the page."""
    wait_for(lambda: server.queue.n_unfinished == 0)
    return visitor.run()


def open_runs(server: Services, *runs: RunConfig, **view: str) -> AppTest:
    visitor = visit(PAGE, **write_comparison(runs), **view)
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def runs_table(visitor: AppTest) -> list[dict[Any, Any]]:
    return visitor.dataframe[0].value.to_dict("records")


def select(visitor: AppTest, *items: Item) -> AppTest:
    """Select runs as clicks on their rows do."""
    visitor.session_state["compare-selected"] = items
    return visitor.run()
