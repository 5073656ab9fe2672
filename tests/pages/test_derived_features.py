"""A model with derived features works in every tab, or the tab says why not."""

import json
from typing import Any

import pytest

from annlab.ui.results.panels import PANELS
from annlab.ui.services import Services
from tests.ui.visitor import heads, open_tab, results, text_of, wait_for

PAGE = "pages/logistic_vs_mlp.py"
QUICK = {"data": "circles", "samples": "100", "epochs": "3", "seeds": "2", "test": "0.2"}
SQUARES = {**QUICK, "a.hidden": "", "a.features": "x1_squared-x2_squared", "scaling": "standard"}
RELU = {**SQUARES, "b.hidden": "4", "b.activation": "relu", "b.features": "x1-x2-x1_x2-sin_x2"}
# Those of images, residuals and recorded gradients do not apply.
TABS = [
    panel.title
    for panel in PANELS
    if panel.title not in ("Pictures", "Residuals", "Gradients", "Range test")
]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_drawn(tab: str, idle: Services) -> None:
    visitor = results(PAGE, idle, **RELU)
    assert [head.title for head in heads(visitor)] == [
        "ALogistic regression · x₁², x₂²",
        "BMLP 4, ReLU · 4 features",
    ]
    open_tab(visitor, "logistic", tab)
    assert not visitor.exception
    assert not visitor.error


def test_pieces_are_drawn_of_the_other_models_only(idle: Services) -> None:
    visitor = results(PAGE, idle, **{**RELU, "b.features": ""})
    before = len(visitor.get("plotly_chart"))
    open_tab(visitor, "logistic", "Pieces")
    said = "Without pieces: A (derived features, such as x₁², bend the pieces on the plane)."
    assert said in text_of(visitor.caption)
    assert len(visitor.get("plotly_chart")) > before
    visitor = results(PAGE, idle, **RELU)
    before = len(visitor.get("plotly_chart"))
    open_tab(visitor, "logistic", "Pieces")
    assert said.replace("A (", "A, B (") in text_of(visitor.caption)
    assert len(visitor.get("plotly_chart")) == before


def test_inside_says_whether_derived_features_separate_the_classes(idle: Services) -> None:
    visitor = results(PAGE, idle, **SQUARES, noise="0")
    open_tab(visitor, "logistic", "Inside")

    def said(text: str) -> bool:
        return text in text_of(visitor.run().markdown)

    wait_for(lambda: said("In the space of its features (x₁², x₂²) the classes of 80 training"))
    wait_for(lambda: said("In the plain features the classes of 80 training samples are **not"))


def test_numbers_of_a_step_are_those_of_the_derived_features(idle: Services) -> None:
    visitor = results(PAGE, idle, **RELU)
    open_tab(visitor, "logistic", "Step by step")
    (view,) = (block for block in visitor.get("bidi_component") if "steps" in block.proto.id)
    data: Any = json.loads(json.loads(view.proto.json)["steps"])
    assert data["layers"][0]["names"] == [
        "x1 (scaled)",
        "x2 (scaled)",
        "x1·x2 (scaled)",
        "sin x2 (scaled)",
    ]
    x1, x2, product, _ = data["layers"][0]["incoming"]
    assert product == pytest.approx(x1 * x2, rel=1e-5)
