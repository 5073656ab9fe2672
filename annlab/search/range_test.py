"""Range test: which learning rates a model can learn with, and three rules that choose one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, model_validator

from annlab.config import RunConfig
from annlab.validation import Config, Range, check_between, digest_of

# As in the tutorials.
LOWEST, HIGHEST = 1e-5, 10.0
N_STEPS = 200
N_RATES = 41
_N_SWEPT, _N_FIXED = 10, 5
# Relative differences below it are rounding.
_ROUNDING = 1e-6
# Networks that train at the rate of each rule.
N_TRIED = 10
Array = NDArray[np.float64]


def _within(low: int, high: int) -> AfterValidator:
    return AfterValidator(lambda value: check_between(value, Range(low, high)))


class RangeTestConfig(Config):
    """Settings of one range test.

    Attributes
    ----------
    run : RunConfig
        Model, data and training; learning rate, schedule, early stopping and number of networks
        are left aside while the rates change.
    n_swept : int
        Networks of the sweep.
    n_fixed : int
        Networks at each fixed rate.
    """

    run: RunConfig
    n_swept: Annotated[int, _within(2, 20)] = _N_SWEPT
    n_fixed: Annotated[int, _within(2, 20)] = _N_FIXED

    @model_validator(mode="after")
    def _has_no_folds(self) -> Self:
        if self.run.dataset.resample != "none":
            raise ValueError("resample: a range test uses one split for all networks")
        return self

    @classmethod
    def of(cls, run: RunConfig) -> Self:
        """Return the range test of a model, the same for all runs that differ in what it ignores.

        Schedules are ignored too: a rule's rate is tried as it stands, for all epochs.

        Parameters
        ----------
        run : RunConfig
        """
        training = run.training.model_copy(
            update={
                "learning_rate": 0.001,
                "schedule": "constant",
                "n_seeds": 1,
                "early_stopping_patience": 0,
                "record_gradients": False,
                "accelerator": "auto",
            }
        )
        dataset = run.dataset.model_copy(update={"resample": "none"})
        return cls(run=run.model_copy(update={"training": training, "dataset": dataset}))

    @property
    def digest(self) -> str:
        """SHA-256 of the test: the same for the same test, on any machine."""
        return digest_of({"run": self.run.digest, "n_swept": self.n_swept, "n_fixed": self.n_fixed})


@dataclass(frozen=True)
class Rule:
    """One rule that reads a learning rate off a range test.

    Attributes
    ----------
    name, label : str
    how : str
        How it reads the rate, in one sentence.
    choose : callable
        `RangeTest` to rate; None if the rule finds none.
    """

    name: str
    label: str
    how: str
    choose: Callable[["RangeTest"], float | None]


@dataclass(frozen=True, eq=False)
class RangeTest:
    """Losses on the training split at many learning rates.

    Attributes
    ----------
    sweep_rates : ndarray, shape (n_steps,)
        Rate of each step of the sweep.
    sweep : ndarray, shape (n_steps + 1, n_swept)
        Loss before the first step and after each; NaN once it is not finite.
    fixed_rates : ndarray, shape (n_rates,)
    fixed_start, fixed : ndarray, shape (n_rates, n_fixed)
        Loss before and after `N_STEPS` steps at a fixed rate; NaN where it is not finite.
    """

    sweep_rates: Array
    sweep: Array
    fixed_rates: Array
    fixed_start: Array
    fixed: Array

    @property
    def median(self) -> Array:
        """Median of the sweep after each step, as if a lost network had the largest loss.

        Shape (n_steps,); NaN where at least half of the networks are lost.
        """
        return _median(self.sweep[1:])

    @property
    def falling_median(self) -> Array:
        """Median before it is lost; empty if it never falls below the one before the first step."""
        median = self.median
        median = median[: _n_finite(median)]
        start = _median(self.sweep[:1])[0]
        return median if len(median) and median.min() < (1 - _ROUNDING) * start else median[:0]

    @property
    def fixed_median(self) -> Array:
        """Median at each fixed rate, likewise: shape (n_rates,)."""
        return _median(self.fixed)

    @property
    def n_lost(self) -> tuple[int, int]:
        """Networks whose loss did not stay finite: of the sweep, and of all fixed rates."""
        return int(np.isnan(self.sweep[-1]).sum()), int(np.isnan(self.fixed).sum())

    @property
    def largest_stable(self) -> float | None:
        """Largest fixed rate up to which every network ends below the loss it began with.

        None if there is none, or no limit among the rates.
        """
        falls = np.all(self.fixed < self.fixed_start, axis=1)  # False for NaN
        n = int(np.argmin(falls))
        return float(self.fixed_rates[n - 1]) if n and not falls.all() else None

    @property
    def has_no_limit(self) -> bool:
        """Whether every network ends below the loss it began with at every fixed rate."""
        return bool(np.all(self.fixed < self.fixed_start))

    @property
    def choices(self) -> dict[str, float | None]:
        """Rate of each rule, by name, in two digits; None where the rule finds none."""
        found = {name: rule.choose(self) for name, rule in RULES.items()}
        return {
            name: None if rate is None else float(f"{rate:.2g}") for name, rate in found.items()
        }


def _median(losses: Array) -> Array:
    # Infinity times 0 would be NaN with a warning in a mean of two.
    ordered = np.sort(np.where(np.isnan(losses), np.inf, losses), axis=1)
    n = ordered.shape[1]
    low, high = ordered[:, (n - 1) // 2], ordered[:, n // 2]
    median = np.full(len(ordered), np.nan)
    finite = np.isfinite(high)
    median[finite] = (low[finite] + high[finite]) / 2
    return median


def _steepest(test: RangeTest) -> float | None:
    """Rate at which the lowest median so far falls most steeply, over the rate's logarithm.

    At large rates the median of an unstable model jumps up and down, which is no learning.
    """
    median = test.falling_median
    if len(median) < 2:
        return None
    lowest = np.minimum.accumulate(median)
    slopes = np.gradient(lowest, np.log(test.sweep_rates[: len(median)]))
    return float(test.sweep_rates[np.argmin(slopes)])


def _tenth_of_minimum(test: RangeTest) -> float | None:
    """A tenth of the rate with the lowest median."""
    median = test.falling_median
    return float(test.sweep_rates[np.argmin(median)] / 10) if len(median) else None


def _half_of_stable(test: RangeTest) -> float | None:
    largest = test.largest_stable
    return None if largest is None else largest / 2


def _n_finite(values: Array) -> int:
    """Number of values before the first NaN."""
    gone = np.isnan(values)
    return int(np.argmax(gone)) if gone.any() else len(values)


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "steepest",
            "Steepest",
            "Where the lowest median so far of the sweep falls most steeply, on a log axis of "
            "rates.",
            _steepest,
        ),
        Rule(
            "tenth",
            "A tenth of the minimum",
            "A tenth of the rate at which the median of the sweep is lowest.",
            _tenth_of_minimum,
        ),
        Rule(
            "stable",
            "Half of the largest stable",
            "Half of the largest fixed rate up to which every network ends below the loss it "
            "began with.",
            _half_of_stable,
        ),
    )
}
