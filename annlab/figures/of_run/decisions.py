"""Figures of the decisions for or against one class or label, of several runs.

Diverged networks are left out.
"""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from annlab import figures
from annlab.analysis import decision_curves
from annlab.analysis.calibration import reliability
from annlab.analysis.decision_curves import DecisionCurves
from annlab.analysis.decisions import LogOdds, decided_names, odds_of_one
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, MODEL_NAMES, ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.of_run.one_network import loaded
from annlab.figures.reliability import ModelReliability
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


def roc_curve(
    runs: Sequence[Run],
    dataset: Dataset | None = None,
    *,
    positive: int,
    epochs: Sequence[Epoch] | None = None,
    network: int | None = None,
    split: Split | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw ROC curves of runs on the same data.

    Parameters
    ----------
    runs : sequence of Run
        Classifications, or predictions of labels.
    positive : int
        Index of the positive class or label.
    epochs : sequence, length n_runs, or None
        As `epoch` of each run.
    network : int or None
        Index of a network whose own curve is drawn too.
    dataset, split, models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If a run is a regression, or a split lacks positive samples or negative ones.
    """
    data = loaded(runs[0], dataset)
    found = _curves(
        decision_curves.roc_curves, runs, data, positive, epochs, network, split, models
    )
    return figures.roc_curve(found, _name(data, positive), theme=theme)


def precision_recall_curve(
    runs: Sequence[Run],
    dataset: Dataset | None = None,
    *,
    positive: int,
    epochs: Sequence[Epoch] | None = None,
    network: int | None = None,
    split: Split | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw precision-recall curves of runs on the same data, with the options of `roc_curve`."""
    data = loaded(runs[0], dataset)
    found = _curves(
        decision_curves.precision_recall_curves,
        runs,
        data,
        positive,
        epochs,
        network,
        split,
        models,
    )
    return figures.precision_recall_curve(found, _name(data, positive), theme=theme)


def reliability_diagram(
    runs: Sequence[Run],
    dataset: Dataset | None = None,
    *,
    positive: int,
    epochs: Sequence[Epoch] | None = None,
    split: Split | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the reliability of runs on the same data, with the options of `roc_curve`.

    Samples of all networks of a run are counted together.
    """
    data = loaded(runs[0], dataset)
    places = range(len(runs)) if models is None else models
    found = [
        ModelReliability(MODEL_NAMES[place], MODEL_COLORS[place], reliability(odds).pooled())
        for place, odds in zip(places, _odds(runs, data, positive, epochs, split), strict=True)
    ]
    return figures.reliability_diagram(found, _name(data, positive), theme=theme)


def _name(dataset: Dataset, positive: int) -> str:
    return plain_texts(decided_names(dataset))[positive]


def _curves(
    of_odds: Callable[[LogOdds], DecisionCurves],
    runs: Sequence[Run],
    dataset: Dataset,
    positive: int,
    epochs: Sequence[Epoch] | None,
    network: int | None,
    split: Split | None,
    models: Sequence[int] | None,
) -> list[figures.ModelCurves]:
    places = range(len(runs)) if models is None else models
    found = []
    odds_of_all = _odds(runs, dataset, positive, epochs, split)
    for place, run, odds in zip(places, runs, odds_of_all, strict=True):
        # Its index among the networks that did not diverge.
        drawn = None
        if network is not None and run.counted[network]:
            drawn = int(run.counted[:network].sum())
        name, color = MODEL_NAMES[place], MODEL_COLORS[place]
        found.append(figures.ModelCurves(name, color, of_odds(odds), drawn))
    return found


def _odds(
    runs: Sequence[Run],
    dataset: Dataset,
    positive: int,
    epochs: Sequence[Epoch] | None,
    split: Split | None,
) -> list[LogOdds]:
    part = split or dataset.scored_split
    shown = [None] * len(runs) if epochs is None else epochs
    return [
        odds_of_one(run, dataset, positive=positive, split=part, epoch=epoch).only(run.counted)
        for run, epoch in zip(runs, shown, strict=True)
    ]
