"""What all sessions of a server share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_info, threadpool_limits

from annlab.jobs.sessions import PATIENCE_SECONDS
from annlab.ui.shell import PAGES
from tests.ui.visitor import said, serving, visit

# Dask's own sockets
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def _threads() -> dict[str, int]:
    return {
        pool["filepath"]: pool["num_threads"]
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    }


def test_pages_compute_on_one_thread(tmp_path: Path) -> None:
    threadpool_limits(2, user_api="blas")
    before = _threads()
    assert {*before.values()} == {2}
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}"):
        # What the worker in this process has brought along since then is its own.
        assert {_threads()[path] for path in before} == {1}


@pytest.fixture
def nothing_started() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.usefixtures("nothing_started")
@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_variable_is_a_sentence_on_every_page(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_WORKERS", "two")
    monkeypatch.setenv("ANNLAB_STORE_MB", "much")
    visitor = visit(PAGES[page].file)
    assert not visitor.exception
    errors = said(visitor.error)
    assert "ANNLAB_WORKERS must be a whole number of at least 0; got 'two'." in errors
    assert "ANNLAB_STORE_MB must be a number of at least 0; got 'much'." in errors


def _waits() -> None:
    """A script: a page whose training has begun."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from annlab.ui.services import note_presence

    st.session_state["streamlit-id"] = get_script_run_ctx().session_id
    note_presence("mine")
    note_presence("mine")  # as the page is drawn again


def test_the_queue_is_told_when_a_browser_is_disconnected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = []
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}") as server:
        monkeypatch.setattr(type(server.queue), "leave", lambda self, session: left.append(session))
        visitor = AppTest.from_function(_waits).run()
        assert not visitor.exception
        assert left == []
        # What Streamlit does when the connection to a browser ends.
        clear_session_resource_cache(visitor.session_state["streamlit-id"])
        assert left == ["mine"]
        # Connected again, and gone again.
        visitor.run()
        clear_session_resource_cache(visitor.session_state["streamlit-id"])
        assert left == ["mine", "mine"]


def test_a_session_is_waited_for_as_long_as_streamlit_keeps_it() -> None:
    assert st.get_option("server.disconnectedSessionTTL") == PATIENCE_SECONDS
