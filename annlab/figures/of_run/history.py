"""The history of runs: loss and scores over the epochs."""

from collections.abc import Sequence

import plotly.graph_objects as go

from annlab import figures
from annlab.figures import (
    MODEL_COLORS,
    MODEL_NAMES,
    CurveAxis,
    Curves,
    CurveSplit,
    ThemeName,
    curve_splits,
    metric_title,
)
from annlab.runs.run import Epoch, Run


def learning_curves(
    runs: Sequence[Run],
    metric: str = "loss",
    *,
    epochs: Sequence[Epoch | None] | None = None,
    cursor: int | None = None,
    over: CurveAxis = "epoch",
    splits: Sequence[CurveSplit] | None = None,
    individual: bool = False,
    log_scale: bool = False,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw one column of the histories of runs: means and ranges of their networks.

    Parameters
    ----------
    runs : sequence of Run
    metric : str
        "loss", "accuracy" or "mse".
    epochs : sequence or None
        Whose weights are shown of each run: those of networks that stopped early are marked; None:
        each run's own.
    cursor : int or None
        Epoch at which a line stands.
    over : {"epoch", "steps", "seconds"}
        What the horizontal axis counts.
    splits : sequence of {"train", "val", "test"} or None
        The splits that are drawn; None: training and validation, and test where there is no
        validation.
    individual : bool
        Whether thin lines show the single networks too.
    log_scale : bool
        Whether the vertical axis is logarithmic.
    models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    many = any(run.n_seeds > 1 for run in runs)
    columns = {name for run in runs for name in run.history}
    return figures.learning_curves(
        [
            Curves(
                MODEL_NAMES[model],
                run.history,
                MODEL_COLORS[model],
                run.epoch_seconds,
                run.steps_per_epoch,
                run.diverged_epochs,
                None if isinstance(at, int) or not run.stops_early else run.shown_epochs(at),
            )
            for model, at, run in zip(
                models or range(len(runs)), epochs or [None] * len(runs), runs, strict=True
            )
        ],
        metric,
        metric_title(metric) + (": mean and range of the networks" if many else ""),
        max_epochs=max(run.n_epochs for run in runs),
        cursor=cursor,
        over=over,
        splits=curve_splits(columns) if splits is None else splits,
        individual=individual,
        log_scale=log_scale,
        percent=metric == "accuracy",
        theme=theme,
    )
