"""Estimated seconds of a training."""

import pytest

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.runs.duration import Speed, about, minutes, seconds_of

SMALL = RunConfig(
    dataset=DatasetConfig(name="moons", n_samples=400),
    model=ModelConfig(hidden_sizes=(16, 16)),
    training=TrainingConfig(max_epochs=20, n_seeds=5),
)


def _with(**changes: int) -> RunConfig:
    return SMALL.model_copy(update={"training": SMALL.training.model_copy(update=changes)})


def test_what_is_more_work_takes_longer() -> None:
    def longer(config: RunConfig) -> float:
        return seconds_of(config, Speed()) / seconds_of(SMALL, Speed())

    assert longer(_with(max_epochs=200)) > 5
    assert longer(_with(batch_size=1)) > 10
    assert 1 < longer(_with(n_seeds=50)) < 10  # in one stack
    more = (
        SMALL.model_copy(update={"model": ModelConfig(hidden_sizes=(16, 16), dropout=0.2)}),
        SMALL.model_copy(update={"model": ModelConfig(hidden_sizes=(512, 512))}),
        SMALL.model_copy(
            update={"dataset": DatasetConfig(name="moons", n_samples=400, resample="sample")}
        ),
        SMALL.model_copy(
            update={"training": TrainingConfig(max_epochs=20, n_seeds=5, record_gradients=True)}
        ),
    )
    assert all(longer(config) > 1 for config in more)


def test_calls_and_arithmetic_have_speeds_of_their_own() -> None:
    calls = _with(batch_size=1, n_seeds=1)
    arithmetic = SMALL.model_copy(
        update={
            "model": ModelConfig(hidden_sizes=(512, 512)),
            "training": TrainingConfig(batch_size=400, n_seeds=50),
        }
    )
    for config, slow_calls, slow_arithmetic in ((calls, 1.9, 1.0), (arithmetic, 1.0, 1.9)):
        usual = seconds_of(config, Speed())
        assert seconds_of(config, Speed(2, 2)) == pytest.approx(2 * usual)
        assert seconds_of(config, Speed(2, 1)) >= slow_calls * usual
        assert seconds_of(config, Speed(1, 2)) >= slow_arithmetic * usual


def test_the_measured_speed_is_that_of_a_machine() -> None:
    from annlab.training.speed import measure_speed

    speed = measure_speed()
    assert 0.05 < speed.calls < 20
    assert 0.05 < speed.arithmetic < 20


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.01, "about a second"),
        (1.64, "about 1.6 seconds"),
        (42.3, "about 42 seconds"),
        (99, "about 99 seconds"),
        (100, "about 1.7 minutes"),
        (1800, "about 30 minutes"),
        (7000, "about 1.9 hours"),
        (1e6, "about 280 hours"),
    ],
)
def test_estimates_are_rounded(seconds: float, words: str) -> None:
    assert about(seconds) == words


def test_minutes_are_written_as_the_host_sets_them() -> None:
    assert [minutes(n) for n in (1, 0.5, 60)] == ["1 minute", "0.5 minutes", "60 minutes"]
