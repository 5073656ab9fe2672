"""The page on gradient descent: what it sends to the browser, links, the surface."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.minimum import Minimum
from annlab.analysis.weight_planes import flat
from annlab.ui.descent.descent_state import DescentState
from annlab.ui.descent.own_run import PLANES
from annlab.ui.descent.point_sets import minimum
from annlab.ui.descent.settings import DescentSettings, read_settings, written_settings
from annlab.ui.descent.surface import paths_of
from annlab.ui.services import Services
from tests.stored import keep
from tests.ui.visitor import charts, serving, text_of, visit, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

PAGE = "pages/gradient_descent.py"


def _open(**query: Any) -> AppTest:
    visitor = visit(PAGE, **query)
    assert not visitor.exception
    return visitor


def _sent(visitor: AppTest) -> dict[str, Any]:
    """What the page sends to its component."""
    (view,) = (block for block in visitor.get("bidi_component") if "descent" in block.proto.json)
    return json.loads(json.loads(view.proto.json)["descent"])


def test_opens_with_its_first_picture(server: Services) -> None:
    visitor = _open()
    sent = _sent(visitor)
    assert sent["settings"] == written_settings(DescentSettings())
    assert len(sent["sets"]["shifted"]["x"]) == 40
    assert sent["sets"]["separable"]["losses"]["cross_entropy"]["minimum"] is None
    assert "threshold separates" in sent["sets"]["separable"]["losses"]["cross_entropy"]["reason"]
    assert not visitor.query_params


def test_a_link_opens_its_settings(server: Services) -> None:
    query = {"samples": "overlapping", "loss": "squared", "optimizers": "adam:0.5", "at": "20"}
    sent = _sent(_open(**query))["settings"]
    assert {name: sent[name] for name in query} == query


def test_wrong_values_of_a_link_are_told(server: Services) -> None:
    visitor = _open(steps="many", batch="8")
    assert "steps: must be a number, got 'many'" in text_of(visitor.warning)
    assert _sent(visitor)["settings"]["batch"] == "8"


def test_the_surface_shows_the_paths_of_the_link(server: Services) -> None:
    query = {"tab": "Surface", "samples": "line", "optimizers": "sgd:0.2,sgd:0.5", "steps": "10"}
    visitor = _open(**query)
    lines = [t for t in charts(visitor)["descent-surface"]["data"] if "line" in t]
    expected = paths_of(read_settings(query)[0])
    assert [line["name"] for line in lines] == list(expected) == ["SGD", "SGD (2)"]
    for line, path in zip(lines, expected.values(), strict=True):
        np.testing.assert_allclose(line["z"], path.losses, rtol=1e-5)
    # The wheel scrolls the page over the surface.
    configs = [json.loads(one.proto.config) for one in visitor.get("plotly_chart")]
    assert {config.get("scrollZoom") for config in configs if config} == {False}


def test_a_run_of_a_bench_is_shown_on_three_planes(server: Services) -> None:
    charts_of_planes = []
    for kind in PLANES:
        visitor = _open(tab="Your own run", plane=kind)
        chart = charts(visitor)["descent-landscape"]
        charts_of_planes.append(chart)
        paths = [trace for trace in chart["data"] if trace["type"] == "scatter"]
        assert len(paths) == (2 if kind == "three" else 1)
        said = text_of(visitor.markdown)
        assert "of the variance of its path is in this plane" in said
        assert ("On the straight line" in said) == (kind == "three")
        assert "training samples." in text_of(visitor.caption)
        assert visitor.query_params["plane"] == kind
    titles = [chart["layout"]["xaxis"]["title"]["text"] for chart in charts_of_planes]
    assert len(set(titles)) == 3


def test_a_link_opens_run_network_and_weights(server: Services, default_runs: list[Run]) -> None:
    query = {
        "tab": "Your own run",
        "run": default_runs[1].config.to_url(),
        "plane": "two",
        "network": "1",
        "x": "3",
        "y": "0",
    }
    visitor = _open(**query)
    assert {name: visitor.query_params[name] for name in query} == query
    chart = charts(visitor)["descent-landscape"]
    end = flat(default_runs[1].checkpoints.at())[1]
    (path,) = (trace for trace in chart["data"] if trace["type"] == "scatter")
    np.testing.assert_allclose([path["x"][-1], path["y"][-1]], end[[3, 0]], rtol=1e-5)


def test_the_same_weight_twice_and_a_run_that_is_missing_are_told(
    server: Services, default_runs: list[Run]
) -> None:
    query = {"tab": "Your own run", "run": default_runs[0].config.to_url()}
    visitor = _open(**query, plane="two", x="0", y="0")
    assert "Choose two different weights." in text_of(visitor.info)
    missing = RunConfig(training=TrainingConfig(learning_rate=0.0123))
    visitor = _open(tab="Your own run", run=missing.to_url())
    assert "This run is not stored here." in text_of(visitor.info)


def test_runs_that_differ_in_a_rate_alone_can_each_be_chosen(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    runs = [
        trained(
            RunConfig(
                dataset=DatasetConfig(n_samples=100),
                training=TrainingConfig(max_epochs=2, learning_rate=rate),
            )
        )
        for rate in (0.01, 0.1, 0.2)
    ]
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    keep(runs, url)
    with serving(url), pytest.MonkeyPatch.context() as patch:
        noted = {run.config.digest: run.config for run in runs}
        patch.setattr("annlab.ui.descent.own_run.noted_runs", lambda: noted)
        visitor = _open(tab="Your own run")
        for run in (*runs, *runs):
            box = next(box for box in visitor.selectbox if box.label == "Run")
            box.set_value(run.config).run()
            visitor.run()  # a browser reports the label again
            assert visitor.query_params["run"] == run.config.to_url()


def test_a_worker_computes_the_loss_around_a_large_network(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=300),
            model=ModelConfig(hidden_sizes=(160, 160)),
            training=TrainingConfig(max_epochs=1),
        )
    )
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    keep([run], url)
    with serving(url):
        visitor = _open(tab="Your own run", run=run.config.to_url(), plane="random")
        # The page itself refuses so large a network, so that the chart comes from the worker.
        wait_for(lambda: "descent-landscape" in charts(visitor.run()))
        assert "300 training samples" in text_of(visitor.caption)


@pytest.mark.parametrize(
    ("data", "weight"), [("plane_curve", "h1.1 → v"), ("labels", "h1.1 → P(label 2)")]
)
def test_a_run_with_several_outputs_is_shown_on_every_plane(
    tmp_path: Path, trained: Callable[[RunConfig], Run], data: str, weight: str
) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name=data, n_samples=100, test_fraction=0.2),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=2, n_seeds=2),
        )
    )
    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    keep([run], url)
    with serving(url):
        for kind in PLANES:
            visitor = _open(tab="Your own run", run=run.config.to_url(), plane=kind)
            chart = charts(visitor)["descent-landscape"]
            assert np.isfinite(np.array(chart["data"][0]["z"], float)).all()
            assert "80 training samples" in text_of(visitor.caption)
        visitor = _open(tab="Your own run", run=run.config.to_url(), plane="two")
        box = next(box for box in visitor.selectbox if box.label == "Weight along x")
        assert len(box.options) == run.n_parameters
        assert weight in box.options
        missing = run.config.model_copy(
            update={"training": TrainingConfig(max_epochs=2, learning_rate=0.0123)}
        )
        visitor = _open(tab="Your own run", run=missing.to_url())
        assert "This run is not stored here." in text_of(visitor.info)


def test_without_any_run_the_tab_says_where_to_train_one(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}"):
        assert "not trained anything yet" in text_of(_open(tab="Your own run").info)


def test_what_a_browser_sends_is_checked() -> None:
    state = DescentState()
    with pytest.MonkeyPatch.context() as patch:
        session: dict[str, Any] = {}
        patch.setattr("streamlit.session_state", session)
        state.set("now", DescentSettings())
        state.take({"w": "nan"})
        assert state.settings == DescentSettings()
        state.take({"w": "0.5"})
        assert state.settings.w == 0.5


def test_every_rate_shows_where_descent_breaks(server: Services) -> None:
    chart = charts(_open())["descent-rates"]
    lines = {trace["name"]: trace for trace in chart["data"] if trace["mode"] == "lines"}
    assert list(lines) == ["SGD", "SGD with momentum", "Adam"]
    lowest = minimum("shifted", "line")
    assert isinstance(lowest, Minimum)
    # The last rate that SGD survives is the one before its largest stable rate.
    survived = [x for x, y in zip(lines["SGD"]["x"], lines["SGD"]["y"], strict=True) if y]
    assert max(survived) == pytest.approx(2 / lowest.curvatures[1], rel=0.15)
    assert None not in lines["Adam"]["y"][:60]
