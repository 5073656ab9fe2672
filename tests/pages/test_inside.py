"""Tabs Inside, Step by step and Pieces: what the server says in them."""

import json
from typing import Any

from annlab import RunConfig
from annlab.config.links import read_bench
from annlab.ui.services import Services
from tests.ui.visitor import address, open_tab, results, wait_for

PAGE = "pages/logistic_vs_mlp.py"
QUICK = {"b.hidden": "4", "samples": "100", "epochs": "3", "seeds": "2", "test": "0.2"}


def _texts(visitor: Any) -> str:
    return "\n".join(element.value for element in (*visitor.markdown, *visitor.caption))


def _mark(visitor: Any, sample: int) -> None:
    (run, _), _ = read_bench(address(visitor), (RunConfig(), RunConfig()))
    visitor.session_state["marked-sample"] = ((run.data_digest, "test", -1), sample)


def _charts(visitor: Any) -> list[str]:
    return [
        json.loads(chart.proto.spec)["data"][0]["type"] for chart in visitor.get("plotly_chart")
    ]


def _wait_for_text(visitor: Any, text: str) -> str:
    """Texts of a tab once a worker has found what one of them says."""
    wait_for(lambda: text in _texts(visitor.run()))
    return _texts(visitor)


def test_inside_says_whether_the_classes_are_separable(idle: Services) -> None:
    visitor = results(PAGE, idle, **QUICK, data="gaussians", noise="0.1")
    open_tab(visitor, "logistic", "Inside")
    text = "In the input the classes of 80 training samples are **linearly separable**"
    _wait_for_text(visitor, text)
    visitor = results(PAGE, idle, **QUICK, data="circles", noise="0")
    open_tab(visitor, "logistic", "Inside")
    text = "In the input the classes of 80 training samples are **not linearly separable**"
    _wait_for_text(visitor, text)
    texts = _wait_for_text(visitor, "the space of the last hidden layer")
    assert texts.count("the space of the last hidden layer") == 1  # A has no hidden layer


def test_large_networks_are_drawn_by_the_server(idle: Services) -> None:
    visitor = results(PAGE, idle, **{**QUICK, "b.hidden": "120-120"})
    n = len(_charts(visitor))
    open_tab(visitor, "logistic", "Inside")
    assert "more than 10,000 weights" in _texts(visitor)
    assert len(_charts(visitor)) == n + 1
    assert len(visitor.get("bidi_component")) == 3  # the browser's key, the film, and A


def test_pieces_are_a_tab_of_relu_on_a_plane(idle: Services) -> None:
    visitor = results(PAGE, idle, **QUICK, activation="relu")
    open_tab(visitor, "logistic", "Pieces")
    texts = _texts(visitor)
    assert "flat pieces" in texts
    assert "Choose a place" in texts
    assert "Without pieces: A" in texts
    _mark(visitor, 3)
    assert "Sample 4 lies in piece" in _texts(visitor.run())
    (run, _), _ = read_bench(address(visitor), (RunConfig(), RunConfig()))
    visitor.session_state["piece-place"] = (run.data_digest, (0.0, 0.0), 3)
    assert "This place lies in piece" in _texts(visitor.run())
    _mark(visitor, 4)  # marked later
    assert "Sample 5 lies in piece" in _texts(visitor.run())
    for other in ({"activation": "tanh"}, {"data": "breast_cancer", "activation": "relu"}):
        labels = [tab.label for tab in results(PAGE, idle, **{**QUICK, **other}).tabs]
        assert "Inside" in labels
        assert "Pieces" not in labels


def test_a_step_is_of_the_marked_sample(idle: Services) -> None:
    visitor = results(PAGE, idle, **QUICK)
    _mark(visitor, 6)
    open_tab(visitor, "logistic", "Step by step")
    (sample,) = visitor.number_input
    assert (sample.value, sample.max) == (7, 20)
    assert "training never learns from a test sample" in _texts(visitor)
    _mark(visitor, 999)  # of other data
    assert visitor.run().number_input[0].value == 1
    visitor.session_state["marked-sample"] = (("other", "test", -1), 6)
    assert visitor.run().number_input[0].value == 1
    assert not visitor.exception


def test_a_replay_finds_what_the_optimizer_remembers(idle: Services) -> None:
    visitor = results(PAGE, idle, **QUICK)
    open_tab(visitor, "logistic", "Step by step")

    def is_found() -> bool:
        assert not visitor.run().exception
        said = " ".join(str(one.proto) for one in visitor.get("bidi_component"))
        return "remembers the gradients of the 9 steps before" in said

    wait_for(is_found)


def test_a_tab_that_the_models_no_longer_have_is_left(idle: Services) -> None:
    visitor = results(PAGE, idle, **QUICK, activation="tanh")
    open_tab(visitor, "logistic", "Pieces")
    assert "Pieces" not in [tab.label for tab in visitor.tabs]
    assert visitor.session_state["logistic-panel"] == "Notes"
