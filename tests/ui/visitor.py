"""A visitor of a page: opens it, waits for it, types into it, looks at its charts."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.config.links import read_bench
from annlab.ui.services import Services, services

ROOT = Path(__file__).resolve().parents[2]
LOGISTIC = "pages/logistic_vs_mlp.py"
DEADLINE_SECONDS = 90
# What the page says of results that are not those of its controls.
BEFORE = "before your changes"
# Settings that are trained in a moment.
QUICK = {"data": "xor", "samples": "100", "epochs": "3", "seeds": "2"}
VIEW = ("epoch", "network", "x", "y")


@contextmanager
def serving(database_url: str) -> Iterator[Services]:
    """The services of a server of its own, as the pages find them; it trains in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNLAB_WORKERS", "0")
        patch.setenv("ANNLAB_DATABASE_URL", database_url)
        patch.delenv("ANNLAB_SCHEDULER", raising=False)
        # There is no first page that the worker would be in the way of.
        patch.setattr("annlab.ui.services.WARM_UP_AFTER_SECONDS", 0.0)
        st.cache_resource.clear()
        made = services()
    try:
        assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
        yield made
    finally:
        made.close()
        st.cache_resource.clear()


def visit(page: str, **query: str) -> AppTest:
    """Open a page by its address, without having seen another one."""
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=DEADLINE_SECONDS)
    if page != "streamlit_app.py":
        visitor.switch_page(page)
    for name, value in query.items():
        visitor.query_params[name] = value
    return visitor.run()


def go_to(visitor: AppTest, page: str) -> AppTest:
    """Follow a link of the navigation, which leaves the query of the page before behind."""
    visitor.query_params.clear()
    return visitor.switch_page(page).run()


def open_logistic(**query: str) -> AppTest:
    """Open the page on logistic regression and MLPs."""
    visitor = visit(LOGISTIC, **query)
    assert not visitor.exception
    return visitor


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def settle(visitor: AppTest, server: Services) -> AppTest:
    """Wait for what the visitor has asked for, and look again."""
    session = visitor.session_state["session_id"]
    wait_for(lambda: server.queue.batch(session) is None)
    return visitor.run()


def results(page: str, server: Services, **query: str) -> AppTest:
    """Open a page by its address and wait for what it shows then."""
    visitor = visit(page, **query)
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def unfold(visitor: AppTest, *names: str) -> AppTest:
    """Unfold controls that few need: those of ``data``, of model ``a``, of ``training`` …"""
    for name in names:
        visitor.session_state[f"logistic-more-{name}"] = True
    return visitor.run()


def address(visitor: AppTest) -> dict[str, str]:
    """The query that the browser shows."""
    return {
        name: value[0] if isinstance(value, list) else value
        for name, value in visitor.query_params.items()
    }


def runs_in_address(visitor: AppTest, n_models: int = 2) -> tuple[RunConfig, ...]:
    """The runs of the query that the browser shows; so many unless it says how many."""
    query = address(visitor)
    n_models = int(query.get("models", n_models))
    return read_bench(query, (RunConfig(),) * n_models, ("models",))[0]


def settings(visitor: AppTest) -> tuple[RunConfig, ...]:
    """The runs in the address of the page on logistic regression and MLPs."""
    query = {name: value for name, value in address(visitor).items() if name not in VIEW}
    n_models = int(query.pop("models", "2"))
    runs, problems = read_bench(query, (RunConfig(),) * n_models)
    assert problems == []
    return runs


def said(elements: Any) -> str:
    """All texts of a kind of element together."""
    return "\n".join(str(element.value) for element in elements)


def charts(visitor: AppTest) -> dict[str, dict[str, Any]]:
    """The charts on a page by their keys."""
    found = {}
    for element in visitor.get("plotly_chart"):
        key = element.proto.id.split("-", 2)[2]
        found[key] = json.loads(element.proto.spec)
        # What lets the browser draw it once.
        assert element.proto.theme == ""
        assert "datarevision" in found[key]["layout"]
        assert "template" not in found[key]["layout"]
    return found
