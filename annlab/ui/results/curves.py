"""Learning curves of all models, and their options."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from annlab.analysis.pairing import same_loss, same_unit_of_loss
from annlab.config import RunConfig
from annlab.figures import SPLITS, CurveAxis, CurveSplit, curve_splits, metric_title, of_run
from annlab.nn.tasks import Task
from annlab.runs.run import Run
from annlab.ui.browser import theme
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_on_stage
from annlab.ui.results.link import warn_unknown
from annlab.ui.results.stage import Stage
from annlab.ui.results.view import ResultsView, in_order
from annlab.ui.state.page_state import PageState
from annlab.ui.text.settings_text import columns_to_draw


class _Option(NamedTuple):
    """Toggle of the curves: link name, label, help and default."""

    name: str
    label: str
    help: str | None = None
    default: bool = False


_LOG = _Option("log", "Log scale")
_EACH = _Option(
    "each", "Individual networks", "Draw a thin line for each network: 50 at most of each curve."
)
_TEST = _Option(
    "testcurve",
    "Test curve",
    "Draw the loss and the score on the test split. annlab never uses the test split to choose "
    "an epoch or a network, or to stop training.",
)


# Options of the x-axis.
_OVER: dict[CurveAxis, str] = {"epoch": "Epochs", "steps": "Steps", "seconds": "Seconds"}


@dataclass(frozen=True)
class CurveOptions:
    """Options of the curves."""

    log_scale: bool
    over: CurveAxis
    individual: bool
    splits: tuple[CurveSplit, ...]
    score: str | None = None  # name of the score to draw; None: the headline


def draw_curves(stage: Stage, groups: Sequence[ResultsView], drawn: CurveOptions) -> None:
    """Draw the learning curves of all models, one chart per metric."""
    models = in_order(groups)
    runs = [view.runs[i] for view, i in models]
    many = any(run.n_seeds > 1 for run in runs)
    stage.curves_head(
        "Learning curves" + (": mean and range" if many else ""),
        different_losses([run.config for run in runs])
        or legend_of_splits(drawn.splits, {name for run in runs for name in run.history}),
    )
    metrics = columns_to_draw([run.config for run in runs], drawn.score)
    for place, metric in zip(stage.curves(len(metrics)), metrics, strict=True):
        figure = cached(of_run.learning_curves)(
            runs,
            metric,
            epochs=tuple(view.weights[i] for view, i in models),
            over=drawn.over,
            splits=drawn.splits,
            individual=drawn.individual,
            log_scale=drawn.log_scale and metric == "loss",
            models=tuple(view.places[i] for view, i in models),
            theme=theme(),
        )
        with place:
            show_on_stage(
                figure,
                f"curves-{metric}",
                f"{metric_title(metric)} of all models over {_OVER[drawn.over].lower()}, by split",
                {"over": drawn.over, "splits": drawn.splits},
                title=metric_title(metric),
            )


def different_losses(configs: Sequence[RunConfig]) -> str:
    """Say that the heights of loss curves cannot be compared; empty if they can."""
    if not all(same_unit_of_loss(config, configs[0]) for config in configs):
        return "Different losses: compare shapes, not heights"
    if not all(same_loss(config, configs[0]) for config in configs):
        return "Different class weights: compare shapes of losses, not heights"
    return ""


def legend_of_splits(splits: Sequence[CurveSplit], columns: Collection[str]) -> str:
    """Which dash is which split: "solid: training · dotted: test"."""
    drawn = [split for split in splits if f"{split}_loss" in columns]
    return " · ".join(f"{SPLITS[split][2]}: {SPLITS[split][0]}" for split in drawn)


def curve_options(state: PageState, runs: Sequence[Run]) -> CurveOptions:
    """Draw the options: x-axis, log scale, individual networks, test curve."""
    columns = {name for run in runs for name in run.history}
    options = [_LOG]
    if any(run.n_seeds > 1 for run in runs):
        options.append(_EACH)
    if "test_loss" in columns:
        options.append(_TEST._replace(default="test" in curve_splits(columns)))
    chosen = {}
    score = _score(state, runs[0].config.task)
    over = _over(state)
    for option in options:
        wish = state.view(option.name)
        chosen[option.name] = st.toggle(
            option.label,
            value=option.default if wish not in ("0", "1") else wish == "1",
            key=state.view_key(option.name),
            help=option.help,
        )
    changed = {
        option.name: int(chosen[option.name]) if chosen[option.name] != option.default else None
        for option in options
    }
    over_wish = None if over == "epoch" else over
    state.set_view(over=over_wish, time=None, score=score, **changed)
    return CurveOptions(
        log_scale=chosen["log"],
        over=over,
        individual=chosen.get("each", False),
        splits=curve_splits(columns, chosen.get("testcurve")),
        score=score,
    )


def _score(state: PageState, task: Task) -> str | None:
    """Draw the control of the score beside the loss; None for the headline."""
    labels = {score.name: score.label for score in task.scores}
    if len(labels) == 1:
        return None
    headline, wish = task.headline.name, state.view("score")
    if wish not in (None, *labels):
        warn_unknown("score", wish)
    score = st.segmented_control(
        "Score",
        list(labels),
        default=wish if wish in labels else headline,
        format_func=labels.__getitem__,
        key=state.view_key("score"),
        required=True,
        help="The score whose curve is drawn beside the loss. All scores are in the Report tab.",
    )
    return None if score == headline else score


def _over(state: PageState) -> CurveAxis:
    """Draw the control of the x-axis."""
    wish = state.view("over") or ("seconds" if state.view("time") == "1" else "epoch")
    if wish not in _OVER:
        warn_unknown("over", wish)
    default: CurveAxis = next((name for name in _OVER if name == wish), "epoch")
    over = st.segmented_control(
        "Curves over",
        list(_OVER),
        default=default,
        format_func=_OVER.__getitem__,
        key=state.view_key("over"),
        required=True,
        help="What the horizontal axis counts. A step is one batch: a model with small batches "
        "takes more steps in an epoch.",
    )
    return over or default
