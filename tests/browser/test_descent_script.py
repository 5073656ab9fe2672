"""The browser's own gradient descent computes what `annlab.analysis` computes."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from annlab.analysis.descent import batches, descend
from annlab.analysis.stability import largest_stable_rate
from annlab.nn.optimizers import OPTIMIZERS
from annlab.ui.components.descent import DESCENT_SCRIPT
from annlab.ui.descent.point_sets import N_SAMPLES, POINT_SETS, problem
from annlab.ui.descent.settings import BATCHES, N_ORDERS, STEPS, DescentSettings, Lane
from annlab.ui.descent.workbench_data import workbench_data

pytestmark = pytest.mark.browser

MODULE = "data:text/javascript;base64," + base64.b64encode(DESCENT_SCRIPT.encode()).decode()
LOSSES = [(samples, loss) for samples, entry in POINT_SETS.items() for loss in entry.losses]
POINTS = [[0.3, -0.2], [2.0, 1.0], [-1.5, 4.0], [9.0, -30.0]]


@pytest.fixture
def script(new_page: Callable[..., Page]) -> Callable[[str, Any], Any]:
    """Evaluate an expression of the script's functions `m` and an argument `given`."""
    page = new_page()
    page.goto("about:blank")

    def run(expression: str, given: Any = None) -> Any:
        text = f"async ([url, given]) => {{ const m = await import(url); return {expression}; }}"
        return page.evaluate(text, [MODULE, given])

    return run


def described(samples: str, loss: str) -> dict[str, Any]:
    found = problem(samples, loss)
    return {
        "x": found.x.tolist(),
        "y": found.y.tolist(),
        "output_activation": found.output_activation,
        "loss": found.loss,
    }


@pytest.mark.parametrize(("samples", "loss"), LOSSES)
def test_losses_and_gradients(script: Any, samples: str, loss: str) -> None:
    rows = [[0, 3, 39], list(range(N_SAMPLES))]
    given = [described(samples, loss), POINTS, rows]
    expected = problem(samples, loss)
    values = script("given[1].map((at) => m.lossAt(given[0], at))", given)
    np.testing.assert_allclose(values, expected.value(np.array(POINTS)), rtol=1e-9)
    found = script(
        "given[1].map((at) => given[2].map((rows) => m.gradientAt(given[0], at, rows)))", given
    )
    for k, point in enumerate(POINTS):
        for part, some in zip(found[k], rows, strict=True):
            gradient = expected.gradient(np.array(point), np.array(some))
            np.testing.assert_allclose(part, gradient, rtol=1e-7, atol=1e-12)


def test_the_grid_has_its_first_row_above(script: Any) -> None:
    given = [described("line", "line"), {"w": [-1, 2], "b": [0, 4]}]
    found = np.reshape(script("[...m.lossGrid(given[0], given[1], 5)]", given), (5, 5))
    expected = problem("line", "line").surface(np.linspace(-1, 2, 5), np.linspace(4, 0, 5))
    np.testing.assert_allclose(found, expected)


def test_every_optimizer_has_a_chain(script: Any) -> None:
    assert set(script("Object.keys(m.CHAINS)")) == set(OPTIMIZERS)


@pytest.mark.parametrize("batch", ["full", "8"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_paths_and_stages(script: Any, optimizer: str, batch: str) -> None:
    settings = DescentSettings(samples="overlapping", loss="squared", batch=batch, order=3)
    lane = Lane(optimizer, 0.35, 0.75)
    data = workbench_data(settings, "light")
    given = {
        "problem": described("overlapping", "squared"),
        "lane": {"optimizer": optimizer, "rate": lane.rate, "momentum": lane.momentum},
        "size": BATCHES[batch],
        "order": data["orders"][3],
    }
    found = script(
        "m.descend(given.problem, given.lane, [-1, 2], "
        f"m.batches({N_SAMPLES}, given.size, 30, given.order))",
        given,
    )
    expected = descend(
        problem("overlapping", "squared"), settings.training(lane), np.array([-1.0, 2.0]), 30
    )
    np.testing.assert_allclose(found["pairs"], expected.parameters, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["losses"], expected.losses, rtol=1e-6)
    assert found["diverged"] == expected.diverged
    for mine, theirs in zip(found["stages"], expected.stages, strict=True):
        texts = [(stage["name"], stage["symbol"], stage["formula"]) for stage in mine]
        assert texts == [stage[:3] for stage in theirs]
        for stage, other in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(stage["values"], other.values, rtol=1e-5, atol=1e-9)


def test_a_path_ends_where_it_diverges(script: Any) -> None:
    lane = {"optimizer": "sgd", "rate": 5.0, "momentum": 0.0}
    given = [described("shifted", "line"), lane]
    found = script(
        f"m.descend(given[0], given[1], [0, 0], m.batches({N_SAMPLES}, 40, 200, []))", given
    )
    settings = DescentSettings()
    expected = descend(
        problem("shifted", "line"), settings.training(Lane("sgd", 5.0)), np.zeros(2), 200
    )
    assert found["diverged"]
    assert len(found["pairs"]) == len(expected.parameters)


def test_the_batches_of_every_order_last_for_all_steps(script: Any) -> None:
    data = workbench_data(DescentSettings(), "dark")
    n_steps = int(STEPS.high)
    for seed in range(N_ORDERS):
        for size in BATCHES.values():
            given = [size, data["orders"][seed]]
            found = script(f"m.batches({N_SAMPLES}, given[0], {n_steps}, given[1])", given)
            expected = batches(N_SAMPLES, size, n_steps, seed)
            assert found == [part.tolist() for part in expected]


def test_largest_stable_rates(script: Any) -> None:
    for optimizer in OPTIMIZERS:
        found = script("m.stableRate(...given)?.rate ?? null", [optimizer, 0.8, 3.0])
        expected = largest_stable_rate(optimizer, 0.8, 3.0)
        assert found == (None if expected is None else pytest.approx(expected))
