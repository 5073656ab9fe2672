"""XOR by an MLP: how many of ten networks find it, and with which lines."""

import numpy as np
import streamlit as st

from annlab.analysis.xor_networks import CORNERS, finds_xor
from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.figures.gates import network_lines
from annlab.figures.two_classes import frame_of
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS
from annlab.nn.config import ModelConfig
from annlab.runs.run import Run
from annlab.ui.browser import theme
from annlab.ui.perceptron.training import trained
from annlab.ui.results.charts import show_chart
from annlab.ui.state.page_state import PageState

N_NETWORKS = 10
HIDDEN_UNITS = (2, 3, 4)
HIDDEN_ACTIVATIONS = ("tanh", "relu")


def xor_run(n_units: int, activation: str) -> RunConfig:
    """Run of ten networks with one hidden layer on XOR, without noise."""
    return RunConfig(
        dataset=DatasetConfig(name="xor", n_samples=200, noise=0.0),
        model=ModelConfig(hidden_sizes=(n_units,), activation=activation),
        training=TrainingConfig(learning_rate=0.03, max_epochs=300, n_seeds=N_NETWORKS),
    )


def xor_networks() -> None:
    """Draw the choice of the network, the user's guess, and what ten networks found."""
    units, activation, guess, buttons = st.columns(
        [3, 3, 7, 4], gap="medium", vertical_alignment="bottom"
    )
    with units:
        n_units = st.radio(
            "Hidden units",
            HIDDEN_UNITS,
            key="perceptron-xor-units",
            horizontal=True,
            persist_state="session",
        )
    with activation:
        name = st.radio(
            "Activation",
            HIDDEN_ACTIVATIONS,
            format_func=lambda name: ACTIVATIONS[name].label,
            key="perceptron-xor-activation",
            horizontal=True,
            persist_state="session",
        )
    with guess:
        guessed = st.slider(
            f"Your guess: how many of {N_NETWORKS} find XOR?",
            0,
            N_NETWORKS,
            N_NETWORKS,
            key="perceptron-xor-guess",
            persist_state="session",
        )
    config = xor_run(n_units or HIDDEN_UNITS[0], name or HIDDEN_ACTIVATIONS[0])
    run = trained(PageState("perceptron-xor"), config, f"Train {N_NETWORKS} networks", buttons)
    if run is None:
        st.caption(
            "Each network starts from other weights and learns from 200 samples of four squares: "
            "orange where the signs of x₁ and x₂ differ. Found: right at all four corners."
        )
        return
    _result(run, guessed)


def _result(run: Run, guessed: int) -> None:
    found = finds_xor(run)
    n_units = run.config.model.hidden_sizes[0]
    st.markdown(
        f"**{found.sum()} of {len(found)} networks found XOR**; you guessed {guessed}. They differ "
        f"only in their seeds. The lines are those of their {n_units} hidden units, where the sum "
        "is 0. ✗: wrong at a corner."
    )
    frame = frame_of(
        CORNERS, np.array(BOOLEAN_FUNCTIONS["xor"].outputs), ("same signs", "different signs")
    )
    layers = run.layers()
    networks = [[(W[k], b[k]) for W, b in layers] for k in range(run.n_seeds)]
    show_chart(
        network_lines(networks, run.config.model.activation, frame, found.tolist(), theme=theme()),
        "perceptron-xor-networks",
        f"Predicted classes and hidden units' lines of {len(found)} networks, of which "
        f"{found.sum()} found XOR",
    )
