"""Figures of decisions for one class, of several runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, roc_auc_score

from annlab import DatasetConfig, Run, RunConfig, TrainingConfig, load_dataset
from annlab.analysis.calibration import N_BINS
from annlab.analysis.prediction import forward_pass
from annlab.figures import ThemeName, of_run
from annlab.figures.base.theme import THEMES

ORACLES: list[Any] = [
    (of_run.roc_curve, roc_auc_score),
    (of_run.precision_recall_curve, average_precision_score),
]


# Three decimals are shown.
SHOWN = 0.000501


def probabilities(run: Run, positive: int, epoch: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Test samples of the class as a mask, and their probabilities (n_networks, n_samples)."""
    X, y = load_dataset(run.config.dataset).split("test")
    output = forward_pass(run.config, run.layers(epoch), X).output.astype(float)
    p = output[..., positive] if output.shape[-1] > 1 else abs(1 - positive - output[..., 0])
    return y == positive, p


def areas(run: Run, positive: int, score: Callable[..., float], epoch: Any = None) -> list[float]:
    y, p = probabilities(run, positive, epoch)
    return [score(y, one) for one in p]


def check_name(name: str, model: str, expected: Any) -> None:
    """Compare a name in the legend with the areas of all networks: mean and deviation."""
    found, mean, _, spread = name.split()
    assert found == model
    assert float(mean) == pytest.approx(np.mean(expected), abs=SHOWN)
    assert float(spread) == pytest.approx(np.std(expected, ddof=1), abs=SHOWN)


@pytest.mark.parametrize(("draw", "score"), ORACLES)
def test_areas_in_the_legend_are_those_of_scikit_learn(
    draw: Callable[..., go.Figure], score: Callable[..., float], multiclass_run: Run
) -> None:
    for positive in range(3):
        figure = draw([multiclass_run], positive=positive)
        check_name(figure.data[-1].name, "A", areas(multiclass_run, positive, score))


def test_each_run_has_its_epoch_and_color(binary_run: Run, theme: ThemeName) -> None:
    runs = [binary_run, binary_run]
    figure = of_run.roc_curve(runs, positive=0, epochs=(0, "last"), models=(0, 2), theme=theme)
    names = [trace.name for trace in figure.data if trace.name and trace.name != "by chance"]
    for name, letter, epoch in zip(names, "AC", (0, "last"), strict=True):
        check_name(name, letter, areas(binary_run, 0, roc_auc_score, epoch))
    assert figure.layout.font.color == THEMES[theme].ink


def test_networks_that_diverged_are_left_out(binary_run: Run) -> None:
    run = replace(binary_run, diverged_epochs=np.array([0, 3, 0]))
    kept = np.array(areas(run, 1, roc_auc_score))[[0, 2]]
    figure = of_run.roc_curve([run], positive=1, network=1)
    check_name(figure.data[-1].name, "A", kept)
    assert len(figure.data) == 3  # no thin line of the network that diverged
    assert len(of_run.roc_curve([run], positive=1, network=2).data) == 4


def test_reliability_pools_the_samples_of_all_networks_in_each_bin(binary_run: Run) -> None:
    _, dots = of_run.reliability_diagram([binary_run], positive=1).data
    y, p = probabilities(binary_run, 1)
    assert len(p) == 3
    observed, predicted = calibration_curve(np.tile(y, 3), p.ravel(), n_bins=N_BINS)
    np.testing.assert_allclose(dots.x, predicted, rtol=1e-5)
    np.testing.assert_allclose(dots.y, observed, rtol=1e-5)
    counts, _ = np.histogram(p, N_BINS, (0, 1))
    assert [int(text) for text in dots.customdata] == counts[counts > 0].tolist()


def test_a_regression_has_no_such_figure(regression_run: Run) -> None:
    for draw in (of_run.roc_curve, of_run.precision_recall_curve, of_run.reliability_diagram):
        with pytest.raises(ValueError, match="a regression has no classes"):
            draw([regression_run], positive=0)


@pytest.mark.parametrize(("draw", "score"), ORACLES)
def test_each_label_has_its_curves(
    draw: Callable[..., go.Figure],
    score: Callable[..., float],
    trained: Callable[[RunConfig], Run],
) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(
                name="labels", n_samples=150, test_fraction=0.3, scaling="standard"
            ),
            training=TrainingConfig(learning_rate=0.02, max_epochs=2, n_seeds=3),
        )
    )
    X, y = load_dataset(run.config.dataset).split("test")
    p = forward_pass(run.config, run.layers(), X).output.astype(float)
    for label in range(3):
        figure = draw([run], positive=label)
        check_name(figure.data[-1].name, "A", [score(y[:, label], one[:, label]) for one in p])
        assert f"“label {label + 1}”" in figure.layout.yaxis.title.text
        shares = of_run.reliability_diagram([run], positive=label)
        assert f"label {label + 1}" in shares.layout.yaxis.title.text
