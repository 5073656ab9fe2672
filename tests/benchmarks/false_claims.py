"""False positive rate and power of model comparisons.

Experiments without a difference are real trainings: a line and a network on random labels, or
the same model twice from different seeds. Each has data of its own. Whether models have learned
enough is not asked, so every experiment is judged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate, train
from annlab.analysis.compared_scores import Measured
from annlab.analysis.comparison import Comparison, compare_scores
from annlab.analysis.intervals import excludes_zero, paired_interval
from annlab.datasets import DATASETS, scored_split
from annlab.datasets.spec import DatasetSpec
from tests.benchmarks.goals import Goal
from tests.benchmarks.table import Row, Say

N_EXPERIMENTS = 400
# False claims allowed in 400 experiments: 5 % plus two standard errors.
MOST_FALSE = 28
N_NETWORKS = 10
N_SAMPLES = 200
TEST_FRACTION = 0.25
RESAMPLED = ("split", "sample", "folds")
N_REPETITIONS = 10_000
N_WITH_DIFFERENCE = 200
FEWEST_FOUND = 0.6
# True difference in (corrected) standard errors.
TRUE_DIFFERENCE = 3
SIZES = (5, 10, 20)


def _coin_flips(n_samples: int, seed: int) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    return random.normal(size=(n_samples, 2)), random.integers(0, 2, n_samples)


@contextmanager
def coin_flips() -> Iterator[None]:
    """Register a data set with random labels, hidden from all pages."""
    DATASETS["coin_flips"] = DatasetSpec(
        name="coin_flips",
        label="Coin flips",
        task="binary",
        make=_coin_flips,
        n_features=2,
        defaults={"n_samples": N_SAMPLES, "seed": 0},
        class_names=("heads", "tails"),
        description="Labels that have nothing to do with the features.",
        source="",
    )
    try:
        yield
    finally:
        del DATASETS["coin_flips"]


@dataclass(frozen=True)
class NoDifference:
    """Two equally good models.

    Attributes
    ----------
    name : str
    data : dict
        Settings of the data.
    models : tuple of ModelConfig
        A and B.
    seeds : tuple of int
        Seed of the first network of A and of B.
    """

    name: str
    data: dict[str, Any]
    models: tuple[ModelConfig, ModelConfig]
    seeds: tuple[int, int] = (0, 0)


_CURVE = ModelConfig(hidden_sizes=(8,), activation="tanh")
KINDS = (
    NoDifference("random labels", {"name": "coin_flips"}, (ModelConfig(), _CURVE)),
    NoDifference("one model twice", {"name": "moons", "noise": 0.3}, (_CURVE, _CURVE), (0, 1000)),
)


def without_difference(kind: NoDifference, resample: str, k: int) -> Comparison:
    """Train and compare two equally good models, on the data of experiment k."""
    data = DatasetConfig(
        **kind.data,
        n_samples=N_SAMPLES,
        seed=100 * k,  # networks with separate samples use the following seeds
        split_seed=100 * k,
        test_fraction=0.0 if resample == "folds" else TEST_FRACTION,
        resample=resample,
    )
    runs = [
        train(
            RunConfig(
                dataset=data,
                model=model,
                training=TrainingConfig(
                    learning_rate=0.05, max_epochs=10, n_seeds=N_NETWORKS, seed=seed
                ),
            )
        )
        for model, seed in zip(kind.models, kind.seeds, strict=True)
    ]
    split = scored_split(runs[0].n_samples)
    a, b = (evaluate(run, split=split).accuracy for run in runs)
    n, n_distinct = runs[0].n_samples, runs[0].n_distinct
    return compare_scores(a, b, Measured(split, n[split], n_distinct[split], n["train"], resample))


def _uncorrected(one: Comparison) -> tuple[float, float]:
    """Confidence interval without the correction for overlapping training sets."""
    low, high = one.interval or (0.0, 0.0)
    n_train = N_SAMPLES - one.n_samples
    ratio = one.n_samples / n_train if one.resample in ("split", "folds") else 0.0
    middle, half = (low + high) / 2, (high - low) / 2 / np.sqrt(1 + one.n_pairs * ratio)
    return middle - half, middle + half


def normal_differences(n: int, ratio: float, repetitions: int, seed: int = 0) -> Any:
    """Differences of mean 0 and variance 1, correlated as by shared samples: (repetitions, n).

    `ratio` is test over training samples; the correlation is test over all samples.
    """
    random = np.random.default_rng(seed)
    shared = ratio / (1 + ratio)
    common, own = random.normal(size=(repetitions, 1)), random.normal(size=(repetitions, n))
    return np.sqrt(shared) * common + np.sqrt(1 - shared) * own


def standard_error(n: int, ratio: float) -> float:
    """Standard error of the mean of `normal_differences`."""
    shared = ratio / (1 + ratio)
    return float(np.sqrt(shared + (1 - shared) / n))


def coverage(n: int, ratio: float, repetitions: int = N_REPETITIONS) -> float:
    """Share of intervals that contain the true mean."""
    ends = np.array(
        [
            paired_interval(row, overlap=ratio)
            for row in normal_differences(n, ratio, repetitions, seed=n)
        ]
    )
    return float(((ends[:, 0] <= 0) & (ends[:, 1] >= 0)).mean())


def found(n: int, ratio: float, repetitions: int = N_WITH_DIFFERENCE) -> float:
    """Share of experiments in which a difference of three standard errors is established."""
    differences = normal_differences(n, ratio, repetitions, seed=n + 1)
    differences += TRUE_DIFFERENCE * standard_error(n, ratio)
    return float(np.mean([excludes_zero(paired_interval(d, overlap=ratio)) for d in differences]))


def false_claims(say: Say) -> list[Row]:
    """Claims in experiments without a difference."""
    rows = []
    with coin_flips():
        for kind in KINDS:
            for resample in ("none", *RESAMPLED):
                say(f"{kind.name}, resample {resample}: {2 * N_EXPERIMENTS} trainings")
                judged = [without_difference(kind, resample, k) for k in range(N_EXPERIMENTS)]
                name = f"{kind.name}, {resample}"
                n_established = sum(one.established for one in judged)
                if resample == "none":
                    claims = sum("new data" in one.sentence for one in judged)
                    goal = Goal(0, "0", "sentences about new data, one split", of_ratio=False)
                    remark = f"other initial weights: {n_established} established"
                else:
                    claims = sum("holds on new data" in one.sentence for one in judged)
                    goal = Goal(MOST_FALSE, f"≤ {MOST_FALSE}", "false claims", of_ratio=False)
                    plain = sum(map(excludes_zero, map(_uncorrected, judged)))
                    remark = f"with variance factor 1/n: {plain}"
                unit = f"of {N_EXPERIMENTS}"
                rows.append(Row(name, [claims], unit=unit, goal=goal, remark=remark))
    return rows


def intervals() -> list[Row]:
    """Coverage and power for normal differences."""
    rows = []
    overlap = TEST_FRACTION / (1 - TEST_FRACTION)
    for ratio, said in ((0.0, "plain"), (overlap, "corrected")):
        for n in SIZES:
            share = coverage(n, ratio)
            two_sided = not ratio
            goal = Goal(2, "93 to 97 %", "coverage", of_ratio=False)
            if not two_sided:
                goal = Goal(7, "≥ 93 %", "coverage", of_ratio=False)
            figure = 100 * (abs(share - 0.95) if two_sided else 1 - share)
            rows.append(
                Row(
                    f"{said} interval, n = {n}: {'off 95 %' if two_sided else 'misses'}",
                    [figure],
                    unit="%",
                    goal=goal,
                    remark=f"coverage {100 * share:.1f} %",
                )
            )
        share = found(N_NETWORKS, ratio)
        rows.append(
            Row(
                f"{said}, n = {N_NETWORKS}, three standard errors: not established",
                [100 * (1 - share)],
                unit="%",
                goal=Goal(100 * (1 - FEWEST_FOUND), "≤ 40 %", "missed differences", of_ratio=False),
                remark=f"established {100 * share:.0f} %",
            )
        )
    return rows
