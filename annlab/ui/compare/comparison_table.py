"""Runs against a baseline: what differs, their scores, and a verdict on each difference."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.comparison import same_loss, same_samples
from annlab.analysis.scores import Evaluation
from annlab.config.links import differences
from annlab.config.settings import FIELDS
from annlab.figures import MODEL_NAMES
from annlab.nn.tasks import TaskName
from annlab.runs.run import Run
from annlab.ui.results.verdicts import Model, draw_verdicts
from annlab.ui.results.view import with_training
from annlab.ui.shell import table
from annlab.ui.state.bench_state import PageState
from annlab.ui.text.wording import (
    PART_NAMES,
    badge,
    coloured_difference,
    how_it_ended,
    letter,
    model_title,
    plain,
    say_of,
)

BASELINE = "baseline"


def _run(model: Model) -> Run:
    shown, i = model
    return shown.runs[i]


def _place(model: Model) -> int:
    shown, i = model
    return shown.places[i]


def against_baseline(
    state: PageState, models: Sequence[Model], names: Mapping[str, str]
) -> tuple[Model, tuple[str, ...]]:
    """Draw what differs, the scores, and a verdict on each difference.

    Parameters
    ----------
    state : PageState
        Of the page.
    models : sequence of (ResultsView, int)
        In the order of their letters.
    names : mapping of str
        The names that users gave, by fingerprint.

    Returns
    -------
    (ResultsView, int)
        The baseline, which the user chooses.
    tuple of str
        The verdicts that were drawn, in Markdown.
    """
    letters = [MODEL_NAMES[_place(model)] for model in models]
    said = st.session_state.get(state.view_key(BASELINE), state.view(BASELINE))
    said = said if said in letters else letters[0]
    state.hold(BASELINE, said)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        st.segmented_control(
            "Baseline",
            letters,
            default=said,
            key=state.view_key(BASELINE),
            required=True,
            help="The run all others are compared with",
        )
    with right:
        every = st.toggle("All settings", key=state.key("all-settings"))
    at = letters.index(said)
    # Who opens the link sees these runs as A, B, C …
    state.set_view(baseline=MODEL_NAMES[at] if at else None)
    baseline = models[at]
    others = [model for model in models if model != baseline]
    elsewhere = [letter(_place(model)) for model in others if not _same_samples(model, baseline)]
    if elsewhere:
        who = ", ".join(elsewhere)
        st.warning(
            f"{who} {'were' if len(elsewhere) > 1 else 'was'} trained on different data than "
            f"{letter(_place(baseline))}, so their scores cannot be compared.",
            icon=":material/info:",
        )
    table(_settings_table(models, every))
    table(_results_table(models, baseline, names))
    return baseline, draw_verdicts(baseline, others)


def _same_samples(model: Model, other: Model) -> bool:
    return same_samples(_run(model).config, _run(other).config)


def _settings_table(models: Sequence[Model], every: bool) -> str:
    configs = [_run(model).config for model in models]
    differing = {item.field: item.values for item in differences(configs)}
    rows = {field: tuple(map(field.of, configs)) for field in FIELDS} if every else differing
    if not rows:
        effect = " that has an effect" if len(set(configs)) > 1 else ""
        return f"**What differs:** nothing{effect}."
    heads = [badge(_place(model)) for model in models]
    lines = ["| setting | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for field, values in rows.items():
        if all(say_of(*told) == "–" for told in zip(configs, repeat(field), values, strict=False)):
            continue  # has no meaning for these data
        told = zip(configs, differing.get(field, values), strict=True)
        cells = [say_of(config, field, value) for config, value in told]
        label = f"**{field.label}**" if field in differing and every else field.label
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


# Columns of the table of results by task: name, attribute of the evaluation, whether more is
# better.
_CLASSES = (("accuracy", "accuracy", True), ("loss", "loss", False))
_VALUES = (
    ("squared error", "mse", False),
    ("absolute error", "mae", False),
    ("R²", "r2", True),
    ("loss", "loss", False),
)
_COLUMNS: dict[TaskName, tuple[tuple[str, str, bool], ...]] = {
    "binary": _CLASSES,
    "multiclass": _CLASSES,
    "regression": _VALUES,
}


def _results_table(models: Sequence[Model], baseline: Model, names: Mapping[str, str]) -> str:
    columns = _COLUMNS[baseline[0].dataset.task.name]
    # Models on other data may be scored on another split.
    mixed = len({shown.split for shown, _ in models}) > 1
    heads = ["", "model", *(["scored on"] if mixed else []), *(name for name, *_ in columns)]
    heads += ["parameters", "seconds"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    base = baseline[0].evaluations[baseline[1]]
    for model in models:
        shown, i = model
        run = _run(model)
        # The difference of means that mean the same.
        against = (
            model != baseline
            and _same_samples(model, baseline)
            and "diverged" not in (run.ending, _run(baseline).ending)
        )
        cells = [PART_NAMES[shown.split]] if mixed else []
        for _, name, more_is_better in columns:
            values = _counted(shown.evaluations[i], name)
            mean = float(values.mean())
            gain = mean - float(_counted(base, name).mean())
            alike = name != "loss" or same_loss(run.config, _run(baseline).config)
            told = coloured_difference(gain, mean, more_is_better) if against and alike else ""
            said = with_training(shown, i, attrgetter(name))
            cells.append(f"{said} {told}".rstrip())
        name = plain(names.get(run.fingerprint, ""))
        title = f"{name}: {model_title(run.config)}" if name else model_title(run.config)
        lines.append(
            f"| {badge(_place(model))} | {title}{how_it_ended(run)} | "
            + " | ".join(cells)
            + f" | {run.n_parameters:,} | {run.duration_seconds:.2f} |"
        )
    on_training = f"n parentheses on the {PART_NAMES['train']}"
    said = f"I{on_training}" if mixed else f"On the {PART_NAMES[baseline[0].split]}"
    if not mixed and baseline[0].split != "train":
        said += f", i{on_training}"
    return "\n".join([*lines, "", f":small[:gray[{said}.]]"])


def _counted(evaluation: Evaluation, name: str) -> NDArray[Any]:
    """A score of the networks that did not diverge."""
    scores: NDArray[Any] = getattr(evaluation, name)[evaluation.counted]
    return scores
