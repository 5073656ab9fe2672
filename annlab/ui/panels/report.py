"""The classification report of each model."""

import streamlit as st

from annlab.figures import MODEL_NAMES, MODEL_WORDS
from annlab.ui.panels.panel import Shown
from annlab.ui.wording import PART_NAMES, model_title, with_spread


def draw_report(shown: Shown) -> None:
    """Precision, recall, F1 and support of every class, model beside model."""
    st.markdown(_table(shown))
    for name, run, epoch, evaluation in zip(
        MODEL_NAMES, shown.runs, shown.epochs, shown.evaluations, strict=False
    ):
        st.caption(
            f"**{name}** {model_title(run.config)}: loss {with_spread(evaluation.loss)} on the "
            f"{PART_NAMES[shown.part]} after epoch {epoch}; {run.n_seeds} network(s) of "
            f"{run.n_parameters:,} parameters, trained in {run.duration_seconds:.2f} s on "
            f"{run.accelerator}."
        )
    st.caption(
        "Precision: of the points called so, the share that is. Recall: of the points that are, "
        "the share that was found. F1: their harmonic mean. "
        "Mean ± standard deviation over the networks."
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
            model = f":{MODEL_WORDS[i]}[**{MODEL_NAMES[i]}**]"
            lines.append(f"| {'' if i else name} | {model} | {' | '.join(cells)} |")
    return "\n".join(lines)
