"""Every figure draws a run without other inputs, or names the figures that can."""

from collections.abc import Callable

import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.datasets import load_run_dataset
from annlab.figures import ThemeName, of_run
from annlab.figures.base.theme import THEMES

Draw = Callable[..., go.Figure]
OF_CLASSES: dict[str, Draw] = {
    "decision_surface": of_run.decision_surface,
    "confusion_matrix": of_run.confusion_matrix,
    "probability_bars": lambda run, *data, **options: of_run.probability_bars(
        run, *data, sample=0, **options
    ),
}
OF_VALUES: dict[str, Draw] = {
    "fitted_curve": of_run.fitted_curve,
    "predicted_against_true": of_run.predicted_against_true,
    "residuals": of_run.residuals,
    "residual_histogram": of_run.residual_histogram,
}
OF_TARGETS: dict[str, Draw] = {
    "plane_curve": of_run.plane_curve,
    "target_scatters": of_run.target_scatters,
}
OF_LABELS: dict[str, Draw] = {
    "label_surfaces": of_run.label_surfaces,
    "label_counts": of_run.label_counts,
}
OF_ALL: dict[str, Draw] = {"network_graph": of_run.network_graph}
EVERY = {**OF_CLASSES, **OF_VALUES, **OF_TARGETS, **OF_LABELS, **OF_ALL}
BY_TASK = {
    "binary": OF_CLASSES,
    "multiclass": OF_CLASSES,
    "regression": OF_VALUES,
    "multioutput_regression": OF_TARGETS,
    "multilabel": OF_LABELS,
}


def _applies(name: str, run: Run) -> bool:
    if name in ("fitted_curve", "plane_curve") and run.config.dataset.spec.n_features != 1:
        return False
    return name in OF_ALL or name in BY_TASK[run.config.task.name]


@pytest.mark.parametrize("name", EVERY)
def test_data_are_loaded_if_not_given(name: str, any_run: Run) -> None:
    draw = EVERY[name]
    if not _applies(name, any_run):
        with pytest.raises(ValueError, match="Draw it with"):
            draw(any_run)
        return
    alone = draw(any_run)
    assert isinstance(alone, go.Figure)
    assert alone.to_json() == draw(any_run, load_run_dataset(any_run.config)).to_json()


@pytest.mark.parametrize("name", EVERY)
def test_figures_of_any_epoch_and_network(name: str, any_run: Run) -> None:
    if not _applies(name, any_run):
        return
    draw = EVERY[name]
    pictures = [
        draw(any_run, epoch=epoch, network=network).to_json()
        for epoch in (0, "last")
        for network in range(any_run.n_seeds)
    ]
    assert len(set(pictures)) > 1
    own = draw(any_run, epoch="best" if any_run.stops_early else "last").to_json()
    assert draw(any_run).to_json() == own


@pytest.mark.parametrize("name", EVERY)
def test_the_theme_is_that_of_the_page(name: str, any_run: Run, theme: ThemeName) -> None:
    if _applies(name, any_run):
        figure = EVERY[name](any_run, theme=theme)
        assert figure.layout.font.color == THEMES[theme].ink


def test_figures_of_several_runs(any_run: Run, theme: ThemeName) -> None:
    for draw in (of_run.learning_curves, of_run.gradient_reach, of_run.inactive_units):
        figure = draw([any_run, any_run], theme=theme)
        assert figure.layout.font.color == THEMES[theme].ink
