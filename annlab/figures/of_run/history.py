"""Learning curves of runs."""

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
    is_share,
    metric_title,
)
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch


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
    """Draw learning curves of runs: mean and range over the networks.

    Parameters
    ----------
    runs : sequence of Run
    metric : str
        "loss", or the name of a score of the task, such as "accuracy" or "mse".
    epochs : sequence or None
        Epoch of the shown weights of each run; with early stopping the epoch of each network is
        marked. None: default epoch of each run.
    cursor : int or None
        Epoch marked by a vertical line.
    over : {"epoch", "steps", "seconds"}
        Unit of the horizontal axis.
    splits : sequence of {"train", "val", "test"} or None
        Splits to draw; None: training and validation, or training and test without a validation
        split.
    individual : bool
        Add thin lines for individual networks.
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
        percent=is_share(metric),
        theme=theme,
    )
