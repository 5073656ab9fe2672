"""What each network is made of: a table with the arithmetic, and a graph."""

import streamlit as st

from annlab.config import RunConfig
from annlab.figures import of_run
from annlab.nn.activations import ACTIVATIONS
from annlab.ui.results.charts import show_chart
from annlab.ui.results.view import ResultsView
from annlab.ui.shell import cells, table


def draw_network(view: ResultsView) -> None:
    """Layers, shapes, parameters; and the graph with its weights at the chosen epoch."""
    for i, column in enumerate(cells(len(view.runs))):
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
    lines.append(f"| input | ({config.architecture.n_features},) | |")
    layers = config.architecture.layers
    for i, (layer, label) in enumerate(zip(layers, labels, strict=True)):
        n_in, n_out = layer
        name = "output" if i == len(labels) - 1 else f"hidden {i + 1}"
        arithmetic = f"{n_in} × {n_out} + {n_out} = {layer.n_parameters:,}"
        lines.append(f"| {name}, {label} | ({n_out},) | {arithmetic} |")
    lines.append(f"| **total** | | **{config.n_parameters:,}** |")
    return "\n".join(lines)
