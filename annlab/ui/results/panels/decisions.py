"""Decisions tab: what a threshold on one class's probability finds, misses and costs."""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from annlab.analysis.calibration import (
    N_BINS,
    Confidence,
    brier_score,
    confidence,
    log_loss,
    reliability,
)
from annlab.analysis.decision_costs import CheapestThresholds, choose_thresholds
from annlab.analysis.decisions import (
    DECISIONS,
    LogOdds,
    decided_names,
    is_positive,
    odds_of_all,
    odds_of_one,
)
from annlab.datasets import Split, watched_split
from annlab.figures import MODEL_COLORS, of_run
from annlab.figures.base.theme import THEMES
from annlab.formatting import network_name
from annlab.nn.tasks import USUAL_THRESHOLD
from annlab.ui.browser import theme
from annlab.ui.components.decisions import decisions_view
from annlab.ui.layout import table
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.charts import show_chart
from annlab.ui.results.decision_data import Floats, decision_data, slider_thresholds, together_data
from annlab.ui.results.decision_options import (
    THRESHOLD,
    draw_costs,
    draw_positive,
    move_threshold,
    n_thresholds,
    shown_thresholds,
)
from annlab.ui.results.view import ResultsView
from annlab.ui.text.decisions_text import (
    DECISION_WORDS,
    PER,
    chosen_text,
    confidence_text,
    ideal_text,
    one_sided_text,
    rule_text,
    saving_text,
    threshold_number,
    thresholds_text,
    together_text,
)
from annlab.ui.text.markdown import escape_markdown, letter
from annlab.ui.text.networks_text import SPLIT_NAMES
from annlab.ui.text.scores_text import with_spread

# The odds of a model, for all sessions.
_KEPT = 16


def decides(view: ResultsView) -> bool:
    """Whether the models decide between classes, or about labels."""
    return view.dataset.task.kind in DECISIONS


def draw_decisions(view: ResultsView) -> None:
    """Draw threshold, curves, costs and calibration of all models for one class or label."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        positive = draw_positive(view)
        st.caption(
            f"On the {SPLIT_NAMES[view.split]}. Counts and dots: {network_name(view.network)}. "
            "Bold curves and scores: mean of each model's networks; bands: all of them."
        )
    name, kind = decided_names(view.dataset)[positive], view.dataset.task.kind
    lacking = _networks_without_both(view, positive)
    if lacking:
        n_networks = len(view.dataset.networks) or 1
        st.info(
            one_sided_text(escape_markdown(name), view.split, lacking, n_networks, kind),
            icon=":material/info:",
        )
        return
    threshold = st.container()
    curves = st.columns(2)
    found = _draw_costs(view, positive)
    n = n_thresholds(view)
    shown = shown_thresholds(view.state, n)
    with threshold:
        decisions_view(
            json.dumps(_data(view, positive, found, shown)),
            "decisions",
            lambda k, at: move_threshold(view.state, n, k, at),
        )
    options: dict[str, Any] = {
        "positive": positive,
        "epochs": tuple(view.weights),
        "split": view.split,
        "models": view.places[: len(view.runs)],
        "theme": theme(),
    }
    for cell, draw, key, about in (
        (curves[0], of_run.roc_curve, "decisions-roc", "ROC curves"),
        (curves[1], of_run.precision_recall_curve, "decisions-pr", "Precision-recall curves"),
    ):
        with cell:
            show_chart(
                cached(draw)(view.runs, view.dataset, network=view.network, **options),
                key,
                f"{about} of all models for the {DECISION_WORDS[kind].noun} {name} on the "
                f"{SPLIT_NAMES[view.split]}",
            )
    with st.expander("Do the probabilities come true?"):
        _draw_calibration(view, positive, options)


def _networks_without_both(view: ResultsView, positive: int) -> int:
    """Number of networks whose samples are all positive, or all negative."""
    of_each = [
        is_positive(data, positive, view.split) for data in view.dataset.networks or (view.dataset,)
    ]
    return sum(bool(y.all() or not y.any()) for y in of_each)


def _odds(view: ResultsView, i: int, positive: int, split: Split) -> LogOdds:
    return cached(odds_of_one, kept=_KEPT)(
        view.runs[i], view.dataset, positive=positive, split=split, epoch=view.weights[i]
    )


def _data(
    view: ResultsView,
    positive: int,
    found: list[CheapestThresholds],
    shown: Sequence[float],
) -> dict[str, Any]:
    """Data of the browser's part, with the thresholds of the address in `shown`."""
    names = decided_names(view.dataset)
    moved = positive if len(shown) > 1 else 0  # index of the slider's threshold
    chosen = [float(of_model.thresholds[view.network]) for of_model in found]
    thresholds = slider_thresholds(chosen)
    models, jumps = [], [{"name": str(USUAL_THRESHOLD), "threshold": USUAL_THRESHOLD}]
    for i, run in enumerate(view.runs):
        odds = _odds(view, i, positive, view.split)
        of_network = network_name(view.network) if run.n_seeds > 1 else ""
        models.append(
            {
                "name": view.name(i),
                "title": ", ".join(filter(None, (view.name(i), of_network))),
                "color": MODEL_COLORS[view.places[i]],
                **decision_data(odds, thresholds, run.counted, view.network),
                **_together(view, i, moved, thresholds, shown),
            }
        )
        jumps.append({"name": f"{view.name(i)}: cheapest", "threshold": chosen[i]})
    several = any(run.counted.sum() > 1 for run in view.runs)
    spread = ", mean ± standard deviation over the networks" if several else ""
    return {
        "thresholds": thresholds.tolist(),
        "numbers": [threshold_number(at) for at in thresholds.tolist()],
        "rules": [rule_text(names[positive], at) for at in thresholds.tolist()],
        "token": f"{view.state.view_key(THRESHOLD)}-{moved}",  # the address resets it
        "threshold": shown[moved],
        "index": moved,
        "positive": names[positive],
        "negative": DECISION_WORDS[view.dataset.task.kind].other(names, positive),
        "models": models,
        "jumps": jumps,
        "charts": {"roc": "decisions-roc", "precision": "decisions-pr"},
        "scores_title": f"Scores for “{names[positive]}”{spread}",
        "together_title": together_text(names, shown, moved) + spread if len(shown) > 1 else "",
        "ink": THEMES[theme()].ink,
    }


def _together(
    view: ResultsView, i: int, label: int, thresholds: Floats, shown: Sequence[float]
) -> dict[str, Any]:
    """Scores of all labels together; empty if there is only one threshold."""
    if len(shown) == 1:
        return {}
    odds = cached(odds_of_all, kept=_KEPT)(
        view.runs[i], view.dataset, split=view.split, epoch=view.weights[i]
    )
    return together_data(odds, shown, label, thresholds, view.runs[i].counted)


def _draw_costs(view: ResultsView, positive: int) -> list[CheapestThresholds]:
    """Draw the costs of both mistakes, and the cheapest threshold of every model."""
    name = decided_names(view.dataset)[positive]
    st.markdown("**What does a mistake cost?**")
    costs = draw_costs(view.state, name)
    choosing = watched_split(view.runs[0].config.sizes.splits)
    every = [
        choose_thresholds(
            _odds(view, i, positive, choosing), _odds(view, i, positive, view.split), costs
        )
        for i in range(len(view.runs))
    ]
    counted = [found.only(run.counted) for found, run in zip(every, view.runs, strict=True)]
    samples = SPLIT_NAMES[view.split]
    lines = [
        f"| model | cheapest threshold | cost per {PER} {samples} | cost at {USUAL_THRESHOLD} "
        "| cost of one decision for all |",
        "|---|---|---|---|---|",
    ]
    for i, found in enumerate(counted):
        cells = [
            with_spread(PER * values)
            for values in (found.cost, found.usual_cost, found.constant_cost)
        ]
        row = [letter(view.places[i]), thresholds_text(found.thresholds), *cells]
        lines.append(f"| {' | '.join(row)} |")
    table("\n".join(lines))
    sentences = [
        saving_text(escape_markdown(view.name(i)), found, view.split)
        for i, found in enumerate(counted)
    ]
    st.caption("  \n".join(sentences))
    st.caption(f"{chosen_text(choosing, view.split)} {ideal_text(costs)}")
    return every


def _draw_calibration(view: ResultsView, positive: int, options: dict[str, Any]) -> None:
    """Draw the reliability diagram, and scores of the probabilities."""
    left, right = st.columns(2)
    with left:
        show_chart(
            cached(of_run.reliability_diagram)(view.runs, view.dataset, **options),
            "decisions-reliability",
            f"Share of {decided_names(view.dataset)[positive]} over its predicted probability",
        )
    lines = ["| model | Brier score | log loss | calibration error |", "|---|---|---|---|"]
    sentences = []
    for i, run in enumerate(view.runs):
        odds = _odds(view, i, positive, view.split).only(run.counted)
        values = (brier_score(odds), log_loss(odds), reliability(odds).gap)
        lines.append(f"| {letter(view.places[i])} | {' | '.join(map(with_spread, values))} |")
        found: Confidence = confidence(odds)
        sentences.append(confidence_text(escape_markdown(view.name(i)), found))
    with right:
        table("\n".join(lines))
        st.markdown("  \n".join(sentences))
        st.caption(
            "Brier score: mean squared distance between the probability and what came true (1 or "
            "0). Log loss: mean negative logarithm of the probability of what came true. "
            f"Calibration error: mean distance from the diagonal, in {N_BINS} bins of equal "
            "width. All three are best at 0. Dots: samples of all networks of a model; larger "
            "dots stand for more samples."
        )
