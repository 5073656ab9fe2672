"""The script of the Inside tab: choices that end with their data, and lines of labels."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from annlab import Dataset, Run, RunConfig, TrainingConfig, train
from annlab.figures import of_run
from annlab.figures.base.theme import look
from annlab.figures.label_surfaces import DASHES_ON_CANVAS, LABEL_DASHES
from annlab.ui.components.inside import INSIDE_SCRIPT
from annlab.ui.components.sources import source

pytestmark = pytest.mark.browser

MODULE = "data:text/javascript;base64," + base64.b64encode(INSIDE_SCRIPT.encode()).decode()
# Dashes of the lines that are drawn for some labels.
LINES = """async ([url, n]) => {
  const { paintBoundaries } = await import(url);
  const [lines, nothing] = [[], () => {}];
  const context = { beginPath: nothing, moveTo: nothing, lineTo: nothing,
    setLineDash(dash) { this.dash = dash; }, stroke() { lines.push(this.dash); } };
  const outputs = Array.from({ length: n }, (_, k) => `P(${k})`);
  const a = Float32Array.from({ length: 16 * n }, (_, i) => i % 3);
  paintBoundaries({ outputs, x: [0, 1], y: [0, 1], axes: [0, 1], large_grid_size: 4,
    threshold: 0.5, color: "red", surface: () => [{ a }] },
    { context, to: { x: (v) => v, y: (v) => v } });
  return lines;
}"""
# Draw the tab in an element, and wait for its pictures.
DRAW = """async ([url, inside]) => {
  const { default: draw } = await import(url);
  const tab = document.getElementById("tab");
  tab.querySelectorAll(".unit").forEach((unit) => unit.remove());
  draw({ data: { inside, targets: "{}" }, parentElement: tab, setTriggerValue() {} });
  while (!tab.querySelector(".unit canvas")) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return [...tab.querySelectorAll(".unit canvas")].map((canvas) => canvas.toDataURL());
}"""


def _inside(y: Any, task: str | None = None) -> str:
    X = np.random.default_rng(0).normal(size=(40, 2))
    data = Dataset.from_arrays(X, y, task=task)
    run: Run = train(
        RunConfig(dataset=data.config, training=TrainingConfig(max_epochs=1)), dataset=data
    )
    found = of_run.inside(run, data, epochs=[0, 1])
    assert found is not None
    named = {"key": "k", "name": "A", "title": "", "color": "#0072b2", "picture": "none-0"}
    return json.dumps(
        {"look": look("light"), "models": [{**found, **named, "axes": [0, 1], "epochs": [0, 1]}]}
    )


def test_other_data_start_with_their_first_target(new_page: Callable[..., Page]) -> None:
    random = np.random.default_rng(1)
    labels, classes = _inside(random.integers(0, 2, (40, 3))), _inside(random.integers(0, 2, 40))
    page = new_page()
    empty = f"<div id='tab'>{source('inside.html')}</div>"
    page.set_content(empty)
    fresh = page.evaluate(DRAW, [MODULE, classes])
    page.set_content(empty)
    first = page.evaluate(DRAW, [MODULE, labels])
    page.get_by_label("Colors").select_option("2")
    assert page.evaluate(DRAW, [MODULE, labels]) != first  # the choice stays with these data
    assert page.evaluate(DRAW, [MODULE, classes]) == fresh
    assert page.evaluate(DRAW, [MODULE, labels]) == first


def test_changed_lines_are_those_of_the_labels_on_the_stage(new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto("about:blank")
    dashes = [DASHES_ON_CANVAS[name] for name in LABEL_DASHES]
    for n in (1, 3, 8):
        assert page.evaluate(LINES, [MODULE, n]) == dashes[:n]
