"""Runs with and without the condition of a rule: by construction, or as a check finds."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig


def config(data: dict[str, Any], hidden: Sequence[int] = (), **more: Any) -> RunConfig:
    """Create a RunConfig; `more` may have settings of model and training."""
    model = {name: more.pop(name) for name in ("activation", "init", "dropout") if name in more}
    return RunConfig(
        dataset=DatasetConfig(**data),
        model=ModelConfig(hidden_sizes=tuple(hidden), **model),
        training=TrainingConfig(**{"n_seeds": 3, **more}),
    )


# ---- data and networks


def _moons(**more: Any) -> dict[str, Any]:
    return {"name": "moons", "n_samples": 300, "noise": 0.2, **more}


def _noisy(n: int, **more: Any) -> dict[str, Any]:
    return {"name": "random_labels", "n_samples": n, **more}


_WINE = {"name": "wine", "scaling": "standard", "test_fraction": 0.3}
_CANCER = {"name": "breast_cancer", "scaling": "standard", "test_fraction": 0.3}
_DIABETES = {"name": "diabetes", "scaling": "standard", "target_scaling": "standard"}
_CURVE = {"name": "function_1d", "n_samples": 200, "noise": 0.1}
_PARABOLA = {**_CURVE, "function": "abs"}
_CIRCLES = {"name": "circles", "n_samples": 300}
_XOR = {"name": "xor", "n_samples": 300}


def good() -> Iterator[RunConfig]:
    """Runs that reach the best possible score on their data."""
    fast = {"learning_rate": 0.02, "activation": "tanh"}
    for split in range(3):
        held_out = {"test_fraction": 0.2, "validation_fraction": 0.2, "split_seed": split}
        yield config(_moons(**held_out, seed=split), (8,), max_epochs=80, **fast)
        yield config({**_CIRCLES, **held_out, "seed": split}, (8,), max_epochs=80, **fast)
        yield config({**_PARABOLA, **held_out, "seed": split}, (16,), max_epochs=150, **fast)
        yield config({**_WINE, "split_seed": split}, (8,), max_epochs=80, **fast)
        yield config({**_CANCER, "split_seed": split}, max_epochs=60, learning_rate=0.02)
        yield config({**_DIABETES, **held_out}, max_epochs=60, learning_rate=0.01)
        yield config(
            {"name": "gaussians", "n_samples": 400, **held_out, "seed": split},
            max_epochs=60,
            learning_rate=0.02,
        )


# ---- runs with a condition, by construction


def diverging() -> Iterator[RunConfig]:
    for rate, seed in product((10, 25, 50, 100), range(3)):
        yield config(_DIABETES, (8,), optimizer="sgd", learning_rate=rate, max_epochs=9, seed=seed)
        yield config(_CURVE, optimizer="sgd", learning_rate=rate, max_epochs=20, seed=seed)


def equal() -> Iterator[RunConfig]:
    for activation, hidden in product(("tanh", "relu", "sigmoid", "elu"), ((8,), (16, 8))):
        for data in (_moons(), _WINE, _PARABOLA):
            yield config(data, hidden, activation=activation, init="zeros", max_epochs=10)


def unequal() -> Iterator[RunConfig]:
    """Runs without equal units: dead units, and layers of one unit."""
    for activation, seed in product(("relu", "tanh", "sigmoid", "elu"), range(3)):
        yield config(
            _CIRCLES, (16, 16), activation=activation, learning_rate=0.5, max_epochs=15, seed=seed
        )
        yield config(_moons(), (1, 1), activation=activation, init="zeros", max_epochs=5, seed=seed)


def rising() -> Iterator[RunConfig]:
    data = (_moons(), {"name": "spirals", "n_samples": 300}, _XOR)
    for seed, where, (optimizer, rate) in product(
        range(3), data, (("sgd", 100), ("adam", 30), ("rmsprop", 30))
    ):
        yield config(where, optimizer=optimizer, learning_rate=rate, max_epochs=15, seed=seed)


def learning_nothing() -> Iterator[RunConfig]:
    unscaled = {"name": "diabetes", "scaling": "standard"}
    for seed in range(4):
        # Line on nonlinear data, tiny learning rate, vanishing gradient, equal units.
        yield config(_CIRCLES, learning_rate=0.05, max_epochs=30, seed=seed)
        yield config(_XOR, learning_rate=0.05, max_epochs=30, seed=seed)
        yield config(_PARABOLA, learning_rate=0.05, max_epochs=40, seed=seed)
        yield config(_moons(), (8,), learning_rate=1e-6, max_epochs=20, seed=seed)
        yield config(
            _moons(), (8,) * 8, activation="sigmoid", optimizer="sgd", max_epochs=20, seed=seed
        )
        yield config(_WINE, (8,), activation="relu", init="zeros", max_epochs=10, seed=seed)
        yield config(unscaled, (8,), learning_rate=1e-3, max_epochs=20, seed=seed)


def learning_something() -> Iterator[RunConfig]:
    """Unfinished runs that beat a constant prediction, also with uninformative accuracy."""
    for seed in range(4):
        yield config(_moons(), learning_rate=0.01, max_epochs=15, seed=seed)
        yield config(_WINE, learning_rate=0.02, max_epochs=10, seed=seed)
        yield config(_DIABETES, learning_rate=0.01, max_epochs=15, seed=seed)
        yield config(_noisy(100), (32, 32), learning_rate=0.01, max_epochs=100, seed=seed)
        # A line fitted to a step: far above the noise, but better than the mean.
        yield config({**_CURVE, "function": "step"}, learning_rate=0.05, max_epochs=40, seed=seed)


def memorizing() -> Iterator[RunConfig]:
    for seed, width in product(range(8), (32, 64, 128)):
        data = _noisy(400, seed=seed, test_fraction=0.5, split_seed=seed)
        yield config(data, (width, width), learning_rate=0.01, max_epochs=150, n_seeds=2)


def overfitting_with_information() -> Iterator[RunConfig]:
    """Runs that memorize the training samples although the features are informative."""
    for split in range(12):
        held_out = {"test_fraction": 0.3, "split_seed": split}
        yield config(
            {**_DIABETES, **held_out}, (64, 64), learning_rate=0.01, max_epochs=100, n_seeds=2
        )
        few = {"name": "spirals", "n_samples": 90, "noise": 0.3, "seed": split}
        yield config(
            {**few, "test_fraction": 0.5}, (64, 64), learning_rate=0.01, max_epochs=150, n_seeds=2
        )


def dying() -> Iterator[RunConfig]:
    raw = {"name": "breast_cancer", "test_fraction": 0.2}
    for seed in range(6):
        yield config(_CIRCLES, (16, 16), learning_rate=0.5, max_epochs=20, seed=seed)
        yield config(_moons(), (16, 16), learning_rate=1.0, max_epochs=20, seed=seed)
        yield config(raw, (16,), activation="sigmoid", max_epochs=4, seed=seed)
        yield config(_moons(), (8,), activation="step", max_epochs=3, seed=seed)


# ---- runs whose condition is checked


def of_any_length() -> Iterator[RunConfig]:
    data = (
        _moons(),
        _moons(validation_fraction=0.3),
        {**_CANCER, "validation_fraction": 0.3},
        _WINE,
        {**_DIABETES, "validation_fraction": 0.3},
        _CURVE,
        _XOR,
    )
    for seed, (hidden, rate, n), where in product(
        range(2),
        (((), 0.003, 20), ((16,), 0.003, 30), ((), 0.03, 40), ((16,), 0.01, 100), ((), 0.05, 90)),
        data,
    ):
        steps = {"learning_rate": rate, "max_epochs": n, "seed": seed}
        yield config(where, hidden, activation="tanh", **steps)


def validated() -> Iterator[RunConfig]:
    data = (
        {"n_samples": 100, "name": "moons", "noise": 0.4},
        {"n_samples": 300, "name": "moons", "noise": 0.3},
        {"n_samples": 150, "name": "xor", "noise": 0.4},
        {"n_samples": 200, "name": "circles", "noise": 0.2},
        {"n_samples": 300, "name": "gaussians", "noise": 1.0},
        {"n_samples": 80, "name": "function_1d", "noise": 0.4},
        _noisy(200),
    )
    widths = (((), 0.02, 60), ((8,), 0.01, 60), ((64, 64), 0.01, 100), ((32, 32), 0.003, 100))
    for seed, (hidden, rate, n), where in product(range(2), widths, data):
        split = {"validation_fraction": 0.4, "seed": seed, "split_seed": seed}
        yield config({**where, **split}, hidden, learning_rate=rate, max_epochs=n, seed=seed)


def small_and_large() -> Iterator[RunConfig]:
    kinds = (("spirals", 0.2), ("spirals", 0.3), ("circles", 0.1), ("xor", 0.2), ("moons", 0.3))
    for seed, (name, noise), n in product(range(10), kinds, (70, 1000)):
        data = {"name": name, "noise": noise, "n_samples": n, "seed": seed, "test_fraction": 0.5}
        hidden, epochs = ((32, 32), 150) if n < 1000 else ((8, 8), 40)
        yield config(data, hidden, learning_rate=0.01, max_epochs=epochs)


def narrow_and_wide() -> Iterator[RunConfig]:
    narrow: Sequence[tuple[str, Sequence[int]]] = (
        ("circles", (3,)),
        ("circles", (4, 2)),
        ("xor", (4, 2)),
        ("xor", (2, 2)),
        ("moons", (2, 2, 2)),
    )
    wide: Sequence[tuple[str, Sequence[int]]] = (
        ("moons", (16, 16)),
        ("circles", (16, 16)),
        ("xor", (16, 16)),
        ("moons", ()),
    )
    for seed in range(6):
        steps = {"max_epochs": 50, "seed": 10 * seed, "n_seeds": 10}
        for name, hidden in narrow:
            data = {"name": name, "n_samples": 300, "seed": seed}
            yield config(data, hidden, activation="relu", learning_rate=0.03, **steps)
        for name, hidden in wide:
            data = {"name": name, "n_samples": 300, "seed": seed}
            yield config(data, hidden, activation="tanh", learning_rate=0.02, **steps)
