"""Runs with early stopping, with separate data per network, and with one feature."""

from collections.abc import Callable

import pytest

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.datasets.own import tables
from tests.own_data import mixed_table

Train = Callable[[RunConfig], Run]
MIXED = mixed_table()


@pytest.fixture(autouse=True)
def _mixed_at_hand() -> None:
    """Provide the samples of `mixed_run`, which other tests may have dropped."""
    tables.provide(MIXED)


@pytest.fixture(scope="session")
def early_run(trained: Train) -> Run:
    """Two classes, with early stopping."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(n_samples=100, noise=0.4, validation_fraction=0.3),
            model=ModelConfig(hidden_sizes=(8,), activation="tanh"),
            training=TrainingConfig(
                learning_rate=0.3, max_epochs=60, n_seeds=3, early_stopping_patience=4
            ),
        )
    )


@pytest.fixture(scope="session")
def own_run(trained: Train) -> Run:
    """Three classes, with a separate split and scaler for each network."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="iris", test_fraction=0.3, scaling="standard", resample="split"
            ),
            training=TrainingConfig(learning_rate=0.05, max_epochs=4, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def curve_run(trained: Train) -> Run:
    """A regression with one feature."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(name="function_1d", n_samples=60, test_fraction=0.25),
            model=ModelConfig(hidden_sizes=(5,), activation="tanh"),
            training=TrainingConfig(learning_rate=0.05, max_epochs=6, n_seeds=4),
        )
    )


@pytest.fixture(scope="session")
def own_curve_run(trained: Train) -> Run:
    """A regression with one feature, with a separate split and scaler for each network."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="function_1d",
                n_samples=60,
                test_fraction=0.25,
                scaling="standard",
                resample="split",
            ),
            training=TrainingConfig(max_epochs=2, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def eight_run(trained: Train) -> Run:
    """Two numbers from one feature."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(name="plane_curve", n_samples=80, test_fraction=0.25),
            model=ModelConfig(hidden_sizes=(5,), activation="tanh"),
            training=TrainingConfig(learning_rate=0.05, max_epochs=6, n_seeds=4),
        )
    )


@pytest.fixture(scope="session")
def own_eight_run(trained: Train) -> Run:
    """Two numbers from one feature, with a separate split and scaler for each network."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="plane_curve",
                n_samples=60,
                test_fraction=0.25,
                scaling="standard",
                target_scaling="standard",
                resample="split",
            ),
            training=TrainingConfig(max_epochs=2, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def targets_run(trained: Train) -> Run:
    """Three numbers from three features."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="linnerud", test_fraction=0.3, scaling="standard", target_scaling="standard"
            ),
            model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
            training=TrainingConfig(learning_rate=0.05, max_epochs=6, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def three_labels_run(trained: Train) -> Run:
    """Three labels of two features."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="labels", n_samples=120, test_fraction=0.25, scaling="standard"
            ),
            model=ModelConfig(hidden_sizes=(6,), activation="tanh"),
            training=TrainingConfig(learning_rate=0.05, max_epochs=10, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def derived_run(trained: Train) -> Run:
    """Two classes, with features derived from scaled ones."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="circles", n_samples=80, test_fraction=0.25, scaling="standard"
            ),
            model=ModelConfig(
                features=("x1", "x2_squared", "x1_x2", "sin_x1"),
                hidden_sizes=(3,),
                activation="tanh",
            ),
            training=TrainingConfig(max_epochs=5, learning_rate=0.05, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def numbers_run(trained: Train) -> Run:
    """Several numbers, each standardized, with a separate split and scaler for each network."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="linnerud",
                test_fraction=0.25,
                scaling="standard",
                target_scaling="standard",
                resample="split",
            ),
            model=ModelConfig(hidden_sizes=(5,), activation="tanh"),
            training=TrainingConfig(learning_rate=0.05, max_epochs=5, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def labels_run(trained: Train) -> Run:
    """Three labels of two features, by units of ReLU, whose pieces can be drawn."""
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="labels", n_samples=90, test_fraction=0.3, scaling="standard"
            ),
            model=ModelConfig(hidden_sizes=(6, 4)),
            training=TrainingConfig(learning_rate=0.05, max_epochs=40, n_seeds=3),
        )
    )


@pytest.fixture(scope="session")
def mixed_run(trained: Train) -> Run:
    """Three classes of a table with a category and cells without a value."""
    tables.provide(MIXED)
    return trained(
        RunConfig(
            dataset=DatasetConfig(own=MIXED.own, test_fraction=0.25, scaling="standard"),
            model=ModelConfig(hidden_sizes=(3,)),
            training=TrainingConfig(max_epochs=3, n_seeds=3),
        )
    )


RUNS = [
    "binary",
    "multiclass",
    "regression",
    "early",
    "own",
    "curve",
    "own_curve",
    "derived",
    "mixed",
    "eight",
    "own_eight",
    "targets",
    "three_labels",
]
OF_SEVERAL_TARGETS = ["numbers", "labels"]


@pytest.fixture(params=RUNS)
def any_run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(f"{request.param}_run")


@pytest.fixture(params=[*RUNS, *OF_SEVERAL_TARGETS])
def run_of_any_task(request: pytest.FixtureRequest) -> Run:
    """A run like `any_run`, or one with several targets."""
    return request.getfixturevalue(f"{request.param}_run")
