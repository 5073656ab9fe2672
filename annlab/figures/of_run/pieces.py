"""Linear pieces of networks of a run with two features and a piecewise-linear activation."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab import figures
from annlab.analysis.piece_bounds import largest_count, typical_count
from annlab.analysis.piece_counts import PieceCountRequest, counted_epochs
from annlab.analysis.pieces import Pieces, Range, count_pieces
from annlab.analysis.pieces import linear_pieces as pieces_of_network
from annlab.analysis.surfaces import plane_through
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_NAMES, SurfacePoints, ThemeName
from annlab.figures.base.plain_text import plain_texts
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.label_marks import LabeledPoints
from annlab.figures.of_run.one_network import OneNetwork, network_index, one_network
from annlab.nn.tasks import TargetKind, as_columns
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Time for counting the pieces of all networks.
COUNT_SECONDS = 2.0
# Epochs of which the pieces are counted where all epochs take too long.
FEW_EPOCHS = 6


def linear_pieces(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
    split: Split | None = None,
    output: int | None = None,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the polygons on which a network is linear, its boundary, and the samples of a split.

    Parameters
    ----------
    run, dataset, epoch, network, split, theme
        As described in `annlab.figures.of_run`.
    output : int or None
        Index of the target or label whose slopes, boundary and samples are drawn; None: the
        slopes of all outputs together, and the boundaries of all labels. Of classes, all outputs
        decide together.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If the activation is not piecewise linear, the data do not have two features, there
        are more pieces than can be drawn, or no such output.
    """
    pieces, one = pieces_of(run, dataset, epoch=epoch, network=network)
    if output is not None:
        n_outputs = pieces.intercepts.shape[1]
        if run.config.task.kind == "class" or not 0 <= output < n_outputs:
            raise ValueError(
                f"output: must be None for classes, else from 0 to {n_outputs - 1}; got {output}"
            )
        pieces = pieces.of_output(output)
    shown = _SHOWN[run.config.task.kind](one, split, output)
    axis_names = (one.feature_name(0), one.feature_name(1))
    return figures.linear_pieces(pieces, axis_names, theme=theme, **shown)


def _classes(one: OneNetwork, split: Split | None, output: int | None) -> dict[str, Any]:
    X, y = one.samples(split)
    points = SurfacePoints(X, y, one.predict(X) != y)
    return {"class_names": plain_texts(one.dataset.class_names), "points": points}


def _values(one: OneNetwork, split: Split | None, output: int | None) -> dict[str, Any]:
    if output is None or len(one.quantities) == 1:
        return {}
    return {"shaded": plain_texts(one.output_names)[output]}


def _labels(one: OneNetwork, split: Split | None, output: int | None) -> dict[str, Any]:
    names = plain_texts(one.target_names)
    X, y = one.samples(split)
    y, predicted = as_columns(y), as_columns(one.predict(X))
    if output is None:
        return {"label_names": names, "labeled": LabeledPoints(X, y, predicted)}
    return {
        "class_names": one.value_names,
        "points": SurfacePoints(X, y[:, output], (predicted != y)[:, output]),
        "shaded": f"the logit of {names[output]}",
    }


_SHOWN: dict[TargetKind, Callable[[OneNetwork, Split | None, int | None], dict[str, Any]]] = {
    "class": _classes,
    "values": _values,
    "labels": _labels,
}


def pieces_of(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epoch: Epoch | None = None,
    network: int | None = None,
) -> tuple[Pieces, OneNetwork]:
    """Linear pieces of one network over the plane of its samples, and the network.

    Parameters and errors are those of `linear_pieces`.
    """
    one = one_network(run, dataset, epoch, network)
    return pieces_of_network(one.layers, run.config.model.activation, *_rectangle(one)), one


def piece_counts(
    run: Run,
    dataset: Dataset | None = None,
    *,
    network: int | None = None,
    cursor: int | None = None,
    seconds: float = COUNT_SECONDS,
    counts: Array | None = None,
    model: int = 0,
    theme: ThemeName = "light",
) -> go.Figure:
    """Draw the number of linear pieces over the epochs, for all networks if time allows.

    Parameters
    ----------
    run, dataset, network, model, theme
        As described in `annlab.figures.of_run`.
    cursor : int or None
        Epoch marked by a vertical line.
    seconds : float
        If counting all networks takes longer, only `network` is drawn; if that takes longer, it is
        drawn at six epochs.
    counts : ndarray of int, shape (n_checkpoints, n_networks), or None
        Counts as `annlab.analysis.piece_counts.read_counts` returns them; the epochs at which all
        networks are counted are drawn. None: counted here.

    Returns
    -------
    plotly.graph_objects.Figure
        Without diverged networks. The pieces are those in the rectangle of `linear_pieces`.

    Raises
    ------
    ValueError
        As for `linear_pieces`.
    """
    if counts is None:
        shown, counts = _count(run, dataset, network_index(run, network), seconds)
    else:
        shown = counted_epochs(counts)
        counts = counts[shown]
    sizes = run.config.model.hidden_sizes
    bound = largest_count(sizes, run.config.model.activation)
    return figures.piece_counts(
        run.checkpoints.epochs[shown],
        counts,
        bound=bound,
        typical=typical_count(sizes) if bound is None else None,
        name=MODEL_NAMES[model],
        cursor=cursor,
        theme=theme,
    )


def counts_of_all(
    run: Run,
    dataset: Dataset | None = None,
    *,
    network: int | None = None,
    seconds: float = COUNT_SECONDS,
) -> Array | None:
    """Count the pieces of all networks of a run at all checkpoints.

    Parameters
    ----------
    run, dataset, network
        As described in `annlab.figures.of_run`; the rectangle is that of `network`.
    seconds : float
        Time after which to give up.

    Returns
    -------
    ndarray of int, shape (n_checkpoints, n_networks), or None
        Without diverged networks. None if it takes longer.

    Raises
    ------
    ValueError
        As for `linear_pieces`.
    """
    ranges = _rectangle(one_network(run, dataset, None, network_index(run, network)))
    every = np.arange(len(run.checkpoints.epochs))
    return _counts(run, every, np.flatnonzero(run.counted), ranges, seconds)


def piece_count_request(
    run: Run, dataset: Dataset | None = None, *, network: int | None = None
) -> PieceCountRequest:
    """Return the request with which a worker counts what `counts_of_all` counts."""
    x_range, y_range = _rectangle(one_network(run, dataset, None, network_index(run, network)))
    return PieceCountRequest(run=run.fingerprint, x_range=x_range, y_range=y_range)


def _count(run: Run, dataset: Dataset | None, network: int, seconds: float) -> tuple[Array, Array]:
    """Checkpoints that were counted in time, and counts of all networks or of one."""
    ranges = _rectangle(one_network(run, dataset, None, network))
    n, alone = len(run.checkpoints.epochs), np.array([network])
    every, some = np.arange(n), evenly_spaced(n, FEW_EPOCHS)
    # Only the last of them may take as long as it needs.
    for shown, of, limit in (
        (every, np.flatnonzero(run.counted), seconds),
        (every, alone, seconds),
        (some, alone, inf),
    ):
        counts = _counts(run, shown, of, ranges, limit)
        if counts is not None:
            return shown, counts
    raise ValueError("the network has more linear pieces than can be counted")


def _counts(
    run: Run, shown: Array, networks: Array, ranges: tuple[Range, Range], seconds: float
) -> Array | None:
    """Counts of some networks at some checkpoints; None if they take longer."""
    at = np.ix_(shown, networks)
    layers = [(W[at], b[at]) for W, b in run.checkpoints.layers]
    return count_pieces(layers, run.config.model.activation, *ranges, seconds=seconds)


def _rectangle(one: OneNetwork) -> tuple[Range, Range]:
    """Sides of the plane of `annlab.figures.of_run.decision_surface`."""
    X, _ = one.samples("all")
    if one.config.model.features:
        raise ValueError(
            "linear pieces need the features as they are: in features derived from them, such as "
            "x₁², a network has no flat pieces"
        )
    if X.shape[1] != 2:
        raise ValueError(f"linear pieces need two features; these data have {X.shape[1]}")
    plane = plane_through(X)
    return (float(plane.x[0]), float(plane.x[-1])), (float(plane.y[0]), float(plane.y[-1]))
