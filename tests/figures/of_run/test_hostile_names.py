"""Names of columns and classes from a file never become HTML, LaTeX or templates of a figure."""

import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Dataset, ModelConfig, Run, RunConfig, TrainingConfig, train
from annlab.datasets import load_run_dataset
from annlab.figures import of_run

MARKS = ("<b>n", "<a ", "$x$", "%{secret}")
NAME = "<b>n</b> <a href=1>l</a> $x$ %{secret}"

Draw = Callable[[Run, Dataset], go.Figure | None]
OF_CLASSES: dict[str, Draw] = {
    "decision_surface": of_run.decision_surface,
    "confusion_matrix": of_run.confusion_matrix,
    "probability_bars": lambda run, data: of_run.probability_bars(run, data, sample=0),
    "roc_curve": lambda run, data: of_run.roc_curve([run], data, positive=1),
    "precision_recall_curve": lambda run, data: of_run.precision_recall_curve(
        [run], data, positive=1
    ),
    "reliability_diagram": lambda run, data: of_run.reliability_diagram([run], data, positive=1),
}
OF_VALUES: dict[str, Draw] = {
    "predicted_against_true": of_run.predicted_against_true,
    "residuals": of_run.residuals,
    "residual_histogram": of_run.residual_histogram,
}
OF_CURVES: dict[str, Draw] = {"fitted_curve": of_run.fitted_curve}
OF_PLANES: dict[str, Draw] = {
    "linear_pieces": of_run.linear_pieces,
    "unit_maps": of_run.unit_maps,
    "layer_space": lambda run, data: of_run.layer_space(run, data, layer=0),
}
OF_TARGETS: dict[str, Draw] = {
    "plane_curve": of_run.plane_curve,
    "target_scatters": of_run.target_scatters,
}
OF_LABELS: dict[str, Draw] = {
    "label_surfaces": of_run.label_surfaces,
    "label_counts": of_run.label_counts,
}
OF_ALL: dict[str, Draw] = {
    "network_graph": of_run.network_graph,
    "live_picture": lambda run, data: of_run.live_picture(
        run.config, [(W[0], b[0]) for W, b in run.layers()], data
    ),
}
# Their texts are letters of models, epochs and numbers of layers, or they are of images alone.
WITHOUT_NAMES = {
    "clipped_steps",
    "gradient_norms_by_layer",
    "gradient_norms_over_epochs",
    "gradient_reach",
    "inactive_units",
    "learning_curves",
    "piece_counts",
    "weight_images",
}


def test_every_figure_is_listed_here() -> None:
    figures = {
        name
        for name, draw in inspect.getmembers(of_run, inspect.isfunction)
        if inspect.signature(draw).return_annotation in (go.Figure, go.Figure | None)
    }
    of_several = {*OF_TARGETS, *OF_LABELS}
    of_one = {*OF_CLASSES, *OF_VALUES, *OF_CURVES, *OF_PLANES}
    assert figures == {*of_one, *of_several, *OF_ALL, *WITHOUT_NAMES}


@pytest.mark.parametrize(
    ("n_classes", "n_features", "draws"),
    [
        (2, 2, OF_CLASSES | OF_PLANES | OF_ALL),
        (3, 2, OF_CLASSES | OF_PLANES | OF_ALL),
        (0, 2, OF_VALUES | OF_PLANES | OF_ALL),
        (0, 1, OF_CURVES | OF_VALUES | OF_ALL),
    ],
)
def test_no_figure_holds_a_name_as_markup(
    n_classes: int, n_features: int, draws: dict[str, Draw]
) -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(60, n_features))
    values: Any = np.arange(60) % n_classes if n_classes else X[:, 0]
    y = np.array([f"{k} {NAME}" for k in values]) if n_classes else values
    names = [f"{k} {NAME}" for k in range(n_features)]
    dataset = Dataset.from_arrays(X, y, feature_names=names, target_name=NAME, test_fraction=0.25)
    config = RunConfig(
        dataset=dataset.config,
        model=ModelConfig(hidden_sizes=(3,)),
        training=TrainingConfig(max_epochs=1),
    )
    run = train(config, dataset=dataset)
    _look_for_markup(run, dataset, draws)


@pytest.mark.parametrize(("fixture", "draws"), [("eight", OF_TARGETS), ("three_labels", OF_LABELS)])
def test_no_name_of_a_target_is_markup(
    request: pytest.FixtureRequest, fixture: str, draws: dict[str, Draw]
) -> None:
    run: Run = request.getfixturevalue(f"{fixture}_run")
    data = load_run_dataset(run.config)
    renamed = replace(
        data,
        feature_names=tuple(f"{k} {NAME}" for k, _ in enumerate(data.feature_names)),
        target_names=tuple(f"{k} {NAME}" for k, _ in enumerate(data.target_names)),
    )
    live = {"live_picture": OF_ALL["live_picture"]}
    _look_for_markup(run, renamed, draws | live)


def _look_for_markup(run: Run, dataset: Dataset, draws: dict[str, Draw]) -> None:
    for name, draw in draws.items():
        figure = draw(run, dataset)
        assert figure is not None
        text = json.dumps(json.loads(figure.to_json()), ensure_ascii=False)
        assert not [mark for mark in MARKS if mark in text], name
        assert "&lt;b>n" in text, name
