"""Gradient norms and inactive units of runs with recorded gradients, and clipped steps.

A run without recorded gradients (`TrainingConfig.record_gradients`) has no lines. Diverged
networks are left out.
"""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.figures import MODEL_NAMES, ThemeName
from annlab.runs.history import CLIPPED
from annlab.runs.run import Run

_NORM, _INACTIVE = "gradient_norm_", "inactive_"


def gradient_reach(
    runs: Sequence[Run],
    *,
    cursor: int | None = None,
    last_epoch: int | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the first layer's gradient as a multiple of the last layer's, over the epochs.

    Parameters
    ----------
    runs : sequence of Run
    cursor, last_epoch : int or None
        Epoch marked by a vertical line; last epoch drawn, None: all epochs.
    models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    return figures.gradient_reach(
        _named(runs, models, _NORM), cursor=cursor, last_epoch=last_epoch, theme=theme
    )


def gradient_norms_by_layer(
    runs: Sequence[Run],
    *,
    epoch: int | None = None,
    first_epochs: int | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the gradient norm of each layer.

    Parameters
    ----------
    runs : sequence of Run
    epoch : int or None
        Epoch of the norms, or the last epoch of a shorter run; None: last epoch.
    first_epochs : int or None
        Draw the mean over epochs 0 to `first_epochs` instead.
    models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """

    def of_layers(norms: NDArray[np.float32]) -> NDArray[np.float32]:
        if first_epochs is not None:
            mean: NDArray[np.float32] = norms[: first_epochs + 1].mean(axis=0)
            return mean
        last = len(norms) - 1
        return norms[last if epoch is None else min(epoch, last)]

    return figures.gradient_norms_by_layer(
        [(name, of_layers(norms)) for name, norms in _named(runs, models, _NORM)], theme=theme
    )


def gradient_norms_over_epochs(
    run: Run,
    *,
    cursor: int | None = None,
    last_epoch: int | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the gradient norm of every layer of one run over the epochs.

    Parameters
    ----------
    run : Run
    cursor, last_epoch : int or None
        Epoch marked by a vertical line; last epoch drawn, None: all epochs.
    model, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    return figures.gradient_norms_over_epochs(
        layer_history(run, _NORM),
        MODEL_NAMES[model],
        cursor=cursor,
        last_epoch=last_epoch,
        theme=theme,
    )


def inactive_units(
    runs: Sequence[Run],
    *,
    cursor: int | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the share of inactive hidden units over the epochs.

    Parameters
    ----------
    runs : sequence of Run
    cursor : int or None
        Epoch marked by a vertical line.
    models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    return figures.inactive_units(_named(runs, models, _INACTIVE), cursor=cursor, theme=theme)


def clipped_steps(
    runs: Sequence[Run],
    *,
    cursor: int | None = None,
    models: Sequence[int] | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the share of each epoch's steps in which the gradient was clipped.

    Parameters
    ----------
    runs : sequence of Run
        A run that does not clip gradients has no line.
    cursor : int or None
        Epoch marked by a vertical line.
    models, theme
        As described in `annlab.figures.of_run`.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    places = range(len(runs)) if models is None else models
    shares = [
        (MODEL_NAMES[model], run.history[CLIPPED][:, run.counted])
        for model, run in zip(places, runs, strict=True)
        if CLIPPED in run.history
    ]
    return figures.clipped_steps(shares, cursor=cursor, theme=theme)


def _named(
    runs: Sequence[Run], models: Sequence[int] | None, prefix: str
) -> list[tuple[str, NDArray[np.float32]]]:
    places = range(len(runs)) if models is None else models
    return [
        (MODEL_NAMES[model], layer_history(run, prefix))
        for model, run in zip(places, runs, strict=True)
    ]


def layer_history(run: Run, prefix: str) -> NDArray[np.float32]:
    """Per-layer history columns of the networks that did not diverge.

    Parameters
    ----------
    run : Run
    prefix : str
        Prefix of the column names, which end with the layer.

    Returns
    -------
    ndarray, shape (n_epochs + 1, n_layers, n_counted)
        n_layers is 0 if the history has no such columns.
    """
    columns = [name for name in run.history if name.startswith(prefix)]
    columns.sort(key=lambda name: int(name.removeprefix(prefix)))
    if not columns:
        return np.zeros((run.n_epochs + 1, 0, int(run.counted.sum())), np.float32)
    return np.stack([run.history[name][:, run.counted] for name in columns], axis=1)
