"""A run as settings: what they may be, how they are written and read."""

from annlab.config.run_config import (
    RESULTS_VERSION,
    DatasetConfig,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    check_within_budget,
)

__all__ = [
    "RESULTS_VERSION",
    "DatasetConfig",
    "ModelConfig",
    "RunConfig",
    "TrainingConfig",
    "check_within_budget",
]
