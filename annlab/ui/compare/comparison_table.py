"""Comparison with a baseline: differing settings, scores and verdicts."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.pairing import same_loss, same_samples
from annlab.config.differences import differences
from annlab.config.settings import SETTINGS, settings_that_apply
from annlab.figures import MODEL_NAMES
from annlab.nn.tasks import TargetKind
from annlab.runs.run import Run
from annlab.ui.layout import table
from annlab.ui.results.stage import Stage
from annlab.ui.results.verdicts import Model, draw_verdicts
from annlab.ui.results.view import with_training
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import badge, escape_markdown, letter
from annlab.ui.text.networks_text import SPLIT_NAMES, ending_remark
from annlab.ui.text.scores_text import colored_difference
from annlab.ui.text.settings_text import model_title
from annlab.ui.text.targets_text import what_is_averaged

BASELINE = "baseline"


def _run(model: Model) -> Run:
    shown, i = model
    return shown.runs[i]


def _place(model: Model) -> int:
    shown, i = model
    return shown.places[i]


def against_baseline(
    state: PageState, stage: Stage, models: Sequence[Model], names: Mapping[str, str]
) -> tuple[Model, tuple[str, ...]]:
    """Draw the differing settings, the scores and the verdicts.

    Parameters
    ----------
    state : PageState
        State of the page.
    stage : Stage
        Gets the verdicts.
    models : sequence of (ResultsView, int)
        Models in the order of their letters.
    names : mapping of str
        User-given names of runs, by fingerprint.

    Returns
    -------
    (ResultsView, int)
        Selected baseline.
    tuple of str
        Drawn verdicts, in Markdown.
    """
    letters = [MODEL_NAMES[_place(model)] for model in models]
    selected = st.session_state.get(state.view_key(BASELINE))
    if selected is None:
        # A link names the position among its runs; deselected runs leave gaps between letters.
        named = dict(zip(MODEL_NAMES, letters, strict=False))
        selected = named.get(state.view(BASELINE) or "")
    selected = selected if selected in letters else letters[0]
    state.force_value(BASELINE, selected)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        st.segmented_control(
            "Baseline",
            letters,
            default=selected,
            key=state.view_key(BASELINE),
            required=True,
            help="The run all others are compared with",
        )
    with right:
        every = st.toggle("All settings", key=state.key("all-settings"))
    at = letters.index(selected)
    # The link opens with these runs as A, B, C …
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
    with stage.verdict:
        return baseline, draw_verdicts(baseline, others)


def _same_samples(model: Model, other: Model) -> bool:
    return same_samples(_run(model).config, _run(other).config)


def _settings_table(models: Sequence[Model], every: bool) -> str:
    configs = [_run(model).config for model in models]
    differing = {item.setting: item.values for item in differences(configs)}
    if every:
        applying = {setting for config in configs for setting in settings_that_apply(config)}
        rows = {
            setting: differing.get(setting, [setting.effective(config) for config in configs])
            for setting in SETTINGS.values()
            if setting in applying
        }
    else:
        rows = dict(differing)
    if not rows:
        effect = " that has an effect" if len(set(configs)) > 1 else ""
        return f"**What differs:** nothing{effect}."
    heads = [badge(_place(model)) for model in models]
    lines = ["| setting | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for setting, values in rows.items():
        cells = [setting.format(value) for value in values]
        label = f"**{setting.label}**" if setting in differing and every else setting.label
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


# Columns of the table of results by kind of target: name, attribute of the evaluation, whether
# more is better.
_CLASSES = (("accuracy", "accuracy", True), ("loss", "loss", False))
_VALUES = (
    ("squared error", "mse", False),
    ("absolute error", "mae", False),
    ("R²", "r2", True),
    ("loss", "loss", False),
)
_LABELS = (
    ("label accuracy", "label_accuracy", True),
    ("subset accuracy", "subset_accuracy", True),
    ("loss", "loss", False),
)
_COLUMNS: dict[TargetKind, tuple[tuple[str, str, bool], ...]] = {
    "class": _CLASSES,
    "values": _VALUES,
    "labels": _LABELS,
}


def _results_table(models: Sequence[Model], baseline: Model, names: Mapping[str, str]) -> str:
    columns = _COLUMNS[baseline[0].dataset.task.kind]
    # Models on other data may be scored on another split.
    mixed = len({shown.split for shown, _ in models}) > 1
    heads = ["name", "model", *(["scored on"] if mixed else []), *(name for name, *_ in columns)]
    heads += ["parameters", "seconds"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    base = baseline[0].evaluations[baseline[1]]
    for model in models:
        shown, i = model
        run = _run(model)
        # Scores on different samples, or of diverged runs, have no meaningful difference.
        against = (
            model != baseline
            and _same_samples(model, baseline)
            and "diverged" not in (run.ending, _run(baseline).ending)
        )
        cells = [SPLIT_NAMES[shown.split]] if mixed else []
        for _, name, more_is_better in columns:
            values = _counted(shown.evaluations[i], name)
            mean = float(values.mean())
            gain = mean - float(_counted(base, name).mean())
            alike = name != "loss" or same_loss(run.config, _run(baseline).config)
            change = colored_difference(gain, mean, more_is_better) if against and alike else ""
            score = with_training(shown, i, attrgetter(name))
            cells.append(f"{score} {change}".rstrip())
        name = escape_markdown(names.get(run.fingerprint, ""))
        title = f"{name}: {model_title(run.config)}" if name else model_title(run.config)
        lines.append(
            f"| {badge(_place(model))} | {title}{ending_remark(run)} | "
            + " | ".join(cells)
            + f" | {run.n_parameters:,} | {run.duration_seconds:.2f} |"
        )
    on_training = f"n parentheses on the {SPLIT_NAMES['train']}"
    note = f"I{on_training}" if mixed else f"On the {SPLIT_NAMES[baseline[0].split]}"
    if not mixed and baseline[0].split != "train":
        note += f", i{on_training}"
    shown = baseline[0]
    if averaged := what_is_averaged(shown.evaluations[0].score, shown.spec):
        note += f". {averaged}"
    return "\n".join([*lines, "", f":small[:gray[{note}.]]"])


def _counted(evaluation: Any, name: str) -> NDArray[Any]:
    """Scores of the networks that did not diverge."""
    scores: NDArray[Any] = getattr(evaluation, name)[evaluation.counted]
    return scores
