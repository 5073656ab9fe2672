"""Everything a browser needs to look inside one network at every checkpoint."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.layer_space import (
    DRAWN_AS_THEY_ARE,
    LayerSpace,
    boundary_space,
    layer_spaces,
    space_values,
)
from annlab.analysis.minimized_loss import class_weights
from annlab.analysis.surfaces import plane_through
from annlab.analysis.unit_importance import most_important, unit_importance
from annlab.datasets import Dataset, Split
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.base.theme import CLASS_COLORS, ThemeName
from annlab.figures.film import Film, pack
from annlab.figures.of_run.one_network import (
    OneNetwork,
    loaded,
    network_index,
    one_network,
)
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.forward import Layers
from annlab.nn.tasks import USUAL_THRESHOLD, TargetKind, as_columns
from annlab.runs.history import GRADIENT_SAMPLES
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# A browser computes larger networks too slowly for a film.
MAX_PARAMETERS = 10_000
# Units of a layer that are drawn at first.
MAX_UNITS = 8


def inside(
    run: Run,
    dataset: Dataset | None = None,
    *,
    epochs: Sequence[Epoch],
    network: int | None = None,
    split: Split | None = None,
    theme: ThemeName = "light",
) -> Film | None:
    """Weights of one network at several epochs, with samples, for a browser that computes itself.

    Parameters
    ----------
    run, dataset, network, split, theme
        As described in `annlab.figures.of_run`.
    epochs : sequence of (int, "best" or "last")
        Epoch of the weights of each frame, each as in `annlab.runs.run.Run.layers`.

    Returns
    -------
    dict or None
        None for a network with more than `MAX_PARAMETERS`. Arrays are packed as in
        `annlab.figures.film`.

        ``sizes``: units of each layer, the input first; ``n_skips``: inputs that also go straight
        to the output layer; ``activation``, ``output_activation``, ``loss``; ``kind`` of the
        targets; ``inactive_below``: slope of an inactive unit; ``image_shape`` of samples, or None;
        ``inputs``, ``outputs``: names; ``classes``: names of the values of a target, for labels no
        and yes, and ``threshold``: smallest probability at which a network says yes;
        ``quantities``: names of the outputs without their unit; ``target_names`` of values or
        labels; ``features``: which inputs are derived from the ``n_features`` features, none if all
        are these; ``unit``: ``mean`` and ``scale`` of each target, and which outputs are
        ``standardized``; ``weights`` (n_frames, n_parameters): weights, then biases, layer after
        layer; ``samples``: ``X`` (n, n_features), ``index`` (position in the split), ``n_targets``,
        ``classes`` (n, n_targets), for labels 0 or 1, and ``colors``, or ``values`` (n, n_targets)
        from 0 to 255 and ``targets`` (n, n_targets) in their own unit; ``training``: ``X`` and
        encoded ``targets`` of at most 1,000 training samples; ``x`` and ``y``: range of the plane,
        or of the only feature, else None; ``shown``: for each hidden layer the indices of the units
        that matter most; ``spaces``: for the input and each layer ``center``, ``axes`` (n_axes
        lists of n_units) and ``share``; ``across``: axis in the boundary of the last hidden space,
        or None.
    """
    if run.n_parameters > MAX_PARAMETERS:
        return None
    whole, k = loaded(run, dataset), network_index(run, network)
    frames = [one_network(run, whole, epoch, k) for epoch in epochs]
    last = frames[-1]
    config = run.config
    X_train = last.dataset.X_train
    some = last.inputs(X_train[:: -(-len(X_train) // GRADIENT_SAMPLES)])
    weights = class_weights(config, last.dataset)
    spaces = layer_spaces(last.layers, some, *last.functions)
    return {
        "sizes": [spaces[0].axes.shape[0], *(W.shape[1] for W, _ in last.layers)],
        "n_skips": len(last.input_names) if config.architecture.has_skip else 0,
        "activation": config.model.activation,
        "output_activation": config.output_activation,
        "loss": config.loss,
        "class_weights": None if weights is None else weights.tolist(),
        "inactive_below": ACTIVATIONS[config.model.activation].inactive_below,
        "kind": config.task.kind,
        "image_shape": list(config.dataset.spec.image_shape or ()) or None,
        "inputs": last.input_names,
        "features": list(config.model.features),
        "n_features": X_train.shape[1],
        "outputs": last.output_names,
        "classes": list(last.value_names),
        "threshold": USUAL_THRESHOLD,
        "quantities": last.quantities,
        "target_names": list(last.target_names),
        "unit": {
            "mean": last.dataset.target_mean.tolist(),
            "scale": last.dataset.target_scale.tolist(),
            "standardized": last.standardized.tolist(),
        },
        "weights": pack(np.stack([_flat(frame.layers) for frame in frames])),
        "samples": _samples(last, split),
        "training": _training(last),
        **_ranges(last),
        "shown": [units.tolist() for units in shown_units(last)],
        "spaces": [_space(space) for space in spaces],
        "across": _across(last, some),
    }


def shown_units(one: OneNetwork) -> list[Array]:
    """Hidden units of one network that are drawn at first: those that matter most.

    Parameters
    ----------
    one : OneNetwork
        At the end of its run.

    Returns
    -------
    list of ndarray of int
        For each hidden layer the indices of at most `MAX_UNITS` units, ascending.
    """
    X = one.dataset.X_train
    inputs = one.inputs(X[:: -(-len(X) // GRADIENT_SAMPLES)])
    importance = unit_importance(one.layers, inputs, *one.functions)
    return [most_important(of_layer, MAX_UNITS) for of_layer in importance]


def _flat(layers: Layers) -> NDArray[np.float32]:
    parts = [part.ravel() for layer in layers for part in layer]
    return np.concatenate(parts).astype(np.float32)


def _samples(one: OneNetwork, split: Split | None) -> dict[str, Any]:
    X, y = one.samples(split)
    n_split = len(X)
    index = evenly_spaced(n_split, MAX_POINTS)
    X, y = X[index], as_columns(y[index])
    found: dict[str, Any] = {
        "X": pack(X.astype(np.float32)),
        "index": index.tolist(),
        "n": len(X),
        "n_split": n_split,
        "split": split or one.dataset.scored_split,
        "n_targets": y.shape[1],
    }
    return found | _TARGETS[one.config.task.kind](one, y)


def _of_classes(one: OneNetwork, y: Array) -> dict[str, Any]:
    n = len(one.dataset.class_names)
    colors = [CLASS_COLORS[i % len(CLASS_COLORS)] for i in range(n)]
    return {"classes": pack(y.astype(np.uint8)), "colors": colors}


def _of_values(one: OneNetwork, y: Array) -> dict[str, Any]:
    y = y.astype(np.float32)
    extent = np.ptp(y, axis=0)
    shades = np.rint(255 * (y - y.min(axis=0)) / np.where(extent > 0, extent, 1)).astype(np.uint8)
    return {"values": pack(shades), "targets": pack(y)}


def _of_labels(one: OneNetwork, y: Array) -> dict[str, Any]:
    return {"classes": pack(y.astype(np.uint8)), "colors": list(CLASS_COLORS[:2])}


_TARGETS: dict[TargetKind, Callable[[OneNetwork, Array], dict[str, Any]]] = {
    "class": _of_classes,
    "values": _of_values,
    "labels": _of_labels,
}


def _training(one: OneNetwork) -> dict[str, Any]:
    """Samples over which losses and gradients are computed: those of the recorded gradients."""
    dataset = one.dataset
    some = slice(None, None, -(-len(dataset.X_train) // GRADIENT_SAMPLES))
    targets = dataset.encoded_targets("train", len(one.layers[-1][1]))[some]
    return {
        "X": pack(dataset.X_train[some].astype(np.float32)),
        "targets": pack(targets.astype(np.float32)),
        "n": len(targets),
        "n_all": dataset.n_train_samples,
    }


def _ranges(one: OneNetwork) -> dict[str, list[float] | None]:
    X, _ = one.samples("all")
    if X.shape[1] == 1:
        low, high = float(X.min()), float(X.max())
        space = 0.1 * ((high - low) or 1.0)
        return {"x": [low - space, high + space], "y": None}
    if X.shape[1] > 2:
        return {"x": None, "y": None}
    plane = plane_through(X)
    return {
        "x": plane.x[[0, -1]].astype(float).tolist(),
        "y": plane.y[[0, -1]].astype(float).tolist(),
    }


def _space(space: LayerSpace) -> dict[str, Any]:
    share = None if space.share is None else space.share.astype(float).tolist()
    return {
        "center": space.center.astype(float).tolist(),
        "axes": space.axes.T.astype(float).tolist(),
        "share": share,
    }


def _across(one: OneNetwork, inputs: Array) -> list[float] | None:
    """Second axis of the last hidden space of more than three units, for two classes or a value."""
    W, b = one.layers[-1]
    if len(W) <= DRAWN_AS_THEY_ARE or len(b) > 1:
        return None
    *_, A, _ = space_values(one.layers, inputs, *one.functions)
    across = boundary_space(A, W[:, 0].astype(float), float(b[0])).axes[:, 1]
    return across.astype(float).tolist()
