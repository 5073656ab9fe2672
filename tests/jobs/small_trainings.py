"""Trainings of a moment and of minutes, and waiting for them."""

import time
from collections.abc import Callable

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.ui.services import Services

DEADLINE_SECONDS = 60


def config(seed: int = 0, epochs: int = 5, **training: object) -> RunConfig:
    return RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=100),
        model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
        training=TrainingConfig(max_epochs=epochs, seed=seed, **training),
    )


def long_config(seed: int) -> RunConfig:
    """A run that takes minutes unless stopped."""
    return config(seed, epochs=10_000, batch_size=1)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def finish(server: Services, session: str) -> None:
    """Wait until a session's runs are trained and stored."""
    wait_until(lambda: server.queue.batch(session) is None)
    wait_until(lambda: bool(server.repository.saving_error) or not server.repository.unsaved.all())
