"""Tab "The rule": the perceptron rule, sample by sample."""

import numpy as np
import streamlit as st

from annlab.figures.perceptron import weight_plane
from annlab.figures.two_classes import Frame, Marked, frame_of
from annlab.figures.unit_plane import unit_plane
from annlab.formatting import written
from annlab.nn.margin import largest_margin
from annlab.nn.perceptron import PerceptronTraining, train_perceptron
from annlab.ui.browser import theme
from annlab.ui.layout import run_once, table
from annlab.ui.perceptron.point_sets import POINT_SETS
from annlab.ui.results.charts import show_chart
from annlab.ui.results.results import wait_for_data

# Steps in the table, of which the last one is done last.
ROWS = 6
_GATE_MARGIN = 0.5


def perceptron_rule() -> None:
    """Draw the tab: controls, the line, the weights, and the table of steps."""
    samples_place, rate_place, slider = st.columns([4, 3, 9], gap="medium")
    with samples_place:
        name = _samples()
    with rate_place:
        rate = _learning_rate(name)
    chosen = POINT_SETS[name]
    try:
        samples = chosen.load()
    except ValueError as error:
        st.error(str(error), icon=":material/error:")
        return
    if samples is None:
        if chosen.dataset is not None:
            wait_for_data(chosen.dataset)
        return
    training = train_perceptron(*samples, learning_rate=rate)
    key = f"perceptron-steps-{name}-{rate:g}"
    with slider:
        st.session_state.setdefault(key, 0)  # a default of the slider would be a second value
        n_done = st.slider("Steps done", 0, training.n_steps, key=key, persist_state="session")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _moves(training, n_done, key)
        _said(training, n_done)
    margin = _GATE_MARGIN if chosen.function else 0.2
    frame = frame_of(*samples, chosen.class_names, chosen.axis_names, margin)
    line, weights, steps = st.columns([5, 5, 6], gap="small")
    with line:
        _line(frame, training, n_done)
    with weights:
        show_chart(
            weight_plane(training, n_done, theme=theme()),
            "perceptron-weights",
            f"Weights after {n_done} steps, the last update as an arrow, and the area of solutions",
        )
    with steps:
        with st.container(key="perceptron-table-steps"):
            table(step_table(training, n_done))
        _count(training, n_done)
        _ending(training, n_done)


def _samples() -> str:
    return st.selectbox(
        "Samples",
        list(POINT_SETS),
        format_func=lambda name: POINT_SETS[name].label,
        key="perceptron-samples",
        persist_state="session",
    )


def _learning_rate(name: str) -> float:
    rate = st.selectbox(
        "Learning rate",
        POINT_SETS[name].learning_rates,
        format_func=lambda rate: f"{rate:g}",
        key=f"perceptron-rate-{name}",
        help="Scales every change. From zero weights, it scales all weights and moves no line.",
        persist_state="session",
    )
    return float(rate)


def _moves(training: PerceptronTraining, n_done: int, key: str) -> None:
    """Draw the buttons that move the slider of steps."""
    ahead = np.flatnonzero(training.mistakes[n_done:])
    next_mistake = n_done + int(ahead[0]) + 1 if len(ahead) else training.n_steps
    buttons = (
        ("Back", ":material/arrow_back:", n_done - 1),
        ("Next step", ":material/arrow_forward:", n_done + 1),
        ("Next mistake", ":material/skip_next:", next_mistake),
        ("Run to the end", ":material/last_page:", training.n_steps),
    )
    for label, icon, to in buttons:
        st.button(
            label,
            key=f"perceptron-{label}",
            icon=icon,
            type="primary" if label == "Next step" else "secondary",
            on_click=run_once(_move),
            args=(key, max(0, min(to, training.n_steps))),
        )


def _move(key: str, to: int) -> None:
    st.session_state[key] = to


def _line(frame: Frame, training: PerceptronTraining, n_done: int) -> None:
    now = training.weights[n_done]
    on_side = (training.X @ now) * (2 * training.y - 1) > 0
    show_chart(
        unit_plane(
            frame,
            now,
            before=training.weights[n_done - 1] if n_done else None,
            marked=Marked(~on_side, current=training.sample(n_done - 1) if n_done else None),
            theme=theme(),
        ),
        "perceptron-line",
        f"Samples and the unit's line after {n_done} steps: {on_side.sum()} of {len(on_side)} "
        "samples are on their side",
    )


def _said(training: PerceptronTraining, n_done: int) -> None:
    """Say what the last step did."""
    if not n_done:
        st.markdown("All weights are 0. Press **Next step** to show the unit its first sample.")
        return
    step = n_done - 1
    sample = _vector(training.X[training.sample(step), :2])
    if training.mistakes[step]:
        verb = "Add" if training.y[training.sample(step)] else "Subtract"
        rate = "" if training.learning_rate == 1 else f"{training.learning_rate:g} × "
        st.markdown(
            f":red[**Mistake**] at {sample}. {verb} {rate}(x₁, x₂, 1): the change is "
            f"{_vector(training.change(step))}."
        )
    else:
        st.markdown(f":green[**Right**] at {sample}. The weights stay.")


def step_table(training: PerceptronTraining, n_done: int) -> str:
    """Write the last steps as a Markdown table; the newest is bold.

    Parameters
    ----------
    training : PerceptronTraining
        Training on samples with two features.
    n_done : int
        Number of steps done.

    Returns
    -------
    str
    """
    lines = ["| step | sample | sum | said | wanted | change |", "|--:|---|--:|--:|--:|---|"]
    for step in range(max(0, n_done - ROWS), n_done):
        sample = training.sample(step)
        said = training.said(step)
        cells = [
            str(step + 1),
            _vector(training.X[sample, :2]),
            written(training.sums[step], ".3g"),
            "–" if said is None else str(said),
            str(training.y[sample]),
            _vector(training.change(step)) if training.mistakes[step] else "none",
        ]
        if step == n_done - 1:
            cells = [f"**{cell}**" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _vector(values: np.ndarray) -> str:
    return "(" + ", ".join(written(value + 0.0, ".3g") for value in values.round(6)) + ")"


def _count(training: PerceptronTraining, n_done: int) -> None:
    n = int(training.mistakes[:n_done].sum())
    best = largest_margin(training.X[:, :-1], training.y)
    bound = " · no line separates these samples"
    explained = "The bound holds for samples that a line separates."
    if best is not None:
        bound = f" of at most **{best.bound:,.0f}** = (R/γ)²"
        explained = (
            f"R = {best.radius:.3g} is the length of the longest sample, γ = {best.margin:.3g} the "
            "largest margin of a boundary through the origin. Both are for samples with a 1 "
            "appended, and the rule starts from zero weights (Novikoff, 1962)."
        )
    st.markdown(f"Mistakes: **{n}**{bound}", help=explained)
    st.caption("A sum of 0 (–) counts as a mistake. A gate by hand fires at 0.")


def _ending(training: PerceptronTraining, n_done: int) -> None:
    if n_done < training.n_steps:
        st.caption(
            f"Next: epoch {training.epoch(n_done)}, sample {training.sample(n_done) + 1} of "
            f"{len(training.y)}."
        )
    elif training.ending == "separated":
        st.success(
            f"**Stopped:** no mistake in epoch {training.n_epochs}.",
            icon=":material/check_circle:",
        )
    elif training.cycle is not None:
        st.warning(
            f"**Never stops, it cycles:** the weights after epoch {training.n_epochs} are those "
            f"{_when(training.cycle.first)}.",
            icon=":material/sync:",
        )
    else:
        st.warning(
            f"**No end in sight:** still {training.mistakes_in(training.n_epochs)} mistakes in "
            f"epoch {training.n_epochs}.",
            icon=":material/sync:",
        )


def _when(epoch: int) -> str:
    return f"after epoch {epoch}" if epoch else "at the start"
