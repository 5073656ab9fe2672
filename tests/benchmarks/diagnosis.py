"""Hit and false alarm rates of the diagnosis: ``python -m tests.benchmarks --diagnosis``.

Each rule is tested on runs with and without its condition. The truth follows from the construction
of a run, or from a check that the rule does not use: twice the epochs, fresh samples, ten times the
samples, other seeds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from annlab import RunConfig
from annlab.analysis.convergence import NOTHING_LEFT
from annlab.analysis.diagnosis import RULES, diagnose
from tests.benchmarks import diagnosis_checks as checks
from tests.benchmarks import diagnosis_runs as runs
from tests.benchmarks.table import Say

# Number of runs with the condition, and number without, for every rule.
N = 20

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


@cache
def said(config: RunConfig) -> dict[str, str]:
    """Findings of the diagnosis for a run: text by rule."""
    return {finding.rule: finding.text for finding in diagnose(checks.trained(config))}


def _speaks(rule: str, config: RunConfig) -> bool:
    texts = said(config)
    # One finding covers both if the network learned nothing.
    also = rule == "still improving" and "still falling" in texts.get("nothing learned", "")
    return rule in texts or also


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
        _by_construction((runs.diverging, True), (runs.good, False)),
    ),
    "equal units": (
        "made so: zero weights; dead units, or one unit a layer",
        _by_construction((runs.equal, True), (runs.unequal, False)),
    ),
    "loss rose": (
        "made so: rates of 30 and more for a linear model; good runs",
        _by_construction((runs.rising, True), (runs.good, False)),
    ),
    "nothing learned": (
        "made so: a line on circles, tiny steps, vanishing gradients, an unscaled target; "
        "short trainings that are better than a constant",
        _by_construction((runs.learning_nothing, True), (runs.learning_something, False)),
    ),
    "memorized": (
        "made so: random labels; diabetes and spirals that are overfitted",
        _by_construction((runs.memorizing, True), (runs.overfitting_with_information, False)),
    ),
    "overfitting": (
        f"the loss on 4,000 fresh samples ends above its lowest by {checks.OVERFITS:.0%} of its "
        f"fall or more; by {checks.FITS:.0%} or less",
        _by_check(runs.validated, checks.loss_rises),
    ),
    "too few samples": (
        f"ten times the samples raise the accuracy on fresh ones by {100 * checks.TOO_FEW:.0f} "
        f"points or more; by {100 * checks.ENOUGH:.0f} or less",
        _by_check(runs.small_and_large, checks.more_samples_help),
    ),
    "inactive units": (
        "made so: rates of 0.5 and 1, features that are not scaled, steps; good runs",
        _by_construction((runs.dying, True), (runs.good, False)),
    ),
    "networks disagree": (
        "the accuracy of ten other networks has a standard deviation of "
        f"{100 * checks.DISAGREES:.0f} points or more; of {100 * checks.AGREES:.0f} or less",
        _by_check(runs.narrow_and_wide, checks.others_disagree),
    ),
    "still improving": (
        f"twice the epochs lower the loss by {checks.STILL_FALLS:.0%} or more; by less than "
        f"{checks.IS_DONE:.0%}; it is above {NOTHING_LEFT:.0%} of its first value",
        _by_check(runs.of_any_length, checks.goes_on),
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
        if counts[True][0] == counts[False][0] == n:
            break  # to know whether the next one has the condition may take a training
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
