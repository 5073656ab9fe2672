"""Hit and false alarm rates of the diagnosis: ``python -m tests.benchmarks --diagnosis``.

Each rule is tested on runs with and without its condition. The truth follows from the construction
of a run, or from a check that the rule does not use: twice the epochs, fresh samples, ten times the
samples, other seeds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, load_dataset, train
from annlab.analysis.convergence import NOTHING_LEFT
from annlab.analysis.diagnosis import RULES, diagnose
from annlab.analysis.diagnosis.agreement import CONTRADICTIONS
from annlab.analysis.prediction import forward_pass
from annlab.nn.losses import LOSSES
from tests.benchmarks.table import Say

PAGE = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
BEGIN = "<!-- measured: python -m tests.benchmarks --diagnosis -->"
END = "<!-- end of what was measured -->"
# Number of runs with the condition, and number without, for every rule.
N = 20
# Reduction of the loss by twice the epochs: above the first share still improving, below the
# second not.
_STILL_FALLS, _IS_DONE = 0.10, 0.05
# Final loss on fresh samples above its minimum, as a share of the total fall: above the first
# value overfitting, below the second not.
_OVERFITS, _FITS = 0.04, 0.01
# Gain in fresh accuracy from ten times the samples: above the first value too few samples, below
# the second enough.
_TOO_FEW, _ENOUGH = 0.06, 0.02
# Standard deviation of the accuracy over ten other seeds: above the first value the networks
# disagree, below the second they agree.
_DISAGREES, _AGREES = 0.08, 0.02
_FRESH = {"n_samples": 4000, "seed": 1234}

# Whether a run has a condition; None: too close to the limit to count.
Truth = Callable[[RunConfig], bool | None]


@dataclass(frozen=True)
class Tally:
    """Hits and false alarms of one rule.

    Attributes
    ----------
    rule, truth : str
        Name of the rule, and description of how the truth was determined.
    n_shown, n_hits, n_others, n_alarms : int
        Number of runs with the condition, and of hits; number of runs without, and of false
        alarms.
    wrong : tuple of str
        Configs of misses and false alarms, for tuning the rule.
    """

    rule: str
    truth: str
    n_shown: int
    n_hits: int
    n_others: int
    n_alarms: int
    wrong: tuple[str, ...] = ()


def config(data: dict[str, Any], hidden: Sequence[int] = (), **more: Any) -> RunConfig:
    """Create a RunConfig; `more` may have settings of model and training."""
    model = {name: more.pop(name) for name in ("activation", "init", "dropout") if name in more}
    return RunConfig(
        dataset=DatasetConfig(**data),
        model=ModelConfig(hidden_sizes=tuple(hidden), **model),
        training=TrainingConfig(**{"n_seeds": 3, **more}),
    )


@cache
def trained(config: RunConfig) -> Run:
    """Train a run, cached because several rules use it."""
    return train(config)


@cache
def said(config: RunConfig) -> dict[str, str]:
    """Findings of the diagnosis for a run: text by rule."""
    return {finding.rule: finding.text for finding in diagnose(trained(config))}


def _speaks(rule: str, config: RunConfig) -> bool:
    texts = said(config)
    # One finding covers both if the network learned nothing.
    also = rule == "still improving" and "still falling" in texts.get("nothing learned", "")
    return rule in texts or also


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


def _good() -> Iterator[RunConfig]:
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


def _diverging() -> Iterator[RunConfig]:
    for rate, seed in product((10, 25, 50, 100), range(3)):
        yield config(_DIABETES, (8,), optimizer="sgd", learning_rate=rate, max_epochs=9, seed=seed)
        yield config(_CURVE, optimizer="sgd", learning_rate=rate, max_epochs=20, seed=seed)


def _equal() -> Iterator[RunConfig]:
    for activation, hidden in product(("tanh", "relu", "sigmoid", "elu"), ((8,), (16, 8))):
        for data in (_moons(), _WINE, _PARABOLA):
            yield config(data, hidden, activation=activation, init="zeros", max_epochs=10)


def _unequal() -> Iterator[RunConfig]:
    """Runs without equal units: dead units, and layers of one unit."""
    for activation, seed in product(("relu", "tanh", "sigmoid", "elu"), range(3)):
        yield config(
            _CIRCLES, (16, 16), activation=activation, learning_rate=0.5, max_epochs=15, seed=seed
        )
        yield config(_moons(), (1, 1), activation=activation, init="zeros", max_epochs=5, seed=seed)


def _rising() -> Iterator[RunConfig]:
    data = (_moons(), {"name": "spirals", "n_samples": 300}, _XOR)
    for seed, where, (optimizer, rate) in product(
        range(3), data, (("sgd", 100), ("adam", 30), ("rmsprop", 30))
    ):
        yield config(where, optimizer=optimizer, learning_rate=rate, max_epochs=15, seed=seed)


def _learning_nothing() -> Iterator[RunConfig]:
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


def _learning_something() -> Iterator[RunConfig]:
    """Unfinished runs that beat a constant prediction, also with uninformative accuracy."""
    for seed in range(4):
        yield config(_moons(), learning_rate=0.01, max_epochs=15, seed=seed)
        yield config(_WINE, learning_rate=0.02, max_epochs=10, seed=seed)
        yield config(_DIABETES, learning_rate=0.01, max_epochs=15, seed=seed)
        yield config(_noisy(100), (32, 32), learning_rate=0.01, max_epochs=100, seed=seed)
        # A line fitted to a step: far above the noise, but better than the mean.
        yield config({**_CURVE, "function": "step"}, learning_rate=0.05, max_epochs=40, seed=seed)


def _memorizing() -> Iterator[RunConfig]:
    for seed, width in product(range(8), (32, 64, 128)):
        data = _noisy(400, seed=seed, test_fraction=0.5, split_seed=seed)
        yield config(data, (width, width), learning_rate=0.01, max_epochs=150, n_seeds=2)


def _overfitting_with_information() -> Iterator[RunConfig]:
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


def _dying() -> Iterator[RunConfig]:
    raw = {"name": "breast_cancer", "test_fraction": 0.2}
    for seed in range(6):
        yield config(_CIRCLES, (16, 16), learning_rate=0.5, max_epochs=20, seed=seed)
        yield config(_moons(), (16, 16), learning_rate=1.0, max_epochs=20, seed=seed)
        yield config(raw, (16,), activation="sigmoid", max_epochs=4, seed=seed)
        yield config(_moons(), (8,), activation="step", max_epochs=3, seed=seed)


# ---- checks that a rule does not use


def _mean_of_end(loss: np.ndarray, epoch: int) -> float:
    k = max(1, epoch // 10)
    return float(loss[epoch + 1 - k : epoch + 1].mean())


def _goes_on(config: RunConfig) -> bool | None:
    """Whether twice the epochs lower the loss clearly."""
    n = config.training.max_epochs
    loss = trained(_with(config, max_epochs=2 * n)).history
    column = "val_loss" if "val_loss" in loss else "train_loss"
    curve = np.median(loss[column], axis=1)
    if _mean_of_end(curve, n) <= NOTHING_LEFT * curve[0]:
        return None
    fall = 1 - _mean_of_end(curve, 2 * n) / _mean_of_end(curve, n)
    return _between(fall, _IS_DONE, _STILL_FALLS)


def _with(config: RunConfig, **training: Any) -> RunConfig:
    changed = config.training.model_copy(update=training)
    return config.model_copy(update={"training": changed})


def _between(value: float, low: float, high: float) -> bool | None:
    return None if low < value < high else value >= high


def _fresh(config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Fresh samples from the distribution of a run's data."""
    return load_dataset(
        config.dataset.model_copy(
            update={**_FRESH, "test_fraction": 0.0, "validation_fraction": 0.0}
        )
    ).split("train")


def _loss_rises(config: RunConfig) -> bool | None:
    """Whether the loss on fresh samples ends clearly above its minimum."""
    run = trained(config)
    X, y = _fresh(config)
    losses = []
    for epoch in run.checkpoints.epochs:
        passed = forward_pass(config, run.checkpoints.at(int(epoch)), X)
        target = config.task.encode(y[:, None], passed.output.shape[-1])
        value = LOSSES[config.loss].value(np, target, passed.output, passed.logits)
        losses.append(float(np.median(value.mean(axis=-1))))
    training = np.median(run.history["train_loss"], axis=1)
    lowest, end = min(losses), float(np.mean(losses[-2:]))
    fall = max(losses[0] - lowest, float(training[0] - training[-1]))
    return _between((end - lowest) / fall, _FITS, _OVERFITS)


def _accuracy(run: Run) -> np.ndarray:
    X, y = _fresh(run.config)
    passed = forward_pass(run.config, run.checkpoints.at(), X)
    accuracy: np.ndarray = (run.config.task.decode(passed.output)[..., 0] == y).mean(axis=-1)
    return accuracy


def _more_samples_help(config: RunConfig) -> bool | None:
    """Whether ten times the samples, with equal steps, improve the accuracy on fresh samples."""
    data = config.dataset.model_copy(update={"n_samples": 10 * config.dataset.n_samples})
    epochs = max(1, config.training.max_epochs // 10)
    more = _with(config.model_copy(update={"dataset": data}), max_epochs=epochs)
    gain = np.median(_accuracy(trained(more))) - np.median(_accuracy(trained(config)))
    return _between(float(gain), _ENOUGH, _TOO_FEW)


def _others_disagree(config: RunConfig) -> bool | None:
    """Whether ten networks from other seeds differ in the accuracy on fresh samples."""
    others = trained(_with(config, seed=1000, n_seeds=10))
    return _between(float(_accuracy(others).std(ddof=1)), _AGREES, _DISAGREES)


# ---- runs whose condition is checked


def _of_any_length() -> Iterator[RunConfig]:
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


def _validated() -> Iterator[RunConfig]:
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


def _small_and_large() -> Iterator[RunConfig]:
    kinds = (("spirals", 0.2), ("spirals", 0.3), ("circles", 0.1), ("xor", 0.2), ("moons", 0.3))
    for seed, (name, noise), n in product(range(10), kinds, (70, 1000)):
        data = {"name": name, "noise": noise, "n_samples": n, "seed": seed, "test_fraction": 0.5}
        hidden, epochs = ((32, 32), 150) if n < 1000 else ((8, 8), 40)
        yield config(data, hidden, learning_rate=0.01, max_epochs=epochs)


def _narrow_and_wide() -> Iterator[RunConfig]:
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


# By rule: how the truth is determined, and candidate runs.
Pool = tuple[str, Callable[[], Iterator[tuple[RunConfig, Truth]]]]


def _always(shows: bool) -> Truth:
    return lambda config: shows


def _by_construction(*kinds: tuple[Callable[[], Iterator[RunConfig]], bool]) -> Any:
    def candidates() -> Iterator[tuple[RunConfig, Truth]]:
        for make, shows in kinds:
            for one in make():
                yield one, _always(shows)

    return candidates


def _by_check(make: Callable[[], Iterator[RunConfig]], truth: Truth) -> Any:
    return lambda: ((one, truth) for one in make())


POOLS: dict[str, Pool] = {
    "diverged": (
        "made so: rates of 10 to 100 with SGD; good runs",
        _by_construction((_diverging, True), (_good, False)),
    ),
    "equal units": (
        "made so: zero weights; dead units, or one unit a layer",
        _by_construction((_equal, True), (_unequal, False)),
    ),
    "loss rose": (
        "made so: rates of 30 and more for a linear model; good runs",
        _by_construction((_rising, True), (_good, False)),
    ),
    "nothing learned": (
        "made so: a line on circles, tiny steps, vanishing gradients, an unscaled target; "
        "short trainings that are better than a constant",
        _by_construction((_learning_nothing, True), (_learning_something, False)),
    ),
    "memorized": (
        "made so: random labels; diabetes and spirals that are overfitted",
        _by_construction((_memorizing, True), (_overfitting_with_information, False)),
    ),
    "overfitting": (
        f"the loss on 4,000 fresh samples ends above its lowest by {_OVERFITS:.0%} of its fall or "
        f"more; by {_FITS:.0%} or less",
        _by_check(_validated, _loss_rises),
    ),
    "too few samples": (
        f"ten times the samples raise the accuracy on fresh ones by {100 * _TOO_FEW:.0f} points "
        f"or more; by {100 * _ENOUGH:.0f} or less",
        _by_check(_small_and_large, _more_samples_help),
    ),
    "inactive units": (
        "made so: rates of 0.5 and 1, features that are not scaled, steps; good runs",
        _by_construction((_dying, True), (_good, False)),
    ),
    "networks disagree": (
        "the accuracy of ten other networks has a standard deviation of "
        f"{100 * _DISAGREES:.0f} points or more; of {100 * _AGREES:.0f} or less",
        _by_check(_narrow_and_wide, _others_disagree),
    ),
    "still improving": (
        f"twice the epochs lower the loss by {_STILL_FALLS:.0%} or more; by less than "
        f"{_IS_DONE:.0%}; it is above {NOTHING_LEFT:.0%} of its first value",
        _by_check(_of_any_length, _goes_on),
    ),
}


def tally(rule: str, n: int = N) -> Tally:
    """Test a rule on at most `n` runs with its condition and `n` without."""
    truth, candidates = POOLS[rule]
    counts = {True: [0, 0], False: [0, 0]}  # runs, and findings
    wrong = []
    for one, has_condition in candidates():
        shows = has_condition(one)
        if shows is None or counts[shows][0] == n:
            continue
        speaks = _speaks(rule, one)
        counts[shows][0] += 1
        counts[shows][1] += speaks
        if speaks != shows:
            wrong.append(f"{'miss' if shows else 'false alarm'}: {one.to_url()}")
    (n_shown, n_hits), (n_others, n_alarms) = counts[True], counts[False]
    return Tally(rule, truth, n_shown, n_hits, n_others, n_alarms, tuple(wrong))


def tallies(say: Say, n: int = N) -> list[Tally]:
    """Test every rule."""
    found = []
    for rule in RULES:
        say(rule.name)
        found.append(tally(rule.name, n))
        for line in found[-1].wrong:
            say(f"  {line}")
    return found


def table(found: Sequence[Tally]) -> str:
    """Markdown table of hits and false alarms."""
    lines = [
        "| rule | hits | false alarms | runs with the condition; without |",
        "| --- | --- | --- | --- |",
        *(
            f"| {one.rule} | {one.n_hits} of {one.n_shown} | {one.n_alarms} of {one.n_others} | "
            f"{one.truth} |"
            for one in found
        ),
    ]
    return "\n".join(lines)


# ---- the page in the docs


def page(measured: str) -> str:
    """Markdown page on the diagnosis: all rules, and the measured rates."""
    rules = "\n\n".join(
        f"### {rule.name}\n\n{rule.meaning}\n\n*Said when:* {rule.when}{_not_beside(rule.name)}"
        for rule in RULES
    )
    return f"""# Diagnosis of a run

Each finding names a problem, its evidence in numbers, and a remedy. Rules examine the end of
training; with early stopping, they examine each network's best weights. Rules leave out diverged
networks. "Held-out samples" are the test samples, else the validation samples.

Findings about one run do not contradict each other. Some findings exclude others (see below). If
one finding causes another, only the cause gives advice. If two findings would give opposite advice,
only the first one gives it.

## Rules

{rules}

## Hits and false alarms

Runs near the limit of a condition count neither as having it nor as not having it.

{BEGIN}

{measured}

{END}
"""


def _not_beside(name: str) -> str:
    stronger = [f'"{first}"' for first, second in CONTRADICTIONS if second == name]
    return f" Not said beside {' or '.join(stronger)}." if stronger else ""


def measured(text: str) -> str:
    """Table in the current page."""
    _, _, rest = text.partition(BEGIN)
    return rest.partition(END)[0].strip()


def write_page(found: Sequence[Tally]) -> None:
    """Rewrite the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(table(found)), "utf-8")
