"""The experiments of the tutorials as data: what to compare, and the question behind it.

Each entry sets everything on a page. The figures that the tutorials report are kept beside
the tests that hold them.
"""

from dataclasses import dataclass
from typing import Any

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig


@dataclass(frozen=True)
class Experiment:
    """Two or more models on the same points.

    Attributes
    ----------
    name : str
        Short name, as in an address.
    title : str
        What it is called on a page.
    question : str
        What a student is to find out.
    runs : tuple of RunConfig
        The models, A first; they share the data.
    """

    name: str
    title: str
    question: str
    runs: tuple[RunConfig, ...]


LOGISTIC: dict[str, Any] = {"hidden_sizes": ()}
MLP_4_2: dict[str, Any] = {"hidden_sizes": (4, 2), "activation": "tanh"}


def _bench(
    data: dict[str, Any], training: dict[str, Any], *models: dict[str, Any]
) -> tuple[RunConfig, ...]:
    """Runs that share data and training; a model may name its own learning rate."""
    runs = []
    for model in models:
        own = {"learning_rate": model["learning_rate"]} if "learning_rate" in model else {}
        network = {key: value for key, value in model.items() if key not in own}
        runs.append(
            RunConfig(
                dataset=DatasetConfig(**data),
                model=ModelConfig(**network),
                training=TrainingConfig(**{**training, **own}),
            )
        )
    return tuple(runs)


_ENTRIES = (
    Experiment(
        name="E1",
        title="E1 · A line is enough",
        question="Two clouds, one line between them. Is the MLP any better here?",
        runs=_bench({"name": "linear"}, {"max_epochs": 50, "n_seeds": 10}, LOGISTIC, MLP_4_2),
    ),
    Experiment(
        name="E2",
        title="E2 · A line on the moons",
        question="Is the line held back by its training? Ten times the learning rate says no.",
        runs=_bench(
            {"name": "moons"}, {"n_seeds": 10}, LOGISTIC, {**LOGISTIC, "learning_rate": 0.01}
        ),
    ),
    Experiment(
        name="E3",
        title="E3 · A line through a ring",
        question="A ring around a disc. Can any learning rate make a line better than guessing?",
        runs=_bench(
            {"name": "circles"}, {"n_seeds": 10}, LOGISTIC, {**LOGISTIC, "learning_rate": 0.01}
        ),
    ),
    Experiment(
        name="E4",
        title="E4 · Six units for the moons",
        question="What can 4 + 2 hidden units do that a line cannot?",
        runs=_bench(
            {"name": "moons"}, {"n_seeds": 20}, LOGISTIC, {**MLP_4_2, "learning_rate": 0.01}
        ),
    ),
    Experiment(
        name="E5",
        title="E5 · Six units for the ring",
        question="How do six bent lines close around a disc?",
        runs=_bench(
            {"name": "circles"},
            {"max_epochs": 50, "n_seeds": 20},
            LOGISTIC,
            {**MLP_4_2, "learning_rate": 0.01},
        ),
    ),
    Experiment(
        name="E6",
        title="E6 · A deep network on a sine wave",
        question="Twelve quarter waves, eleven changes of class: how many units does that take?",
        runs=_bench(
            {"name": "sine"},
            {"max_epochs": 50, "n_seeds": 10},
            LOGISTIC,
            {"hidden_sizes": (64, 64, 64), "activation": "tanh"},
        ),
    ),
    Experiment(
        name="E9",
        title="E9 · Breast cancer",
        question="Thirty measurements of real tumours. Does the MLP beat the line on new patients?",
        runs=_bench(
            {"name": "breast_cancer", "test_fraction": 0.2, "scaling": "minmax"},
            {"batch_size": 64, "n_seeds": 10},
            LOGISTIC,
            {"hidden_sizes": (30, 15)},
        ),
    ),
)

EXPERIMENTS: dict[str, Experiment] = {entry.name: entry for entry in _ENTRIES}
