"""Verdicts on what is shown: each model against a baseline, and how they are reached."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from annlab.analysis.comparison import Comparison, compare, not_comparable
from annlab.analysis.scores import Evaluation
from annlab.config import RunConfig
from annlab.datasets import Split
from annlab.runs.run import Run
from annlab.ui.text.wording import colored, letter, verdict, with_spread

if TYPE_CHECKING:
    from annlab.ui.results.view import ResultsView

# What is shown of some runs, and the index of one of them.
Model = tuple["ResultsView", int]


def draw_verdicts(baseline: Model, models: Sequence[Model]) -> tuple[str, ...]:
    """Draw a sentence on each model and the baseline, with a mark that explains the method.

    Parameters
    ----------
    baseline : (ResultsView, int)
    models : sequence of (ResultsView, int)
        The others.

    Returns
    -------
    tuple of str
        The sentences, in Markdown: first the comparisons, then the runs that repeat the baseline.
    """
    repeats = [model for model in models if _repeats(_run(baseline).config, _run(model).config)]
    others = [model for model in models if model not in repeats]
    # A pair that is refused takes no share of the level.
    n_compared = sum(not not_comparable(_run(baseline), _run(model)) for model in others)
    found = [_comparison(baseline, model, max(1, n_compared)) for model in others]
    said = (*map(verdict, found), *(_repetition(baseline, model) for model in repeats))
    if said:
        bullet = "- " if len(said) > 1 else ""
        judged = [comparison for comparison in found if comparison.interval]
        st.markdown(
            "\n".join(bullet + sentence for sentence in said),
            help=judged[0].method if judged else None,
        )
    return said


def _run(model: Model) -> Run:
    view, i = model
    return view.runs[i]


def _comparison(baseline: Model, model: Model, n_comparisons: int) -> Comparison:
    """A model against the baseline at the epochs that are shown; its names are colored letters."""
    sides = baseline, model
    scored = [view.evaluations[i] for view, i in sides]
    return _compared(
        tuple(view.runs[i].fingerprint for view, i in sides),
        tuple(tuple(map(int, found.epochs)) for found in scored),
        tuple(view.places[i] for view, i in sides),
        baseline[0].split,
        n_comparisons,
        [view.runs[i] for view, i in sides],
        scored,
    )


@st.cache_data(max_entries=100, show_spinner=False)
def _compared(
    fingerprints: tuple[str, ...],
    epochs: tuple[tuple[int, ...], ...],
    places: tuple[int, ...],
    part: Split,
    n_comparisons: int,
    _runs: Sequence[Run],
    _scored: Sequence[Evaluation],
) -> Comparison:
    return compare(
        _runs[0],
        _runs[1],
        split=part,
        n_comparisons=n_comparisons,
        names=(colored(places[0]), colored(places[1])),
        evaluations=(_scored[0], _scored[1]),
    )


def _repetition(baseline: Model, model: Model) -> str:
    scores = [
        with_spread(evaluation.headline[evaluation.counted])
        for evaluation in (view.evaluations[i] for view, i in (baseline, model))
    ]
    first, second = (letter(view.places[i]) for view, i in (baseline, model))
    return f"{second} repeats {first} with different seeds: {scores[1]} instead of {scores[0]}."


def _repeats(a: RunConfig, b: RunConfig) -> bool:
    """Whether two runs differ in nothing but their seeds, and have none in common."""
    (first, n), (second, m) = ((run.training.seed, run.training.n_seeds) for run in (a, b))
    if a.dataset.resample == "folds" and n != m:
        return False  # other numbers of folds make other splits
    seeds = {"seed": 0, "n_seeds": 1}
    alike = [
        run.model_copy(update={"training": run.training.model_copy(update=seeds)}) for run in (a, b)
    ]
    return alike[0] == alike[1] and not max(first, second) < min(first + n, second + m)
