"""WHAT to learn from: the registry of data sets, and the way from a config to points."""

from annlab.datasets.dataset import (
    Dataset,
    DatasetSpec,
    Preprocessing,
    Sizes,
    Split,
    TrainingData,
)
from annlab.datasets.functions import FUNCTIONS, Function1D
from annlab.datasets.load import (
    forget_datasets,
    load_dataset,
    load_for_training,
    load_run_dataset,
)
from annlab.datasets.registry import DATASETS

__all__ = [
    "DATASETS",
    "FUNCTIONS",
    "Dataset",
    "DatasetSpec",
    "Function1D",
    "Preprocessing",
    "Sizes",
    "Split",
    "TrainingData",
    "forget_datasets",
    "load_dataset",
    "load_for_training",
    "load_run_dataset",
]
