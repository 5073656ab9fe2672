"""Run configs: settings, validation, links and typed input."""

from annlab.config.run_config import RunConfig
from annlab.config.training_config import TrainingConfig
from annlab.datasets.config import DatasetConfig
from annlab.nn.config import ModelConfig
from annlab.validation import RESULTS_VERSION

__all__ = [
    "RESULTS_VERSION",
    "DatasetConfig",
    "ModelConfig",
    "RunConfig",
    "TrainingConfig",
]
