"""A bench whose model starts from weights of one's own: controls, remarks, link."""

import numpy as np

from annlab import RunConfig
from annlab.ui.services import Services
from tests.ui.visitor import QUICK, address, open_logistic, results, settle, text_of

PAGE = "pages/logistic_vs_mlp.py"
REMOVE = "logistic-remove-start-1"


def _query(hidden: str) -> dict[str, str]:
    """Address of a bench whose model B starts from its own weights."""
    run = RunConfig.from_url(f"data=xor&hidden={hidden}")
    weights = np.linspace(-1, 1, run.n_parameters).tolist()
    values = run.model_dump()
    values["model"]["initial_weights"] = weights
    start = RunConfig.model_validate(values).to_url().partition("start=")[2]
    return {**QUICK, "b.hidden": hidden, "b.start": start}


def test_start_is_named_and_can_be_removed(idle: Services) -> None:
    visitor = results(PAGE, idle, **_query("4"))
    assert "start :" in text_of(visitor.markdown)  # under What differs
    assert "your own weights (" in text_of(visitor.markdown)
    assert "random" in text_of(visitor.sidebar.caption)
    visitor.button(key=REMOVE).click().run()
    assert not visitor.exception
    assert "b.start" not in address(visitor)
    assert "start your own weights" in text_of(visitor.info)
    visitor.button(key="logistic-undo").click().run()
    assert address(visitor)["b.start"] == _query("4")["b.start"]


def test_start_is_lost_with_a_sentence_where_it_no_longer_fits(idle: Services) -> None:
    visitor = settle(open_logistic(**_query("4")), idle)
    visitor.selectbox(key="logistic-data").select("gaussians").run()
    # Two features and one output again, so the start still fits.
    assert "the start is gone" not in text_of(visitor.info)
    assert "b.start" in address(visitor)
    visitor.text_input(key="logistic-b-hidden").set_value("5").run()
    assert "Model B: the start is gone. It has 17 weights" in text_of(visitor.info)
    assert "b.start" not in address(visitor)
    assert address(visitor)["b.hidden"] == "5"
    visitor.text_input(key="logistic-epochs").set_value("4").run()
    assert "the start is gone" not in text_of(visitor.info)


def test_large_start_has_no_link_and_a_reload_says_so(idle: Services) -> None:
    visitor = open_logistic(**{**QUICK, "b.hidden": "40", "b.start": "too-many"})
    assert "more than 100 weights do not fit into a link" in text_of(visitor.warning)
    settle(visitor, idle)
    runs = visitor.session_state["logistic-settings"]
    values = runs[1].model_dump()
    values["model"]["initial_weights"] = [0.1] * runs[1].n_parameters
    large = (runs[0], RunConfig.model_validate(values))
    visitor.session_state["logistic-memory"]["b-start"] = large[1].model.initial_weights
    visitor.button(key="logistic-train").click().run()
    settle(visitor, idle)
    assert visitor.session_state["logistic-shown"] == large
    assert "There is no link to these results: B starts from weights of your own" in text_of(
        visitor.markdown
    )
    assert not visitor.code
    assert address(visitor)["b.start"] == "too-many"
    assert not visitor.exception
