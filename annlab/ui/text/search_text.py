"""Sentences about a search: what it costs, what it found, what another one would have found."""

import math
from collections.abc import Collection, Sequence

import numpy as np

from annlab.config import RunConfig
from annlab.figures.search_race import SHARE, RaceCurve
from annlab.formatting import number
from annlab.nn.optimizers import OPTIMIZERS
from annlab.search.cost import estimated_seconds
from annlab.search.search_config import SearchConfig
from annlab.search.table import SCORE, SearchTable
from annlab.search.table_rows import labeled_values
from annlab.search.variance import variance_of_search
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.settings_text import model_title

COST_RULE = (
    "Estimated from the numbers of steps, networks and parameters, not measured here. Busy workers "
    "take longer; the progress bar says how long."
)
# An estimate below this is no more exact.
_A_FEW_SECONDS = 10
VARIANCE_FORMULA = (
    "One-way analysis of variance over the seeds of each config: within = MS within, between = "
    "(MS between − MS within) / seeds, never below 0. The settings' share is between / (between + "
    "within). Diverged networks are left out."
)


def base_text(base: RunConfig, searched: Collection[str]) -> str:
    """Data, model and training of a search in one line of Markdown, without searched settings.

    Parameters
    ----------
    base : RunConfig
    searched : collection of str
        Names of the searched settings in links.
    """
    parts = [
        base.dataset.spec.label,
        "" if "hidden" in searched or "activation" in searched else model_title(base),
        "" if "optimizer" in searched else OPTIMIZERS[base.training.optimizer].label,
        f"{base.dataset.validation_fraction:.0%} validation",
    ]
    return escape_markdown(" · ".join(filter(None, parts)))


def cost_text(config: SearchConfig) -> str:
    """Size of a search in words, and about how long it takes."""
    n_networks = config.n_planned * config.n_seeds
    what = f"{config.n_planned:,} configs"
    if config.n_seeds > 1:
        what += f" × {config.n_seeds} seeds"
    size = f"{what} = {n_networks:,} networks, {config.network_epochs:,} network-epochs"
    return f"{size}, {_about(estimated_seconds(config))} on a free worker."


def _about(seconds: float) -> str:
    """Format an estimate coarsely: "a few seconds", "about 20 s", "about 3 min"."""
    if seconds < _A_FEW_SECONDS:
        return "a few seconds"
    if seconds < 55:
        return f"about {math.ceil(seconds / 10) * 10} s"
    return f"about {math.ceil(seconds / 60):,} min"


def settings_text(table: SearchTable, row: int) -> str:
    """Values of the searched settings of one config: "learning rate 0.1, L2 0.001"."""
    values = labeled_values(table, row)
    return escape_markdown(
        ", ".join(
            f"{label if label.isupper() or label[1:2].isdigit() else label.lower()} "
            f"{value if isinstance(value, str) else f'{value:g}'}"
            for label, value in values.items()
        )
    )


def score_text(table: SearchTable, row: int) -> str:
    """Validation score of one config, with its spread over the seeds."""
    n_seeds = table.n_seeds
    over = f", mean of {n_seeds} seeds" if n_seeds > 1 else ""
    return f"validation {table.headline.label.lower()}{over}: {spread_text(table, row)}"


def spread_text(table: SearchTable, row: int) -> str:
    """Mean score of one config, lowest and highest over the seeds, and diverged networks."""
    mean = float(table.mean_scores()[row])
    if table.n_seeds == 1:
        return f"**{number(mean)}** (one network)"
    seen = table.seen(int(table.n_rungs[row]) - 1)[row, : table.n_seeds]
    low, high = (number(float(end), like=mean) for end in (seen.min(), seen.max()))
    n = int(table.n_diverged[row])
    return f"**{number(mean)}** ({low} to {high})" + (f", {n} diverged" if n else "")


def seeds_text(table: SearchTable, row: int) -> str:
    """What the score of a config is, and the score of each compared network as trained."""
    scores = table.scores[SCORE, row, : table.n_seeds, int(table.n_rungs[row]) - 1].tolist()
    mean = float(table.mean_scores()[row])
    listed = ", ".join(number(score, like=mean) for score in scores)
    first = table.config.base.training.seed
    label = f"Validation {table.headline.label.lower()}"
    if len(scores) == 1:
        return f"{label}. Seed {first}: {listed}"
    return f"{label}, mean of {len(scores)}. Seeds {first} to {first + len(scores) - 1}: {listed}"


def found_text(table: SearchTable) -> str:
    """Say which config is best, and over how many networks it was compared."""
    winner, n_seeds = table.winner, table.n_seeds
    if winner is None:
        return "No config is trained yet."
    n_trained = int((table.n_rungs > 0).sum())
    of = f"{n_trained:,} configs"
    if n_trained < table.n_configs:
        of = f"{n_trained:,} of {table.n_configs:,} configs so far"
    ties = int((table.ranks == 1).sum()) - 1
    tied = ""
    if ties:
        tied = f" {ties:,} {'other has' if ties == 1 else 'others have'} the same mean."
    data = escape_markdown(table.config.base.dataset.spec.label)
    each = f"{n_seeds} network{'s' if n_seeds > 1 else ''} each"
    if n_seeds < table.config.n_seeds:
        each = f"the first {n_seeds} of {table.config.n_seeds} networks each"
    return (
        f"**{data}, best of {of}**, {each}: "
        f"{settings_text(table, winner)} · {score_text(table, winner)}.{tied}"
    )


def luck_text(table: SearchTable) -> str:
    """Say how much of the variation is settings, and how many networks diverged."""
    try:
        found = variance_of_search(table)
        counted = (
            f" This counts all {found.n_configs} configs, before halving drops any."
            if table.config.plan.halves
            else ""
        )
        return f"{found.sentence}{counted}"
    except ValueError as error:
        sentence = str(error).partition(": ")[2]
        return f"{sentence[:1].upper()}{sentence[1:].rstrip(chr(46))}."


def diverged_text(table: SearchTable) -> str:
    """Say how many networks diverged; empty if none did."""
    n = int((table.diverged_epochs > 0).sum())
    if not n:
        return ""
    count = f"{n:,} of {int(table.trained.any(axis=2).sum()):,} networks diverged"
    return f"{count}; they count with the worst score of the others."


def race_table(curves: Sequence[RaceCurve], best: float) -> str:
    """Markdown table of where each strategy ends: cost, median, middle of the repeats, hits.

    Parameters
    ----------
    curves : sequence of RaceCurve
    best : float
        Best score of all; the others have as many decimals.
    """
    low, high = (1 - SHARE) / 2, (1 + SHARE) / 2
    lines = [
        f"| strategy | cost | median | middle {SHARE:.0%} | finds the best |",
        "|---|--:|--:|--:|--:|",
    ]
    for curve in curves:
        last = curve.values[:, -1]
        ends = [number(float(np.quantile(last, q)), like=best) for q in (low, 0.5, high)]
        lines.append(
            f"| {curve.name} | {int(curve.cost[-1]):,} | {ends[1]} | {ends[0]} to {ends[2]} "
            f"| {curve.hits:.0%} |"
        )
    return "\n".join(lines)
