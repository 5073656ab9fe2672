"""What is drawn of one model: one entry for each kind of picture, and when it applies."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from annlab.ui import charts
from annlab.ui.frame import theme
from annlab.ui.panels.panel import Shown
from annlab.ui.panels.truth import truth_in_short
from annlab.ui.wording import PART_NAMES, colour_of, signed, with_spread

# In the session: the fingerprint of a run, and true and predicted class.
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
    distance = float(score.mean()) - evaluation.baseline
    st.metric(
        f"{evaluation.score_name} on {evaluation.n_samples:,} {PART_NAMES[shown.part]}",
        with_spread(score),
        delta=signed(distance, float(score.mean())),
        # Said, since Streamlit does not know this minus sign.
        delta_color=colour_of(distance, evaluation.higher_is_better),
        delta_arrow="off" if distance == 0 else "up" if distance > 0 else "down",
        delta_description=f"to {evaluation.baseline_name}",
        help="Mean ± standard deviation over the networks "
        f"({shown.runs[i].n_seeds}), after epoch {shown.epochs[i]}",
    )


def _surface(shown: Shown, i: int) -> None:
    run, name, epoch = shown.runs[i], shown.name(i), shown.epochs[i]
    cell, place = shown.cell, shown.places[i]
    chosen = cell.of if cell and cell.model == i else None
    figure = charts.surface(
        run.fingerprint,
        epoch,
        shown.seed,
        shown.axes,
        shown.part,
        theme(),
        chosen,
        shown.narrow,
        run,
        shown.dataset,
    )
    charts.show(
        figure,
        f"surface-{place}",
        f"Decision surface of model {name} after epoch {epoch}: the probability of "
        "the classes as a shade, the points on it, mistakes ringed",
    )


def _confusion(shown: Shown, i: int) -> None:
    run, name, place = shown.runs[i], shown.name(i), shown.places[i]
    key = f"confusion-{place}"
    counts = shown.evaluations[i].confusion[shown.seed]
    figure = charts.confusion(
        run.fingerprint,
        shown.epochs[i],
        shown.seed,
        shown.part,
        place,
        theme(),
        counts,
        shown.dataset.class_names,
    )
    charts.show(
        figure,
        key,
        f"Confusion matrix of model {name}: {np.trace(counts)} of {counts.sum()} correct; a "
        "click on a cell shows its points",
        on_select=partial(
            _choose, f"confusion-{place}", run.fingerprint, shown.dataset.class_names
        ),
        selection_mode="points",
    )
    if shown.cell and shown.cell.model == i:
        true, said = (shown.dataset.class_names[k] for k in shown.cell.of)
        n = counts[shown.cell.of]
        points = {0: "no point", 1: "the one point"}.get(n, f"the {n:,} points")
        st.caption(f"Chosen: {points} of “{true}” that {name} takes for “{said}”.")


def _choose(key: str, fingerprint: str, names: tuple[str, ...]) -> None:
    """Note the cell that was clicked last; a second click on it takes it back."""
    points = st.session_state[key]["selection"]["points"]
    # Plotly makes numbers of names that look like them.
    clicked = [(str(point.get("y")), str(point.get("x"))) for point in points]
    cells = [(names.index(t), names.index(c)) for t, c in clicked if t in names and c in names]
    st.session_state[CHOSEN_CELL] = (fingerprint, cells[0]) if cells else None


def _fit(shown: Shown, i: int) -> None:
    run, name, epoch, place = shown.runs[i], shown.name(i), shown.epochs[i], shown.places[i]
    charts.show(
        charts.fit(run.fingerprint, epoch, shown.seed, place, theme(), run, shown.dataset),
        f"fit-{place}",
        f"The curve of model {name} after epoch {epoch} through the points, with the range of "
        "all its networks; regions without points are shaded",
    )
    truth_in_short(shown, i)


def _errors(shown: Shown, i: int) -> None:
    run, name, epoch, place = shown.runs[i], shown.name(i), shown.epochs[i], shown.places[i]
    look = (run.fingerprint, epoch, shown.seed, shown.part, place, theme())
    charts.show(
        charts.against_true(*look, run, shown.dataset),
        f"predicted-{place}",
        f"What model {name} predicts after epoch {epoch} against what is true",
    )
    fingerprints = (run.fingerprint for run in shown.runs)
    scale = charts.range_of_errors(
        tuple(zip(fingerprints, shown.epochs, strict=True)),
        shown.seed,
        shown.part,
        shown.runs,
        shown.dataset,
    )
    scatter, histogram = charts.errors(*look, *scale, run, shown.dataset)
    charts.show(scatter, f"residuals-{place}", f"Residuals of model {name} against its predictions")
    charts.show(
        histogram, f"residual-histogram-{place}", f"Histogram of the residuals of model {name}"
    )


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
