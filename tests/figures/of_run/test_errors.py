"""Error figures show the predictions and residuals behind the scores."""

from typing import Any

import numpy as np
import pytest

from annlab import Run, evaluate
from annlab.datasets import Split
from annlab.figures import MODEL_COLORS, of_run


@pytest.fixture(params=["regression", "curve", "own_curve"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(f"{request.param}_run")


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("network", [0, 2])
def test_scores_match_the_drawn_values(run: Run, network: int, split: Split) -> None:
    scores = evaluate(run, split=split)
    chosen: dict[str, Any] = {"network": network, "split": split, "model": 1}
    samples = of_run.predicted_against_true(run, **chosen).data[0]
    true, predictions = np.asarray(samples.x, float), np.asarray(samples.y, float)
    assert ((true - predictions) ** 2).mean() == pytest.approx(scores.mse[network], rel=1e-4)
    errors = of_run.residuals(run, **chosen).data[0]
    assert np.abs(errors.y).mean() == pytest.approx(scores.mae[network], rel=1e-4)
    np.testing.assert_allclose(sorted(errors.x), sorted(predictions), rtol=1e-5)
    (bars,) = of_run.residual_histogram(run, **chosen).data
    assert sum(bars.y) == scores.n_samples
    assert bars.marker.color == MODEL_COLORS[1]


def test_earlier_weights_have_larger_errors(regression_run: Run) -> None:
    before, after = (
        np.abs(of_run.residuals(regression_run, epoch=epoch, split="train").data[0].y).mean()
        for epoch in (0, "last")
    )
    assert before > after


def test_error_ranges_cover_several_runs(run: Run) -> None:
    ranges = of_run.error_ranges([run, run], epochs=(0, "last"), network=1)
    for epoch in (0, "last"):
        errors = of_run.residuals(
            run, epoch=epoch, network=1, x_range=ranges.predictions, y_range=ranges.residuals
        )
        shown = errors.data[0]
        assert ranges.predictions[0] < min(shown.x) <= max(shown.x) < ranges.predictions[1]
        assert ranges.residuals[0] < min(shown.y) <= max(shown.y) < ranges.residuals[1]
        assert errors.layout.xaxis.range == pytest.approx(ranges.predictions)
        histogram = of_run.residual_histogram(run, epoch=epoch, network=1, x_range=ranges.residuals)
        assert histogram.layout.xaxis.range == pytest.approx(ranges.residuals)
    assert ranges.residuals[0] == -ranges.residuals[1]


def test_error_ranges_refuse_a_classification(binary_run: Run) -> None:
    with pytest.raises(ValueError, match="decision_surface"):
        of_run.error_ranges([binary_run])
