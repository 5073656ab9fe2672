"""Verdicts: each model compared with a baseline, with the method as help."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from annlab.analysis.comparison import Comparison, compare
from annlab.analysis.pairing import not_comparable
from annlab.analysis.scores import Evaluation
from annlab.config import RunConfig
from annlab.datasets import Split
from annlab.runs.run import Run
from annlab.ui.layout import table
from annlab.ui.text.markdown import colored, escape_markdown, letter
from annlab.ui.text.scores_text import verdict, with_spread

if TYPE_CHECKING:
    from annlab.ui.results.view import ResultsView

# A view of runs, and the index of one run.
Model = tuple["ResultsView", int]


def draw_verdicts(
    baseline: Model, models: Sequence[Model], ranking: str = "", remark: str = ""
) -> tuple[str, ...]:
    """Draw a verdict on each model against the baseline: one line, with the details on demand.

    Parameters
    ----------
    baseline : (ResultsView, int)
    models : sequence of (ResultsView, int)
        Models to compare with the baseline.
    ranking : str
        Markdown table for the details; may be empty.
    remark : str
        Last sentence of the details; may be empty.

    Returns
    -------
    tuple of str
        Verdicts in Markdown: first the comparisons, then the runs that repeat the baseline.
    """
    repeats = [model for model in models if _repeats(_run(baseline).config, _run(model).config)]
    others = [model for model in models if model not in repeats]
    # Pairs that cannot be compared do not count in the correction for multiple comparisons.
    n_compared = sum(not not_comparable(_run(baseline), _run(model)) for model in others)
    found = [_comparison(baseline, model, max(1, n_compared)) for model in others]
    repeated = [_repetition(baseline, model) for model in repeats]
    verdicts = (*map(verdict, found), *repeated)
    if not verdicts:
        return ()
    short = [f"**{comparison.headline}**" for comparison in found] + repeated
    # The line shows as much of a single verdict as fits.
    line = verdicts[0] if len(verdicts) == 1 else " · ".join(short)
    with st.expander(line, key="verdict-details"):
        if len(verdicts) > 1:
            st.markdown("\n".join(f"- {sentence}" for sentence in verdicts))
        if ranking:
            table(ranking)
        methods = [comparison.method for comparison in found if comparison.interval]
        for text in (*methods[:1], escape_markdown(remark)):
            if text:
                st.markdown(text)
    return verdicts


def _run(model: Model) -> Run:
    view, i = model
    return view.runs[i]


def _comparison(baseline: Model, model: Model, n_comparisons: int) -> Comparison:
    """Compare a model with the baseline at the shown epochs, named by colored letters."""
    sides = baseline, model
    scored = [view.evaluations[i] for view, i in sides]
    return _compared(
        tuple(view.runs[i].fingerprint for view, i in sides),
        tuple(tuple(map(int, found.epochs)) for found in scored),
        baseline[0].split,
        n_comparisons,
        (colored(baseline[0].places[baseline[1]]), colored(model[0].places[model[1]])),
        [view.runs[i] for view, i in sides],
        scored,
    )


@st.cache_resource(max_entries=100, show_spinner=False)
def _compared(
    fingerprints: tuple[str, ...],
    epochs: tuple[tuple[int, ...], ...],
    part: Split,
    n_comparisons: int,
    names: tuple[str, str],
    _runs: Sequence[Run],
    _scored: Sequence[Evaluation],
) -> Comparison:
    return compare(
        _runs[0],
        _runs[1],
        split=part,
        n_comparisons=n_comparisons,
        names=names,
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
    """Whether two runs differ only in their seeds and share none."""
    (first, n), (second, m) = ((run.training.seed, run.training.n_seeds) for run in (a, b))
    if a.dataset.resample == "folds" and n != m:
        return False  # another number of folds gives other splits
    seeds = {"seed": 0, "n_seeds": 1}
    alike = [
        run.model_copy(update={"training": run.training.model_copy(update=seeds)}) for run in (a, b)
    ]
    return alike[0] == alike[1] and not max(first, second) < min(first + n, second + m)
