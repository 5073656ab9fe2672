"""The panels that offer exports, alone on a page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run
from annlab.exports import EXPORTS, KERAS, LIGHTNING
from annlab.ui.panels.panel import Shown


def _page(name, shown):  # its source is run by itself: no annotations
    from annlab.ui.panels.code import draw_code
    from annlab.ui.panels.take_along import draw_take_along

    {"code": draw_code, "take along": draw_take_along}[name](shown)


@pytest.fixture
def shown(binary_run: Run, regression_run: Run) -> Any:
    return Shown(
        runs=[binary_run, regression_run],
        dataset=None,
        part="test",
        epoch=0,
        epochs=[0, 0],
        seed=0,
        axes=(0, 1),
        evaluations=[],
    )


def test_the_kind_of_script_can_be_chosen(shown: Shown) -> None:
    page = AppTest.from_function(_page, kwargs={"name": "code", "shown": shown}).run()
    for script in (LIGHTNING, KERAS, LIGHTNING):
        page.segmented_control(key="code-kind").set_value(script.label).run()
        assert not page.exception
        assert [code.value for code in page.code] == [
            script.make(run).strip() for run in shown.runs
        ]


def test_every_file_of_every_model_is_offered(shown: Shown) -> None:
    page = AppTest.from_function(_page, kwargs={"name": "take along", "shown": shown}).run()
    assert not page.exception
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels[: 2 * len(EXPORTS)] == 2 * [export.label for export in EXPORTS]
