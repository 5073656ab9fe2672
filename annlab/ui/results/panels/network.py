"""What each network is made of: a table with the arithmetic, and a graph."""

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import of_run
from annlab.nn.activations import ACTIVATIONS
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import Shown
from annlab.ui.shell import cells, table


def draw_network(shown: Shown) -> None:
    """Layers, shapes, parameters; and the graph with its weights at the chosen epoch."""
    for i, column in enumerate(cells(len(shown.runs))):
        with column:
            st.markdown(shown.title(i))
            table(_summary(shown.runs[i].config))
            show_chart(
                shown.figure(of_run.network_graph, i),
                f"graph-{shown.places[i]}",
                f"Network of model {shown.name(i)} with its weights after epoch {shown.epochs[i]}",
            )
    st.caption(
        "The wider a line, the larger the weight. The units marked +1 are constant: the lines "
        "that leave them are the biases. Hover over a unit to read its bias."
    )


def _summary(config: RunConfig) -> str:
    hidden = [ACTIVATIONS[config.model.activation].label] * len(config.model.hidden_sizes)
    labels = [*hidden, ACTIVATIONS[config.output_activation].label]
    lines = ["| layer | output shape | parameters |", "|---|---|---|"]
    lines.append(f"| input | ({config.architecture.n_features},) | |")
    layers = config.architecture.layers
    for i, (layer, label) in enumerate(zip(layers, labels, strict=True)):
        n_in, n_out = layer
        name = "output" if i == len(labels) - 1 else f"hidden {i + 1}"
        arithmetic = f"{n_in} × {n_out} + {n_out} = {layer.n_parameters:,}"
        lines.append(f"| {name}, {label} | ({n_out},) | {arithmetic} |")
    lines.append(f"| **total** | | **{config.n_parameters:,}** |")
    return "\n".join(lines)
