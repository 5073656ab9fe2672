"""Progress of a training on the page of the perceptron."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.jobs.job import Job, JobState
from tests.ui.visitor import DEADLINE_SECONDS, text_of


def _watch() -> None:
    """Script of a page during a training that another page does not know."""
    import streamlit as st

    from annlab.ui.perceptron.training import _progress

    st.session_state["session_id"] = "me"
    _progress()


@pytest.mark.parametrize("restarted", [False, True])
def test_training_that_started_again_says_so(
    restarted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(RunConfig(), JobState.RUNNING, restarted=restarted)
    queue = SimpleNamespace(
        batch=lambda session: (job,), wait_for_end=lambda session, seconds: None, n_unfinished=1
    )
    server = SimpleNamespace(queue=queue, cluster=SimpleNamespace(ready=True, start_error=""))
    monkeypatch.setattr("annlab.ui.perceptron.training.services", lambda: server)
    visitor = AppTest.from_function(_watch, default_timeout=DEADLINE_SECONDS).run()
    assert not visitor.exception
    again = "This training started again from the first epoch because its worker process died."
    assert (again in text_of(visitor.info)) is restarted
