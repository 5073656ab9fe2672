"""annlab: train small neural networks, watch them learn, compare them side by side."""

from typing import TYPE_CHECKING, Any

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets import load_dataset
from annlab.evaluation import evaluate
from annlab.run import Run

if TYPE_CHECKING:
    from annlab.training import train

__all__ = [
    "DatasetConfig",
    "ModelConfig",
    "Run",
    "RunConfig",
    "TrainingConfig",
    "evaluate",
    "load_dataset",
    "train",
]


def __getattr__(name: str) -> Any:
    # `train` brings torch along, which most who import annlab never need.
    if name == "train":
        from annlab.training import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
