"""Settings and models in words."""

import re
from collections.abc import Sequence

import numpy as np

from annlab.config import DatasetConfig, RunConfig
from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.datasets import Dataset
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.losses import LOSSES
from annlab.runs.run import Run
from annlab.ui.text.markdown import escape_markdown, join_names


def friendly_error(sentence: str) -> str:
    """Replace the names of settings in a validation error by their labels."""
    name, _, rest = sentence.partition(": ")
    labels = {setting.name: setting.label for setting in SETTINGS.values()}
    # Both seeds are called "seed" in their configs; a label names one of them.
    if name in labels or name in {setting.label for setting in SETTINGS.values()}:
        # One-word names may be ordinary words of the sentence.
        in_code = [other for other in labels if "_" in other]
        rest = re.sub(rf"\b({'|'.join(in_code)})\b", lambda found: labels[found[0]], rest)
        return f"**{labels.get(name, name)}:** {escape_markdown(rest)}"
    return escape_markdown(sentence[:1].upper() + sentence[1:])


def model_title(run: RunConfig) -> str:
    """Title of a model: "Logistic regression · x₁², x₂²", "MLP 4-2, Tanh · Softplus output"."""
    title = run.model.label if run.model.hidden_sizes else run.task.linear_model
    if features := run.model.features:
        many = f"{len(features)} features"
        title += f" · {SETTINGS['features'].format(features) if len(features) <= 3 else many}"
    if run.loss != run.task.losses[0]:
        title += f" · {LOSSES[run.loss].label}"
    if run.output_activation != run.task.output_activations[0]:
        title += f" · {ACTIVATIONS[run.output_activation].label} output"
    return title


def output_range_warning(run: Run, dataset: Dataset) -> str:
    """Warning if a model's output activation cannot produce the targets; else empty."""
    if dataset.task.kind != "values":
        return ""
    entry = ACTIVATIONS[run.config.output_activation]
    ends = np.array(entry.value_range)
    names = run.config.dataset.spec.names_of_targets()
    limits, outside = [], []
    units = zip(dataset.target_scale, dataset.target_mean, strict=True)
    for name, y, (scale, mean) in zip(names, dataset.targets("all").T, units, strict=True):
        low, high = ends * scale + mean
        share = float(np.mean((y < low) | (y > high)))
        if share < 0.01:  # less may be noise
            continue
        what, whose = (name, name) if len(names) > 1 else ("values", "the targets")
        reach = f"from {low:.3g} to {high:.3g}" if high < np.inf else f"of {low:.3g} or more"
        limits.append(f"{what} {reach}")
        outside.append(f"{share:.0%} of {whose}")
    if not limits:
        return ""
    ranges = "that range" if len(limits) == 1 else "these ranges"
    return (
        f"The output activation {entry.label} can only produce {join_names(limits)}, but "
        f"{join_names(outside)} lie outside {ranges}. Choose another output activation."
    )


def columns_to_draw(runs: Sequence[RunConfig], score: str | None = None) -> list[str]:
    """History columns to plot: the loss, and a score if it differs from the loss.

    Parameters
    ----------
    runs : sequence of RunConfig
    score : str or None
        Name of a recorded score. None, or a name that the runs do not have: their headline.
    """
    task = runs[0].task
    name = score if score in [recorded.name for recorded in task.scores] else task.headline.name
    differs = any(run.loss != name or run.dataset.target_scaling != "none" for run in runs)
    return ["loss", *([name] if differs else [])]


def non_default_settings(run: RunConfig, usual: Sequence[RunConfig]) -> str:
    """Settings in which a run differs from the defaults, in words.

    Compares the data with the suggested settings of the data set, and the model and training with
    the most similar default run.
    """
    data = DatasetConfig.suggested(run.dataset.name, run.dataset.own)
    lists = [
        [
            f"{setting.noun} {setting.say(run)}"
            for setting in settings_that_apply(run)
            if setting.get(run) != setting.get(other)
        ]
        for other in (one.model_copy(update={"dataset": data}) for one in usual)
    ]
    fewest: list[str] = min(lists, key=len)
    return ", ".join(fewest)


def setting_changes(before: RunConfig, after: RunConfig) -> list[str]:
    """List changed settings, one text each: "learning rate 0.1 → 0.01"."""
    return [
        f"{setting.noun} {setting.say(before)} → {setting.say(after)}"
        for setting in SETTINGS.values()
        if setting.get(before) != setting.get(after)
    ]
