"""Sentences about a range test."""

from collections.abc import Mapping

from annlab.config import RunConfig
from annlab.datasets import SPLIT_NAMES, watched_split
from annlab.search.range_test import N_STEPS, RULES, RangeTest
from annlab.search.run_range_test import REACHED, Trial


def reached_text(trials: Mapping[str, Trial], run: RunConfig) -> str:
    """Say how many networks of each rule reached the score.

    Parameters
    ----------
    trials : mapping of Trial
        By the names of their rules; at least one.
    run : RunConfig
        Model of the range test.
    """
    goal = (
        f"{REACHED:g} ({score_name(run)} after {run.training.max_epochs} epochs, "
        f"{SPLIT_NAMES[watched_split(run.sizes.splits)]} split)"
    )
    counts = [trial.n_reached for trial in trials.values()]
    if not any(counts):
        return f"No network reached {goal} at the rate of any rule. Compare the medians."
    n = len(next(iter(trials.values())).scores)
    said = ", ".join(
        f"{count} ({RULES[name].label.lower()})" for name, count in zip(trials, counts, strict=True)
    )
    return f"Networks of {n} per rule that reached {goal}: {said}."


def score_name(run: RunConfig) -> str:
    """Name of the score of trials."""
    if run.task.headline.is_share:
        return run.task.headline.label.lower()
    several = run.dataset.spec.n_targets > 1
    return "mean R² of the targets" if several else "share of the variance explained"


def lost_text(test: RangeTest) -> str:
    """Say how many networks were lost; empty if none was."""
    swept, fixed = test.n_lost
    parts = []
    if swept:
        parts.append(f"{swept} of {test.sweep.shape[1]} networks with a rising rate")
    if fixed:
        parts.append(f"{fixed} of {test.fixed.size} with a fixed rate")
    if not parts:
        return ""
    return f"No longer finite: {' and '.join(parts)}. The median counts them as the worst."


def measured_text(run: RunConfig, every: int) -> str:
    """Say over which samples the loss is measured, and for how long networks train.

    Parameters
    ----------
    run : RunConfig
    every : int
        Distance of the measured samples.
    """
    n = -(-run.n_train // every)
    which = f"all {n:,}" if every == 1 else f"{n:,} evenly spaced ones of {run.n_train:,}"
    return (
        f"Loss on {which} training samples, not smoothed: after each of {N_STEPS} steps of a rate "
        f"that rises, and after {N_STEPS} steps at a rate that stays. Lines are medians, bands "
        "reach from the lowest to the highest network, dashes mark the loss before the first step. "
        "Nothing here touches a run."
    )
