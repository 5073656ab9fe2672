"""Helpers that open pages with AppTest, wait for training, and read texts and charts."""

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
# Part of the remark on results that are older than the controls.
BEFORE = "before your changes"
# Settings that train in a moment.
QUICK = {"data": "xor", "samples": "100", "epochs": "3", "seeds": "2"}
# One of these is in every verdict.
_OF_VERDICTS = ("test samples", "validation samples", "trained on", "No comparison", "repeats")
VIEW = ("epoch", "network", "x", "y", "tab")


@contextmanager
def serving(database_url: str) -> Iterator[Services]:
    """Start a server's services for the pages; training runs in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNLAB_WORKERS", "0")
        patch.setenv("ANNLAB_DATABASE_URL", database_url)
        patch.delenv("ANNLAB_SCHEDULER", raising=False)
        # No first page needs the processor, so the worker starts at once.
        patch.setattr("annlab.ui.services.WARM_UP_AFTER_SECONDS", 0.0)
        st.cache_resource.clear()
        made = services()
    try:
        assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
        yield made
    finally:
        made.close()
        st.cache_resource.clear()


def visit(page: str, **query: Any) -> AppTest:
    """Open a page by its address in a new session."""
    visitor = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=DEADLINE_SECONDS)
    if page != "streamlit_app.py":
        visitor.switch_page(page)
    for name, value in query.items():
        visitor.query_params[name] = value
    return visitor.run()


def go_to(visitor: AppTest, page: str) -> AppTest:
    """Follow a navigation link, which drops the query of the earlier page."""
    visitor.query_params.clear()
    return visitor.switch_page(page).run()


def open_logistic(**query: str) -> AppTest:
    """Open the Logistic vs MLP page."""
    visitor = visit(LOGISTIC, **query)
    assert not visitor.exception
    return visitor


@dataclass(frozen=True)
class ShownHead:
    """Head of a model on the stage."""

    title: str
    label: str
    value: str
    html: str


def heads(visitor: AppTest) -> list[ShownHead]:
    """Heads of the models with results, in the order of the stage."""
    found = []
    for element in visitor.get("html"):
        text = element.proto.body
        if "data-film='score-" not in text:
            continue
        parts = {
            name: html.unescape(re.sub("<[^>]*>", "", re.search(pattern, text, re.S)[1]))
            for name, pattern in (
                ("title", "<h2[^>]*>(.*?)</h2>"),
                ("label", "<div class='annlab-label'[^>]*>(.*?)</div>"),
                ("value", "<b data-film='score-[^>]*>(.*?)</b>"),
            )
        }
        found.append(ShownHead(html=text, **parts))
    return found


def open_tab(visitor: AppTest, page: str, title: str) -> AppTest:
    """Open a tab below the results."""
    visitor.session_state[f"{page}-panel"] = title
    visitor.run()
    assert not visitor.exception
    return visitor


def verdict_texts(visitor: AppTest) -> tuple[str, str]:
    """Line with the verdict, and its details."""
    (block,) = (b for b in visitor.expander if any(word in b.label for word in _OF_VERDICTS))
    return block.label, text_of(block.markdown)


def all_html(visitor: AppTest) -> str:
    """All HTML of the page, without tags."""
    bodies = (element.proto.body for element in visitor.get("html"))
    return html.unescape(re.sub("<[^>]*>", " ", "\n".join(bodies)))


def shown_epoch(visitor: AppTest) -> int:
    """Epoch that the page shows, as it tells the film."""
    bodies = " ".join(element.proto.body for element in visitor.get("html"))
    return int(re.search(r"data-film-at='(\d+)'", bodies)[1])


def move_epoch(visitor: AppTest, page: str, epoch: int) -> AppTest:
    """Let the film rest at an epoch. (AppTest cannot move components of version 2.)"""
    view = dict(visitor.session_state[f"{page}-view"])
    visitor.session_state[f"{page}-view"] = {**view, "epoch": str(epoch)}
    visitor.session_state[f"{page}-moved-to"] = epoch
    return visitor.run()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)


def settle(visitor: AppTest, server: Services) -> AppTest:
    """Wait for the session's training and rerun the page."""
    session = visitor.session_state["session_id"]
    wait_for(lambda: server.queue.batch(session) is None)
    return visitor.run()


def results(page: str, server: Services, **query: str) -> AppTest:
    """Open a page by its address and wait for its results."""
    visitor = visit(page, **query)
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert not visitor.error
    return visitor


def unfold(visitor: AppTest, *names: str) -> AppTest:
    """Open expanders with advanced controls: ``data``, model ``a``, ``training`` …"""
    for name in names:
        visitor.session_state[f"logistic-more-{name}"] = True
    return visitor.run()


def address(visitor: AppTest) -> dict[str, Any]:
    """Query in the browser's address; a repeated name has a list."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in visitor.query_params.items()
    }


def runs_in_address(visitor: AppTest, n_models: int = 2) -> tuple[RunConfig, ...]:
    """Runs in the browser's address; `n_models` of them unless the address has a number."""
    query = address(visitor)
    n_models = int(query.get("models", n_models))
    return read_bench(query, (RunConfig(),) * n_models, ("models",))[0]


def settings(visitor: AppTest) -> tuple[RunConfig, ...]:
    """Runs in the address of the Logistic vs MLP page."""
    query = {name: value for name, value in address(visitor).items() if name not in VIEW}
    n_models = int(query.pop("models", "2"))
    runs, problems = read_bench(query, (RunConfig(),) * n_models)
    assert problems == []
    return runs


def text_of(elements: Any) -> str:
    """Join the texts of elements."""
    return "\n".join(str(element.value) for element in elements)


def everything(visitor: AppTest) -> str:
    """Everything that the page sends to the browser."""
    return "\n".join(str(getattr(element, "proto", "")) for element in visitor._tree)


def charts(visitor: AppTest) -> dict[str, dict[str, Any]]:
    """Charts on a page by key."""
    found = {}
    for element in visitor.get("plotly_chart"):
        key = element.proto.id.split("-", 2)[2]
        found[key] = json.loads(element.proto.spec)
        # With these, the browser draws the chart only once.
        assert element.proto.theme == ""
        assert "datarevision" in found[key]["layout"]
        assert "template" not in found[key]["layout"]
    return found
