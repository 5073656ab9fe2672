"""Tab "16 functions": which Boolean functions of two inputs can the perceptron rule learn?"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from annlab.figures.gates import function_board
from annlab.figures.perceptron import cycle_path
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.nn.perceptron import PerceptronTraining, train_perceptron
from annlab.ui.browser import theme
from annlab.ui.layout import run_once
from annlab.ui.results.charts import show_chart
from annlab.ui.text.markdown import join_names

_HAS_RUN = "perceptron-all-run"


def all_trainings() -> dict[str, PerceptronTraining]:
    """Train a unit on each Boolean function of two inputs, by name."""
    return {
        name: train_perceptron(INPUTS, np.array(entry.outputs))
        for name, entry in BOOLEAN_FUNCTIONS.items()
    }


def sixteen_functions() -> None:
    """Draw the tab: a prediction, the board, and what came out."""
    board, told = st.columns([13, 6], gap="medium")
    trainings = all_trainings()
    last = max(training.n_epochs for training in trainings.values())
    with told:
        predicted = st.multiselect(
            "Predict: which of the 16 will never stop?",
            list(BOOLEAN_FUNCTIONS),
            format_func=lambda name: BOOLEAN_FUNCTIONS[name].label,
            key="perceptron-predicted",
            placeholder="Choose functions",
            persist_state="session",
        )
        st.button(
            "Run all 16",
            key="perceptron-run-all",
            type="primary",
            icon=":material/play_arrow:",
            on_click=run_once(_run_all),
        )
        epoch = 0
        if st.session_state.get(_HAS_RUN):
            epoch = st.slider(
                "Epoch", 0, last, last, key="perceptron-epoch", persist_state="session"
            )
            _outcome(trainings, predicted)
        else:
            st.caption(
                "One unit for each function learns from its four inputs by the perceptron rule, "
                "from zero weights. Blue circles want 0, orange diamonds want 1."
            )
    with board:
        show_chart(
            function_board(
                trainings if st.session_state.get(_HAS_RUN) else {},
                epoch,
                predicted=predicted,
                theme=theme(),
            ),
            "perceptron-board",
            "The 16 Boolean functions of two inputs, each with its four inputs and the unit's line",
        )
        if st.session_state.get(_HAS_RUN):
            st.caption("✓ 9: stopped after 9 mistakes. ?: your prediction.")


def _run_all() -> None:
    st.session_state[_HAS_RUN] = True


def _outcome(trainings: dict[str, PerceptronTraining], predicted: Sequence[str]) -> None:
    endless = [name for name, training in trainings.items() if training.ending == "cycle"]
    n_stopped = sum(training.ending == "separated" for training in trainings.values())
    names = join_names([BOOLEAN_FUNCTIONS[name].label for name in endless])
    st.markdown(f"**{n_stopped} stop; {names} never do.** {_on_prediction(endless, predicted)}")
    cycles = [trainings[name] for name in endless]
    n_steps = {len(training.cycle_weights()) - 1 for training in cycles}
    largest = max(float(np.abs(training.weights).max()) for training in cycles)
    st.caption(
        f"The program found the cycle: every {max(n_steps)} steps the weights are back where they "
        f"were, and none is ever larger than {largest:g}. Path of "
        f"{BOOLEAN_FUNCTIONS[endless[0]].label}:"
    )
    show_chart(
        cycle_path(cycles[0], height=140, theme=theme()),
        "perceptron-cycle",
        f"Closed path of the weights of {BOOLEAN_FUNCTIONS[endless[0]].label}",
    )


def _on_prediction(endless: Sequence[str], predicted: Sequence[str]) -> str:
    if not predicted:
        return "You made no prediction."
    if set(predicted) == set(endless):
        return "Your prediction was right."
    right = len(set(predicted) & set(endless))
    return f"You named {right} of these {len(endless)}, and {len(predicted) - right} that stop."
