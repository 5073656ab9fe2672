"""What the rules check in the training: a function for each."""

import numpy as np

from annlab.analysis import convergence
from annlab.analysis.diagnosis.checks_on_new_samples import is_behind
from annlab.analysis.diagnosis.claim import Claim
from annlab.analysis.diagnosis.evidence import Evidence, SplitScore
from annlab.analysis.diagnosis.thresholds import (
    AT_THE_BASELINE,
    FAR_FROM_UNIT,
    HARDLY_MOVED,
    INACTIVE_SHARE,
    LUCKY,
    MOST_NAMED,
    NEARLY_ALL,
    NOTHING_LEARNED,
    SLIGHT,
    SPREAD,
)
from annlab.datasets import SPLIT_NAMES, watched_split
from annlab.formatting import network_names, number, with_precision
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.tasks import as_columns
from annlab.runs.history import GRADIENT_SAMPLES, column


def diverged(evidence: Evidence) -> Claim | None:
    """Some or all networks diverged."""
    run = evidence.run
    n, epochs = run.n_seeds, run.diverged_epochs[run.diverged_epochs > 0]
    rate = f"a learning rate of {run.config.training.learning_rate:g} is too large"
    remedies = ("smaller rate", "scaled features", "scaled target")
    if run.ending == "diverged":
        # Runs of an earlier version do not say when each network diverged.
        when = _from_to(epochs if len(epochs) else np.array([run.n_epochs + 1]))
        return Claim(f"Training diverged in {when}: {rate}.", remedies)
    if not len(epochs):
        return None
    who = network_names(np.flatnonzero(run.diverged_epochs).tolist())
    return Claim(
        f"{len(epochs)} of {n} networks diverged ({who}, in {_from_to(epochs)}): {rate}. Means and "
        "medians leave them out.",
        remedies,
    )


def _from_to(epochs: np.ndarray) -> str:
    first, last = epochs.min(), epochs.max()
    return f"epoch {first}" if first == last else f"epochs {first} to {last}"


def equal_units(evidence: Evidence) -> Claim | None:
    """All units of a layer compute the same."""
    layer, model = evidence.equal_layer, evidence.run.config.model
    if layer is None:
        return None
    return Claim(
        f"All {model.hidden_sizes[layer - 1]} units of hidden layer {layer} started with equal "
        "weights, so they get equal gradients and act as one unit.",
        ("other initialization",),
    )


def loss_rose(evidence: Evidence) -> Claim | None:
    """The training loss is higher than before training."""
    start, now = _course(evidence)
    if HARDLY_MOVED * now <= start:
        return None
    rose = f"The training loss rose {_from(start, now, evidence)}"
    training = evidence.run.config.training
    strengths = {"L1": training.l1, "L2": training.weight_decay}
    penalties = " and ".join(name for name, strength in strengths.items() if strength)
    if penalties and evidence.on_training.typical_loss_skill >= 0:
        outweigh = "outweigh" if " and " in penalties else "outweighs"
        return Claim(f"{rose}: {penalties} {outweigh} the loss.", ("weaker l1", "weaker l2"))
    return Claim(f"{rose}: the steps overshoot.", ("smaller rate", "scaled features"))


def nothing_learned(evidence: Evidence) -> Claim | None:
    """The networks are no better than a constant, or their loss hardly moved."""
    score = evidence.on_training
    by_score, by_loss = score.typical_skill, score.typical_loss_skill
    lucky = abs(by_loss) < AT_THE_BASELINE and by_score < LUCKY
    if max(by_score, by_loss) < NOTHING_LEARNED or lucky:
        return _at_the_baseline(evidence, score)
    # A start from weights of a trained network has little left to learn.
    if not _hardly_moved(evidence) or evidence.run.config.model.initial_weights is not None:
        return None
    return Claim(
        f"The training loss hardly moved, {_from(*_course(evidence), evidence)}: next to nothing "
        "was learned.",
        ("larger rate", "more epochs", "scaled features"),
    )


def _course(evidence: Evidence) -> tuple[float, float]:
    """The training loss before training, and with the shown weights."""
    return float(evidence.curve("train_loss")[0]), evidence.shown("train_loss")


def _hardly_moved(evidence: Evidence) -> bool:
    start, now = _course(evidence)
    return now > HARDLY_MOVED * start


def _from(start: float, now: float, evidence: Evidence) -> str:
    # With early stopping, of the epochs whose weights are shown.
    n = int(np.median(evidence.run.shown_epochs()[evidence.run.counted]))
    return f"from {number(start)} to {number(now)} in {'one epoch' if n == 1 else f'{n} epochs'}"


def _at_the_baseline(evidence: Evidence, score: SplitScore) -> Claim:
    by_score, by_loss = score.typical_skill, score.typical_loss_skill
    # Of rare classes the loss can tell where no probability is above one half.
    lucky, by_loss_alone = by_score >= NOTHING_LEARNED, by_loss >= SLIGHT > by_score
    told_by_loss = lucky or by_loss_alone
    compared = _loss_beside_baseline(score) if told_by_loss else _beside_baseline(score)
    slight = max(by_score, by_loss) >= SLIGHT
    fact = f"{compared}: {'little' if slight else 'nothing'} was learned"
    unscaled = _unscaled_target(evidence)
    first = (*(("scaled target",) if unscaled else ()), "weaker l1", "weaker l2", "less dropout")
    if evidence.still_improving:
        fact += " so far, but the loss was still falling"
        remedies = (*first, "more epochs", "larger rate", "scaled features")
    elif evidence.run.config.model.hidden_sizes:
        remedies = (*first, "another rate", "more epochs", "scaled features", "other activation")
    elif by_loss_alone or evidence.linear_skill("train") >= NOTHING_LEARNED:
        # A line is not the limit.
        remedies = (*first, "another rate", "more epochs", "scaled features")
    else:
        remedies = (*first, "hidden layers")
    return Claim(f"{fact}. {unscaled}".rstrip(), remedies)


def _unscaled_target(evidence: Evidence) -> str:
    """A sentence on targets that are far from unit scale; else empty."""
    config = evidence.run.config
    if not config.task.scales_target or config.dataset.target_scaling != "none":
        return ""
    said = []
    for name, y in zip(config.dataset.spec.names_of_targets(), _targets(evidence), strict=True):
        mean, deviation = float(y.mean()), float(y.std())
        if max(abs(mean), deviation) > FAR_FROM_UNIT or deviation < 1 / FAR_FROM_UNIT:
            said.append((name, f"mean {number(mean)}, standard deviation {number(deviation)}"))
    if not said:
        return ""
    if config.dataset.spec.n_targets == 1:
        return f"The target is not scaled ({said[0][1]})."
    of_each = "; ".join(f"{name}: {about}" for name, about in said[:MOST_NAMED])
    more = f"; and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
    return f"The targets are not scaled ({of_each}{more})."


def _targets(evidence: Evidence) -> np.ndarray:
    """Training targets in float64: shape (n_targets, n_samples)."""
    return as_columns(evidence.dataset.y_train).astype(np.float64).T


def _beside_baseline(score: SplitScore) -> str:
    return (
        f"The {score.name} on the {score.samples} is {number(score.typical)}; "
        f"{score.baseline_name} gives {number(score.baseline)}"
    )


def _loss_beside_baseline(score: SplitScore) -> str:
    loss, baseline = (float(np.median(v)) for v in (score.losses, score.baseline_losses))
    return (
        f"The loss on the {score.samples} is {number(loss)}; {score.baseline_of_loss} gives "
        f"{number(baseline)}"
    )


def mostly_inactive(evidence: Evidence) -> Claim | None:
    """Many units of a layer have no slope."""
    share = max(evidence.inactive, default=0.0)
    if share < INACTIVE_SHARE:
        return None
    layer = evidence.inactive.index(share) + 1
    activation = ACTIVATIONS[evidence.run.config.model.activation]
    state = "saturated" if np.isfinite(activation.value_range).all() else "dead"
    before = evidence.inactive_before_training[layer - 1]
    return Claim(
        f"{share:.0%} of the units of hidden layer {layer} are {state} ({before:.0%} before "
        f"training): {activation.label} is flat there for {_looked_at(evidence)}, so they learn "
        "nothing.",
        (
            *("weaker l1", "weaker l2", "less dropout", "smaller rate"),
            *("scaled features", "other initialization", "other activation"),
        ),
    )


def _looked_at(evidence: Evidence) -> str:
    n, most = evidence.run.n_samples["train"], GRADIENT_SAMPLES
    return "every training sample" if n <= most else f"all of up to {most:,} training samples"


def networks_disagree(evidence: Evidence) -> Claim | None:
    """Networks that differ in their seed have very different scores."""
    run, training = evidence.run, evidence.on_training
    # On data of their own, networks differ in a held-out score by the luck of the samples.
    own_data = run.config.dataset.resample != "none"
    score = training if own_data else evidence.held_out or training
    n = len(score.values)
    # Where nothing was learned, scores differ by the luck of the start.
    none_learned = training.loss_skill.max() < NOTHING_LEARNED or _hardly_moved(evidence)
    if n < 2 or none_learned or not np.std(score.skill, ddof=1) >= SPREAD:  # or it is NaN
        return None
    ends = float(score.values.min()), float(score.values.max())
    worst, best = ends if score.perfect else ends[::-1]
    in_training = np.std(training.skill, ddof=1) >= SPREAD
    return Claim(
        f"The {n} networks differ only in their seed{' and their data' if own_data else ''}, yet "
        f"the {score.name} on the {score.samples} ranges from {number(worst)} to {number(best)}. "
        "Judge by all networks, not by the best.",
        ("more epochs", "more units", "another rate") if in_training else ("more samples", "l2"),
    )


def still_improving(evidence: Evidence) -> Claim | None:
    """More epochs would lower the loss noticeably."""
    if not evidence.still_improving:
        return None
    run = evidence.run
    split = watched_split(run.n_samples)
    before, now = convergence.last_two(run)
    loss, k = evidence.curve(column(split, "loss")), convergence.window(run.n_epochs)
    # Units that died or saturated, and a loss above its first value, come from large steps.
    overshot = loss[-1] > loss[0] or max(evidence.inactive, default=0.0) >= INACTIVE_SHARE
    share = evidence.expected_fall
    by = f"by {share:.0%}" if share < NEARLY_ALL else "by most of it"
    return Claim(
        f"The {SPLIT_NAMES[split]} loss was still falling: over the last {_epochs(k)} it was "
        f"{with_precision(now, before - now)}, over as many before "
        f"{with_precision(before, before - now)}. Twice the epochs may lower it {by}.",
        () if _worse_on_new(evidence) else ("more epochs", *(() if overshot else ("larger rate",))),
    )


def _worse_on_new(evidence: Evidence) -> bool:
    """Whether the training loss falls, but the held-out score is behind the training score."""
    held_out = evidence.held_out
    if evidence.validated or held_out is None:
        return False
    return is_behind(held_out, evidence.on_training)


def _epochs(n: int) -> str:
    return "epoch" if n == 1 else f"{n} epochs"
