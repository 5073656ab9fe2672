"""How settings and scores are said to people."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.activations import ACTIVATIONS
from annlab.config import RunConfig
from annlab.datasets import DATASETS, FUNCTIONS, Dataset
from annlab.evaluation import Comparison
from annlab.fields import FIELDS, Field
from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.initialisers import INITIALISERS
from annlab.optimizers import OPTIMIZERS
from annlab.run import Run
from annlab.tasks import LOSSES

_LABELS: dict[str, dict[str, Any]] = {
    "data": DATASETS,
    "activation": ACTIVATIONS,
    "output": ACTIVATIONS,
    "init": INITIALISERS,
    "optimizer": OPTIMIZERS,
    "loss": LOSSES,
    "function": FUNCTIONS,
}


def say(field: Field, value: Any) -> str:
    """The value of a setting in words."""
    if value is None:
        return "–"
    if field.url in _LABELS:
        return str(_LABELS[field.url][value].label)
    if field.url == "hidden":
        return "-".join(map(str, value)) or "none"
    if field.url in ("test", "validation", "dropout", "outliers"):
        return f"{value:.0%}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_words(sentence: str) -> str:
    """A validation error with the label of the setting in place of its name."""
    name, _, rest = sentence.partition(": ")
    labels = {field.name: field.label for field in FIELDS}
    if name in labels:
        return f"**{labels[name]}** {plain(rest)}"
    return plain(sentence[:1].upper() + sentence[1:])


def plain(text: str) -> str:
    """Text from anybody, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:&])", r"\\\1", text)


def model_title(run: RunConfig) -> str:
    """What a model is called: "Logistic regression", "MLP 4-2, Tanh"."""
    if run.model.hidden_sizes:
        return run.model.label
    return {
        "binary": "Logistic regression",
        "multiclass": "Softmax regression",
        "regression": "Linear regression",
    }[run.task.name]


def out_of_reach(runs: Sequence[Run], dataset: Dataset) -> list[str]:
    """Sentences on models whose output activation cannot say what the targets are."""
    if dataset.class_names:
        return []
    y = (dataset.part("all")[1] - dataset.target_mean) / dataset.target_scale
    sentences = []
    for name, run in zip(MODEL_NAMES, runs, strict=False):
        entry = ACTIVATIONS[run.config.output_activation]
        low, high = entry.value_range
        reach = [f"{end * dataset.target_scale + dataset.target_mean:.3g}" for end in (low, high)]
        share = float(np.mean((y < low) | (y > high)))
        if share >= 0.01:  # less may be noise
            said = f"between {reach[0]} and {reach[1]}" if high < np.inf else f"above {reach[0]}"
            sentences.append(
                f"**{name}:** the output activation {entry.label} can only say values {said}, "
                f"but {share:.0%} of the targets lie elsewhere: take another."
            )
    return sentences


def columns_to_draw(runs: Sequence[RunConfig]) -> list[str]:
    """The columns of the history that say something of their own: the loss, and the metrics."""
    metrics = [
        name
        for name in runs[0].task.metrics
        if any(run.loss != name or run.dataset.target_scaling != "none" for run in runs)
    ]
    return ["loss", *metrics]


def changes(before: RunConfig, after: RunConfig) -> list[str]:
    """Sentences on what is different in `after`, one for each setting."""
    return [
        f"{field.label.lower()} {say(field, field.of(before))} → {say(field, field.of(after))}"
        for field in FIELDS
        if field.of(before) != field.of(after)
    ]


def with_spread(values: NDArray[Any]) -> str:
    """Mean and standard deviation over seeds: "0.973 ± 0.004"; one seed has no spread."""
    if len(values) == 1:
        return f"{values[0]:,.3f}"
    return f"{values.mean():,.3f} ± {np.std(values, ddof=1):,.3f}"


def verdict(found: Comparison, score: str = "Accuracy", higher_is_better: bool = True) -> str:
    """Say which of two models is better, by how much, and whether that is more than luck."""
    if found.n_better == found.n_worse == 0:
        return "A and B score the same in every network."
    in_units, unit = _IN_UNITS[score]
    points = in_units(abs(found.mean))
    if found.n_pairs == 1:
        return (
            f"{'B' if found.n_better else 'A'} is better by {points} {unit}. One network each: "
            "that may be luck. Train more networks to find out."
        )
    who, n = max(("B", found.n_better), ("A", found.n_worse), key=lambda side: side[1])
    p = found.p_value
    chance = "in fewer than 1 of 1,000 cases" if p < 0.001 else f"in {p:.1%} of cases"
    ahead = (found.mean >= 0) == higher_is_better
    sentence = (
        f"**{who} is better in {n} of {found.n_pairs} networks**; on average B is "
        f"{'ahead' if ahead else 'behind'} by {points} ± {in_units(found.std)} {unit}. "
        f"Luck alone would do that {chance}"
    )
    if p < 0.05:
        return sentence + ": the difference is real."
    if n == found.n_pairs:  # nothing could be clearer
        return sentence + f": {n} networks are too few to be sure. Train at least {ENOUGH_PAIRS}."
    return sentence + ": this proves nothing."


# So many pairs of which one side wins all are more than luck.
ENOUGH_PAIRS = 6
# How a difference of a score is said.
_IN_UNITS: dict[str, tuple[Callable[[float], str], str]] = {
    "Accuracy": (lambda value: f"{100 * value:.1f}", "points of accuracy"),
    "Mean squared error": (lambda value: f"{value:.3g}", "of squared error"),
}


def ranking(runs: Sequence[Run], evaluations: Sequence[Any]) -> str:
    """A table of all models, the best first."""
    first = evaluations[0]
    lines = [
        f"| | model | {first.score_name.lower()} | worst to best | loss |",
        "|---|---|---|---|---|",
    ]
    order = sorted(
        range(len(runs)),
        key=lambda i: evaluations[i].headline.mean(),
        reverse=first.higher_is_better,
    )
    for i in order:
        score = evaluations[i].headline
        ends = sorted((score.min(), score.max()), reverse=not first.higher_is_better)
        lines.append(
            f"| :{MODEL_WORDS[i]}-badge[{MODEL_NAMES[i]}] | {model_title(runs[i].config)} "
            f"| **{with_spread(score)}** | {ends[0]:.3f} to {ends[1]:.3f} "
            f"| {with_spread(evaluations[i].loss)} |"
        )
    return "\n".join(lines)


PART_NAMES = {
    "train": "training points",
    "validation": "validation points",
    "test": "test points",
    "all": "all points",
}
