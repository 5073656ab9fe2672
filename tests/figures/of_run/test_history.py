"""Learning curves of runs: splits, cursor, and marked epochs."""

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.figures import MODEL_COLORS, CurveAxis, of_run


def _line(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _markers(figure: go.Figure) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.mode == "markers"]


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_each_run_has_its_mean_letter_and_color(binary_run: Run, metric: str) -> None:
    figure = of_run.learning_curves([binary_run, binary_run], metric, models=(1, 3))
    for name, color in (("B", MODEL_COLORS[1]), ("D", MODEL_COLORS[3])):
        for split, label in (("train", "training"), ("val", "validation")):
            line = _line(figure, f"{name} {label}")
            expected = binary_run.history[f"{split}_{metric}"].mean(axis=1)
            np.testing.assert_allclose(line.y, expected, rtol=1e-5)
            assert line.line.color == color
    assert figure.layout.title.text.endswith(": mean and range of the networks")
    assert not any("test" in (trace.name or "") for trace in figure.data)


def test_test_split_is_drawn_on_request_or_without_validation(
    binary_run: Run, own_run: Run
) -> None:
    assert _line(of_run.learning_curves([own_run]), "A test").line.dash == "dot"
    figure = of_run.learning_curves([binary_run], splits=["test"])
    assert _line(figure, "A test")


def test_the_best_epoch_of_each_network_is_marked(early_run: Run, binary_run: Run) -> None:
    training, validation = _markers(of_run.learning_curves([early_run]))
    assert list(training.x) == list(validation.x) == list(early_run.best_epochs)
    assert _markers(of_run.learning_curves([binary_run])) == []
    last = _markers(of_run.learning_curves([early_run], epochs=["last"]))[0]
    assert list(last.x) == list(early_run.epochs_trained)
    assert _markers(of_run.learning_curves([early_run], epochs=[0])) == []


def test_cursor_line_is_at_the_given_epoch(binary_run: Run) -> None:
    figure = of_run.learning_curves([binary_run], cursor=3)
    assert [marker.x for marker in _markers(figure)] == [(3,), (3,)]
    assert figure.layout.xaxis.range == (0, binary_run.n_epochs)


@pytest.mark.parametrize("over", ["steps", "seconds"])
def test_runs_have_steps_and_seconds(binary_run: Run, over: CurveAxis) -> None:
    figure = of_run.learning_curves([binary_run], over=over)
    ends = {
        "steps": binary_run.steps_per_epoch * binary_run.n_epochs,
        "seconds": binary_run.epoch_seconds[-1],
    }
    assert figure.layout.xaxis.range[1] == pytest.approx(ends[over])
