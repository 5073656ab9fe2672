"""Configs of runs with several targets or labels, for the tests of what judges them."""

from typing import Any

from pydantic import BaseModel

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig


def several(name: str, **changes: Any) -> RunConfig:
    """Short run on a data set with several targets, with changes of any settings."""
    values: dict[str, Any] = {
        "test_fraction": 0.3,
        "validation_fraction": 0.2,
        "hidden_sizes": (8,),
        "learning_rate": 0.02,
        "max_epochs": 6,
        "n_seeds": 3,
        **changes,
    }

    def part(kind: type[BaseModel]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key in kind.model_fields}

    return RunConfig(
        dataset=DatasetConfig(name=name, **part(DatasetConfig)),
        model=ModelConfig(**part(ModelConfig)),
        training=TrainingConfig(**{**part(TrainingConfig), "seed": 0}),
    )
