"""Many configs in few stacks: each equals its config trained alone."""

import math

import numpy as np
import pytest

from annlab import Run, RunConfig, train, train_many
from annlab.nn.optimizers import OPTIMIZERS
from annlab.training import many
from annlab.training.many import Scores, stacks_of, train_scores
from tests.training.configs import make

# Rounding differences of float32 grow from step to step.
RTOL, ATOL = 2e-3, 2e-4


def with_model(config: RunConfig, **model: object) -> RunConfig:
    return config.model_copy(update={"model": config.model.model_copy(update=model)})


def assert_same(run: Run, alone: Run, rtol: float = RTOL, atol: float = ATOL) -> None:
    """Compare all that a run records but its times."""
    assert run.config == alone.config
    assert run.ending == alone.ending
    assert run.message == alone.message
    for name in ("epochs_trained", "diverged_epochs", "best_epochs"):
        np.testing.assert_array_equal(getattr(run, name), getattr(alone, name), err_msg=name)
    np.testing.assert_array_equal(run.checkpoints.epochs, alone.checkpoints.epochs)
    for name, values in alone.history.items():
        np.testing.assert_allclose(run.history[name], values, err_msg=name, rtol=rtol, atol=atol)
    pairs = [
        *zip(run.checkpoints.layers, alone.checkpoints.layers, strict=True),
        *zip(run.best_layers, alone.best_layers, strict=True),
    ]
    for here, there in pairs:
        for one, other in zip(here, there, strict=True):
            np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_different_rates_l2_and_momenta(optimizer: str, schedule: str) -> None:
    rate = 0.02 if "ad" in optimizer or optimizer == "rmsprop" else 0.1
    configs = [
        make(
            optimizer=optimizer,
            schedule=schedule,
            learning_rate=factor * rate,
            weight_decay=decay,
            momentum=momentum,
            n_seeds=n_seeds,
            seed=seed,
            max_epochs=3,
        )
        for factor, decay, momentum, n_seeds, seed in [
            (1, 0.0, 0.0, 1, 0),
            (0.3, 0.1, 0.5, 2, 7),
            (2, 0.01, 0.9, 1, 3),
        ]
    ]
    assert stacks_of(configs) == [[0, 1, 2]]
    for run, config in zip(train_many(configs), configs, strict=True):
        assert_same(run, train(config))


def test_equal_rates_give_the_bits_of_one_config() -> None:
    together = train(make(n_seeds=5, seed=3, l1=0.01, weight_decay=0.1))
    alone = [make(n_seeds=1, seed=3 + k, l1=0.01, weight_decay=0.1) for k in range(5)]
    for k, run in enumerate(train_many(alone)):
        for name, values in together.history.items():
            np.testing.assert_array_equal(run.history[name][:, 0], values[:, k])
        for here, there in zip(run.checkpoints.layers, together.checkpoints.layers, strict=True):
            for one, all_networks in zip(here, there, strict=True):
                np.testing.assert_array_equal(one[:, 0], all_networks[:, k])


def test_different_dropout_and_initial_scale() -> None:
    configs = [
        with_model(make(n_seeds=2, seed=3, l1=0.01), init_scale=0.5, dropout=0.2),
        with_model(make(n_seeds=1, seed=9), dropout=0.5),
    ]
    assert len(stacks_of(configs)) == 1
    for run, config in zip(train_many(configs), configs, strict=True):
        assert_same(run, train(config))


def test_clipping_is_each_networks_own() -> None:
    configs = [make(optimizer="sgd", clip_norm=norm, n_seeds=2) for norm in (0.05, 0.2, 100.0)]
    runs = train_many(configs)
    for run, config in zip(runs, configs, strict=True):
        assert_same(run, train(config))
    shares = [run.history["clipped"][-1].mean() for run in runs]
    assert shares[0] > shares[1] > shares[2] == 0


def test_configs_end_on_their_own() -> None:
    data = {"validation_fraction": 0.2}
    configs = [
        make(data, learning_rate=0.3, early_stopping_patience=3, max_epochs=60, n_seeds=2),
        make(data, learning_rate=0.001, early_stopping_patience=3, max_epochs=60, n_seeds=2),
    ]
    runs = train_many(configs)
    assert runs[0].ending == "early"
    assert runs[0].n_epochs < runs[1].n_epochs
    for run, config in zip(runs, configs, strict=True):
        assert_same(run, train(config), rtol=0.05, atol=5e-3)


def test_a_config_that_diverges_leaves_the_others_alone() -> None:
    configs = [
        make(
            {"name": "function_1d", "noise": None},
            optimizer="sgd",
            learning_rate=rate,
            max_epochs=30,
        )
        for rate in (0.05, 100.0)
    ]
    good, bad = train_many(configs)
    assert good.ending == "finished"
    assert bad.ending == "diverged"
    assert_same(good, train(configs[0]), rtol=0.02, atol=2e-3)
    alone = train(configs[1])
    assert bad.message == alone.message
    np.testing.assert_array_equal(bad.diverged_epochs, alone.diverged_epochs)


def test_a_run_keeps_no_other_networks_alive() -> None:
    configs = [make(seed=10 * k, n_seeds=1, early_stopping_patience=5) for k in range(4)]
    for run in train_many(configs):
        for arrays in (*run.checkpoints.layers, *run.best_layers):
            assert all(array.base is None for array in arrays)


def test_configs_that_differ_in_shape_get_their_own_stacks() -> None:
    base = make(max_epochs=2)
    configs = [with_model(base, hidden_sizes=sizes) for sizes in [(3,), (4,), (3,)]]
    configs[2] = configs[2].model_copy(
        update={"training": base.training.model_copy(update={"learning_rate": 0.2})}
    )
    assert stacks_of(configs) == [[0, 2], [1]]
    runs = train_many(configs)
    assert [run.config for run in runs] == configs


def test_stacks_are_no_larger_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MAX_NETWORKS", 7)
    configs = [make(seed=10 * k, max_epochs=1) for k in range(5)]  # three networks each
    assert stacks_of(configs) == [[0, 1], [2, 3], [4]]
    shares: list[float] = []
    runs = train_many(configs, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert math.isclose(shares[-1], 1)
    assert_same(runs[3], train(configs[3]))


def test_stacks_may_be_smaller() -> None:
    configs = [make(seed=10 * k, max_epochs=1) for k in range(5)]  # three networks each
    assert stacks_of(configs, at_once=6) == [[0, 1], [2, 3], [4]]
    assert stacks_of(configs, at_once=1) == [[0], [1], [2], [3], [4]]
    assert stacks_of(configs) == [[0, 1, 2, 3, 4]]


def test_folds_stay_apart() -> None:
    configs = [make({"resample": "folds"}, learning_rate=rate) for rate in (0.01, 0.02)]
    assert stacks_of(configs) == [[0], [1]]


def test_scores_are_rows_of_the_history() -> None:
    configs = [make({"validation_fraction": 0.2}, learning_rate=rate) for rate in (0.01, 0.05)]
    found: dict[int, Scores] = {}
    train_scores(configs, [0, 2, 6], found.__setitem__)
    assert list(found) == [0, 1]
    for scores, run in zip(found.values(), train_many(configs), strict=True):
        assert scores.values.shape == (3, len(run.history), 3)
        for values, name in zip(scores.values.swapaxes(0, 1), scores.columns, strict=True):
            np.testing.assert_array_equal(values, run.history[name][[0, 2, 6]])


def test_stopping_keeps_whole_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MAX_NETWORKS", 3)
    configs = [make(seed=seed, max_epochs=50) for seed in (0, 10)]
    shares: list[float] = []
    runs = train_many(
        configs, on_progress=shares.append, should_stop=lambda: bool(shares) and shares[-1] > 0.3
    )
    assert [run.ending for run in runs] == ["stopped", "stopped"]
    assert 15 <= runs[0].n_epochs < 50
    shares.clear()
    found: dict[int, Scores] = {}
    train_scores(
        configs,
        [50],
        found.__setitem__,
        on_progress=shares.append,
        should_stop=lambda: bool(shares) and shares[-1] > 0.7,
    )
    assert list(found) == [0]


def test_scores_may_end_before_a_schedule_does() -> None:
    config = make(schedule="cosine", max_epochs=20)
    found: dict[int, Scores] = {}
    train_scores([config], [3, 5], found.__setitem__)
    run = train(config)
    place = found[0].columns.index("train_loss")
    np.testing.assert_array_equal(found[0].values[:, place], run.history["train_loss"][[3, 5]])
