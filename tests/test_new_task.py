"""A task that stands in registries alone is trained, scored, compared, drawn, exported, shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error, mean_poisson_deviance, mean_squared_error
from torch.nn import functional

from annlab import Run, RunConfig, compare, evaluate, load_dataset, train
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.one_step import one_step
from annlab.analysis.prediction import predict
from annlab.datasets import load_run_dataset
from annlab.datasets.serialize import dataset_from_bytes, dataset_to_bytes
from annlab.exports.history import history_csv
from annlab.exports.keras import keras_script
from annlab.exports.lightning import lightning_script
from annlab.figures import of_run
from annlab.ui.bench import bench
from annlab.ui.services import Services
from annlab.ui.shell import PAGE_OF_TASK
from annlab.ui.state.session_runs import Item
from annlab.ui.text.scores_text import with_spread
from tests.exports.scripts import run_scripts
from tests.new_task import POISSON, add_counts
from tests.pages.compare_page import runs_table, select
from tests.training import torch_loop
from tests.ui.visitor import (
    charts,
    go_to,
    heads,
    open_tab,
    results,
    runs_in_address,
    serving,
    text_of,
    verdict_texts,
)

DATA = {"name": "visits", "test_fraction": 0.3}


@pytest.fixture(autouse=True, scope="module")
def _counts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        add_counts(patch)
        yield


def config_of(
    data: dict[str, Any] | None = None, model: dict[str, Any] | None = None, **training: Any
) -> RunConfig:
    shared = {"learning_rate": 0.02, "max_epochs": 40, "n_seeds": 3, "seed": 1}
    return RunConfig.model_validate(
        {
            "dataset": data or DATA,
            "model": {"hidden_sizes": (8,), "activation": "tanh", **(model or {})},
            "training": {**shared, **training},
        }
    )


@pytest.fixture(scope="module")
def run() -> Run:
    return train(config_of())


@pytest.fixture(scope="module")
def linear() -> Run:
    return train(config_of(model={"hidden_sizes": ()}))


def test_its_loss_has_the_gradient_of_torch() -> None:
    random = torch.Generator().manual_seed(0)
    target = torch.poisson(torch.full((20, 2), 2.0), generator=random).double()
    output = (torch.rand(20, 2, generator=random).double() + 0.1).requires_grad_()
    functional.poisson_nll_loss(output, target, log_input=False, eps=0, reduction="sum").backward()
    found = POISSON.gradient(torch, target, output, None) * 2  # of the mean over two outputs
    torch.testing.assert_close(found, output.grad)


@pytest.mark.parametrize("resample", ["none", "split"])
def test_it_is_trained_as_by_an_independent_loop(
    monkeypatch: pytest.MonkeyPatch, resample: str
) -> None:
    monkeypatch.setitem(
        torch_loop.LOSSES,
        "poisson",
        lambda logits, output, target: functional.poisson_nll_loss(
            output, target, log_input=False, eps=0
        ),
    )
    # Few steps, because float32 loses digits of large counts.
    short = train(config_of({**DATA, "resample": resample}, max_epochs=3))
    assert (short.config.loss, short.config.output_activation) == ("poisson", "softplus")
    for k in range(3):
        for layer, (V, c) in zip(
            short.layers(), torch_loop.weights_by_torch(short, k), strict=True
        ):
            np.testing.assert_allclose(layer[0][k], V, rtol=1e-5, atol=1e-5)
            np.testing.assert_allclose(layer[1][k], c, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("resample", ["none", "split"])
def test_it_is_scored_as_by_scikit_learn(resample: str) -> None:
    run = train(config_of({**DATA, "resample": resample}, max_epochs=5))
    dataset = load_run_dataset(run.config)
    for split in ("train", "test"):
        found = evaluate(run, split=split)
        np.testing.assert_array_equal(found.headline, found.deviance)
        for k in range(3):
            own = dataset.of(k)
            X, y = own.split(split)
            predicted = predict(run.config, run.layers(), own, X)[k]
            for name, oracle in (
                ("deviance", mean_poisson_deviance),
                ("mse", mean_squared_error),
                ("mae", mean_absolute_error),
            ):
                expected = oracle(y, predicted)
                assert getattr(found, name)[k] == pytest.approx(expected, rel=1e-5), name
            assert run.history[f"{split}_deviance"][-1, k] == pytest.approx(found.deviance[k])
            mean = DummyRegressor().fit(*own.split("train")).predict(X)
            assert found.baselines[k] == pytest.approx(mean_poisson_deviance(y, mean), rel=1e-5)
    with pytest.raises(AttributeError, match="accuracy"):
        _ = found.accuracy


def test_it_is_compared_and_diagnosed(run: Run, linear: Run) -> None:
    verdict = compare(linear, run)
    scores = [evaluate(one).deviance for one in (linear, run)]
    assert verdict.score.name == "deviance"
    assert verdict.difference == pytest.approx((scores[1] - scores[0]).mean())
    assert verdict.difference < 0
    assert "B is ahead of A by" in verdict.sentence
    assert "in mean deviance" in verdict.sentence
    rules = {finding.rule for finding in diagnose(run)}
    assert "nothing learned" not in rules
    untrained = train(config_of(learning_rate=1e-6, max_epochs=20))
    found = {finding.rule: finding.problem for finding in diagnose(untrained)}
    assert "poisson deviance on the training samples" in found["nothing learned"]


def test_it_is_drawn_as_a_regression_is(run: Run, linear: Run) -> None:
    dataset = load_dataset(run.config)
    curve = next(t for t in of_run.fitted_curve(run, network=1).data if t.name == "A")
    x = np.asarray(curve.x, np.float32)
    expected = predict(run.config, run.layers(), dataset, x[:, None])[1]
    np.testing.assert_allclose(curve.y, expected, rtol=1e-3, atol=1e-3)
    names = [trace.name for trace in of_run.learning_curves([linear, run]).data]
    assert {"A", "B"} <= {name.split(",")[0] for name in names if name}
    X, y = dataset.split("test")
    predicted = predict(run.config, run.layers(), dataset, X)[0]
    drawn = np.concatenate([t.y for t in of_run.residuals(run, network=0).data if t.y is not None])
    for residual in (predicted - y)[:5]:
        assert np.isclose(np.abs(drawn), abs(residual), atol=1e-3).any()
    assert of_run.film(run, epochs=[0, 40])["kind"] == "curve"
    assert of_run.live_picture(run.config, [(W[0], b[0]) for W, b in run.layers()], dataset)
    with pytest.raises(ValueError, match="fitted_curve"):
        of_run.decision_surface(run)


def test_a_step_of_it_is_shown(run: Run) -> None:
    step = one_step(run, load_dataset(run.config), sample=0, network=0, epoch=0)
    assert step.loss_after < step.loss


def test_it_is_linked_and_filed(run: Run) -> None:
    assert RunConfig.from_url(run.config.to_url()) == run.config
    back = Run.from_bytes(run.to_bytes())
    assert back.config == run.config
    np.testing.assert_array_equal(evaluate(back).deviance, evaluate(run).deviance)
    dataset = dataset_from_bytes(dataset_to_bytes(load_dataset(run.config)))
    assert dataset.task is run.config.task
    head, *rows = history_csv(run).splitlines()
    column = head.split(",").index("test_deviance")
    assert float(rows[-1].split(",")[column]) == pytest.approx(
        run.history["test_deviance"][-1, -1], rel=1e-6
    )


def test_its_scripts_print_its_scores(tmp_path: Path) -> None:
    # Without chance: zeros, and each epoch is one step on all samples.
    config = config_of(
        model={"hidden_sizes": (), "init": "zeros"}, batch_size=1000, max_epochs=30, n_seeds=1
    )
    ours = train(config)
    expected = evaluate(ours).deviance[0]
    assert expected < 0.9 * evaluate(ours, epoch=0).deviance[0]
    (printed,) = run_scripts([lightning_script(config)], tmp_path)
    assert printed.said == "deviance on the test split:"
    assert printed.score == pytest.approx(expected, abs=1e-4)
    assert printed.own_warnings == []
    assert "keras.losses.Poisson()" in keras_script(config)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The page Regression, which offers counts too."""
    original = bench.bench

    def with_counts(page: str, **given: Any) -> None:
        original(page, **{**given, "tasks": ("regression", "counts")})

    monkeypatch.setattr(bench, "bench", with_counts)
    monkeypatch.setitem(PAGE_OF_TASK, "counts", "regression")
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}") as server:
        yield server


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_it_is_shown_on_pages(page: Services) -> None:
    query = {"data": "visits", "test": "0.3", "epochs": "3", "seeds": "2", "b.hidden": "8"}
    visitor = results("pages/regression.py", page, **query)
    configs = runs_in_address(visitor)
    assert {config.task.name for config in configs} == {"counts"}
    runs = [page.repository.run(config) for config in configs]
    scores = [with_spread(evaluate(run).deviance) for run in runs]
    assert [head.value for head in heads(visitor)] == scores
    assert all(head.label.startswith("Mean deviance on 90 test") for head in heads(visitor))
    assert "mean deviance" in " ".join(verdict_texts(visitor))
    traces = {trace.get("name"): trace for trace in charts(visitor)["fit-1"]["data"]}
    x = np.array(traces["B"]["x"], np.float32)
    drawn = visitor.selectbox(key="regression-network").value
    expected = predict(configs[1], runs[1].layers(), load_dataset(configs[1]), x[:, None])[drawn]
    np.testing.assert_allclose(np.array(traces["B"]["y"]), expected, rtol=1e-3, atol=1e-3)
    panels = [tab.label for tab in visitor.tabs]
    assert {"Report", "Inside", "Step by step", "Export", "Data"} <= set(panels)
    for panel in panels:
        open_tab(visitor, "regression", panel)
    open_tab(visitor, "regression", "Data")
    mean = load_dataset(configs[0]).y_train.mean()
    assert f"| mean of visits | {mean:.3g} |" in text_of(visitor.markdown)
    open_tab(visitor, "regression", "Report")
    assert with_spread(evaluate(runs[0]).rmse) in text_of(visitor.markdown)
    visitor = go_to(visitor, "pages/compare.py")
    select(visitor, *map(Item, configs))
    assert not visitor.exception
    assert [head.value for head in heads(visitor)] == scores
    shown = [row["Mean deviance"] for row in runs_table(visitor)]
    expected = [evaluate(run).deviance.mean() for run in runs]
    assert sorted(shown) == pytest.approx(sorted(expected), rel=1e-3)
