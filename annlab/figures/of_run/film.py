"""Film of a run: the picture of one network at each of several epochs."""

from collections.abc import Sequence

import numpy as np

from annlab.analysis.surfaces import line_beyond, ranges_without_samples
from annlab.datasets import Dataset, Split
from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.film import (
    Film,
    cells_film,
    curve_film,
    notice_film,
    plane_film,
    scatter_film,
)
from annlab.figures.of_run.film_of_targets import film_of_targets
from annlab.figures.of_run.fits import curves_of_all, fit_of_data
from annlab.figures.of_run.one_network import OneNetwork, loaded, network_index, one_network
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

# Of one film's confusion matrices, which the page waits for: some seconds on one core.
MAX_MULTIPLICATIONS = 2e10
# Coarser than a picture at rest: a film has many, and each is seen for a moment.
FILM_RESOLUTION = 80


def film(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epochs: Sequence[Epoch],
    network: int | None = None,
    split: Split | None = None,
    axes: tuple[int, int] = (0, 1),
    model: int = 0,
    theme: ThemeName = "light",
) -> Film:
    """Film of one network: surfaces, a curve, predicted over true values, confusion matrices.

    Parameters
    ----------
    run, dataset, network, split, model, theme
        As described in `annlab.figures.of_run`.
    epochs : sequence of (int, "best" or "last")
        Epoch of the weights of each frame, each as in `annlab.runs.run.Run.layers`.
    axes : tuple of int
        Indices of the features on x and y of a decision surface.

    Returns
    -------
    dict
        Film in the format of `annlab.figures.film`; a notice for labels of one feature, and
        for confusion matrices that take too long.
    """
    whole, k = loaded(run, dataset), network_index(run, network)
    networks = [one_network(run, whole, epoch, k) for epoch in epochs]
    n_features = whole.of(k).X_train.shape[1]
    task = run.config.task
    if task.draws("surface") and n_features > 1 and not run.config.dataset.spec.image_shape:
        return _plane(networks, split, axes, theme)
    if task.draws("confusion"):
        return _cells(networks, split, model, theme)
    if task.draws("fit") and n_features == 1:
        return _curve(run, whole, epochs, k, networks[0], model, theme)
    if task.draws("residuals"):
        return _scatter(networks, split, model, theme)
    return film_of_targets(
        run, whole, epochs, k, networks, split=split, axes=axes, model=model, theme=theme
    )


def _plane(
    networks: Sequence[OneNetwork], split: Split | None, axes: tuple[int, int], theme: ThemeName
) -> Film:
    first = networks[0]
    plane = first.plane(axes, FILM_RESOLUTION)
    X, y = first.samples(split)
    shown = evenly_spaced(len(X), MAX_POINTS)
    X, y = X[shown], y[shown]
    return plane_film(
        plane,
        [one.surface(plane) for one in networks],
        X[:, list(axes)],
        y,
        np.stack([one.predict(X) != y for one in networks]),
        first.dataset.class_names,
        theme,
    )


def _cells(
    networks: Sequence[OneNetwork], split: Split | None, model: int, theme: ThemeName
) -> Film:
    n_weights = sum(W.size for W, _ in networks[0].layers)
    if len(networks) * len(networks[0].samples(split)[1]) * n_weights > MAX_MULTIPLICATIONS:
        lines = ("This matrix takes too long", "to count for each epoch")
        return notice_film(len(networks), lines, theme)
    counts = np.stack([one.confusion(split) for one in networks])
    return cells_film(counts, MODEL_COLORS[model], theme)


def _curve(
    run: Run,
    whole: Dataset,
    epochs: Sequence[Epoch],
    k: int,
    one: OneNetwork,
    model: int,
    theme: ThemeName,
) -> Film:
    x = line_beyond(one.dataset.X_train[:, 0])
    lines, bands = [], []
    for epoch in epochs:
        curves = curves_of_all(run, whole, epoch, k, x)
        counted = curves[run.counted]
        lines.append(curves[k])
        bands.append([counted.min(axis=0), counted.max(axis=0)])
    fit = fit_of_data(one, x)
    samples = [(one.dataset.X_train[:, 0], one.dataset.y_train)]
    if fit.held_out is not None:
        samples.append(fit.held_out)
    thinned = [
        (some_x[shown], some_y[shown])
        for some_x, some_y in samples
        for shown in [evenly_spaced(len(some_x), MAX_POINTS)]
    ]
    return curve_film(
        x,
        np.stack(lines),
        np.array(bands) if run.n_seeds > 1 else None,
        fit.y_range,
        thinned,
        MODEL_COLORS[model],
        truth=fit.truth,
        without_data=ranges_without_samples(one.dataset.X_train[:, 0], x),
        theme=theme,
    )


def _scatter(
    networks: Sequence[OneNetwork], split: Split | None, model: int, theme: ThemeName
) -> Film:
    X, y = networks[0].samples(split)
    shown = evenly_spaced(len(X), MAX_POINTS)
    return scatter_film(
        y[shown],
        np.stack([one.predict(X[shown]) for one in networks]),
        networks[0].target_ranges()[0],
        MODEL_COLORS[model],
        theme,
    )
