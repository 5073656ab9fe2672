"""Data sets: the registry, and loading samples from a config."""

from annlab.datasets.dataset import Dataset, TrainingData
from annlab.datasets.functions import FUNCTIONS, Function1D
from annlab.datasets.load import (
    forget_datasets,
    load_dataset,
    load_for_training,
    load_run_dataset,
)
from annlab.datasets.preprocessing import Preprocessing
from annlab.datasets.registry import DATASETS
from annlab.datasets.spec import DatasetSpec
from annlab.datasets.split_names import (
    SPLIT_NAMES,
    SPLITS,
    Sizes,
    Split,
    scored_split,
    watched_split,
)

__all__ = [
    "DATASETS",
    "FUNCTIONS",
    "SPLITS",
    "SPLIT_NAMES",
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
    "scored_split",
    "watched_split",
]
