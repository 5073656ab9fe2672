"""What is drawn of one model: one entry for each kind of picture, and when it applies."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from annlab.figures import MODEL_NAMES
from annlab.ui import charts
from annlab.ui.frame import theme
from annlab.ui.panels.panel import Shown
from annlab.ui.wording import PART_NAMES, with_spread

# In the session: the digest of a run, and true and predicted class.
CHOSEN_CELL = "chosen-cell"


@dataclass(frozen=True)
class View:
    """A picture of one model.

    Attributes
    ----------
    applies : callable
        Whether it says anything about what is shown.
    draw : callable
        Draws it for the model of an index.
    """

    applies: Callable[[Shown], bool]
    draw: Callable[[Shown, int], None]


def draw_score(shown: Shown, i: int) -> None:
    """The score a model is judged by, and how far it is from guessing."""
    evaluation = shown.evaluations[i]
    score = evaluation.headline
    st.metric(
        f"{evaluation.score_name} on {evaluation.n_samples:,} {PART_NAMES[shown.part]}",
        with_spread(score),
        delta=f"{score.mean() - evaluation.baseline:+,.3f}",
        delta_color="normal" if evaluation.higher_is_better else "inverse",
        delta_description=f"to {evaluation.baseline_name}",
        help="Mean ± standard deviation over the networks "
        f"({shown.runs[i].n_seeds}), after epoch {shown.epochs[i]}",
    )


def _surface(shown: Shown, i: int) -> None:
    run, name, epoch = shown.runs[i], MODEL_NAMES[i], shown.epochs[i]
    cell = shown.cell
    chosen = cell.of if cell and cell.model == i else None
    figure = charts.surface(
        run.config.digest,
        epoch,
        shown.seed,
        shown.axes,
        shown.part,
        theme(),
        chosen,
        len(shown.runs) > 2,
        run,
        shown.dataset,
    )
    charts.show(
        figure,
        f"surface-{i}",
        f"Decision surface of model {name} after epoch {epoch}: the probability of "
        "the classes as a shade, the points on it, mistakes ringed",
    )


def _confusion(shown: Shown, i: int) -> None:
    run, name = shown.runs[i], MODEL_NAMES[i]
    counts = shown.evaluations[i].confusion[shown.seed]
    figure = charts.confusion(
        run.config.digest,
        shown.epochs[i],
        shown.seed,
        shown.part,
        i,
        theme(),
        counts,
        shown.dataset.class_names,
    )
    charts.show(
        figure,
        f"confusion-{i}",
        f"Confusion matrix of model {name}: {np.trace(counts)} of {counts.sum()} correct; a "
        "click on a cell shows its points",
        on_select=partial(_choose, f"confusion-{i}", run.config.digest, shown.dataset.class_names),
        selection_mode="points",
    )
    if shown.cell and shown.cell.model == i:
        true, said = (shown.dataset.class_names[k] for k in shown.cell.of)
        n = counts[shown.cell.of]
        st.caption(f"Chosen: the {n} points of “{true}” that {name} takes for “{said}”.")


def _choose(key: str, digest: str, names: tuple[str, ...]) -> None:
    """Note the cell that was clicked last; a second click on it takes it back."""
    points = st.session_state[key]["selection"]["points"]
    # Plotly makes numbers of names that look like them.
    clicked = [(str(point.get("y")), str(point.get("x"))) for point in points]
    cells = [(names.index(t), names.index(c)) for t, c in clicked if t in names and c in names]
    st.session_state[CHOSEN_CELL] = (digest, cells[0]) if cells else None


def _fit(shown: Shown, i: int) -> None:
    run, name, epoch = shown.runs[i], MODEL_NAMES[i], shown.epochs[i]
    charts.show(
        charts.fit(run.config.digest, epoch, shown.seed, i, theme(), run, shown.dataset),
        f"fit-{i}",
        f"The curve of model {name} after epoch {epoch} through the points, with the range of "
        "all its networks; regions without points are shaded",
    )


def _errors(shown: Shown, i: int) -> None:
    run, name, epoch = shown.runs[i], MODEL_NAMES[i], shown.epochs[i]
    place = (run.config.digest, epoch, shown.seed, shown.part, i, theme(), run, shown.dataset)
    charts.show(
        charts.against_true(*place),
        f"predicted-{i}",
        f"What model {name} predicts after epoch {epoch} against what is true",
    )
    scatter, histogram = charts.errors(*place)
    charts.show(scatter, f"residuals-{i}", f"Residuals of model {name} against its predictions")
    charts.show(histogram, f"residual-histogram-{i}", f"Histogram of the residuals of model {name}")


def _on_a_plane(shown: Shown) -> bool:
    return bool(shown.dataset.class_names) and not shown.spec.image_shape


VIEWS: tuple[View, ...] = (
    View(_on_a_plane, _surface),
    View(lambda shown: bool(shown.dataset.class_names), _confusion),
    View(lambda shown: not shown.dataset.class_names and shown.dataset.X_train.shape[1] == 1, _fit),
    View(
        lambda shown: not shown.dataset.class_names and shown.dataset.X_train.shape[1] > 1, _errors
    ),
)
