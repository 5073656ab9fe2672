"""Tables of the Report tab: rows of models and of simple rules, one column for each score."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.datasets import Dataset, Split
from annlab.formatting import network_name, number
from annlab.nn.class_weights import NONE
from annlab.ui.results.view import ResultsView, Score, with_training
from annlab.ui.text.markdown import letter
from annlab.ui.text.networks_text import SPLIT_NAMES
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title

# A simple prediction that needs no network, and its name in a table.
Rule = tuple[str, Callable[[Dataset, Split], Any]]
# Name of a column, and its score.
Column = tuple[str, Score]


def score(name: str) -> Score:
    """Score of a name."""
    return attrgetter(name)


def score_of(name: str, k: int) -> Score:
    """Score of one class, target or label."""
    return lambda evaluation: getattr(evaluation, name)[:, k]


def mean_score(name: str) -> Score:
    """Mean of a score over classes, targets or labels, each counted once."""
    return lambda evaluation: getattr(evaluation, name).mean(axis=1)


def has_own_loss(view: ResultsView) -> bool:
    """Whether a model minimized something else than the usual loss of its task."""
    return any(
        run.config.loss != run.config.task.losses[0] or run.config.training.class_weights != NONE
        for run in view.runs
    )


def table_of_all(view: ResultsView, columns: Sequence[Column], rules: Sequence[Rule]) -> str:
    """Table with a row for each model and each rule.

    Parameters
    ----------
    view : ResultsView
    columns : sequence of (str, callable)
    rules : sequence of (str, callable)
        A column "loss" has no value for them: they minimized none.
    """
    lines = [
        f"| model | {' | '.join(name for name, _ in columns)} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for i, run in enumerate(view.runs):
        cells = [with_training(view, i, score) for _, score in columns]
        name = f"{letter(view.places[i])} {model_title(run.config)}"
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for label, rule in rules:
        cells = [
            "–" if name == "loss" else _pair_of_rule(view, rule, score) for name, score in columns
        ]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table_of_each(
    view: ResultsView,
    what: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Score]]],
    rules: Sequence[Rule],
) -> str:
    """Table of each class, target or label, with a row for each model and each rule.

    Parameters
    ----------
    view : ResultsView
    what : str
        Head of the first column.
    heads : sequence of str
        Names of the scores.
    rows : sequence of (str, sequence of callable)
        What is scored, in Markdown, and its scores.
    rules : sequence of (str, callable)
    """
    lines = [f"| {what} | model | {' | '.join(heads)} |", "|---" * (len(heads) + 2) + "|"]
    for label, scores in rows:
        for i in range(len(view.runs)):
            cells = [with_training(view, i, score) for score in scores]
            first = "" if i else label
            lines.append(f"| {first} | {letter(view.places[i])} | {' | '.join(cells)} |")
        for name, rule in rules:
            cells = [_pair_of_rule(view, rule, score) for score in scores]
            lines.append(f"| | *{name}* | {' | '.join(cells)} |")
    return "\n".join(lines)


def _pair_of_rule(view: ResultsView, rule: Callable[[Dataset, Split], Any], score: Score) -> str:
    """Score and training score of a simple rule, on the data of every network."""

    def values(part: Split) -> NDArray[Any]:
        datasets = view.dataset.networks or (view.dataset,)
        return np.concatenate([score(rule(dataset, part)) for dataset in datasets])

    scored = with_spread(values(view.split))
    if view.split == "train":
        return scored
    return f"{scored} :gray[({number(float(values('train').mean()))})]"


def whose_scores(view: ResultsView) -> str:
    """Caption of a table: split, networks and samples of its numbers."""
    sentence = f"On the {SPLIT_NAMES[view.split]}"
    if view.split != "train":
        n, n_all = len(view.network_data.y_train), view.network_data.n_train_samples
        some = f"{n:,} of {n_all:,}" if n < n_all else "the"
        sentence += f", and in parentheses on {some} {SPLIT_NAMES['train']}"
    sentence += "."
    if any(found.counted.sum() > 1 for found in view.evaluations):
        own = ", each scored on its own samples" if view.dataset.networks else ""
        sentence += f" Mean ± standard deviation over the networks{own}."
    return sentence


def own_numbers(view: ResultsView) -> str:
    """Sentence on whose numbers of samples a table has; empty if all networks share them."""
    if not view.dataset.networks:
        return ""
    return f" Numbers of samples are those of {network_name(view.network)}'s split."
