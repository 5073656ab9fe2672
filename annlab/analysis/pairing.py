"""Check whether runs can be compared: reasons against pairing networks or giving a verdict."""

from collections.abc import Sequence

import numpy as np

from annlab.analysis.compared_scores import ComparedScores, Names
from annlab.analysis.convergence import hardly_learned, still_improving
from annlab.analysis.scores import Evaluation
from annlab.analysis.verdict import RESAMPLED
from annlab.config import RunConfig
from annlab.datasets import SPLIT_NAMES
from annlab.datasets.split_names import watched_split
from annlab.runs.run import Run

# With fewer samples, a single sample changes the accuracy by more than 3.3 points.
FEWEST_SAMPLES = 30
# An interval from fewer pairs depends more on the shape of the distribution than on the data.
FEWEST_PAIRS = 5
# If more networks diverge, the remaining ones do not represent the model.
LARGEST_DIVERGED_SHARE = 1 / 5
# Settings of the data that change neither the samples nor the unit of the scores.
_SCALINGS = {"scaling": "none", "target_scaling": "none"}


def same_samples(a: RunConfig, b: RunConfig) -> bool:
    """Whether two runs learn from and are scored on the same samples, regardless of scaling."""
    first, second = (config.dataset.model_copy(update=_SCALINGS) for config in (a, b))
    return first.digest == second.digest  # which knows no names of files


def same_loss(a: RunConfig, b: RunConfig) -> bool:
    """Whether two runs have the same loss function, with the same class weights and unit."""
    return same_unit_of_loss(a, b) and a.training.class_weights == b.training.class_weights


def same_unit_of_loss(a: RunConfig, b: RunConfig) -> bool:
    """Whether two runs have the same loss function in the same unit, whatever classes weigh."""
    return (a.loss, a.dataset.target_scaling) == (b.loss, b.dataset.target_scaling)


def not_comparable(a: Run, b: Run, names: Names = ("A", "B")) -> str:
    """Explain why the networks of two runs cannot be paired.

    Parameters
    ----------
    a, b : Run
    names : tuple of str
        Names of the runs in sentences.

    Returns
    -------
    str
        A sentence about different data, different resampling or different seeds; empty if the
        networks can be paired. Scaling may differ, because scores are in the target's own unit.
    """
    first, second = names
    (data_a, seeds_a), (data_b, seeds_b) = (
        (run.config.dataset, _seeds(run.config)) for run in (a, b)
    )
    if data_a.resample != data_b.resample:
        own_a, own_b = (RESAMPLED.get(data.resample) for data in (data_a, data_b))
        return (
            f"Each network of {first} has {own_a or 'the same split'}, each network of {second} "
            f"{own_b or 'the same split'}. Train both in the same way."
        )
    if not same_samples(a.config, b.config):
        return (
            f"{first} and {second} were trained or scored on different samples: their data or "
            "split differ."
        )
    if a.n_samples != b.n_samples:
        return (
            f"{first} and {second} learned from different files of the same data set: they have "
            "different numbers of samples."
        )
    if seeds_a != seeds_b:
        return (
            f"{first} has {_seeds_text(seeds_a)} and {second} has {_seeds_text(seeds_b)}. Train "
            "both with the same seeds."
        )
    return ""


def _seeds(config: RunConfig) -> range:
    first = config.training.seed
    return range(first, first + config.training.n_seeds)


def _seeds_text(seeds: range) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]}–{seeds[-1]}"


def has_patience(run: Run) -> bool:
    """Whether a run uses early stopping (runs of earlier versions lack the best weights)."""
    return run.config.training.early_stopping_patience > 0


def unfinished(runs: Sequence[Run], scored: Sequence[Evaluation], names: Names) -> list[str]:
    """List sentences on why the trainings of two runs allow no verdict.

    Parameters
    ----------
    runs : sequence of Run
        A and B.
    scored : sequence of Evaluation
        Scores of A and B.
    names : tuple of str
        Names of the runs in sentences.
    """
    stopped = _stopped(runs, names)
    unequal = _unequal_training(runs, names)
    earlier = _earlier_epoch(runs, scored)
    # The weights of an earlier epoch are never the end of a training.
    improving = "" if earlier else _improving(runs, names)
    return list(filter(None, (stopped, unequal, earlier, improving)))


def _stopped(runs: Sequence[Run], names: Names) -> str:
    return " ".join(
        f"{name} was stopped after epoch {run.n_epochs} of "
        f"{run.config.training.max_epochs}: train it to its end."
        for name, run in zip(names, runs, strict=True)
        if run.ending == "stopped"
    )


def _stopped_early(run: Run) -> bool:
    """Whether early stopping ended the training of most networks."""
    done = run.epochs_trained[run.counted] < run.config.training.max_epochs
    return has_patience(run) and bool(2 * done.sum() >= len(done))


def _unequal_training(runs: Sequence[Run], names: Names) -> str:
    n_a, n_b = (run.config.training.max_epochs for run in runs)
    if n_a == n_b or all(map(_stopped_early, runs)):
        return ""
    return (
        f"{names[0]} had {_epochs(n_a)} and {names[1]} had {_epochs(n_b)}. Train both for the same "
        "number of epochs, or let both stop early."
    )


def _earlier_epoch(runs: Sequence[Run], scored: Sequence[Evaluation]) -> str:
    if all(_at_its_end(run, found) for run, found in zip(runs, scored, strict=True)):
        return ""
    return "These are scores of an earlier epoch, and a verdict is about the end of training."


def _at_its_end(run: Run, found: Evaluation) -> bool:
    """Whether the scored weights are the last ones, or the best ones, of every network."""
    left = run.diverged_epochs == 0
    ends = run.best_epochs, run.epochs_trained
    return any(np.array_equal(found.epochs[left], end[left]) for end in ends)


def _improving(runs: Sequence[Run], names: Names) -> str:
    improving = [
        name
        for name, run in zip(names, runs, strict=True)
        if run.ending not in ("stopped", "diverged") and still_improving(run)
    ]
    if improving:
        split = SPLIT_NAMES[watched_split(runs[0].n_samples)]
        losses, are = ("losses", "are") if len(improving) > 1 else ("loss", "is")
        return (
            f"The {split} {losses} of {' and '.join(improving)} {are} still falling, so more "
            "epochs may change this result."
        )
    slow = [name for name, run in zip(names, runs, strict=True) if hardly_learned(run)]
    if not slow:
        return ""
    have, its = ("have", "their") if len(slow) > 1 else ("has", "its")
    return f"{' and '.join(slow)} {have} hardly learned yet, and {its} loss is still falling."


def too_little(found: ComparedScores) -> list[str]:
    """List sentences on too few samples, networks or pairs for a verdict.

    Parameters
    ----------
    found : ComparedScores
        Without an interval yet.
    """
    n_networks = found.n_pairs + found.n_left_out
    reasons = []
    if found.n_distinct < FEWEST_SAMPLES:
        reasons.append(_few_samples(found))
    if n_networks == 1:
        reasons.append(
            "This compares one network with one network, so it may be luck. Decide on a number, "
            "say 10, and train them."
        )
    failed = [
        f"{n} of {n_networks} networks of {name}"
        for name, n in zip(found.names, found.n_diverged, strict=True)
        if n > LARGEST_DIVERGED_SHARE * n_networks
    ]
    if failed:
        reasons.append(
            f"{' and '.join(failed)} diverged, more than one in five. Try a smaller learning rate."
        )
    elif n_networks > 1 and found.n_pairs < FEWEST_PAIRS:
        n = f"{found.n_pairs} pairs of networks are" if found.n_pairs != 1 else "1 pair is"
        reasons.append(
            f"{n} too few: at least {FEWEST_PAIRS} are needed. Decide on a number, say 10, and "
            "train them."
        )
    return reasons


def _few_samples(found: ComparedScores) -> str:
    kind, n = SPLIT_NAMES[found.split], found.n_distinct
    if n != found.n_samples:
        return f"All networks together were scored on {n} different {kind} samples: too few."
    samples = f"{n} {kind} sample{'s' if n > 1 else ''}"
    if not found.in_points:
        return f"{samples}: too few to tell the models apart."
    points = f"{round(100 / n, 1):g} points"
    if found.score.averages_targets and found.n_targets > 1:
        return f"{samples}: one of them is up to {points}, if all its labels are wrong."
    return f"{samples}: one of them is {points}."


def _epochs(n: int) -> str:
    return "1 epoch" if n == 1 else f"{n:,} epochs"
