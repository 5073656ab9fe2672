"""Report of a regression: errors and R² of all targets together, and of each target."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.baselines import linear_baseline, mean_baseline
from annlab.formatting import number
from annlab.ui.layout import table
from annlab.ui.results.panels.report_tables import (
    score,
    score_of,
    table_of_all,
    table_of_each,
    whose_scores,
)
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown

# A standard deviation below this share of the mean makes a target almost constant.
ALMOST_CONSTANT = 0.01
_RULES = (("least squares", linear_baseline), ("constant: training mean", mean_baseline))
_SCORES = {"MSE": "mse", "RMSE": "rmse", "MAE": "mae", "R²": "r2"}


def draw_values(view: ResultsView) -> None:
    """Draw the scores of a regression."""
    if view.spec.n_targets > 1:
        _draw_several(view)
    else:
        _draw_one(view)
    y = view.network_data.targets(view.split)
    for name, column in zip(view.spec.names_of_targets(), y.T, strict=True):
        if note := about_r2(column):
            of = f"**{escape_markdown(name)}:** " if view.spec.n_targets > 1 else ""
            st.info(of + note, icon=":material/info:")


def _draw_one(view: ResultsView) -> None:
    table(table_of_all(view, [(name, score(of)) for name, of in _SCORES.items()], _RULES))
    st.caption(whose_scores(view))
    st.caption(
        "RMSE and MAE are in the target's own unit: "
        f"{escape_markdown(view.spec.target_name)}. Least squares is the best linear fit to the "
        "training samples, computed directly. R² compares a model's squared error with that of the "
        "samples' mean: 1 is perfect, 0 is no better than the mean."
    )


def _draw_several(view: ResultsView) -> None:
    # The root of a mean over targets would be the error of none of them.
    together = {name: of for name, of in _SCORES.items() if of != "rmse"}
    table(table_of_all(view, [(name, score(of)) for name, of in together.items()], _RULES))
    rows = [
        (escape_markdown(name), [score_of(f"{of}_of_targets", k) for of in _SCORES.values()])
        for k, name in enumerate(view.spec.names_of_targets())
    ]
    table(table_of_each(view, "target", list(_SCORES), rows, _RULES))
    st.caption(whose_scores(view))
    st.caption(
        f"The first table has means over the {view.spec.n_targets} targets: if the targets have "
        "different units, its MSE and MAE mix them, and the target with the largest numbers counts "
        "most. R² has no unit. In the second table, RMSE and MAE are in the target's own unit. "
        "Least squares is the best linear fit of each target to the training samples, computed "
        "directly. R² compares a model's squared error with that of the target's mean on these "
        "samples: 1 is perfect, 0 is no better than the mean."
    )


def about_r2(y: NDArray[Any]) -> str:
    """Explain R² for a target that hardly varies.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        True values behind R².

    Returns
    -------
    str
        Empty for a target that varies.
    """
    mean, deviation = float(y.mean(dtype=np.float64)), float(y.std(dtype=np.float64))
    if deviation == 0:
        return (
            "The target is the same for all of these samples, so R² has no variance to explain: it "
            "is 1 for a perfect prediction and 0 for any other. Read RMSE or MAE "
            "instead."
        )
    if deviation >= ALMOST_CONSTANT * abs(mean):
        return ""
    return (
        f"The target hardly varies on these samples: its mean is {number(mean)}, its standard "
        f"deviation {number(deviation)}. R² divides by this small variance, so even a small error "
        "makes it strongly negative. Read RMSE or MAE instead."
    )
