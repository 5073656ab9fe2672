"""Services that all sessions of a server share."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_info, threadpool_limits
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from annlab.jobs.sessions import PATIENCE_SECONDS
from annlab.ui.shell import PAGES
from tests.benchmarks.server import APP, Server
from tests.ui.visitor import serving, text_of, visit

# Dask's own sockets
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def _threads() -> dict[str, int]:
    return {
        pool["filepath"]: pool["num_threads"]
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    }


def test_pages_use_one_blas_thread(tmp_path: Path) -> None:
    threadpool_limits(2, user_api="blas")
    before = _threads()
    assert {*before.values()} == {2}
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}"):
        # Libraries that the worker has loaded since then keep their own thread counts.
        assert {_threads()[path] for path in before} == {1}


@pytest.fixture
def nothing_started() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.mark.usefixtures("nothing_started")
@pytest.mark.parametrize("page", PAGES)
def test_wrong_environment_variable_is_reported_and_ends_the_server(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_WORKERS", "two")
    monkeypatch.setenv("ANNLAB_STORE_MB", "much")
    ended = threading.Event()
    monkeypatch.setattr("annlab.ui.services.end_server", ended.set)
    monkeypatch.setattr("annlab.ui.services._END_AFTER_SECONDS", 0.0)
    visitor = visit(PAGES[page].file)
    assert not visitor.exception
    errors = text_of(visitor.error)
    assert "ANNLAB_WORKERS must be a whole number of at least 0; got 'two'." in errors
    assert "ANNLAB_STORE_MB must be a number of at least 0; got 'much'." in errors
    assert ended.wait(60)


def test_streamlit_ends_with_exit_code_1_at_the_first_visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNLAB_WORKERS", "abc")
    request = BackMsg()
    request.rerun_script.query_string = ""
    sentence = "ANNLAB_WORKERS must be a whole number of at least 0; got 'abc'."
    with Server(APP, tmp_path / "runs.sqlite") as server:
        address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
        with connect(address, subprotocols=[Subprotocol("streamlit")]) as browser:
            browser.send(request.SerializeToString())
            assert any(sentence.encode() in message for message in _until_closed(browser))
        assert server.process.wait(60) == 1
        (line,) = (line for line in server.log.read_text().splitlines() if "ANNLAB" in line)
        assert line.endswith(f" CRITICAL {sentence}")


def _until_closed(browser: ClientConnection) -> Iterator[bytes]:
    with suppress(ConnectionClosed):
        while True:
            yield bytes(browser.recv(60, decode=False))


def _waits() -> None:
    """Script of a page that has asked for a training."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from annlab.ui.services import note_presence

    st.session_state["streamlit-id"] = get_script_run_ctx().session_id
    note_presence("mine")


def test_services_follow_the_connections_of_waiting_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = []
    active: set[str] = set()
    runtime = SimpleNamespace(is_active_session=active.__contains__)
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}") as server:
        server.cluster.close()  # whose regular work would look around too
        for event in ("look", "leave"):
            monkeypatch.setattr(
                server.queue, event, lambda session, event=event: heard.append((event, session))
            )
        monkeypatch.setattr(type(server.queue), "sessions", ("mine", "of a script"))
        visitor = AppTest.from_function(_waits, default_timeout=60).run()
        assert not visitor.exception
        monkeypatch.setattr(Runtime, "exists", lambda: True)
        monkeypatch.setattr(Runtime, "instance", lambda: runtime)
        # On no page, as after a lost connection: nothing runs there.
        for event in ("leave", "look", "leave"):
            (active.add if event == "look" else active.discard)(
                visitor.session_state["streamlit-id"]
            )
            heard.clear()
            server.look_around()
            assert heard == [(event, "mine")]
        monkeypatch.setattr(type(server.queue), "sessions", ())
        server.look_around()
        assert server.connections == {}


def test_patience_equals_streamlit_session_lifetime() -> None:
    assert st.get_option("server.disconnectedSessionTTL") == PATIENCE_SECONDS
