"""Run a range test, and train networks at the rate that each rule chooses."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab import tensor_file
from annlab.analysis.evaluation import evaluate
from annlab.config import RunConfig
from annlab.datasets import watched_split
from annlab.runs.budget import (
    check_compute,
    check_step,
    compute_of,
    stack_bytes,
    step_bytes,
)
from annlab.runs.run import Run
from annlab.search.range_test import (
    HIGHEST,
    LOWEST,
    N_RATES,
    N_STEPS,
    N_TRIED,
    RULES,
    RangeTest,
    RangeTestConfig,
)

# A score in `Trial.scores` that counts as reached. It says little where a constant prediction
# already has it: for rare classes and rare labels.
REACHED = 0.95
_KIND = "range test"
Array = NDArray[np.float64]
Report = Callable[[float], object]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Trial:
    """Networks that were trained at the rate of a rule.

    Attributes
    ----------
    rate : float
    scores : ndarray, shape (n_networks,)
        Headline score if it is a share, else R², which unlike the mean squared error can be
        averaged over targets of different units; after the last epoch on the validation split, or
        on the training split without one.
    diverged : ndarray of bool, shape (n_networks,)
    """

    rate: float
    scores: Array
    diverged: NDArray[np.bool_]

    @property
    def n_reached(self) -> int:
        """Networks that reached `REACHED` and did not diverge."""
        return int(((self.scores >= REACHED) & ~self.diverged).sum())


def run_range_test(
    config: RangeTestConfig,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> tuple[RangeTest, dict[str, Trial]] | None:
    """Run a range test, and train ten networks at the rate of each rule; blocks until done.

    Parameters
    ----------
    config : RangeTestConfig
    report : callable, optional
        Called with the share of the work that is done.
    should_stop : callable, optional
        Asked often; True ends the test.

    Returns
    -------
    (RangeTest, dict of Trial) or None
        Trials by the names of their rules; None if the test was stopped.

    Raises
    ------
    ValueError
        If the test takes more compute than this host allows.
    """
    # Imported here, because it brings torch along, which only workers may load.
    from annlab.training.rates import sweep, train_at_rates

    check_work(config)
    work = [compute_of(run, n_steps) for run, n_steps in _trainings(config)]
    shares = np.cumsum(work) / sum(work)

    def stopped() -> bool:
        return bool(should_stop and should_stop())

    sweep_rates = np.geomspace(LOWEST, HIGHEST, N_STEPS)
    swept = sweep(
        _with(config.run, n_seeds=config.n_swept),
        sweep_rates,
        report=_part(report, 0.0, shares[0]),
        should_stop=should_stop,
    )
    if len(swept) <= N_STEPS or stopped():
        return None
    fixed_rates = np.geomspace(LOWEST, HIGHEST, N_RATES)
    fixed = _with(config.run, n_seeds=config.n_fixed)
    losses = []
    # As many rates in a stack as fit into the memory of a worker.
    n_stacks = math.ceil(N_RATES * step_bytes(fixed) / stack_bytes())
    ends = np.linspace(shares[0], shares[1], n_stacks + 1)
    for k, rates in enumerate(np.array_split(fixed_rates, n_stacks)):
        losses.append(
            train_at_rates(
                fixed,
                rates,
                N_STEPS,
                report=_part(report, ends[k], ends[k + 1]),
                should_stop=should_stop,
            )
        )
        if stopped():
            return None
    start, end = np.concatenate(losses, axis=1)
    test = RangeTest(sweep_rates, swept, fixed_rates, start, end)
    trials = _trials(config, test.choices, _part(report, shares[1], 1.0), should_stop)
    return None if trials is None else (test, trials)


def _trainings(config: RangeTestConfig) -> list[tuple[RunConfig, int]]:
    """Networks and steps of the sweep, the fixed rates and the trials."""
    run = config.run
    return [
        (_with(run, n_seeds=config.n_swept), N_STEPS),
        (_with(run, n_seeds=N_RATES * config.n_fixed), N_STEPS),
        (_with(run, n_seeds=len(RULES) * N_TRIED), run.n_steps),
    ]


def _part(report: Report | None, first: float, last: float) -> Report | None:
    if report is None:
        return None
    return lambda share: report(float(first + share * (last - first)))


def _with(run: RunConfig, **training: Any) -> RunConfig:
    changed = run.training.model_copy(update=training)
    return run.model_copy(update={"training": changed})


def check_work(config: RangeTestConfig) -> None:
    """Refuse a range test that takes more compute or memory than this host allows.

    Raises
    ------
    ValueError
        The message is a sentence for the user.
    """
    for n_seeds in (config.n_swept, config.n_fixed, N_TRIED):
        check_step(_with(config.run, n_seeds=n_seeds))
    check_compute(
        "This range test",
        sum(compute_of(run, n_steps) for run, n_steps in _trainings(config)),
        "Use smaller layers, smaller batches or fewer epochs.",
    )


def _trials(
    config: RangeTestConfig,
    choices: dict[str, float | None],
    report: Report | None,
    should_stop: ShouldStop | None,
) -> dict[str, Trial] | None:
    from annlab.training.many import train_many

    run = config.run
    rates = {name: rate for name, rate in choices.items() if rate is not None}
    configs = [_with(run, learning_rate=rate, n_seeds=N_TRIED) for rate in rates.values()]
    trained = train_many(configs, on_progress=report, should_stop=should_stop)
    if any(tried.ending == "stopped" for tried in trained):
        return None
    return {
        name: Trial(rate, _scores(tried), tried.diverged_epochs > 0)
        for (name, rate), tried in zip(rates.items(), trained, strict=True)
    }


def _scores(run: Run) -> Array:
    """Score of each network: see `Trial`."""
    found = evaluate(run, split=watched_split(run.config.sizes.splits), epoch="last")
    scores: Array = found.headline if found.score.is_share else found.r2
    return scores


def to_bytes(test: RangeTest, trials: dict[str, Trial]) -> bytes:
    """Write a range test and its trials to the bytes of a safetensors file."""
    arrays: dict[str, NDArray[Any]] = dict(vars(test))
    for name, trial in trials.items():
        arrays[f"scores.{name}"], arrays[f"diverged.{name}"] = trial.scores, trial.diverged
    return tensor_file.dump(
        arrays, {"rates": {name: trial.rate for name, trial in trials.items()}}, kind=_KIND
    )


def from_bytes(data: bytes) -> tuple[RangeTest, dict[str, Trial]]:
    """Read what `to_bytes` wrote.

    Raises
    ------
    SavedFileError
        If the data are damaged or of another kind.
    """
    arrays, facts = tensor_file.load(data, kind=_KIND)
    trials = {
        name: Trial(rate, arrays.pop(f"scores.{name}"), arrays.pop(f"diverged.{name}"))
        for name in RULES
        if (rate := facts["rates"].get(name)) is not None
    }
    return RangeTest(**arrays), trials


def compute(request: RangeTestConfig, report: Report, should_stop: ShouldStop) -> bytes:
    """Run a range test in a worker; empty if it was stopped."""
    found = run_range_test(request, report=report, should_stop=should_stop)
    return to_bytes(*found) if found else b""
