"""Configs of small trainings."""

from annlab import RunConfig


def make(dataset=None, **training):
    return RunConfig(
        dataset={"name": "moons", "n_samples": 200, "noise": 0.3, **(dataset or {})},
        model={"hidden_sizes": (5,), "activation": "tanh"},
        training={"learning_rate": 0.05, "max_epochs": 6, "n_seeds": 3, **training},
    )
