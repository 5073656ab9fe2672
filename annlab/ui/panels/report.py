"""The classification report of each model."""

import streamlit as st

from annlab.evaluation import linear_baseline, mean_baseline
from annlab.ui.frame import table
from annlab.ui.panels.panel import Shown
from annlab.ui.panels.truth import draw_truth
from annlab.ui.wording import PART_NAMES, letter, model_title, plain, with_spread


def draw_report(shown: Shown) -> None:
    """The scores of every model, in full."""
    if not shown.dataset.class_names:
        _draw_errors(shown)
        draw_truth(shown)
        return
    table(_table(shown))
    for i, (run, epoch, evaluation) in enumerate(
        zip(shown.runs, shown.epochs, shown.evaluations, strict=True)
    ):
        st.caption(
            f"{shown.title(i)}: loss {with_spread(evaluation.loss)} on the "
            f"{PART_NAMES[shown.part]} after epoch {epoch}; {run.n_seeds} "
            f"{'network' if run.n_seeds == 1 else 'networks'} of "
            f"{run.n_parameters:,} parameters, trained in {run.duration_seconds:.2f} s on "
            f"{plain(run.accelerator)}."
        )
    st.caption(
        "Precision: of the points called so, the share that is. Recall: of the points that are, "
        "the share that was found. F1: their harmonic mean. "
        "Mean ± standard deviation over the networks."
    )


def _draw_errors(shown: Shown) -> None:
    """Errors of every model, of a straight line through the data, and of the mean."""
    rows = [
        (f"{letter(shown.places[i])} {model_title(run.config)}", evaluation)
        for i, (run, evaluation) in enumerate(zip(shown.runs, shown.evaluations, strict=True))
    ]
    lines = ["| | MSE | RMSE | MAE | R² |", "|---|---|---|---|---|"]
    rows.append(("least squares", linear_baseline(shown.dataset, shown.part)))
    rows.append(("the mean, always", mean_baseline(shown.dataset, shown.part)))
    for name, e in rows:
        cells = [with_spread(values) for values in (e.mse, e.rmse, e.mae, e.r2)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    table("\n".join(lines))
    st.caption(
        f"On the {PART_NAMES[shown.part]}. RMSE and MAE are in the target's own unit: "
        f"{shown.spec.target_name}. "
        "Least squares is the best straight fit to the training points, solved at once. R² "
        "compares a model's squared error with that of these points' own mean: 1 is perfect, 0 no "
        "better. Mean ± standard deviation over the networks."
    )


def _table(shown: Shown) -> str:
    lines = ["| class | | precision | recall | F1 |", "|---|---|---|---|---|"]
    support = shown.evaluations[0].support
    names = [
        f"{name}, {n:,} points" for name, n in zip(shown.dataset.class_names, support, strict=True)
    ]
    names.append("*mean*")
    for k, name in enumerate(names):
        for i, evaluation in enumerate(shown.evaluations):
            columns = (evaluation.precision, evaluation.recall, evaluation.f1)
            last = k == len(names) - 1
            cells = [with_spread(v.mean(axis=1) if last else v[:, k]) for v in columns]
            lines.append(
                f"| {'' if i else name} | {letter(shown.places[i])} | {' | '.join(cells)} |"
            )
    return "\n".join(lines)
