"""One network of a run at one epoch, with its data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.median_network import median_network
from annlab.analysis.prediction import predict
from annlab.analysis.surfaces import SURFACE_RESOLUTION, Plane, output_surface, plane_through
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split, load_run_dataset
from annlab.figures.base.plain_text import plain_text
from annlab.nn.derived_features import input_names, network_inputs
from annlab.nn.forward import Layers
from annlab.nn.tasks import NO_AND_YES, Picture, TargetKind, as_columns
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Behind the name of an output that is not in the target's own unit.
STANDARDIZED = " (standardized)"


@dataclass(frozen=True)
class OneNetwork:
    """Weights and data of one network.

    Attributes
    ----------
    config : RunConfig
    layers : sequence of (weights, biases)
        Shapes (n_in, n_out) and (n_out,).
    dataset : Dataset
        Data of this network.
    """

    config: RunConfig
    layers: Layers
    dataset: Dataset

    def predict(self, X: Array) -> Array:
        """Predict class indices, or values in the unit of the target, shape (n_samples,)."""
        return predict(self.config, self.layers, self.dataset, X)

    def samples(self, split: Split | None) -> tuple[Array, Array]:
        """X and y of a split; None: the split used for the score."""
        return self.dataset.split(split or self.dataset.scored_split)

    def confusion(self, split: Split | None) -> NDArray[np.int64]:
        """Samples of a split in each cell: true classes in rows, predicted ones in columns."""
        X, y = self.samples(split)
        n_classes = len(self.dataset.class_names)
        counts = np.zeros((n_classes, n_classes), np.int64)
        np.add.at(counts, (y, self.predict(X)), 1)
        return counts

    @property
    def held_out(self) -> tuple[Array, Array] | None:
        """X and y of the validation and test samples together; None without any."""
        data = self.dataset
        X = np.concatenate([data.X_validation, data.X_test])
        y = np.concatenate([data.y_validation, data.y_test])
        return (X, y) if len(y) else None

    def target_ranges(self, margin: float = 0.1) -> list[tuple[float, float]]:
        """Range of an axis of each target, with a share of its extent as space around all samples.

        The range of a constant target is that value ± 1.
        """
        y = as_columns(self.dataset.split("all")[1]).astype(float)
        space = margin * np.ptp(y, axis=0)
        space[space == 0] = 1.0
        return list(zip((y.min(0) - space).tolist(), (y.max(0) + space).tolist(), strict=True))

    def plane(self, axes: tuple[int, int], resolution: int = SURFACE_RESOLUTION) -> Plane:
        """Plane of two features through the median of the others, over all samples.

        Raises
        ------
        ValueError
            If there is one feature.
        """
        X, _ = self.samples("all")
        if X.shape[1] < 2:
            raise ValueError("axes: a surface needs two features; this data set has one")
        return plane_through(X, axes, resolution)

    def surface(self, plane: Plane) -> Array:
        """Outputs over a plane, shape (n_y, n_x, n_outputs)."""
        return output_surface(self.config, self.layers, plane)

    def axis_names(self, plane: Plane) -> tuple[str, str]:
        """Titles of the two axes of a plane."""
        return self.feature_name(plane.axes[0]), self.feature_name(plane.axes[1])

    @property
    def plane_note(self) -> str:
        """Where the features are that a plane does not show; empty if it shows all."""
        n_others = self.dataset.X_train.shape[1] - 2
        return f"the {n_others} other features at their median" if n_others > 0 else ""

    def inputs(self, X: Array) -> Array:
        """What the first layer receives: features, or those derived from them, (…, n_inputs)."""
        return network_inputs(X, self.config.model.features)

    @property
    def functions(self) -> tuple[str, str]:
        """Activation of the hidden layers, and of the output."""
        return self.config.model.activation, self.config.output_activation

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs of the first layer, which say whether features are scaled."""
        names = input_names(self.dataset.feature_names, self.config.model.features)
        return [name + self._scaled for name in names]

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs: probabilities, the classes, or the predicted quantities."""
        return [
            name + (STANDARDIZED if is_standardized else "")
            for name, is_standardized in zip(
                self.quantities, self.standardized.tolist(), strict=True
            )
        ]

    @property
    def quantities(self) -> list[str]:
        """Names of what the outputs predict, without their unit."""
        return _QUANTITIES[self.config.task.kind](self)

    @property
    def target_names(self) -> tuple[str, ...]:
        """Names of the targets or labels; one empty name for a classification."""
        return self.config.dataset.spec.names_of_targets()

    @property
    def value_names(self) -> tuple[str, ...]:
        """Names of the values of a target: the classes, or no and yes; none for numbers."""
        return NO_AND_YES if self.config.task.kind == "labels" else self.dataset.class_names

    @property
    def standardized(self) -> NDArray[np.bool_]:
        """Whether each output is in another unit than its target, shape (n_outputs,)."""
        found = (self.dataset.target_scale != 1) | (self.dataset.target_mean != 0)
        return np.broadcast_to(found, len(self.layers[-1][1]))

    def feature_name(self, k: int) -> str:
        """Axis title of a feature, which says whether the feature is scaled."""
        return plain_text(self.dataset.feature_names[k]) + self._scaled

    @property
    def _scaled(self) -> str:
        return "" if self.config.dataset.scaling == "none" else " (scaled)"


def _quantities_of_classes(one: OneNetwork) -> list[str]:
    names = one.dataset.class_names
    return list(names) if len(one.layers[-1][1]) > 1 else [f"P({names[1]})"]


_QUANTITIES: dict[TargetKind, Callable[[OneNetwork], list[str]]] = {
    "class": _quantities_of_classes,
    "values": lambda one: list(one.target_names),
    "labels": lambda one: [f"P({name})" for name in one.target_names],
}


def one_network(
    run: Run, dataset: Dataset | None, epoch: Epoch | None, network: int | None
) -> OneNetwork:
    """Select one network of a run, with the parameters of `annlab.figures.of_run`.

    Raises
    ------
    ValueError
        If the run has no such network, or no checkpoint at that epoch.
    """
    k = network_index(run, network)
    layers = [(W[k], b[k]) for W, b in run.layers(epoch)]
    return OneNetwork(run.config, layers, loaded(run, dataset).of(k))


# Functions of `annlab.figures.of_run` that draw each picture.
DRAWN_BY: dict[Picture, tuple[str, ...]] = {
    "surface": ("decision_surface",),
    "confusion": ("confusion_matrix",),
    "fit": ("fitted_curve",),
    "residuals": ("predicted_against_true", "residuals"),
    "plane_curve": ("plane_curve",),
    "targets": ("target_scatters",),
    "label_surfaces": ("label_surfaces", "label_counts"),
}


def network_that_draws(
    picture: Picture,
    run: Run,
    dataset: Dataset | None,
    epoch: Epoch | None,
    network: int | None,
) -> OneNetwork:
    """Select a network of a run whose task has a picture; else a ValueError names the figures."""
    one, task = one_network(run, dataset, epoch, network), run.config.task
    if not task.draws(picture):
        others = [name for own, names in DRAWN_BY.items() if task.draws(own) for name in names]
        raise ValueError(
            f"This run's task is “{task.label}”. Draw it with "
            f"{' or '.join(filter(None, (', '.join(others[:-1]), others[-1])))}"
        )
    return one


def network_index(run: Run, network: int | None) -> int:
    """Index of the network to draw: a valid `network`, or the median network."""
    if network is None:
        return median_network([run])
    if not 0 <= network < run.n_seeds:
        raise ValueError(f"network: must be from 0 to {run.n_seeds - 1}; got {network}")
    return network


def loaded(run: Run, dataset: Dataset | None) -> Dataset:
    """Return the data of all networks of a run, loading them if `dataset` is None."""
    return load_run_dataset(run.config) if dataset is None else dataset
