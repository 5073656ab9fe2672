"""Page Several outputs: curve in the plane, panels of targets, label surfaces, data."""

import numpy as np
import pytest

from annlab import evaluate, load_dataset
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import charts, heads, open_tab, results, runs_in_address, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/several_outputs.py"
EIGHT = {"data": "plane_curve", "samples": "80", "epochs": "3", "seeds": "2", "b.hidden": "4"}
LABELS = {"data": "labels", "samples": "100", "epochs": "3", "seeds": "2", "b.hidden": "4"}
LINNERUD = {"data": "linnerud", "test": "0.4", "scaling": "standard", "epochs": "3", "seeds": "2"}


def test_two_numbers_draw_a_curve_in_the_plane(idle: Services) -> None:
    visitor = results(PAGE, idle, **EIGHT)
    network = visitor.selectbox(key="several_outputs-network").value
    for i, config in enumerate(runs_in_address(visitor)):
        run, found = idle.repository.run(config), charts(visitor)[f"plane-curve-{i}"]
        (curve,) = (trace for trace in found["data"] if trace.get("name") == "AB"[i])
        W, b = ([layer[network] for layer in pair] for pair in zip(*run.layers(), strict=True))
        X = np.array(curve["customdata"])[:, None]
        for k in range(len(W) - 1):
            X = np.maximum(X @ W[k] + b[k], 0)
        expected = X @ W[-1] + b[-1]
        drawn = np.stack([curve["x"], curve["y"]], axis=1)
        np.testing.assert_allclose(drawn, expected, atol=1e-4)
        assert heads(visitor)[i].value == with_spread(evaluate(run, split="train").mse)


def test_every_target_has_a_panel(idle: Services) -> None:
    visitor = results(PAGE, idle, **LINNERUD)
    found = charts(visitor)
    for i in (0, 1):
        layout = found[f"targets-{i}"]["layout"]
        assert {"xaxis", "xaxis2", "xaxis3"} <= layout.keys()
    # Three columns are too many for a picture of the samples: histograms instead.
    found = charts(open_tab(visitor, "several_outputs", "Data"))
    assert {"data-target", "data-histograms", "data-correlation"} <= set(found)
    assert len(found["data-target"]["data"]) == 3
    names = found["data-correlation"]["data"][0]["x"]
    assert names[-3:] == ["weight (lb)", "waist (in)", "pulse (per minute)"]
    data = load_dataset(runs_in_address(visitor)[0].dataset)
    said = text_of(visitor.markdown)
    for k, name in enumerate(names[-3:]):
        escaped = name.replace("(", r"\(").replace(")", r"\)")
        assert f"mean of {escaped} | {data.y_train[:, k].mean():.3g}" in said


def test_every_label_has_a_surface(idle: Services) -> None:
    visitor = results(PAGE, idle, **LABELS)
    for i in (0, 1):
        traces = charts(visitor)[f"label-surfaces-{i}"]["data"]
        assert sum(trace["type"] == "contour" for trace in traces) == 3
        run = idle.repository.run(runs_in_address(visitor)[i])
        scores = evaluate(run, split="train").label_accuracy
        assert heads(visitor)[i].value == with_spread(scores)
    open_tab(visitor, "several_outputs", "Data")
    data = load_dataset(runs_in_address(visitor)[0].dataset)
    said = text_of(visitor.markdown)
    for k, name in enumerate(data.target_names):
        assert f"| {name} | {data.y_train[:, k].sum()} |" in said
    assert "data-points" in charts(visitor)


@pytest.mark.parametrize(
    ("data", "drawn"), [("plane_curve", True), ("labels", True), ("linnerud", False)]
)
def test_about_these_data_has_a_preview_where_one_fits(
    idle: Services, data: str, drawn: bool
) -> None:
    visitor = visit(PAGE, data=data, epochs="1")
    visitor.session_state["several_outputs-more-about"] = True
    visitor.run()
    assert not visitor.exception
    assert any("preview" in key for key in charts(visitor)) == drawn
