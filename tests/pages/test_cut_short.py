"""A first drawing cut short by the next rerun, as Streamlit may at any access to the session."""

from itertools import count
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import StopException

from annlab.config.links import write_comparison
from annlab.ui.services import Services
from annlab.ui.state.page_state import PageState
from tests.pages.compare_page import short_run
from tests.ui.visitor import address, heads, visit, wait_for

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

BENCH = {"data": "moons", "samples": "100", "epochs": "3", "seeds": "4", "b.hidden": "4"}
PAGES: dict[str, dict[str, Any]] = {
    "compare": write_comparison([short_run(), short_run(hidden="4")]),
    "logistic_vs_mlp": BENCH,
}


@pytest.mark.parametrize("page", PAGES)
def test_runs_of_a_link_are_trained_wherever_the_first_drawing_ends(
    page: str, idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, link = f"pages/{page}.py", PAGES[page]
    whole = visit(file, **link)
    wait_for(lambda: idle.queue.n_unfinished == 0)
    expected = address(whole.run())
    assert len(heads(whole)) == 2
    as_it_is = PageState.set
    for end in count(1):
        told: list[str] = []

        def cut(state: PageState, name: str, value: Any, told: Any = told, end: int = end) -> None:
            as_it_is(state, name, value)
            told.append(name if value else "")
            if len(told) == end:
                raise StopException

        monkeypatch.setattr(PageState, "set", cut)
        visitor = visit(file, **link)
        monkeypatch.setattr(PageState, "set", as_it_is)
        visitor.run()
        assert not visitor.exception
        wait_for(lambda: idle.queue.n_unfinished == 0)
        assert len(heads(visitor.run())) == 2, told
        assert address(visitor) == expected, told
        if told[-1] == "has-read-address":
            return
