"""How well the duration of a training is foreseen, for extreme settings."""

from collections.abc import Callable

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.runs.duration import seconds_of
from annlab.training import train
from annlab.training.speed import measure_speed
from tests.benchmarks.data import california_housing
from tests.benchmarks.goals import GOALS
from tests.benchmarks.table import Row


def _moons(n_samples: int, **settings: object) -> DatasetConfig:
    return DatasetConfig(name="moons", n_samples=n_samples, test_fraction=0.2, **settings)


def _of(dataset: DatasetConfig, hidden: tuple[int, ...], epochs: int, **training: int) -> RunConfig:
    return RunConfig(
        dataset=dataset,
        model=ModelConfig(hidden_sizes=hidden),
        training=TrainingConfig(max_epochs=epochs, **training),
    )


def _extremes() -> dict[str, RunConfig]:
    houses = DatasetConfig(name="california_housing", test_fraction=0.2, scaling="standard")
    digits = DatasetConfig(name="digits", test_fraction=0.2, scaling="standard")
    return {
        "10 layers of 1,024 units": _of(_moons(500), (1024,) * 10, 3),
        "1,000 networks 8-8, gradients, one batch": _of(
            _moons(1000), (8, 8), 8, n_seeds=1000, batch_size=100_000, record_gradients=True
        ),
        "1,000 networks of 2 units": _of(_moons(200), (2,), 100, n_seeds=1000),
        "batches of one sample": _of(_moons(1000), (2,), 20, batch_size=1),
        "50 networks 64-64-64": _of(_moons(1000), (64, 64, 64), 10, n_seeds=50),
        "200 networks, batches of 8": _of(_moons(500), (16,), 20, n_seeds=200, batch_size=8),
        "linear regression, 16,512 samples": _of(houses, (), 20),
        "256-256, 16,512 samples": _of(houses, (256, 256), 6, batch_size=256),
        "100 networks, 64 features, one batch": _of(
            digits, (32,), 10, n_seeds=100, batch_size=10_000
        ),
        "200 networks with samples of their own": _of(
            _moons(1000, resample="sample"), (16,), 20, n_seeds=200
        ),
    }


def estimates(repeats: int, say: Callable[[str], None]) -> list[Row]:
    """How many times the larger of estimated and measured seconds is the smaller one."""
    rows = []
    with california_housing():
        for name, config in _extremes().items():
            factors = []
            for k in range(repeats):
                say(f"estimate, {name}, {k + 1} of {repeats}")
                ratio = seconds_of(config, measure_speed()) / train(config).duration_seconds
                factors.append(max(ratio, 1 / ratio))
            rows.append(
                Row(f"{name}: factor of the estimate", factors, (), "times", GOALS["estimate"])
            )
    return rows
