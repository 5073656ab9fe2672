"""Drawings that start from the samples of a registered data set."""

import numpy as np

from annlab.datasets.config import DatasetConfig
from annlab.datasets.dataset import Dataset
from annlab.datasets.own.drawing.drawn import MAX_DRAWN_CLASSES, Array, DrawnPoints, drawn_points
from annlab.datasets.registry import DATASETS
from annlab.datasets.spec import DatasetSpec

# Few enough to be seen one by one, and to fit into a link.
N_SAMPLES = 200
# The samples fill the pad from -FILL to FILL in both directions.
FILL = 5.0


def starting_sets() -> dict[str, DatasetSpec]:
    """Data sets that can be drawn on a pad, by name."""
    return {name: spec for name, spec in DATASETS.items() if _can_be_drawn(spec)}


def _can_be_drawn(spec: DatasetSpec) -> bool:
    if spec.target_names:  # a point has one class, or one height
        return False
    n_classes = len(spec.names_of_classes(spec.defaults.get("n_classes")))
    return spec.n_features == (2 if n_classes else 1) and n_classes <= MAX_DRAWN_CLASSES


def starting_config(name: str) -> DatasetConfig:
    """Config of the samples with which a drawing starts.

    Parameters
    ----------
    name : str
        A name in `starting_sets`.
    """
    can_choose = "n_samples" in DATASETS[name].defaults
    return DatasetConfig(name=name, n_samples=N_SAMPLES if can_choose else None)


def starting_points(dataset: Dataset) -> DrawnPoints:
    """Draw all samples of a data set, stretched to fill the pad.

    Parameters
    ----------
    dataset : Dataset
        Of two features and at most `MAX_DRAWN_CLASSES` classes, or of one feature and a target.
    """
    X, y = dataset.split("all")
    if dataset.class_names:
        return drawn_points("classes", _stretched(X[:, 0]), _stretched(X[:, 1]), y.tolist())
    return drawn_points("curve", _stretched(X[:, 0]), _stretched(y))


def _stretched(values: Array) -> Array:
    """Values from -FILL to FILL; 0 if all are equal."""
    low, high = float(values.min()), float(values.max())
    middle, half = (low + high) / 2, (high - low) / 2
    found: Array = (values.astype(np.float64) - middle) * (FILL / half if half else 0.0)
    return found
