"""Verdicts on what is shown: each model against a baseline, and how they are reached."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from annlab.comparison import Comparison, compare
from annlab.datasets import Part
from annlab.run import Run
from annlab.ui.wording import colored, verdict

if TYPE_CHECKING:
    from annlab.ui.panels.panel import Shown

# What is shown of some runs, and the index of one of them.
Model = tuple["Shown", int]


def compared(baseline: Model, model: Model, n_comparisons: int) -> Comparison:
    """Compare a model with a baseline, at the epochs that are shown.

    Parameters
    ----------
    baseline, model : (Shown, int)
    n_comparisons : int
        Models that are compared with the baseline.

    Returns
    -------
    Comparison
        Its names are the models' letters in their colors.
    """
    sides = baseline, model
    scored = [shown.evaluations[i] for shown, i in sides]
    return _compared(
        tuple(shown.runs[i].fingerprint for shown, i in sides),
        tuple(tuple(map(int, found.epochs)) for found in scored),
        tuple(shown.places[i] for shown, i in sides),
        baseline[0].part,
        n_comparisons,
        [shown.runs[i] for shown, i in sides],
        scored,
    )


@st.cache_data(max_entries=100, show_spinner=False)
def _compared(
    fingerprints: tuple[str, ...],
    epochs: tuple[tuple[int, ...], ...],
    places: tuple[int, ...],
    part: Part,
    n_comparisons: int,
    _runs: Sequence[Run],
    _scored: Sequence[Any],
) -> Comparison:
    return compare(
        _runs[0],
        _runs[1],
        split=part,
        n_comparisons=n_comparisons,
        names=(colored(places[0]), colored(places[1])),
        evaluations=(_scored[0], _scored[1]),
    )


def draw_verdicts(found: Sequence[Comparison], others: Sequence[str] = ()) -> None:
    """Draw comparisons with one baseline, with a mark that explains the method.

    Parameters
    ----------
    found : sequence of Comparison
    others : sequence of str
        Sentences on runs that are not compared, in Markdown.
    """
    said = [*map(verdict, found), *others]
    if not said:
        return
    bullet = "- " if len(said) > 1 else ""
    judged = [comparison for comparison in found if comparison.interval]
    st.markdown(
        "\n".join(bullet + sentence for sentence in said),
        help=judged[0].method if judged else None,
    )
