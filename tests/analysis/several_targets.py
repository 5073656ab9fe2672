"""Configs of runs with several targets or labels, for the tests of what judges them."""

from typing import Any

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig


def several(name: str, **changes: Any) -> RunConfig:
    """Short run on a data set with several targets; a change is of the training or the model."""
    model = {key: changes.pop(key) for key in ("hidden_sizes", "activation") if key in changes}
    data = {
        key: changes.pop(key)
        for key in (
            *("n_samples", "noise", "resample", "scaling", "seed", "target_scaling"),
            *("test_fraction", "validation_fraction"),
        )
        if key in changes
    }
    parts = {"test_fraction": 0.3, "validation_fraction": 0.2}
    training = {"learning_rate": 0.02, "max_epochs": 6, "n_seeds": 3, **changes}
    return RunConfig(
        dataset=DatasetConfig(name=name, **{**parts, **data}),
        model=ModelConfig(**{"hidden_sizes": (8,), **model}),
        training=TrainingConfig(**training),
    )
