"""annlab: train small neural networks, watch them learn, compare them side by side."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annlab.analysis.comparison import Comparison, compare
    from annlab.analysis.evaluation import evaluate
    from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
    from annlab.datasets import Dataset, load_dataset
    from annlab.runs.run import Run
    from annlab.training.many import train_many
    from annlab.training.train import train
    from annlab.version import __version__ as __version__

__all__ = [
    "Comparison",
    "Dataset",
    "DatasetConfig",
    "ModelConfig",
    "Run",
    "RunConfig",
    "TrainingConfig",
    "compare",
    "evaluate",
    "load_dataset",
    "train",
    "train_many",
]

# Each is imported when it is first asked for: a page begins before it needs any of them, and
# `train` brings torch along, which most who import annlab never need.
_HOMES = {
    "__version__": "annlab.version",
    "Comparison": "annlab.analysis.comparison",
    "Dataset": "annlab.datasets",
    "DatasetConfig": "annlab.config",
    "ModelConfig": "annlab.config",
    "Run": "annlab.runs.run",
    "RunConfig": "annlab.config",
    "TrainingConfig": "annlab.config",
    "compare": "annlab.analysis.comparison",
    "evaluate": "annlab.analysis.evaluation",
    "load_dataset": "annlab.datasets",
    "train": "annlab.training",
    "train_many": "annlab.training",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
