"""Network tab: layers, parameter counts, and a graph of the weights."""

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import of_run
from annlab.nn.activations import ACTIVATIONS
from annlab.ui.layout import grid, table
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import ResultsView


def draw_network(view: ResultsView) -> None:
    """Draw a table of layers, shapes and parameters, and a graph of the shown weights."""
    for i, column in enumerate(grid(len(view.runs))):
        with column:
            st.markdown(view.title(i))
            table(_summary(view.runs[i].config))
            show_chart(
                view.figure(of_run.network_graph, i),
                f"graph-{view.places[i]}",
                f"Network of model {view.name(i)} with its weights after epoch {view.epochs[i]}",
            )
    st.caption(
        "The wider a line, the larger the weight. The units marked +1 are constant: the lines "
        "that leave them are the biases. Hover over a unit to read its bias."
    )


def _summary(config: RunConfig) -> str:
    hidden = [ACTIVATIONS[config.model.activation].label] * len(config.model.hidden_sizes)
    labels = [*hidden, ACTIVATIONS[config.output_activation].label]
    lines = ["| layer | output shape | parameters |", "|---|---|---|"]
    lines.append(f"| input | ({config.architecture.n_inputs},) | |")
    layers = config.architecture.layers
    for i, (layer, label) in enumerate(zip(layers, labels, strict=True)):
        n_in, n_out = f"{layer.n_in}", layer.n_out
        is_output = i == len(labels) - 1
        name = "output" if is_output else f"hidden {i + 1}"
        if is_output and config.architecture.has_skip:
            n_inputs = config.architecture.n_inputs
            n_in = f"({layer.n_in - n_inputs} + {n_inputs})"
        arithmetic = f"{n_in} × {n_out} + {n_out} = {layer.n_parameters:,}"
        lines.append(f"| {name}, {label} | ({n_out},) | {arithmetic} |")
    lines.append(f"| **total** | | **{config.n_parameters:,}** |")
    return "\n".join(lines)
