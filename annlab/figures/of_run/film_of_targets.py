"""Film of a run with several targets."""

from collections.abc import Sequence

import numpy as np

from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.film import Film, notice_film, scatter_film
from annlab.figures.films_of_targets import labels_film, panels_film, plane_curve_film
from annlab.figures.label_marks import LabeledPoints
from annlab.figures.of_run.fits import curves_of_all
from annlab.figures.of_run.one_network import OneNetwork
from annlab.figures.of_run.targets import plane_of_data, times_of
from annlab.figures.plane_curve import draws_in_plane, other_networks
from annlab.figures.target_scatters import MAX_PANELS
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

# Each frame has a surface for every label.
LABELS_RESOLUTION = 60


def film_of_targets(
    run: Run,
    whole: Dataset,
    epochs: Sequence[Epoch],
    k: int,
    networks: Sequence[OneNetwork],
    *,
    split: Split | None,
    axes: tuple[int, int],
    model: int,
    theme: ThemeName,
) -> Film:
    """Film of the network with index `k` of a run with several targets, as `of_run.film` has it.

    Parameters
    ----------
    run, split, axes, model, theme
        As described in `annlab.figures.of_run`.
    whole : Dataset
        Data of all networks of the run.
    epochs : sequence of (int, "best" or "last")
        Epoch of the weights of each frame.
    networks : sequence of OneNetwork
        The network with the weights of each frame.

    Returns
    -------
    dict
        A notice for labels of one feature: their picture has bars.
    """
    task, data = run.config.task, networks[0].dataset
    if draws_in_plane(data):
        return _plane_curve(run, whole, epochs, k, networks[0], model, theme)
    if task.draws("targets"):
        return _panels(networks, split, model, theme)
    if task.draws("label_surfaces") and data.X_train.shape[1] > 1:
        return _labels(networks, split, axes, theme)
    return notice_film(len(networks), ("These bars have no film",), theme)


def _plane_curve(
    run: Run,
    whole: Dataset,
    epochs: Sequence[Epoch],
    k: int,
    one: OneNetwork,
    model: int,
    theme: ThemeName,
) -> Film:
    t = times_of(one.dataset)
    drawn = [k, *other_networks(run.n_seeds, k, run.counted)]
    curves = np.stack([curves_of_all(run, whole, epoch, k, t)[drawn] for epoch in epochs])
    plane = plane_of_data(one, t)
    thinned = [
        some.thinned(MAX_POINTS) for some in (plane.samples, plane.held_out) if some is not None
    ]
    return plane_curve_film(
        t, curves, plane.ranges, thinned, MODEL_COLORS[model], truth=plane.truth, theme=theme
    )


def _panels(
    networks: Sequence[OneNetwork], split: Split | None, model: int, theme: ThemeName
) -> Film:
    X, y = networks[0].samples(split)
    shown = evenly_spaced(len(X), MAX_POINTS)
    predicted = np.stack([one.predict(X[shown]) for one in networks])  # (n_frames, n, n_targets)
    limits = networks[0].target_ranges()[:MAX_PANELS]
    return panels_film(
        [
            scatter_film(y[shown, i], predicted[..., i], lim, MODEL_COLORS[model], theme)
            for i, lim in enumerate(limits)
        ],
        theme,
    )


def _labels(
    networks: Sequence[OneNetwork], split: Split | None, axes: tuple[int, int], theme: ThemeName
) -> Film:
    first = networks[0]
    plane = first.plane(axes, LABELS_RESOLUTION)
    X, y = first.samples(split)
    shown = evenly_spaced(len(X), MAX_POINTS)
    X, y = X[shown], y[shown]
    return labels_film(
        plane,
        [one.surface(plane) for one in networks],
        [LabeledPoints(X[:, list(axes)], y, one.predict(X)) for one in networks],
        theme,
    )
