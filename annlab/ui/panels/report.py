"""The classification report of each model."""

import numpy as np
import streamlit as st

from annlab.evaluation import ClassificationEvaluation
from annlab.figures import MODEL_NAMES
from annlab.ui.panels.panel import Shown
from annlab.ui.wording import PART_NAMES, model_title, with_spread


def draw_report(shown: Shown) -> None:
    """Precision, recall, F1 and support of every class."""
    for i, column in enumerate(st.columns(len(shown.runs))):
        with column:
            st.markdown(f"**{MODEL_NAMES[i]} · {model_title(shown.runs[i].config)}**")
            st.markdown(_table(shown.evaluations[i], shown.dataset.class_names))
            run = shown.runs[i]
            st.caption(
                f"Loss {with_spread(shown.evaluations[i].loss)} on the {PART_NAMES[shown.part]} "
                f"after epoch {shown.epochs[i]}. Trained {run.duration_seconds:.2f} s on "
                f"{run.accelerator}: {run.n_seeds} network(s) of {run.n_parameters} parameters."
            )
    st.caption(
        "Precision: of the points called so, the share that is. Recall: of the points that are, "
        "the share that was found. F1: their harmonic mean. Support: how many there are. "
        "Mean ± standard deviation over the networks."
    )


def _table(evaluation: ClassificationEvaluation, class_names: tuple[str, ...]) -> str:
    lines = ["| class | precision | recall | F1 | support |", "|---|---|---|---|---|"]
    columns = (evaluation.precision, evaluation.recall, evaluation.f1)
    for k, name in enumerate(class_names):
        cells = [with_spread(values[:, k]) for values in columns]
        lines.append(f"| {name} | {' | '.join(cells)} | {evaluation.support[k]} |")
    means = [with_spread(np.asarray(values.mean(axis=1))) for values in columns]
    lines.append(f"| *mean* | {' | '.join(means)} | {evaluation.n_samples} |")
    return "\n".join(lines)
